"""Schedules of the learning rate as plain code."""

from __future__ import annotations

from dlplay.optimisation import Training
from dlplay.plain import body_of


def rate_code(training: Training) -> tuple[str, str]:
    """The expression of the learning rate, and the class it needs if the rate changes."""
    rate = repr(training.optimizer.learning_rate)
    if training.rate_is_constant:
        return rate, ""
    warmup = training.schedule.warmup_epochs
    epochs = f"(EPOCHS - {warmup})" if warmup else "EPOCHS"
    factor = body_of(training.schedule.factor, epoch="epoch", epochs=epochs, ops="keras.ops")
    body = [*factor.statements, *factor.code("factor").splitlines()[-1:]]
    if warmup:
        body = [
            f"rising = {rate} * epoch / {warmup}",
            f"is_rising = epoch < {warmup}",
            f"epoch = keras.ops.maximum(epoch - {warmup}, 0.0)",
            *body,
            f"return keras.ops.where(is_rising, rising, {rate} * factor)",
        ]
    else:
        body.append(f"return {rate} * factor")
    title = training.schedule.card.title.lower()
    title += f", after a rise over {warmup} epochs" if warmup else ""
    lines = [
        *factor.imports,
        "class Schedule(keras.optimizers.schedules.LearningRateSchedule):",
        f'    """The learning rate at every step: {title}."""',
        "",
        "    def __call__(self, step):",
        "        steps_per_epoch = -(-len(train_x) // BATCH_SIZE)",
        '        epoch = keras.ops.cast(step, "float32") / steps_per_epoch',
        *(f"        {line}" for line in body),
        "",
        "",
        "",
    ]
    return "Schedule()", "\n".join(lines)
