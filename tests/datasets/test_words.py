"""Texts as word numbers, by Keras' convention."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest

from dlplay import uploads
from dlplay.datasets.imdb_25k import Imdb25k
from dlplay.datasets.reading import escaped, marked, passages
from dlplay.datasets.text_csv import TextCsv
from dlplay.datasets.words import MARKS, Corpus, encode, text_facts, words_of
from dlplay.errors import UserError

TEXTS = ["The cat sat. The cat ran!", "A dog", "the end of the cat"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Don't stop, it’s GOOD!", ["don't", "stop", "it’s", "good"]),
        ("one<br /><br />two_three", ["one", "two", "three"]),
        ("我喜欢 this 电影。", ["我", "喜", "欢", "this", "电", "影"]),
        ("naïve Straße 42", ["naïve", "straße", "42"]),
        (" …!? ", []),
    ],
)
def test_words_are_lower_case_and_without_punctuation(text: str, words: list[str]) -> None:
    assert words_of(text) == words


def test_frequent_words_have_small_numbers_and_rare_ones_share_number_2() -> None:
    corpus = Corpus.of(TEXTS)
    assert corpus.vocabulary(6) == (*MARKS, "the", "cat")
    rows = corpus.rows(6, length=7)
    assert rows.tolist() == [[1, 4, 5, 2, 4, 5, 2], [0, 0, 0, 0, 1, 2, 2], [0, 1, 4, 2, 2, 4, 5]]


def test_of_a_long_text_the_last_words_count() -> None:
    assert Corpus.of(TEXTS).rows(6, length=3).tolist() == [[4, 5, 2], [1, 2, 2], [2, 4, 5]]


def test_rows_are_what_keras_makes_of_the_same_numbers() -> None:
    corpus = Corpus.of(TEXTS)
    number = {word: index + 4 for index, word in enumerate(corpus.words)}
    texts = [[1, *(min(number[w], 99) for w in words_of(text))] for text in TEXTS]
    for length in (3, 5, 9):
        expected = keras.utils.pad_sequences(texts, maxlen=length)
        np.testing.assert_array_equal(corpus.rows(100, length), expected)


def test_it_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    corpus = Corpus.of(TEXTS)
    corpus.save(tmp_path / "corpus.npz", labels=np.array([1, 0, 1]))
    loaded, more = Corpus.load(tmp_path / "corpus.npz")
    assert loaded.words == corpus.words
    assert loaded.excerpts == tuple(TEXTS)
    np.testing.assert_array_equal(loaded.rows(6, 4), corpus.rows(6, 4))
    assert more["labels"].tolist() == [1, 0, 1]


class TestTyped:
    """A sentence somebody types."""

    facts = text_facts((*MARKS, "good", "film"), 4, 100, ("no", "yes"))

    def test_it_becomes_the_row_the_dataset_would_make_of_it(self) -> None:
        row, words = encode("Good FILM", self.facts)
        assert row.tolist() == [[0, 1, 4, 5]]
        assert words == ["good", "film"]

    def test_of_a_hundred_thousand_words_the_last_are_read(self) -> None:
        row, words = encode("film " * 99_999 + "good", self.facts)
        assert row.tolist() == [[5, 5, 5, 4]]
        assert len(words) == 100_000

    @pytest.mark.parametrize("text", ["", "  ", "?!"])
    def test_without_a_word_it_is_refused(self, text: str) -> None:
        with pytest.raises(UserError, match="at least one word"):
            encode(text, self.facts)

    def test_without_a_known_word_it_is_refused_and_they_are_named(self) -> None:
        with pytest.raises(UserError, match=r"learnt from.*xyzzy, plugh"):
            encode("xyzzy plugh", self.facts)


class TestImdb25k:
    """The bundled reviews."""

    def test_no_review_is_there_twice_and_half_of_them_are_friendly(self) -> None:
        samples = Imdb25k(words=1_000_000, length=1_000).load()
        assert len(samples.inputs) == 24_904
        assert len(np.unique(samples.inputs, axis=0)) > 24_850  # long ones may end alike
        assert abs(samples.targets.mean() - 0.5) < 0.01

    def test_its_most_frequent_words_are_those_of_english(self) -> None:
        assert Imdb25k().facts().vocabulary[4:9] == ("the", "and", "a", "of", "to")


def csv_of(*rows: str, header: str = "review,stars") -> TextCsv:
    """A dataset of an uploaded table."""
    return TextCsv(file=uploads.keep("\n".join([header, *rows]).encode()), length=5)


class TestTextCsv:
    """The user's own texts."""

    def test_the_longest_column_is_the_text_and_the_last_other_the_class(self) -> None:
        samples = csv_of(
            *[f"word{i % 3} very good indeed,{'ab'[i % 2]}" for i in range(30)]
        ).load()
        assert samples.class_names == ("a", "b")
        assert samples.target_name == "stars"
        assert samples.facts().vocabulary[4:7] == ("very", "good", "indeed")

    def test_chinese_is_read_character_by_character(self) -> None:
        samples = csv_of(*[f"我很喜欢这部电影,{'好坏'[i % 2]}" for i in range(30)]).load()
        assert set(samples.facts().vocabulary[4:]) == set("我很喜欢这部电影")
        assert samples.class_names == ("坏", "好")

    def test_a_row_without_a_word_is_told_by_its_number(self) -> None:
        rows = [f"fine words,{'ab'[i % 2]}" for i in range(30)]
        rows[6] = "!!!,a"
        with pytest.raises(UserError, match=r"first in row 7"):
            csv_of(*rows).load()

    def test_one_class_is_not_enough(self) -> None:
        with pytest.raises(UserError, match="2 to 100 classes"):
            csv_of(*["some words,a"] * 30).load()

    def test_a_column_that_is_not_there_is_refused(self) -> None:
        dataset = csv_of(*[f"some words,{i % 2}" for i in range(30)])
        with pytest.raises(UserError, match="Expected a column of the file: review, stars"):
            dataset.model_copy(update={"text": "title"}).load()


def test_unknown_words_are_marked_and_markdown_means_itself() -> None:
    assert marked(["good", "film"], {"good"}) == "good :orange-background[film]"
    assert escaped("*a* [b](c) $x$\n#d") == r"\*a\* \[b\]\(c\) \$x\$" + "  \n" + r"\#d"


def test_passages_are_the_first_texts_under_their_class() -> None:
    rows = [f"some words here number{i},{'ab'[i % 2]}" for i in range(30)]
    first = passages(csv_of(*rows).load())[0]
    assert first.title == "a"
    assert first.text == "some words here number0"
