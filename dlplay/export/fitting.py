"""Training and test in plain code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dlplay.architectures import Objective
from dlplay.datasets import Facts
from dlplay.experiment import Experiment
from dlplay.export.base import Section
from dlplay.export.expressions import Expressions, call
from dlplay.export.rates import rate_code
from dlplay.optimisation import EarlyStopping

if TYPE_CHECKING:
    import keras

_BATCHES = '''
import itertools
import numpy as np
def batches():
    """Training batches without end, in a new order every epoch."""
    for epoch in itertools.count():
        order = np.random.default_rng((SEED, epoch)).permutation(len(train_x))
        for first in range(0, len(order), BATCH_SIZE):
            rows = order[first : first + BATCH_SIZE]
            yield train_x[rows], train_y[rows]


'''


def training_section(
    experiment: Experiment,
    objective: Objective,
    metrics: Sequence[str | keras.metrics.Metric],
    expressions: Expressions,
) -> Section:
    """Compile and fit, in the order of samples that the engine has."""
    training = experiment.training
    rate, schedule = rate_code(training)
    optimizer = training.optimizer.build(
        training.optimizer.learning_rate, experiment.regularisation.weight_decay
    )
    # Ours are left out: a mean over the classes is worked out at the end.
    measured = [
        expressions.value(metric) if isinstance(metric, str) else expressions.made(metric)
        for metric in metrics
        if isinstance(metric, str) or type(metric).__module__.startswith("keras.")
    ]
    compiled = call(
        "model.compile",
        [
            f"optimizer={expressions.made(optimizer, learning_rate=rate)}",
            f'loss="{objective.loss}"',
            call("metrics=", measured, "[]"),
            "jit_compile=False",
        ],
    )
    fit, stopping = _fit(training.early_stopping)
    code = f"{schedule}{compiled}\n\n{_BATCHES}{stopping}history = {fit}.history"
    card = training.optimizer.card
    text = f"{card.title}: {card.summary} The order of the samples follows from the seed."
    return Section("Training", text, code)


def _fit(setting: EarlyStopping | None) -> tuple[str, str]:
    """The call of fit, and the callback before it."""
    options = [
        "batches()",
        "shuffle=False",
        "epochs=EPOCHS",
        "steps_per_epoch=-(-len(train_x) // BATCH_SIZE)",
        "validation_data=(val_x, val_y)",
        "validation_batch_size=BATCH_SIZE",
    ]
    if setting is None:
        return call("model.fit", options), ""
    stopping = call(
        "keras.callbacks.EarlyStopping",
        [
            '"val_loss"',
            f"patience={setting.patience}",
            f"min_delta={setting.min_delta!r}",
            f"restore_best_weights={setting.restore_best}",
        ],
    )
    return call("model.fit", [*options, "callbacks=[stopping]"]), f"stopping = {stopping}\n"


def test_section(facts: Facts, objective: Objective) -> Section:
    """Scores on the test part; precision, recall and F1 as plain means over the classes."""
    lines = [
        "scores = model.evaluate(",
        "    test_x, test_y, batch_size=BATCH_SIZE, verbose=0, return_dict=True",
        ")",
    ]
    if facts.task == "regression":
        lines += [
            "# Errors in the unit of what is predicted",
            'scores["mae"] *= float(y_deviation)',
            'for name in ("mae", "val_mae"):',
            "    history[name] = [value * float(y_deviation) for value in history[name]]",
        ]
    else:
        lines += _means(objective)
    lines += [
        'print("Last epoch:", {name: values[-1] for name, values in history.items()})',
        'print("Test:", scores)',
    ]
    return Section("Test", "Samples the network has never seen.", "\n".join(lines))


def _means(objective: Objective) -> list[str]:
    true = "test_y"
    predicted = "model.predict(test_x, batch_size=BATCH_SIZE, verbose=0)"
    if objective.units == 1:
        true, predicted = f"{true}[:, 0]", f"{predicted}[:, 0] > 0.5"
    else:
        true = f"{true}.argmax(axis=1)" if objective.one_hot else true
        predicted = f"{predicted}.argmax(axis=1)"
    return [
        "from sklearn.metrics import precision_recall_fscore_support",
        f"predicted = {predicted}",
        "precision, recall, f1, _ = precision_recall_fscore_support(",
        f'    {true}, predicted, average="macro", zero_division=0',
        ")",
        'scores |= {"precision": float(precision), "recall": float(recall), "f1": float(f1)}',
    ]
