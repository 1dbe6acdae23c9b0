"""How a network is trained: optimiser, schedule of the learning rate, batches, when to stop."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field

from dlplay.architectures import Loss
from dlplay.catalogue import Card, Choice, Entry, entries

if TYPE_CHECKING:
    import keras


class Optimizer(Entry):
    """A rule that turns gradients into steps."""

    keras_name: ClassVar[str]
    learning_rate: float = Field(
        default=0.001,
        gt=0.0,
        le=1_000.0,
        title="Learning rate",
        description="Length of a step. Too small and nothing happens, too large and the loss "
        "jumps about or explodes.",
        json_schema_extra={"scale": "log"},
    )

    def build(self, learning_rate: Any, weight_decay: float) -> keras.Optimizer:
        """The Keras optimiser; ``learning_rate`` is a number or a Keras schedule."""
        import keras

        options = self.model_dump(exclude={"name", "learning_rate"})
        optimizer: keras.Optimizer = getattr(keras.optimizers, self.keras_name)(
            learning_rate=learning_rate, weight_decay=weight_decay or None, **options
        )
        return optimizer


class Adam(Optimizer):
    """Adam."""

    card: ClassVar[Card] = Card(
        "Adam",
        "A step of its own for every weight, from running means of gradient and square.",
        "D. Kingma, J. Ba (2014), arXiv:1412.6980",
    )
    keras_name: ClassVar[str] = "Adam"
    name: Literal["adam"] = "adam"


class AdamW(Optimizer):
    """Adam with decoupled weight decay; the decay itself is set under regularisation."""

    card: ClassVar[Card] = Card(
        "AdamW",
        "Adam whose weight decay acts on the weights themselves; set it under Regularisation.",
        "I. Loshchilov, F. Hutter (2017), arXiv:1711.05101",
    )
    keras_name: ClassVar[str] = "AdamW"
    name: Literal["adamw"] = "adamw"

    def build(self, learning_rate: Any, weight_decay: float) -> keras.Optimizer:
        import keras

        return keras.optimizers.AdamW(learning_rate=learning_rate, weight_decay=weight_decay)


class Sgd(Optimizer):
    """Stochastic gradient descent."""

    card: ClassVar[Card] = Card(
        "SGD",
        "The plain rule: a step down the gradient. With momentum the steps add up.",
        "H. Robbins, S. Monro (1951); momentum: B. Polyak (1964); Y. Nesterov (1983)",
    )
    keras_name: ClassVar[str] = "SGD"
    name: Literal["sgd"] = "sgd"
    learning_rate: float = Field(
        default=0.01,
        gt=0.0,
        le=1_000.0,
        title="Learning rate",
        description=Optimizer.model_fields["learning_rate"].description,
        json_schema_extra={"scale": "log"},
    )
    momentum: float = Field(
        default=0.0,
        ge=0.0,
        le=0.999,
        title="Momentum",
        description="Share of the last step that carries over into the next, like a rolling ball.",
    )
    nesterov: bool = Field(
        default=False,
        title="Nesterov",
        description="Look at the gradient where momentum is about to lead, not where we stand.",
    )


class Rmsprop(Optimizer):
    """RMSprop."""

    card: ClassVar[Card] = Card(
        "RMSprop",
        "Divides each step by the recent size of that weight's gradient.",
        "G. Hinton (2012), Neural Networks for Machine Learning, lecture 6e",
    )
    keras_name: ClassVar[str] = "RMSprop"
    name: Literal["rmsprop"] = "rmsprop"


class Adagrad(Optimizer):
    """Adagrad."""

    card: ClassVar[Card] = Card(
        "Adagrad",
        "Divides each step by the size of all gradients so far: steps only ever shrink.",
        "J. Duchi, E. Hazan, Y. Singer (2011), JMLR 12, 2121–2159",
    )
    keras_name: ClassVar[str] = "Adagrad"
    name: Literal["adagrad"] = "adagrad"


class Schedule(Entry):
    """How the learning rate changes over the run."""

    warmup_epochs: int = Field(
        default=0,
        ge=0,
        le=10_000,
        title="Warm-up",
        description="Epochs in which the rate climbs evenly from zero before the schedule begins.",
        json_schema_extra={"unit": "epochs"},
    )

    def factor(self, epoch: Any, epochs: float, ops: Any) -> Any:
        """The rate's factor at ``epoch`` (a fraction counts) of ``epochs``, both after warm-up;
        ``ops`` is `math` or `keras.ops`."""
        return 1.0


class Constant(Schedule):
    """No change."""

    card: ClassVar[Card] = Card("Constant", "The same rate from first to last.", "")
    name: Literal["constant"] = "constant"


class Step(Schedule):
    """A drop every so many epochs."""

    card: ClassVar[Card] = Card("Step", "Drops by a factor every few epochs.", "")
    name: Literal["step"] = "step"
    drop: float = Field(
        default=0.5,
        gt=0.0,
        le=1.0,
        title="Factor",
        description="What the rate is multiplied with at every drop.",
    )
    every: int = Field(
        default=10,
        ge=1,
        le=100_000,
        title="Every",
        description="Epochs between drops.",
        json_schema_extra={"unit": "epochs"},
    )

    def factor(self, epoch: Any, epochs: float, ops: Any) -> Any:
        return self.drop ** ops.floor(epoch / self.every)


class Exponential(Schedule):
    """A steady decay."""

    card: ClassVar[Card] = Card("Exponential", "Shrinks by the same share every epoch.", "")
    name: Literal["exponential"] = "exponential"
    per_epoch: float = Field(
        default=0.95,
        gt=0.0,
        le=1.0,
        title="Factor per epoch",
        description="What is left of the rate after each epoch.",
    )

    def factor(self, epoch: Any, epochs: float, ops: Any) -> Any:
        return ops.exp(math.log(self.per_epoch) * epoch)


class Cosine(Schedule):
    """Half a cosine, down to a final share."""

    card: ClassVar[Card] = Card(
        "Cosine",
        "Falls along half a cosine: slowly, then fast, then slowly again.",
        "I. Loshchilov, F. Hutter (2016), arXiv:1608.03983",
    )
    name: Literal["cosine"] = "cosine"
    final: float = Field(
        default=0.0,
        ge=0.0,
        le=1.0,
        title="Final share",
        description="What is left of the rate at the end.",
    )

    def factor(self, epoch: Any, epochs: float, ops: Any) -> Any:
        share = epoch / max(epochs, 1e-9)
        return self.final + (1 - self.final) * 0.5 * (1 + ops.cos(math.pi * share))


OPTIMIZERS: dict[str, type[Optimizer]] = entries(globals(), Optimizer)
SCHEDULES: dict[str, type[Schedule]] = entries(globals(), Schedule)


class EarlyStopping(Choice):
    """Stop when the validation loss no longer falls."""

    patience: int = Field(
        default=10,
        ge=1,
        le=10_000,
        title="Patience",
        description="Epochs without improvement to wait for.",
        json_schema_extra={"unit": "epochs"},
    )
    min_delta: float = Field(
        default=0.0,
        ge=0.0,
        le=10.0,
        title="Least improvement",
        description="A smaller fall of the validation loss than this does not count.",
        json_schema_extra={"scale": "log"},
    )
    restore_best: bool = Field(
        default=True,
        title="Keep the best",
        description="Take the weights of the best epoch, not of the last.",
    )


class Training(Choice):
    """The training of an experiment."""

    optimizer: Annotated[Adam | AdamW | Sgd | Rmsprop | Adagrad, Field(discriminator="name")] = (
        Field(
            default=Adam(),
            title="Optimiser",
            description="The rule that turns gradients into steps.",
        )
    )
    loss: Loss = Field(
        default="auto",
        title="Loss",
        description="What training makes small. Auto: cross-entropy for classes, mean squared "
        "error for numbers.",
    )
    batch_size: int = Field(
        default=32,
        ge=1,
        le=65_536,
        title="Batch size",
        description="Samples per step. Small batches are noisy and take many steps; large ones "
        "are smooth and take few.",
    )
    epochs: int = Field(
        default=20,
        ge=1,
        le=100_000,
        title="Epochs",
        description="How often every training sample is seen.",
    )
    schedule: Annotated[Constant | Step | Exponential | Cosine, Field(discriminator="name")] = (
        Field(
            default=Constant(),
            title="Schedule",
            description="How the learning rate changes as training goes on.",
        )
    )
    early_stopping: EarlyStopping | None = Field(
        default=None,
        title="Early stopping",
        description="Stop when the validation loss no longer falls.",
    )

    @property
    def rate_is_constant(self) -> bool:
        """Whether the learning rate never changes."""
        return isinstance(self.schedule, Constant) and not self.schedule.warmup_epochs

    def learning_rate_at(self, epoch: float) -> float:
        """The learning rate at ``epoch``, counted from 0; fractions count."""
        warmup, rate = self.schedule.warmup_epochs, self.optimizer.learning_rate
        if epoch < warmup:
            return rate * epoch / warmup
        return rate * float(self.schedule.factor(epoch - warmup, self.epochs - warmup, math))
