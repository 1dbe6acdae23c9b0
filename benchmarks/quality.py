"""What the presets reach: each trained to its end, as a user would, and judged by its test."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.sides import Figures, Measure, Side
from benchmarks.table import Row

_LEAST = {
    "iris-mlp": ("val_accuracy", 0.9),
    "mnist-alexnet": ("accuracy", 0.95),
    "mnist-vgg-16": ("accuracy", 0.95),
    "mnist-resnet-50": ("accuracy", 0.95),
    "imdb-lstm": ("accuracy", 0.8),
    "imdb-gru": ("accuracy", 0.8),
    "imdb-attention": ("accuracy", 0.8),
}
"""Metric and the least that is asked for; of the test part, or of validation (``val_``)."""

_BELOW = {
    "kjv-char-lstm": ("loss", "unigram entropy"),
    "temperature-lstm": ("naive_ratio", "the naive forecast's error"),
}
_HOME = tempfile.TemporaryDirectory(prefix="dlplay-benchmark-")
_CERTAIN = 0.9
"""A generated digit counts as recognised when the classifier is so sure of it."""


def rows() -> Iterator[Row]:
    """A row as soon as its preset is trained."""
    for preset, (metric, least) in _LEAST.items():
        figures = _trained(preset)
        value = figures[metric]
        yield Row(
            _what(preset, figures), f"{metric} {value:.3f}", target=f"≥ {least:g}",
            met=value >= least,
        )  # fmt: skip
    for preset, (metric, bound) in _BELOW.items():
        figures = _trained(preset)
        limit = figures["unigram"] if metric == "loss" else 1.0
        value = figures[metric]
        yield Row(
            _what(preset, figures), f"{metric} {value:.3f}", f"{bound} {limit:.3f}",
            limit / value, "< the other side", value < limit,
        )  # fmt: skip
    tree, plain = _trained("listops-tree-lstm"), _trained("listops-lstm")
    yield Row(
        f"{_what('listops-tree-lstm', tree)}, beside an LSTM",
        f"accuracy {tree['accuracy']:.3f}", f"LSTM {plain['accuracy']:.3f}",
        tree["accuracy"] / plain["accuracy"], "> the LSTM", tree["accuracy"] > plain["accuracy"],
    )  # fmt: skip
    figures = _ask(generated_digits)
    classes = int(figures["classes"])
    yield Row(
        "mnist-gan: classes that a classifier recognises among 1,000 samples",
        f"{classes} of 10", target="≥ 8 of 10", met=classes >= 8,
    )  # fmt: skip


def _what(preset: str, figures: Figures) -> str:
    return f"{preset}, trained in {figures['seconds']:.0f} s"


def _trained(preset: str) -> Figures:
    os.environ["DLPLAY_BENCHMARK_PRESET"] = preset
    return _ask(one_preset)


def _ask(function: Callable[[], Measure]) -> Figures:
    side = Side(function)
    try:
        return side.measure()
    finally:
        side.close()


def one_preset() -> Measure:
    """The preset the environment names."""
    preset = os.environ["DLPLAY_BENCHMARK_PRESET"]

    def measure() -> Figures:
        summary, _, frequencies = _run(preset)
        entropy = -float((frequencies * np.log(frequencies)).sum())
        validation = {n: v for n, v in summary["final"].items() if n.startswith("val_")}
        return {
            "seconds": float(summary["seconds"]),
            "unigram": entropy,
            **validation,
            **summary["test"],
        }

    return measure


def generated_digits() -> Measure:
    """The GAN of digits, judged by a classifier trained on the same 5,000."""

    def measure() -> Figures:
        from dlplay.layers import load_model

        _, folder, _ = _run("mnist-gan")
        _, judge, _ = _run("mnist-cnn-small")
        gan, classifier = load_model(folder / "model.keras"), load_model(judge / "model.keras")
        noise = np.random.default_rng(0).normal(size=(1_000, gan.latent)).astype(np.float32)
        samples = np.asarray(gan.generator(noise)).reshape(-1, 28, 28, 1)
        said = classifier.predict(samples, verbose=0)
        sure = said.argmax(axis=1)[said.max(axis=1) > _CERTAIN]
        counted = np.bincount(sure, minlength=10)
        return {"classes": float((counted >= 10).sum())}

    return measure


def _run(preset: str) -> tuple[dict[str, Any], Path, np.ndarray]:
    """Train a preset: its summary, its folder, and how frequent each target is."""
    from dlplay.presets import PRESETS
    from dlplay.runs import open_store
    from dlplay.settings import Settings
    from dlplay.training import trainer

    os.environ["DLPLAY_HOME"] = _HOME.name
    store = open_store(Settings(home=Path(_HOME.name)))
    run = store.create(PRESETS[preset].experiment)
    store.claim(run.id)
    ended = trainer.train(store, store.get(run.id))
    if ended.state != "finished":
        raise RuntimeError(f"{preset} {ended.state}: {ended.message}")
    targets = PRESETS[preset].experiment.dataset.load().targets
    _, counts = np.unique(targets, return_counts=True)
    return ended.summary, ended.folder, counts / counts.sum()
