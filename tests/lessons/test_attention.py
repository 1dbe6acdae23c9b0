"""Attention against closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from dlplay.lessons.attention import (
    SENTENCES,
    attend,
    embed,
    entropy,
    plot_mixture,
    plot_vectors,
    plot_weights,
    read,
)

Q, K, V = np.random.default_rng(0).normal(size=(3, 6, 4))


@pytest.mark.parametrize("scaled", [False, True])
@pytest.mark.parametrize("causal", [False, True])
def test_every_mixture_is_the_weighted_mean_its_formula_says(scaled: bool, causal: bool) -> None:
    info = attend(Q, K, V, scaled=scaled, causal=causal)
    for row in range(len(Q)):
        seen = row + 1 if causal else len(K)
        fits = np.exp([Q[row] @ K[column] / (2 if scaled else 1) for column in range(seen)])
        expected = sum(f * v for f, v in zip(fits / fits.sum(), V, strict=False))
        np.testing.assert_allclose(info.output[row], expected)


def test_masked_words_weigh_nothing_and_the_rest_add_up() -> None:
    weights = attend(Q, K, V, causal=True).weights
    assert (np.triu(weights, 1) == 0).all()
    np.testing.assert_allclose(weights.sum(axis=1), 1)


@pytest.mark.parametrize("name", SENTENCES)
class TestSentences:
    def test_every_word_is_known(self, name: str) -> None:
        np.testing.assert_array_equal(embed(SENTENCES[name].split()).sum(axis=1), 1)

    def test_it_attends_most_to_an_animal(self, name: str) -> None:
        words = SENTENCES[name].split()
        weights = read(SENTENCES[name], 2.0, scaled=True, causal=False).weights
        assert words[weights[words.index("it")].argmax()] in ("cat", "dog", "bird")

    def test_without_sharpness_all_words_count_alike(self, name: str) -> None:
        info = read(SENTENCES[name], 0.0, scaled=True, causal=False)
        np.testing.assert_allclose(info.weights, 1 / len(info.weights))
        assert entropy(info.weights[0]) == pytest.approx(np.log2(len(info.weights)))


def test_entropy_equals_scipy() -> None:
    weights = attend(Q, K, V).weights[0]
    assert entropy(weights) == pytest.approx(stats.entropy(weights, base=2))
    assert entropy(np.array([1.0, 0.0])) == 0


def test_pictures_hold_the_weights() -> None:
    words = SENTENCES["cat"].split()
    info = read(SENTENCES["cat"], 2.0, scaled=True, causal=True)
    figure = plot_weights(info, words, 5)
    np.testing.assert_allclose(figure.data[0].z, info.weights, atol=1e-6)
    assert (figure.layout.shapes[0].y0, figure.layout.shapes[0].y1) == (4.5, 5.5)
    bars = plot_mixture(info, words, 5).data[0]
    np.testing.assert_allclose(bars.x, info.weights[5])
    assert list(bars.text[6:]) == ["masked", "masked"]
    np.testing.assert_allclose(plot_vectors(info, 5).data[0].z[2], info.output[5], atol=1e-6)
