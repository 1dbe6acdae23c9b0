"""Views of networks that read and write, against the networks themselves."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from dlplay import uploads
from dlplay.datasets import split_samples
from dlplay.datasets.characters import to_numbers, to_text
from dlplay.datasets.words import encode
from dlplay.errors import UserError
from dlplay.experiment import Experiment
from dlplay.training.compiling import build_model
from dlplay.views import Subject, View, views_of
from dlplay.views.attention_weights import AttentionWeights
from dlplay.views.sampling import draw, writer
from dlplay.views.sentence import Sentence
from dlplay.views.word_states import WordStates
from dlplay.views.writing import Continue, Writing

pytestmark = pytest.mark.xdist_group("views-texts")

TABLE = "text,class\n" + "".join(f"good film number {i % 4},{'ab'[i % 2]}\n" for i in range(40))
PROSE = "the quick brown fox jumps over the lazy dog. " * 20


def subject(architecture: dict[str, Any], content: str = TABLE) -> Subject:
    """An untrained network on a few texts of eight words, or chunks of eight characters."""
    name = "text-csv" if content == TABLE else "text-file"
    dataset = {"name": name, "file": uploads.keep(content.encode()), "length": 8}
    experiment = Experiment.parse({"dataset": dataset, "architecture": architecture})
    samples = experiment.dataset.load()
    parts = split_samples(experiment.dataset, samples, experiment.seed)
    return Subject(experiment, build_model(experiment, parts.facts, 20), parts, samples)


READERS: list[dict[str, Any]] = [
    {"name": "simple-rnn", "units": [5, 4]},
    {"name": "lstm", "units": [5, 4]},
    {"name": "gru", "units": [5], "reset_after": False},
    {"name": "lstm", "units": [5], "bidirectional": True},
    {"name": "attention", "heads": 2, "head_size": 3},
]


def test_what_is_asked_of_a_run_fits_its_network() -> None:
    names = [
        [view.name for view in views_of(one.experiment, one.split.facts, "asked")]
        for one in (subject(READERS[1]), subject(READERS[4]))
    ]
    assert names == [["sentence", "word-states"], ["sentence", "attention-weights"]]


@pytest.mark.parametrize("architecture", READERS, ids=lambda a: str(a["name"]))
class TestSentence:
    """Probabilities as the words come in."""

    def test_at_the_end_they_are_the_networks_answer_to_the_whole_sentence(
        self, architecture: dict[str, Any]
    ) -> None:
        asked = subject(architecture)
        seen = Sentence(text="good bad film").watch(asked)()
        row, _ = encode("good bad film", asked.split.facts)
        answer = float(np.asarray(asked.model(row))[0, 0])
        np.testing.assert_allclose(seen["probabilities"][-1], [1 - answer, answer], atol=1e-6)
        assert seen["known"].tolist() == [True, False, True]

    def test_before_that_they_are_its_answers_to_the_beginnings(
        self, architecture: dict[str, Any]
    ) -> None:
        asked = subject(architecture)
        seen = Sentence(text="good film number").watch(asked)()
        for count in (1, 2):
            row, _ = encode(" ".join(["good", "film"][:count]), asked.split.facts)
            answer = float(np.asarray(asked.model(row))[0, 0])
            assert seen["probabilities"][count - 1, 1] == pytest.approx(answer, abs=1e-6)


@pytest.mark.parametrize("architecture", READERS[:4], ids=lambda a: str(a["name"]))
def test_the_last_state_is_what_the_layer_hands_on(architecture: dict[str, Any]) -> None:
    asked = subject(architecture)
    depth = len(architecture["units"])
    seen = WordStates(text="good film number 3", layer=depth).watch(asked)()
    row, _ = encode("good film number 3", asked.split.facts)
    top = keras.Model(asked.model.input, asked.model.layers[1 + depth].output)
    handed_on = np.asarray(top(row))[0, : architecture["units"][-1]]
    np.testing.assert_allclose(seen["state"][-1], handed_on, atol=1e-6)
    assert len(seen["state"]) == 4


def test_a_layer_that_is_not_there_is_refused() -> None:
    with pytest.raises(UserError, match="a layer from 1 to 2"):
        WordStates(text="good", layer=3).watch(subject(READERS[0]))


def test_attention_is_the_softmax_of_queries_times_keys() -> None:
    asked = subject(READERS[4])
    seen = AttentionWeights(text="good film number", head=2).watch(asked)()
    row, _ = encode("good film number", asked.split.facts)
    layer = next(x for x in asked.model.layers if isinstance(x, keras.layers.MultiHeadAttention))
    x = np.asarray(keras.Model(asked.model.input, layer.input[0])(row))[0, -4:]
    weights = {w.path.split("/")[-2]: {} for w in layer.trainable_variables}  # type: ignore[var-annotated]
    for weight in layer.trainable_variables:
        weights[weight.path.split("/")[-2]][weight.name] = np.asarray(weight)
    query, key = (
        x @ weights[name]["kernel"][:, 1] + weights[name]["bias"][1] for name in ("query", "key")
    )
    scores = np.exp(query @ key.T / np.sqrt(3))
    np.testing.assert_allclose(seen["weights"], scores / scores.sum(1, keepdims=True), atol=1e-5)
    assert seen["words"].tolist() == ["(start)", "good", "film", "number"]


@pytest.mark.parametrize("view", [Sentence, WordStates])
def test_of_a_long_text_it_is_said_that_its_beginning_was_not_read(view: type[View]) -> None:
    asked = view.model_validate({"name": view.model_fields["name"].default, "text": "good " * 99})
    panels = asked.panels(asked.watch(subject(READERS[1]))(), 1)
    assert "Only the last 8 of 99 words are read" in "".join(panel.text for panel in panels)


WRITER = {"name": "char-lstm", "units": [6, 5]}


def test_at_temperature_0_every_character_is_the_likeliest_the_network_names() -> None:
    asked = subject(WRITER, PROSE)
    vocabulary = asked.split.facts.vocabulary
    start = to_numbers("the", vocabulary)
    written = writer(asked.model)(start, np.zeros(1, np.float32), 5, 0)[0]
    row = np.zeros((1, 8), np.int32)
    row[0, :3] = start
    for place, number in enumerate(written):
        answer = np.asarray(asked.model(row))[0, 2 + place]
        assert number == 1 + int(answer[1:].argmax())
        row[0, 3 + place] = number


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_characters_are_drawn_with_probabilities_to_the_power_of_1_over_temperature(
    temperature: float,
) -> None:
    probabilities = np.array([0.0, 0.6, 0.3, 0.1], np.float32)
    count = 40_000
    drawn = draw(
        np.tile(probabilities, (count, 1)), np.full(count, temperature, np.float32),
        np.random.default_rng(0),
    )  # fmt: skip
    expected = probabilities ** (1 / temperature)
    shares = np.bincount(drawn, minlength=4) / count
    np.testing.assert_allclose(shares, expected / expected.sum(), atol=0.01)


def test_what_is_written_while_training_is_read_with_the_entropy_to_beat() -> None:
    asked = subject(WRITER, PROSE)
    seen = Writing().watch(asked)()
    assert [len(text) for text in seen["texts"].tolist()] == [300, 300]
    panels = Writing().panels(seen, 2)
    assert "temperature 0.5" in panels[0].text
    assert f"a loss of {float(seen['entropy']):.2f}" in panels[-1].text


class TestContinue:
    """A beginning that somebody types."""

    def test_the_same_seed_writes_the_same_text(self) -> None:
        asked = subject(WRITER, PROSE)
        first, again, other = (
            str(Continue(text="the ", seed=seed, length=40).watch(asked)()["written"])
            for seed in (1, 1, 2)
        )
        assert first == again != other
        vocabulary = asked.split.facts.vocabulary
        assert to_text(to_numbers(first, vocabulary), vocabulary) == first

    def test_characters_it_has_never_met_are_left_out_and_counted(self) -> None:
        view = Continue(text="龘the龘", length=5)
        assert "2 characters it has never met" in _text(view, subject(WRITER, PROSE))

    def test_a_long_beginning_is_cut_and_that_is_said(self) -> None:
        view = Continue(text="the lazy dog", length=5)
        assert "The first 4 characters were not read" in _text(view, subject(WRITER, PROSE))

    @pytest.mark.parametrize("text", ["", "龘龘"])
    def test_a_beginning_without_anything_it_knows_is_refused(self, text: str) -> None:
        with pytest.raises(UserError, match="Expected"):
            Continue(text=text).watch(subject(WRITER, PROSE))


def _text(view: View, asked: Subject) -> str:
    return view.panels(view.watch(asked)(), 1)[0].text
