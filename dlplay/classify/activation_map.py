"""Where a network looked: the class activation map, and Grad-CAM for networks without one.

Behind global pooling and one dense layer the score of class ``c`` is the mean over all places of
``Σ_k w[k, c] · A[k]``. Without the mean, it says how much each place speaks for the class.
Grad-CAM of such a network is the same map, up to scale; here no gradient is needed.
R. Selvaraju et al. (2016), Grad-CAM, arXiv:1610.02391, section 3.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def activation_map(
    features: NDArray[np.float32], kernel: NDArray[np.float32], index: int
) -> NDArray[np.float32]:
    """How much each place speaks for a class; negative where it speaks against it.

    Args:
        features: last feature map, ``(height, width, channels)``.
        kernel: weights of the last layer, ``(channels, classes)``.
        index: number of the class.
    """
    return np.asarray(features @ kernel[:, index], np.float32)


def grad_cam(features: NDArray[np.float32], gradient: NDArray[np.float64]) -> NDArray[np.float32]:
    """The same for any network: channels weighted by the mean of their gradient over all places.

    Args:
        gradient: of the class's score before softmax with respect to ``features``, in its shape.
    """
    return np.asarray(features @ gradient.mean((0, 1)), np.float32)


def heat(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """What speaks for the class, as a share of the strongest place: 0…1."""
    positive = np.maximum(values, 0)
    return np.asarray(positive / max(positive.max(), np.finfo(np.float32).tiny), np.float32)
