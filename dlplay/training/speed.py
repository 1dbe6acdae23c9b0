"""How fast a run goes, and how long it will take."""

from __future__ import annotations


class Speed:
    """Epochs a second, forgetting the slow first call and what is long past."""

    def __init__(self) -> None:
        self.epochs_per_second = 0.0
        self._last: tuple[float, float] | None = None

    def take(self, seconds: float, epochs: float) -> None:
        """Note that ``epochs`` were done after ``seconds``."""
        if self._last is not None:
            elapsed, done = seconds - self._last[0], epochs - self._last[1]
            now = done / max(elapsed, 1e-6)
            # A time constant of two seconds, however often this is called.
            weight = min(1.0, elapsed / 2.0) if self.epochs_per_second else 1.0
            self.epochs_per_second += weight * (now - self.epochs_per_second)
        self._last = (seconds, epochs)

    def seconds_left(self, epochs: float) -> float | None:
        """Expected time for ``epochs`` more; None before two calls."""
        return epochs / self.epochs_per_second if self.epochs_per_second else None
