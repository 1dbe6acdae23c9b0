"""How far two sets of samples are from being drawn from the same distribution, and how far each
spreads."""

from __future__ import annotations

from typing import Any

from keras import ops


def energy_distance(first: Any, second: Any) -> Any:
    """``2 E|x - y| - E|x - x'| - E|y - y'|``, without bias: 0 for equal distributions.

    G. Székely, M. Rizzo (2013), J. Statistical Planning and Inference 143, 1249–1272. Both
    ``(samples, …)``, the distance Euclidean over all but the first axis.
    """
    first, second = _rows(first), _rows(second)
    across = ops.mean(_distances(first, second))
    return ops.cast(2 * across - _within(first) - _within(second), "float32")


def relative_spread(samples: Any, real: Any) -> Any:
    """How far two samples lie apart on average, as a share of how far two real ones do.

    Both ``(samples, …)``. Near 0 where all samples are alike, 1 where they differ as real ones do.
    """
    spread = ops.divide_no_nan(_within(_rows(samples)), _within(_rows(real)))
    return ops.cast(spread, "float32")


def _rows(samples: Any) -> Any:
    # Differences of nearly equal sums: in float32 their last digits depend on the grouping.
    return ops.cast(ops.reshape(samples, (ops.shape(samples)[0], -1)), "float64")


def _within(samples: Any) -> Any:
    """The mean distance of two different samples."""
    count = ops.cast(ops.shape(samples)[0], samples.dtype)
    return ops.sum(_distances(samples, samples)) / ops.maximum(count * (count - 1), 1.0)


def _distances(first: Any, second: Any) -> Any:
    """Of each sample of one set to each of the other."""
    squares = (
        ops.sum(first**2, axis=1)[:, None]
        + ops.sum(second**2, axis=1)[None, :]
        - 2 * ops.matmul(first, ops.transpose(second))
    )
    return ops.sqrt(ops.maximum(squares, 0.0))
