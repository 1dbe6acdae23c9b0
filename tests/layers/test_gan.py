"""The adversarial model against its own definition, written out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy.spatial.distance import cdist, pdist

from dlplay.datasets import split
from dlplay.experiment import Experiment
from dlplay.layers import load_model
from dlplay.layers.energy_distance import energy_distance, relative_spread
from dlplay.training.compiling import build_model
from dlplay.training.engine import Engine

pytestmark = pytest.mark.xdist_group("layers-gan")

BATCH = 32


def experiment(**network: Any) -> Experiment:
    """A small GAN on the ring."""
    return Experiment.parse(
        {
            "dataset": {"name": "ring", "samples": 250},
            "architecture": {"name": "gan", "units": [16, 8], **network},
            "training": {"batch_size": BATCH},
        }
    )


def compiled(chosen: Experiment) -> tuple[keras.Model, Any, Any]:
    """A fresh model, and the arrays of training and validation."""
    parts = split(chosen.dataset, chosen.seed)
    arrays = [(part.inputs, part.targets) for part in (parts.train, parts.validation)]
    return build_model(chosen, parts.facts, len(parts.train)), *arrays


@pytest.mark.parametrize("penalty", [0.0, 0.5])
def test_the_engine_equals_its_own_train_step_in_a_plain_loop(penalty: float) -> None:
    chosen = experiment(gradient_penalty=penalty)
    model, train, validation = compiled(chosen)
    engine = Engine(model, train, validation, batch_size=BATCH, seed=3)
    ours = [list(engine.run_epoch(epoch))[-1].values for epoch in range(2)]

    model, (x, y), validation = compiled(chosen)
    # Of any batch size: TensorFlow would turn divisions by a known one into multiplications.
    any_batch = [tf.TensorSpec([None, 2], tf.float32), tf.TensorSpec([None], tf.int32)]
    step, judge = (
        tf.function(lambda x, y, call=call: call((x, y)), input_signature=any_batch)
        for call in (model.train_step, model.test_step)
    )
    theirs = []
    for epoch in range(2):
        order = np.random.default_rng((3, epoch)).permutation(len(x))
        model.reset_metrics()
        for start in range(0, len(x), BATCH):
            rows = order[start : start + BATCH]
            logs = step(x[rows], y[rows])
        values = {name: float(value) for name, value in logs.items()}
        model.reset_metrics()
        for start in range(0, len(validation[0]), BATCH):
            logs = judge(*(part[start : start + BATCH] for part in validation))
        theirs.append(values | {f"val_{name}": float(value) for name, value in logs.items()})
    # The slope's own slope is grouped otherwise in a loop: there the last bit may differ.
    for mine, other in zip(ours, theirs, strict=True):
        assert mine == (pytest.approx(other, rel=1e-5, abs=1e-6) if penalty else other)


def test_a_step_goes_down_both_gradients_of_the_paper() -> None:
    """Plain gradient descent: each weight moves by the rate times the slope of its own loss."""
    chosen = experiment(gradient_penalty=0.5).changed(
        [("training.optimizer", "sgd"), ("training.optimizer.learning_rate", 0.125)]
    )
    model, (x, y), _ = compiled(chosen)
    real = tf.constant(x[:BATCH])
    noise = keras.random.normal((BATCH, model.latent), seed=copy_of(model.seed_generator))
    generator, discriminator = model.generator, model.discriminator
    with tf.GradientTape(persistent=True) as tape:
        with tf.GradientTape() as inner:
            inner.watch(real)
            on_real = discriminator(real)
        slope = inner.gradient(on_real, real)
        on_fake = discriminator(generator(noise))
        belief_real, belief_fake = tf.sigmoid(on_real), tf.sigmoid(on_fake)
        loss = -tf.reduce_mean(tf.math.log(belief_fake))
        judging = -tf.reduce_mean(tf.math.log(belief_real) + tf.math.log(1 - belief_fake)) / 2
        judging += 0.5 / 2 * tf.reduce_mean(tf.reduce_sum(slope**2, axis=1))
    variables = generator.trainable_weights, discriminator.trainable_weights
    expected = [
        weight.numpy() - 0.125 * tape.gradient(goal, weight.value).numpy()
        for goal, own in zip((loss, judging), variables, strict=True)
        for weight in own
    ]
    model.train_step((real, tf.constant(y[:BATCH])))
    for weight, wanted in zip([*variables[0], *variables[1]], expected, strict=True):
        np.testing.assert_allclose(weight.numpy(), wanted, atol=1e-5)


def copy_of(generator: keras.random.SeedGenerator) -> keras.random.SeedGenerator:
    """A generator that draws next what the other is about to draw."""
    copied = keras.random.SeedGenerator(0)
    copied.state.assign(generator.state)
    return copied


def test_judging_changes_nothing_and_says_the_same_twice() -> None:
    model, train, validation = compiled(experiment())
    engine = Engine(model, train, validation, batch_size=BATCH)
    assert engine.evaluate(*validation) == engine.evaluate(*validation)


def test_adam_carries_over_what_the_network_says() -> None:
    model, _, _ = compiled(experiment(momentum=0.25))
    assert model.optimizer.beta_1 == 0.25


@pytest.mark.parametrize("dataset", ["ring", "mnist-5k"])
def test_a_saved_model_generates_and_judges_as_before(dataset: str, tmp_path: Path) -> None:
    chosen = Experiment.parse(
        {"dataset": {"name": dataset}, "architecture": {"name": "gan", "units": [4, 4]}}
    )
    facts = chosen.dataset.facts()
    model = build_model(chosen, facts, 100)
    model.save(tmp_path / "model.keras")
    loaded = load_model(tmp_path / "model.keras")
    noise = np.random.default_rng(0).normal(size=(5, model.latent)).astype(np.float32)
    made = model.generator(noise).numpy()
    assert made.shape == (5, *facts.input_shape)
    np.testing.assert_array_equal(loaded.generator(noise).numpy(), made)
    np.testing.assert_array_equal(loaded(made).numpy(), model(made).numpy())
    if facts.kind == "image":
        assert made.min() >= 0
        assert 1 < made.max() <= 255


def test_energy_distance_is_its_definition() -> None:
    random = np.random.default_rng(0)
    x, y = random.normal(0, 1, (40, 3)), random.normal(0.5, 2, (60, 3))
    across, first, second = cdist(x, y).mean(), cdist(x, x).sum(), cdist(y, y).sum()
    expected = 2 * across - first / (40 * 39) - second / (60 * 59)
    assert float(energy_distance(x, y)) == pytest.approx(expected, rel=1e-5)


def test_the_spread_is_a_ratio_of_mean_distances_and_none_where_there_is_one_sample() -> None:
    random = np.random.default_rng(0)
    real, made = random.normal(0, 1, (40, 3)), random.normal(5, 0.5, (60, 3))
    assert float(relative_spread(made, real)) == pytest.approx(
        pdist(made).mean() / pdist(real).mean()
    )
    assert float(relative_spread(made[:1], real[:1])) == 0
