"""All 50,000 IMDB reviews, as Keras downloads them: word numbers already."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np

from dlplay.catalogue import Card
from dlplay.datasets.base import Facts, Samples
from dlplay.datasets.imdb_25k import SENTIMENTS
from dlplay.datasets.keras_images import KerasDownload, keras_folder
from dlplay.datasets.words import MARKS, Corpus, Tokenised, text_facts, unread

_SAMPLES = 50_000


class Imdb(Tokenised, KerasDownload):
    """IMDB, training and test half."""

    card: ClassVar[Card] = Card(
        "IMDB",
        "50,000 film reviews, half of them friendly, half not; the published test half judges.",
        "A. Maas et al. (2011), Learning Word Vectors for Sentiment Analysis, ACL; through Keras",
        "None stated by the authors; the reviews belong to those who wrote them",
    )
    name: Literal["imdb"] = "imdb"
    keras_module: ClassVar[str] = "imdb"
    megabytes: ClassVar[int] = 19
    instead: ClassVar[str] = "imdb-25k"

    def files(self) -> list[Path]:
        return [keras_folder() / "imdb.npz", keras_folder() / "imdb_word_index.json"]

    def fetch(self, module: Any) -> None:
        module.load_data()
        module.get_word_index()

    def read(self) -> Any:
        arrays_file, index_file = self.files()
        # Lists of different lengths are kept as objects; Keras verified the file's hash.
        with arrays_file.open("rb") as file, np.load(file, allow_pickle=True) as arrays:
            parts = [arrays[f"{what}_{part}"] for part in ("train", "test") for what in "xy"]
        index: dict[str, int] = json.loads(index_file.read_text("utf-8"))
        return *parts, tuple(sorted(index, key=lambda word: index[word]))

    def facts(self) -> Facts:
        if self.origin() == "cached":
            return self.load().facts()
        unseen = (*MARKS, *[""] * (self.words - len(MARKS)))  # which words they are is not known
        return text_facts(unseen, self.length, _SAMPLES, SENTIMENTS)

    def code(self) -> str:
        lines = [
            "import json",
            "import keras",
            "import numpy as np",
            "from pathlib import Path",
            f"WORDS = {self.words}",
            f"LENGTH = {self.length}",
            'HOST = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"',
            "# Keras' load_data would shuffle; the file has the publisher's order",
            'file = keras.utils.get_file("imdb.npz", HOST + "imdb.npz")',
            "arrays = np.load(file, allow_pickle=True)",
            'X, y = arrays["x_train"], arrays["y_train"].astype("int32")',
            'test_x, test_y = arrays["x_test"], arrays["y_test"].astype("int32")',
            "# Numbers 0 to 3 are kept: 1 starts a text, 2 is a word of no number",
            "X, test_x = (",
            "    [[1, *(w + 3 if w + 3 < WORDS else 2 for w in text)] for text in part]",
            "    for part in (X, test_x)",
            ")",
            "# The last words of a text, padded in front",
            "X = keras.utils.pad_sequences(X, LENGTH)",
            "test_x = keras.utils.pad_sequences(test_x, LENGTH)",
            'words = "imdb_word_index.json"',
            "index = json.loads(Path(keras.utils.get_file(words, HOST + words)).read_text())",
            'vocabulary = ["<pad>", "<start>", "<unknown>", "<unused>"]',
            "vocabulary += sorted(index, key=index.get)[: WORDS - 4]",
        ]
        return "\n".join(lines)

    def load(self) -> Samples:
        texts, labels, test_texts, test_labels, words = self.read_safely()
        ranks = [[number - 1 for number in text] for text in (*texts, *test_texts)]
        targets = np.concatenate([labels, test_labels]).astype(np.int32)
        corpus = Corpus.ranked(words, ranks, (unread(words, text) for text in ranks))
        return self.tokenise(corpus, targets, SENTIMENTS, official_test=len(test_labels))
