"""Training and test in plain code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dlplay.architectures import Objective
from dlplay.datasets import Facts
from dlplay.datasets.series import SeriesDataset
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
    measured = [text for text in (_measured(m, expressions) for m in metrics) if text]
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


def _measured(metric: str | keras.metrics.Metric, expressions: Expressions) -> str:
    """A metric as Keras has it. Of one of ours, what it is made from: the rest is worked out at
    the end; nothing where Keras has nothing like it."""
    import keras

    if isinstance(metric, str):
        return expressions.value(metric)
    parent = next(kind for kind in type(metric).__mro__ if kind.__module__.startswith("keras."))
    if parent is type(metric):
        return expressions.made(metric)
    if parent is keras.metrics.Metric:
        return ""
    return f"{expressions.name(parent)}(name={expressions.value(metric.name)})"


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


def test_section(experiment: Experiment, facts: Facts) -> Section:
    """Scores on the test part; precision, recall and F1 as plain means over the classes."""
    dataset, objective = experiment.dataset, experiment.objective(facts)
    asked = experiment.architecture.task(facts)
    lines = [
        "scores = model.evaluate(",
        "    test_x, test_y, batch_size=BATCH_SIZE, verbose=0, return_dict=True",
        ")",
    ]
    if asked in ("regression", "forecast"):
        lines += [
            "# Errors in the unit of what is predicted",
            'scores["mae"] *= float(y_deviation)',
            'for name in ("mae", "val_mae"):',
            "    history[name] = [value * float(y_deviation) for value in history[name]]",
        ]
    if isinstance(dataset, SeriesDataset) and asked == "forecast":
        lines += _naive(dataset)
    if asked == "next character":
        lines += _PERPLEXITY
    if asked == "classification":
        lines += _means(objective)
    lines += [
        'print("Last epoch:", {name: values[-1] for name, values in history.items()})',
        'print("Test:", scores)',
    ]
    return Section("Test", "Samples the network has never seen.", "\n".join(lines))


_PERPLEXITY = [
    "# Among how many equally likely characters one would choose",
    "import math",
    'scores["perplexity"] = math.exp(scores["perplexity"])',
    'for name in ("perplexity", "val_perplexity"):',
    "    history[name] = [math.exp(value) for value in history[name]]",
]


def _naive(dataset: SeriesDataset) -> list[str]:
    """Errors in parts of what the better naive forecast errs by."""
    lags = dataset.naive_lags()
    lines = [
        "# Naive: the value one horizon earlier, or one period, whichever is better in training",
        f"errors = [np.abs(values[target - lag] - values[target]) for lag in {list(lags)!r}]",
        'naive = min(errors, key=lambda error: error[is_train].mean(dtype="float64"))',
    ]
    if len(lags) == 1:
        lines = [
            "# Naive: the last value",
            f"naive = np.abs(values[target - {lags[0]}] - values[target])",
        ]
    return [
        *lines,
        "train_error, val_error, test_error = (",
        '    float(naive[part].mean(dtype="float64")) for part in (is_train, is_val, is_test)',
        ")",
        'history["naive_ratio"] = [mae / train_error for mae in history["mae"]]',
        'history["val_naive_ratio"] = [mae / val_error for mae in history["val_mae"]]',
        'scores["naive_ratio"] = scores["mae"] / test_error',
    ]


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
