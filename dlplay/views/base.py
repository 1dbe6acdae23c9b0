"""What every view of a run is: when it looks, what it computes, how that is drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from dlplay.catalogue import Entry
from dlplay.datasets import Facts, Samples, Split
from dlplay.experiment import Experiment
from dlplay.files import Arrays

if TYPE_CHECKING:
    import keras

Moment = Literal["epochs", "end", "asked"]
"""When a view looks: again and again while the network trains, once when it has ended, or when
somebody asks."""


@dataclass(frozen=True, eq=False)
class Subject:
    """What a view looks at; only where Keras may be imported.

    Args:
        model: as it is now, while it trains, or as the run has left it.
        samples: of the dataset, before any split or scaling.
    """

    experiment: Experiment
    model: keras.Model
    split: Split
    samples: Samples


@dataclass(frozen=True, eq=False)
class Group:
    """Samples of the run's dataset to look at together.

    Args:
        title: what they have in common.
        rows: their row numbers in the dataset, the most telling first.
        columns: what is said of each, by name: texts or numbers, as many as there are rows.
        captions: the same in a word, to stand under a picture.
    """

    title: str
    rows: NDArray[np.intp]
    columns: dict[str, NDArray[Any]]
    captions: NDArray[np.str_]


@dataclass(frozen=True, eq=False)
class Panel:
    """One thing to see: a figure, a text, a table, samples, or several of them.

    Args:
        alt: what the figure shows, for who cannot see it.
        text: Markdown.
        rows: of a table, a mapping of columns each.
        height: of the figure, in pixels.
        groups: samples, one group at a time. A click on a point of the figure whose ``customdata``
            is a group's number shows that group.
        clicks: names of the view's fields that take the x and y of a click on the figure.
    """

    figure: go.Figure | None = None
    alt: str = ""
    text: str = ""
    rows: list[dict[str, Any]] = field(default_factory=list)
    height: int = 380
    groups: Sequence[Group] = ()
    clicks: tuple[str, str] | None = None


class View(Entry):
    """A way to look at a run. Its fields are what one may ask it."""

    moment: ClassVar[Moment] = "asked"
    beside: ClassVar[bool] = True
    """Whether, while the network trains, it stands beside the curves; below them if not."""

    @classmethod
    def fits(cls, experiment: Experiment, facts: Facts) -> bool:
        """Whether it has something to show of such a run."""
        raise NotImplementedError

    def watch(self, subject: Subject) -> Callable[[], Arrays]:
        """What to call, any number of times, to look at the subject as it is then.

        Raises:
            UserError: a field's value cannot be used, such as an expression with a mistake in it.
        """
        raise NotImplementedError

    def panels(self, arrays: Arrays, epoch: int) -> list[Panel]:
        """What was seen when ``epoch`` epochs were complete, drawn."""
        raise NotImplementedError
