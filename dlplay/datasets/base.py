"""What every dataset is: a card, fields, samples, and what a network must know of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from dlplay.catalogue import Choice, Entry, Task
from dlplay.datasets.report import Report
from dlplay.errors import UserError
from dlplay.plain import body_of

Origin = Literal["bundled", "cached", "needs download", "yours"]
"""Where the data are now."""

Kind = Literal["table", "image", "text", "tree", "series", "characters"]
"""How a sample is shaped: a row of numbers, pixels, words in a row, words in a tree, values one
after the other, or characters in a row."""


Inputs = NDArray[Any]
"""Samples: float32 ``(samples, features)`` or ``(samples, steps, features)``, uint8
``(samples, height, width, channels)``, int32 ``(samples, words)`` or
``(samples, places, 1 + arity)``."""

Targets = NDArray[Any]
"""What is to be predicted: int32 class numbers or float32 values, ``(samples,)``; of characters
the next one at every place, int32 ``(samples, places)``."""


@dataclass(frozen=True)
class Facts:
    """What a network and a form must know of a dataset before anything is trained.

    Args:
        kind: how a sample is shaped.
        input_shape: ``(features,)``, ``(height, width, channels)``, ``(words,)`` of a text,
            ``(places, 1 + arity)`` of a tree, ``(steps, features)`` of a series.
        task: what is asked of a network.
        samples: how many there are in all parts together.
        class_names: in the order of the class numbers; empty for regression.
        feature_names: of a table's columns; empty for images.
        target_name: what is predicted, with its unit where it has one.
        vocabulary: the words of texts and trees, in the order of their numbers; 0 is no word.
            Of characters, the characters.
        levels: of trees, the places at each height, leaves first.
    """

    kind: Kind
    input_shape: tuple[int, ...]
    task: Task
    samples: int
    class_names: tuple[str, ...] = ()
    feature_names: tuple[str, ...] = ()
    target_name: str = "class"
    vocabulary: tuple[str, ...] = ()
    levels: tuple[int, ...] = ()

    @property
    def classes(self) -> int:
        """Number of classes; 0 for regression."""
        return len(self.class_names)

    @property
    def is_plane(self) -> bool:
        """Whether a sample is a point one can draw: two numbers."""
        return self.kind == "table" and self.input_shape == (2,)


@dataclass(frozen=True, eq=False)
class Samples:
    """All samples of a dataset, before any split.

    Args:
        official_test: how many of the last samples are the publisher's test set; 0 if none is.
        known: the facts, where the arrays do not tell them all.
        excerpts: of texts, the first ones as they were written.
    """

    inputs: Inputs
    targets: Targets
    class_names: tuple[str, ...] = ()
    feature_names: tuple[str, ...] = ()
    target_name: str = "class"
    official_test: int = 0
    known: Facts | None = None
    excerpts: tuple[str, ...] = ()

    def facts(self) -> Facts:
        """The facts as these samples show them."""
        if self.known is not None:
            return self.known
        return Facts(
            kind="image" if self.inputs.ndim == 4 else "table",
            input_shape=self.inputs.shape[1:],
            task="classification" if self.class_names else "regression",
            samples=len(self.inputs),
            class_names=self.class_names,
            feature_names=self.feature_names,
            target_name=self.target_name,
        )


class Fold(Choice):
    """One of several equal parts of the training data takes its turn at validation."""

    number: int = Field(
        default=1, ge=1, le=20, title="Fold", description="Which of the parts validates."
    )
    of: int = Field(
        default=5, ge=2, le=20, title="Folds", description="How many equal parts there are."
    )

    @model_validator(mode="after")
    def _is_one_of_them(self) -> Fold:
        if self.number > self.of:
            raise UserError(f"Expected a fold from 1 to {self.of}", received=self.number)
        return self


class Dataset(Entry):
    """A dataset and how much of it is held back."""

    tasks: ClassVar[tuple[Task, ...]] = ("classification",)

    validation_fraction: float = Field(
        default=0.2,
        ge=0.05,
        le=0.5,
        title="Validation share",
        description="Part of the training data held back to see, epoch by epoch, whether what "
        "is learnt holds for samples never trained on.",
    )

    stratify: bool = Field(
        default=True,
        title="Stratify",
        description="Keep the share of every class the same in all parts, in place of leaving it "
        "to chance.",
    )

    fold: Fold | None = Field(
        default=None,
        title="Cross-validation fold",
        description="Validate on one of several equal parts of the training data, in place of a "
        "share drawn at random. The folds of one seed do not overlap.",
    )

    def load(self) -> Samples:
        """All samples.

        Raises:
            UserError: the data are not there, or not usable.
        """
        raise NotImplementedError

    def facts(self) -> Facts:
        """What a network must know; reads the samples unless a dataset knows better."""
        return self.load().facts()

    def origin(self) -> Origin:
        """Where the data are now."""
        return "bundled"

    def download(self) -> None:
        """Fetch what is missing; only a worker calls it, since Keras does the fetching."""

    def code(self) -> str:
        """Plain Python, without this package, that leaves what `load` gives in ``X`` and ``y``.

        What a publisher sets apart for the test is left in ``test_x`` and ``test_y`` instead.
        Written out from `load` itself unless a dataset says it more simply.

        Raises:
            UserError: `load` is not plain enough; such a dataset brings code of its own.
        """
        return body_of(self.load).code("X", "y")

    def report(self) -> Report | None:
        """What was found in a user's own data, for them to check; None where nothing needs it.

        Raises:
            UserError: as `load`.
        """
        return None

    @classmethod
    def options(cls, field_name: str, values: dict[str, object]) -> Sequence[str]:
        """The choices of a field where they depend on the other ``values`` (a CSV's columns)."""
        raise NotImplementedError(field_name)


class SplitDataset(Dataset):
    """A dataset without an official test set: the seed draws one."""

    test_fraction: float = Field(
        default=0.2,
        ge=0.05,
        le=0.5,
        title="Test share",
        description="Part of the samples used once, at the end, to judge the finished network.",
    )


class TableDataset(SplitDataset):
    """Rows of numbers."""

    standardise: bool = Field(
        default=True,
        title="Standardise",
        description="Shift and scale every column to mean 0 and deviation 1, measured on the "
        "training part only. Most networks learn badly without it.",
    )


@dataclass(frozen=True, eq=False)
class Scaling:
    """A shift and a scale per column, the last axis: ``(x - mean) / deviation``."""

    mean: NDArray[np.float32]
    deviation: NDArray[np.float32]

    @classmethod
    def of(cls, values: NDArray[np.float32]) -> Scaling:
        """The scaling that gives ``values`` mean 0 and deviation 1; constant columns keep 1."""
        deviation = values.std(axis=0, dtype=np.float64)
        deviation = np.where(deviation < 1e-12, 1.0, deviation)
        return cls(
            values.mean(axis=0, dtype=np.float64).astype(np.float32), deviation.astype(np.float32)
        )

    def apply(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """``values`` in units of deviations from the mean."""
        return ((values - self.mean) / self.deviation).astype(np.float32)

    def revert(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """What `apply` made of them, in their own units again."""
        return (values * self.deviation + self.mean).astype(np.float32)


@dataclass(frozen=True, eq=False)
class Part:
    """Inputs and targets that belong together."""

    inputs: Inputs
    targets: Targets

    def __len__(self) -> int:
        return len(self.inputs)


@dataclass(frozen=True, eq=False)
class Naive:
    """A forecast that takes no learning.

    Args:
        name: what it says: “the last value”.
        forecast: for every sample, in the target's unit.
        errors: mean absolute errors by part.
    """

    name: str
    forecast: NDArray[np.float32]
    errors: dict[str, float]


@dataclass(frozen=True, eq=False)
class Split:
    """A dataset ready for training.

    Args:
        rows: the row numbers of each part in the samples, by part name.
        input_scaling: what standardised the inputs; None if nothing did.
        target_scaling: what standardised a regression's targets; None for classes.
        naive: of a series, what a forecast is measured against.
    """

    facts: Facts
    train: Part
    validation: Part
    test: Part
    rows: dict[str, NDArray[np.intp]] = field(default_factory=dict)
    input_scaling: Scaling | None = None
    target_scaling: Scaling | None = None
    naive: Naive | None = None


def need_samples(count: int, minimum: int, what: str) -> None:
    """Raise a `UserError` unless there are at least ``minimum`` samples."""
    if count < minimum:
        raise UserError(f"Expected at least {minimum} {what}", received=count)
