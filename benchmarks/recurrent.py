"""LSTM and GRU against Keras' ``fit`` and PyTorch: 100 tokens of 50 numbers, 64 units, batch 64.

Embedding, one recurrent layer, one output; Adam, on two threads; epochs of training alone, after
an untimed one. Then each preset of texts and characters, engine against ``fit``, batch by batch
the same work: where the preset has our LSTM or GRU, ``fit`` gets Keras' own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks import eager
from benchmarks.fitting import Arrays, Task
from benchmarks.sides import THREADS, Figures, Measure, Side, take_turns
from benchmarks.table import Row, times_faster

if TYPE_CHECKING:
    import keras

_ROUNDS = 5
_SAMPLES, _BATCH, _WORDS, _LENGTH, _SIZE, _UNITS = 1_280, 64, 10_000, 100, 50, 64
_PRESET_SAMPLES = 1_024
_PRESETS = ("imdb-simple-rnn", "imdb-lstm", "imdb-gru", "imdb-attention", "kjv-char-lstm")


def rows() -> Iterator[Row]:
    """Every comparison."""
    for cell, ours, theirs, torch_side in (
        ("LSTM", lstm_engine, lstm_fit, lstm_torch),
        ("GRU", gru_engine, gru_fit, gru_torch),
    ):
        sides = {"engine": ours, "fit": theirs}
        if eager.has_torch():
            sides["PyTorch eager"] = torch_side
        what = f"{cell}, {_LENGTH} tokens, {_UNITS} units, batch {_BATCH}, samples a second"
        yield from _compare(what, sides)
    taken = _turns({"engine": presets_engine, "fit": presets_fit})
    for preset in _PRESETS:
        our_rate, fit_rate = (taken[side][preset] for side in ("engine", "fit"))
        yield times_faster(
            f"{preset}, samples a second", f"{our_rate:,.0f}", f"fit {fit_rate:,.0f}",
            our_rate / fit_rate, 1.0,
        )  # fmt: skip


def _turns(functions: dict[str, Callable[[], Measure]]) -> dict[str, Figures]:
    sides = {name: Side(function) for name, function in functions.items()}
    try:
        return take_turns(sides, _ROUNDS)
    finally:
        for side in sides.values():
            side.close()


def _compare(what: str, functions: dict[str, Callable[[], Measure]]) -> Iterator[Row]:
    taken = _turns(functions)
    ours = taken.pop("engine")["samples_per_second"]
    for name, theirs in taken.items():
        rate = theirs["samples_per_second"]
        target = 1.0 if name == "fit" else None
        yield times_faster(what, f"{ours:,.0f}", f"{name} {rate:,.0f}", ours / rate, target)


def _data() -> Arrays:
    random = np.random.default_rng(0)
    words = random.integers(0, _WORDS, (_SAMPLES, _LENGTH), np.int32)
    return words, random.integers(0, 2, (_SAMPLES, 1)).astype(np.float32)


def _network(make: Callable[[Any], Any]) -> keras.Model:
    """Embedding, a recurrent layer, an output."""
    import keras

    model = keras.Sequential(
        [
            keras.Input((_LENGTH,), dtype="int32"),
            keras.layers.Embedding(_WORDS, _SIZE),
            make(keras.layers),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile("adam", "binary_crossentropy", jit_compile=False)
    return model


def _by_engine(model: keras.Model, data: Arrays, batch: int) -> Measure:
    from dlplay.training.engine import Engine

    one = data[0][:1], data[1][:1]  # it always validates; one sample is as good as nothing
    engine = Engine(model, data, one, batch_size=batch)
    epochs = iter(range(1_000_000))

    def measure() -> Figures:
        start = time.perf_counter()
        for _ in engine.run_epoch(next(epochs)):
            pass
        return _rate(len(data[0]), start)

    measure()
    return measure


def _by_fit(model: keras.Model, data: Arrays, batch: int) -> Measure:
    def measure() -> Figures:
        start = time.perf_counter()
        model.fit(*data, batch_size=batch, verbose=0)
        return _rate(len(data[0]), start)

    measure()
    return measure


def _rate(samples: int, start: float) -> Figures:
    return {"samples_per_second": samples / (time.perf_counter() - start)}


def lstm_engine() -> Measure:
    """Our LSTM through the engine."""
    from dlplay.layers.recurrent import FusedLSTM

    return _by_engine(_network(lambda _: FusedLSTM(_UNITS)), _data(), _BATCH)


def lstm_fit() -> Measure:
    """Keras' LSTM through ``fit``."""
    return _by_fit(_network(lambda layers: layers.LSTM(_UNITS)), _data(), _BATCH)


def gru_engine() -> Measure:
    """Our GRU through the engine."""
    from dlplay.layers.recurrent import FusedGRU

    return _by_engine(_network(lambda _: FusedGRU(_UNITS)), _data(), _BATCH)


def gru_fit() -> Measure:
    """Keras' GRU through ``fit``."""
    return _by_fit(_network(lambda layers: layers.GRU(_UNITS)), _data(), _BATCH)


def lstm_torch() -> Measure:
    """PyTorch's LSTM in a plain loop."""
    return _by_torch("LSTM")


def gru_torch() -> Measure:
    """PyTorch's GRU in a plain loop."""
    return _by_torch("GRU")


def _by_torch(cell: str) -> Measure:
    import torch

    torch.set_num_threads(THREADS)
    words, targets = (torch.from_numpy(array) for array in _data())
    embedding = torch.nn.Embedding(_WORDS, _SIZE)
    recurrent = getattr(torch.nn, cell)(_SIZE, _UNITS, batch_first=True)
    output = torch.nn.Linear(_UNITS, 1)
    modules = torch.nn.ModuleList([embedding, recurrent, output])
    optimizer, loss_of = torch.optim.Adam(modules.parameters()), torch.nn.BCEWithLogitsLoss()

    def measure() -> Figures:
        start = time.perf_counter()
        for batch in torch.randperm(_SAMPLES).split(_BATCH):
            optimizer.zero_grad()
            states, _ = recurrent(embedding(words[batch].long()))
            loss_of(output(states[:, -1]), targets[batch]).backward()
            optimizer.step()
        return _rate(_SAMPLES, start)

    measure()
    return measure


def presets_engine() -> Measure:
    """Every preset as it is, on some of its samples, one after the other."""
    return _every_preset(_by_engine)


def presets_fit() -> Measure:
    """The same networks through ``fit``, with Keras' LSTM and GRU in place of ours."""
    import keras

    from dlplay.layers import recurrent

    vars(recurrent).update(FusedLSTM=keras.layers.LSTM, FusedGRU=keras.layers.GRU)
    return _every_preset(_by_fit)


def _every_preset(train: Callable[[keras.Model, Arrays, int], Measure]) -> Measure:
    measures = {}
    for preset in _PRESETS:
        task = Task(preset)
        some = task.train[0][:_PRESET_SAMPLES], task.train[1][:_PRESET_SAMPLES]
        measures[preset] = train(task.model(), some, task.experiment.training.batch_size)
    return lambda: {name: one()["samples_per_second"] for name, one in measures.items()}
