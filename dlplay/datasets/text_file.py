"""The user's own text, in any language."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from dlplay.catalogue import Card
from dlplay.datasets.base import Origin
from dlplay.datasets.characters import CharacterText
from dlplay.errors import UserError
from dlplay.uploads import UploadName, path_of


class TextFile(CharacterText):
    """A text file, read by characters, not bytes."""

    card: ClassVar[Card] = Card(
        "Your text",
        "A text of your own, in any language: novels, poems, source code. A network learns to "
        "continue it character by character.",
        "Uploaded by you; it stays on this server",
        "Yours",
    )
    name: Literal["text-file"] = "text-file"
    file: UploadName = Field(
        default="",
        title="File",
        description="Plain text in UTF-8.",
        json_schema_extra={"upload": ["txt", "md"]},
    )

    def origin(self) -> Origin:
        return "yours"

    def reading_code(self) -> str:
        return (
            "from pathlib import Path\n"
            'FILE = "text.txt"  # your file\n'
            'text = Path(FILE).read_bytes().decode("utf-8-sig").replace("\\r\\n", "\\n")'
        )

    def read(self) -> str:
        content = path_of(self.file).read_bytes()
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise UserError(
                "Expected a text file in UTF-8",
                received=f"a byte that is not, at position {error.start:,}",
                fix="Save it as UTF-8 and upload it again",
            ) from error
        return text.replace("\r\n", "\n")
