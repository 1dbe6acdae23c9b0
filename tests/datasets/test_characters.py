"""Running text, character by character."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import entropy

from dlplay import uploads
from dlplay.datasets.characters import UNKNOWN, to_numbers, to_text, unigram_entropy, vocabulary_of
from dlplay.datasets.kjv import Kjv
from dlplay.datasets.text_file import TextFile
from dlplay.errors import UserError


def file_of(content: bytes, **values: int) -> TextFile:
    """A dataset of an uploaded file."""
    return TextFile(file=uploads.keep(content), **values)


def test_chunks_follow_each_other_and_their_targets_are_one_ahead() -> None:
    text = "".join(chr(97 + i % 26) for i in range(260))
    samples = file_of(text.encode(), length=10).load()
    vocabulary = samples.facts().vocabulary
    assert samples.inputs.shape == samples.targets.shape == (25, 10)
    assert to_text(samples.inputs[1], vocabulary) == "klmnopqrst"
    assert to_text(samples.targets[1], vocabulary) == "lmnopqrstu"


def test_chinese_text_is_read_by_characters_not_bytes() -> None:
    text = "床前明月光，疑是地上霜。\n举头望明月，低头思故乡。\n" * 20
    samples = file_of(text.encode(), length=12).load()
    assert set(samples.facts().vocabulary[1:]) == set(text)
    assert to_text(samples.inputs[0], samples.facts().vocabulary) == text[:12]


def test_the_vocabulary_begins_with_the_mark_for_the_unknown() -> None:
    assert vocabulary_of("abba c") == (UNKNOWN, "a", "b", " ", "c")
    assert to_numbers("xab", vocabulary_of("abba c")).tolist() == [0, 1, 2]


def test_the_unigram_entropy_is_that_of_the_frequencies() -> None:
    numbers = np.random.default_rng(0).poisson(3, 500).astype(np.int32)
    assert unigram_entropy(numbers) == pytest.approx(entropy(np.bincount(numbers)))


def test_bytes_that_are_no_text_are_refused_with_their_place() -> None:
    with pytest.raises(UserError, match=r"UTF-8.*position 5"):
        file_of(b"valid\xff" + b"x" * 3_000).load()


@pytest.mark.parametrize("content", [b"", b"too short"])
def test_a_text_too_short_for_chunks_is_refused(content: bytes) -> None:
    with pytest.raises(UserError, match="at least 2,001 characters"):
        file_of(content).load()


def test_two_hundred_megabytes_are_refused_with_a_sentence() -> None:
    with pytest.raises(UserError, match="at most 50 MB"):
        uploads.keep(bytes(200_000_000))


def test_only_as_much_is_used_as_was_asked_for() -> None:
    assert file_of(b"hello world " * 1_000, length=10, most=1_000).load().inputs.shape == (99, 10)


def test_the_bible_begins_with_the_beginning_and_has_no_brackets() -> None:
    text = Kjv().read()
    assert text.startswith("In the beginning God created the heaven and the earth.")
    assert len(text) > 4_000_000
    assert not set("[]") & set(text)
