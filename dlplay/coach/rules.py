"""Plain rules over recorded curves and probes. Each speaks only where its numbers are there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from dlplay.coach.base import Advice, Record

Rule = Callable[[Record], Advice | None]

_FEWEST_EPOCHS = 10
_LEAP, _LEAPS = 0.10, 0.25
_VANISHED = 1e-3
_IDLE = 0.5
_OVERFIT, _STILL_LEARNT = 1.2, 0.8
_FLAT = 0.02
_POOR = 0.6
_CREEPING = 0.8
_DOUBLES = 0.05
_ALIKE, _PENALTY = 0.5, 0.1


def rate_too_high(run: Record) -> Advice | None:
    """The loss is no number any more, has grown, or leaps."""
    lower = float(f"{run.rate / 10:.3g}")
    proposal, changes = f"Learning rate {lower:g}", (("training.optimizer.learning_rate", lower),)
    if "stopped being a number" in run.message:
        sentence = run.message.partition(". ")[0].rstrip(".")
        return Advice(
            "The run diverged.", f"{sentence}, at a rate of {run.rate:g}.", proposal, changes
        )
    if run.count < _FEWEST_EPOCHS:
        return None
    loss = run.loss
    if loss[-1] > 2 * loss[0]:
        evidence = f"Training loss grew from {loss[0]:.3g} to {loss[-1]:.3g}."
        return Advice("The run diverges.", evidence, proposal, changes)
    settled = loss[run.count // 10 :]
    leaps = float(np.mean(np.diff(settled) > _LEAP * settled[:-1]))
    median = float(np.median(loss[run.count // 2 :]))
    if leaps < _LEAPS or (run.blind_loss is not None and median < 0.1 * run.blind_loss):
        return None
    evidence = (
        f"In {leaps:.0%} of the epochs training loss rose by more than {_LEAP:.0%}; at a rate of "
        f"{run.rate:g} its median over the second half is {median:.3g}."
    )
    return Advice("The learning rate is too high: the loss leaps.", evidence, proposal, changes)


def vanishing_gradient(run: Record) -> Advice | None:
    """Next to nothing of the gradient reaches the first layer, and nothing is learnt."""
    if run.layers is None or run.count < _FEWEST_EPOCHS:
        return None
    first, last = run.layers["gradient"][-1][[0, -1]].tolist()
    fallen = 1 - float(run.loss.min()) / float(run.loss[0])
    if last <= 0 or first > _VANISHED * last or fallen > 0.1:
        return None
    bend = getattr(run.experiment.architecture, "activation", "")
    evidence = (
        f"The gradient is {last:.2g} long in the last layer and {first:.2g} in the first; the "
        f"loss fell by {fallen:.1%} in {run.epochs} epochs."
    )
    finding = "The gradient vanishes on its way to the first layers."
    if bend in ("sigmoid", "tanh"):
        changes = (("architecture.activation", "relu"),)
        return Advice(finding, evidence, f"ReLU in place of {bend}", changes)
    if run.experiment.regularisation.batch_norm:
        return None
    changes = (("regularisation.batch_norm", "true"),)
    return Advice(finding, evidence, "Batch normalisation", changes)


def dead_units(run: Record) -> Advice | None:
    """Half the ReLUs of a hidden layer answer to no sample."""
    if run.layers is None or getattr(run.experiment.architecture, "activation", "") != "relu":
        return None
    idle = np.nan_to_num(run.layers["idle"][-1][:-1])
    if not len(idle) or idle.max() < _IDLE:
        return None
    name = run.layers["layers"][idle.argmax()]
    return Advice(
        "Many ReLUs are dead.",
        f"In layer {name} {idle.max():.0%} of the units gave 0 for each of 32 training samples: "
        "no gradient passes there.",
        "Leaky ReLU",
        (("architecture.activation", "leaky relu"),),
    )


def overfitting(run: Record) -> Advice | None:
    """Validation loss climbs while training loss falls."""
    if run.count < _FEWEST_EPOCHS:
        return None
    best = int(run.val_loss.argmin())
    lowest, now = float(run.val_loss[best]), float(run.val_loss[-1])
    learnt = float(run.loss[-1]) / max(float(run.loss[best]), 1e-12)
    if now < _OVERFIT * lowest or learnt > _STILL_LEARNT or run.count - best < 5:
        return None
    evidence = (
        f"Validation loss was lowest after epoch {run.points[best].epoch:g} ({lowest:.3g}) and is "
        f"{now:.3g} now, while training loss fell from {run.loss[best]:.3g} to {run.loss[-1]:.3g}."
    )
    patience = max(5, run.epochs // 10)
    changes: list[tuple[str, Any]] = [("training.early_stopping.patience", patience)]
    proposal = "Stop early"
    regularisation = run.experiment.regularisation
    if not regularisation.dropout and "units" in type(run.experiment.architecture).model_fields:
        changes.append(("regularisation.dropout", 0.3))
        proposal += ", dropout 0.3"
    if run.experiment.training.early_stopping is not None:
        changes = changes[1:]
        proposal = proposal.removeprefix("Stop early, ")
    if not changes:
        return None
    finding = "The network learns its training samples by heart."
    return Advice(finding, evidence, proposal[0].upper() + proposal[1:], tuple(changes))


def underfitting(run: Record) -> Advice | None:
    """The loss has settled hardly below that of a blind guess."""
    blind = run.blind_loss
    if blind is None or run.count < 2 * _FEWEST_EPOCHS or not _is_flat(run):
        return None
    now = float(run.loss[-(run.count // 4) :].mean())
    if now < _POOR * blind or now > 1.5 * blind:
        return None
    evidence = (
        f"Training loss has stayed at {now:.3g} for {run.epochs // 2} epochs; who never looks at "
        f"the sample gets {blind:.3g}."
    )
    finding = "The network is too simple for these data."
    units = getattr(run.experiment.architecture, "units", None)
    if units:
        doubled = [2 * count for count in units]
        text = ", ".join(map(str, doubled))
        return Advice(finding, evidence, f"Units {text}", (("architecture.units", doubled),))
    if "activation" in type(run.experiment.architecture).model_fields:
        return None
    return Advice(finding, evidence, "A hidden layer", (("architecture", "mlp"),))


def plateau(run: Record) -> Advice | None:
    """The loss has settled, not at nothing, and the rate is as large as ever."""
    blind = run.blind_loss
    if blind is None or run.count < 2 * _FEWEST_EPOCHS or not _is_flat(run):
        return None
    now = float(run.loss[-(run.count // 4) :].mean())
    if not 0.1 * blind < now < _POOR * blind or not run.experiment.training.rate_is_constant:
        return None
    evidence = (
        f"Over the second half training loss stayed at {now:.3g}, within {_FLAT:.0%}, at a "
        f"constant rate of {run.rate:g}."
    )
    changes = (("training.schedule", "cosine"),)
    return Advice("The loss has come to rest.", evidence, "Let the rate fall (cosine)", changes)


def collapsed_generator(run: Record) -> Advice | None:
    """What a generator makes of different noise is much the same."""
    if len(run.spread) < _FEWEST_EPOCHS:
        return None
    spread = float(np.median(run.spread[-(len(run.spread) // 4) :]))
    if spread > _ALIKE:
        return None
    evidence = (
        f"Over the last quarter of the epochs two generated samples lay {spread:.2g} times as far "
        "apart as two real ones."
    )
    finding = "The generator has collapsed: it makes the same sample again and again."
    penalty = getattr(run.experiment.architecture, "gradient_penalty", 0.0)
    if penalty < _PENALTY:
        changes = (("architecture.gradient_penalty", _PENALTY),)
        return Advice(finding, evidence, f"Gradient penalty {_PENALTY:g}", changes)
    lower = float(f"{run.rate / 10:.3g}")
    changes = (("training.optimizer.learning_rate", lower),)
    return Advice(finding, evidence, f"Learning rate {lower:g}", changes)


def rate_too_low(run: Record) -> Advice | None:
    """The loss falls and falls, and gets nowhere."""
    if run.count < _FEWEST_EPOCHS or not run.experiment.training.rate_is_constant:
        return None
    falling = float(np.mean(np.diff(run.loss) < 0))
    left = float(run.loss[-1]) / float(run.loss[0])
    if falling < 0.9 or left < _CREEPING:
        return None
    moved = ""
    if run.layers is not None and np.isfinite(run.layers["update"][-1]).any():
        step = float(np.nanmax(run.layers["update"][-1]))
        moved = f" A step moves no layer by more than {step:.1g} of its length."
    higher = float(f"{run.rate * 10:.3g}")
    return Advice(
        "The learning rate is too low.",
        f"Training loss fell in {falling:.0%} of the epochs, yet only from {run.loss[0]:.3g} to "
        f"{run.loss[-1]:.3g} in {run.epochs} of them.{moved}",
        f"Learning rate {higher:g}",
        (("training.optimizer.learning_rate", higher),),
    )


def leaking_split(run: Record) -> Advice | None:
    """Test samples that were trained on."""
    if run.doubles < 3 or run.doubles < _DOUBLES * run.tested:
        return None
    return Advice(
        "The test set leaks: its score is too good.",
        f"{run.doubles} of {run.tested} test samples stand, value for value, in the training part "
        "too.",
        "Remove doubles from the data",
    )


def _is_flat(run: Record) -> bool:
    """Whether the mean training loss is the same in both quarters of the second half."""
    quarter = run.count // 4
    third, fourth = run.loss[-2 * quarter : -quarter], run.loss[-quarter:]
    return bool(abs(fourth.mean() - third.mean()) < _FLAT * third.mean())


CAUSES: tuple[Rule, ...] = (
    collapsed_generator, rate_too_high, vanishing_gradient, dead_units, rate_too_low,
    underfitting, overfitting, plateau,
)  # fmt: skip
"""What may be wrong with the training, the deepest cause first: only the first that holds speaks,
since the others follow from it."""

ALWAYS: tuple[Rule, ...] = (leaking_split,)
"""What may be wrong with the data, whatever else is."""
