"""Series of numbers: windows of the past, a value of the future, and the naive forecast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from dlplay.catalogue import Task
from dlplay.datasets.base import Dataset, Facts, Naive, Samples
from dlplay.errors import UserError

Rows = dict[str, NDArray[np.intp]]
Values = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Series:
    """A series as it was measured.

    Args:
        values: ``(steps,)``, evenly spaced.
        times: when, as text, ``(steps,)``.
        unit: what the values are, with their unit.
        step: what lies between two of them: “hour”.
    """

    values: Values
    times: NDArray[np.str_]
    unit: str
    step: str


class SeriesDataset(Dataset):
    """Windows of one series, divided in the order of time."""

    tasks: ClassVar[tuple[Task, ...]] = ("regression",)
    window: int = Field(
        default=12,
        ge=2,
        le=500,
        title="Window",
        description="How many past values the network sees.",
        json_schema_extra={"unit": "steps"},
    )
    horizon: int = Field(
        default=1,
        ge=1,
        le=200,
        title="Horizon",
        description="How many steps ahead of the window's last value lies the one to forecast.",
        json_schema_extra={"unit": "steps"},
    )
    test_fraction: float = Field(
        default=0.2,
        ge=0.05,
        le=0.5,
        title="Test share",
        description="The last part of the series, used once, at the end. Validation is what "
        "comes before it, training what comes first: nobody learns from the future.",
    )
    standardise: bool = Field(
        default=True,
        title="Standardise",
        description="Shift and scale the values to mean 0 and deviation 1, measured on the "
        "training part only.",
    )

    difference: bool = Field(
        default=False,
        title="Seasonal difference",
        description="See and foresee by how much a value differs from that of one period earlier "
        "(of one horizon earlier where there is no period), in place of the value itself. What is "
        "left is small and even, and far easier to forecast.",
    )

    def series(self) -> Series:
        """The whole series.

        Raises:
            UserError: the data are not there.
        """
        raise NotImplementedError

    def cycle(self) -> int:
        """Steps after which the series begins anew; 0 if it does not."""
        return 0

    def lag(self) -> int:
        """How many steps before a value lies the one it is compared to; 0 without differences."""
        return self._earlier() if self.difference else 0

    def reach(self) -> int:
        """Steps from the first that a window knows of to the one it is to forecast."""
        return self.lag() + self.window + self.horizon

    def load(self) -> Samples:
        series, lag = self.series(), self.lag()
        count = len(series.values) - self.reach() + 1
        if count < 1:
            raise self._too_short(len(series.values))
        seen = series.values[lag:] - series.values[:-lag] if lag else series.values
        windows = np.lib.stride_tricks.sliding_window_view(seen, self.window)[:count]
        inputs = np.ascontiguousarray(windows[..., np.newaxis])
        targets = seen[self.window + self.horizon - 1 :].copy()
        name = f"change of {series.unit}" if lag else series.unit
        facts = Facts("series", (self.window, 1), "regression", count, target_name=name)
        return Samples(inputs, targets, target_name=name, known=facts)

    def series_code(self) -> str:
        """Plain Python that leaves the series' values in ``values``."""
        raise NotImplementedError

    def code(self) -> str:
        lag = self.lag()
        seen = f"values[{lag}:] - values[:-{lag}]" if lag else "values"
        ahead = self.window + self.horizon - 1
        return (
            f"{self.series_code()}\n"
            "import numpy as np\n"
            f"WINDOW = {self.window}\n"
            f"seen = {seen}\n"
            f"y = seen[{ahead}:]\n"
            "windows = np.lib.stride_tricks.sliding_window_view(seen, WINDOW)\n"
            "X = windows[: len(y), :, None]"
        )

    def bounds(self, steps: int) -> tuple[int, int]:
        """The first steps of the validation part and of the test part."""
        test = steps - round(self.test_fraction * steps)
        return test - round(self.validation_fraction * test), test

    def target_steps(self, rows: NDArray[np.intp]) -> NDArray[np.intp]:
        """The step that each window's forecast is about."""
        return rows + self.reach() - 1

    def divide(self, windows: int) -> Rows:
        """The windows of each part: the first steps of the series train, the next validate, the
        last test. A window that reaches from one part into the next is in none.

        Raises:
            UserError: a part is too short for a single window.
        """
        steps = windows + self.reach() - 1
        validation, test = self.bounds(steps)
        first = np.arange(windows)
        last = self.target_steps(first)
        rows = {
            "train": first[last < validation],
            "validation": first[(first >= validation) & (last < test)],
            "test": first[first >= test],
        }
        if min(map(len, rows.values())) == 0:
            raise self._too_short(steps)
        return rows

    def restore(self, rows: NDArray[np.intp], answers: Values) -> Values:
        """Values of the series from what a network answers to windows."""
        lag = self.lag()
        if not lag:
            return answers
        return np.asarray(answers + self.series().values[self.target_steps(rows) - lag])

    def naive(self, rows: Rows) -> Naive:
        """The better of two naive forecasts on the training part: the last value, and that of one
        period earlier."""
        series, count = self.series(), 1 + max(part.max() for part in rows.values())
        target = self.target_steps(np.arange(count))
        truth = series.values[target]
        found = {"the last value": series.values[target - self.horizon]}
        if len(self.naive_lags()) > 1:
            earlier = self._earlier()
            name = f"the value {earlier} {series.step}s earlier"
            found[name] = series.values[target - earlier]
        errors = {
            name: {
                part: float(np.abs(forecast - truth)[which].mean(dtype=np.float64))
                for part, which in rows.items()
            }
            for name, forecast in found.items()
        }
        best = min(found, key=lambda name: errors[name]["train"])
        return Naive(best, found[best], errors[best])

    def naive_lags(self) -> tuple[int, ...]:
        """How many steps before a value lie those that naive forecasts repeat."""
        earlier = self._earlier()
        if self.cycle() and earlier < self.reach():
            return self.horizon, earlier
        return (self.horizon,)

    def _earlier(self) -> int:
        """Whole periods, as few as reach back beyond the horizon, in steps."""
        cycle = self.cycle()
        return -(-self.horizon // cycle) * cycle if cycle else self.horizon

    def _too_short(self, steps: int) -> UserError:
        return UserError(
            f"Expected parts longer than window and horizon together, {self.window} and "
            f"{self.horizon} steps",
            received=f"a series of {steps:,} steps, of which the parts are shares",
            fix="Choose a shorter window or horizon, or larger shares",
        )
