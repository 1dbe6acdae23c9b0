"""Attention against Keras' own."""

from __future__ import annotations

import numpy as np
import pytest

from dlplay.lessons.attention import attend

pytestmark = pytest.mark.xdist_group("lessons-attention-keras")


@pytest.mark.parametrize("causal", [False, True])
def test_output_equals_keras(causal: bool) -> None:
    import keras

    q, k, v = np.random.default_rng(0).normal(size=(3, 6, 4)).astype("float32")
    theirs = keras.ops.dot_product_attention(
        *(part[None, :, None] for part in (q, k, v)), is_causal=causal
    )
    np.testing.assert_allclose(
        attend(q, k, v, causal=causal).output, theirs.numpy()[0, :, 0], atol=1e-5
    )
