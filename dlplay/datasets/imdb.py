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

    def load(self) -> Samples:
        texts, labels, test_texts, test_labels, words = self.read_safely()
        ranks = [[number - 1 for number in text] for text in (*texts, *test_texts)]
        targets = np.concatenate([labels, test_labels]).astype(np.int32)
        corpus = Corpus.ranked(words, ranks, (unread(words, text) for text in ranks))
        return self.tokenise(corpus, targets, SENTIMENTS, official_test=len(test_labels))
