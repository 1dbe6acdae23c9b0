"""Early stopping, with Keras' own callback as the judge."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from dlplay.optimisation import EarlyStopping
from dlplay.training.stopping import Patience

pytestmark = pytest.mark.xdist_group("training-stopping")

LOSSES: dict[str, list[float]] = {
    "falls all the time": [1 / (1 + epoch) for epoch in range(30)],
    "rises from the start": [1 + epoch / 10 for epoch in range(30)],
    "turns": [(epoch - 8) ** 2 / 64 for epoch in range(30)],
    "falls again after a while": [1, 0.9, 0.95, 0.96, 0.97, 0.8, 0.85, 0.86, 0.87, 0.7] + [1] * 20,
    "stays": [0.5] * 30,
    "noise": np.random.default_rng(5).random(30).tolist(),
}  # fmt: skip


def model_with(weight: float) -> keras.Model:
    """A model of a single weight."""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    model.set_weights([np.array([[weight]], np.float32)])
    return model


def weight_of(model: keras.Model) -> float:
    """Its weight."""
    return float(model.get_weights()[0][0, 0])


def stopped_by_us(setting: EarlyStopping, losses: list[float]) -> tuple[int, float]:
    """Epochs done, and the weight in the end; in every epoch it is the epoch's number."""
    model = model_with(-1.0)
    patience, epoch = Patience(setting, model), -1
    for epoch, loss in enumerate(losses):
        model.set_weights([np.array([[epoch]], np.float32)])
        if patience.is_over(epoch, loss):
            break
    patience.restore()
    return epoch + 1, weight_of(model)


def stopped_by_keras(setting: EarlyStopping, losses: list[float]) -> tuple[int, float]:
    """The same, by Keras' callback."""
    model = model_with(-1.0)
    callback = keras.callbacks.EarlyStopping(
        "val_loss", min_delta=setting.min_delta, patience=setting.patience,
        restore_best_weights=setting.restore_best,
    )  # fmt: skip
    callback.set_model(model)
    model.stop_training = False
    callback.on_train_begin()
    epoch = -1
    for epoch, loss in enumerate(losses):
        model.set_weights([np.array([[epoch]], np.float32)])
        callback.on_epoch_end(epoch, {"val_loss": loss})
        if model.stop_training:
            break
    callback.on_train_end()
    return epoch + 1, weight_of(model)


@pytest.mark.parametrize("restore_best", [True, False])
@pytest.mark.parametrize("min_delta", [0.0, 0.05])
@pytest.mark.parametrize("patience", [1, 3, 10])
@pytest.mark.parametrize("course", LOSSES)
def test_it_stops_when_keras_would_and_keeps_the_same_weights(
    course: str, patience: int, min_delta: float, restore_best: bool
) -> None:
    setting = EarlyStopping(patience=patience, min_delta=min_delta, restore_best=restore_best)
    assert stopped_by_us(setting, LOSSES[course]) == stopped_by_keras(setting, LOSSES[course])


def test_what_it_says_names_the_best_epoch() -> None:
    patience = Patience(EarlyStopping(patience=2), model_with(0.0))
    assert [patience.is_over(epoch, loss) for epoch, loss in enumerate([3, 1, 2, 2])] == [
        False, False, False, True,
    ]  # fmt: skip
    assert patience.note == "Stopped early: validation loss was best after epoch 2."


def test_without_a_setting_it_never_stops_and_changes_no_weight() -> None:
    model = model_with(7.0)
    patience = Patience(None, model)
    assert not any(patience.is_over(epoch, 1.0 + epoch) for epoch in range(1_000))
    patience.restore()
    assert (weight_of(model), patience.note) == (7.0, "")
