"""Any network of Keras layers comes back from its own code, down to the last weight."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from dlplay.errors import UserError
from dlplay.export.definitions import Definitions
from dlplay.export.expressions import Expressions
from dlplay.export.graph import network_code

pytestmark = pytest.mark.xdist_group("export-graph")

Tensor = Any


def residual(x: Tensor) -> Tensor:
    """Two blocks with a way around them, the second one's through a convolution."""
    for filters in (2, 8):
        way_around = x
        x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
        x = layers.BatchNormalization(momentum=0.9)(x)
        x = layers.ReLU()(x)
        x = layers.Conv2D(filters, 3, padding="same")(x)
        if filters == 8:
            way_around = layers.Conv2D(filters, 1)(way_around)
        x = layers.add([x, way_around])
    return layers.Dense(3)(layers.GlobalAveragePooling2D()(x))


def inception(x: Tensor) -> Tensor:
    """Three branches, joined."""
    branches = [layers.Conv2D(2, size, padding="same", activation="relu")(x) for size in (1, 3, 5)]
    return layers.Dense(3)(layers.Flatten()(layers.Concatenate()(branches)))


def twice(x: Tensor) -> Tensor:
    """One layer applied two times, and sums without a layer."""
    x = layers.Dense(6)(layers.Flatten()(x))
    dense = layers.Dense(6, kernel_initializer=keras.initializers.RandomNormal(stddev=0.3))
    first = dense(x)
    return layers.Dense(3)(keras.ops.tanh(first) + dense(first)[:, :6])


def recurrent(x: Tensor) -> Tensor:
    """A row at a time, both ways."""
    x = layers.Reshape((4, 8))(x)
    x = layers.Bidirectional(layers.LSTM(3, return_sequences=True, dropout=0.1))(x)
    x = layers.GRU(4, recurrent_regularizer=keras.regularizers.L2(0.01))(x)
    return layers.Dense(3, bias_initializer="ones")(x)


def attentive(x: Tensor) -> Tensor:
    """Rows that look at each other, and take one of two outputs."""
    x = layers.Reshape((4, 8))(x)
    y = layers.MultiHeadAttention(2, 4)(x, x)
    x = layers.LayerNormalization()(x + y)
    _, state = layers.GRU(3, return_state=True)(x)
    return layers.Dense(3)(state)


def rebuilt(model: keras.Model) -> tuple[str, keras.Model]:
    """A network's code, and what it builds from the same seed."""
    definitions = Definitions()
    code = network_code(model, Expressions(definitions))
    names: dict[str, Any] = {}
    keras.utils.clear_session()
    keras.utils.set_random_seed(7)
    exec(f"import keras\nfrom keras import layers\n{definitions.code()}\n{code}", names)
    return code, names["model"]


def built(body: Callable[[Tensor], Tensor]) -> keras.Model:
    """A network on images of 4×4×2."""
    keras.utils.clear_session()
    keras.utils.set_random_seed(7)
    inputs = keras.Input((4, 4, 2))
    return keras.Model(inputs, body(inputs), name="example")


@pytest.mark.parametrize("body", [residual, inception, twice, recurrent, attentive])
def test_code_builds_the_same_network_with_the_same_weights(
    body: Callable[[Tensor], Tensor],
) -> None:
    model = built(body)
    code, again = rebuilt(model)
    x = np.random.default_rng(0).normal(size=(5, 4, 4, 2)).astype("float32")
    assert [w.shape for w in again.weights] == [w.shape for w in model.weights], code
    np.testing.assert_array_equal(again.predict(x, verbose=0), model.predict(x, verbose=0))


def test_words_of_any_length_become_vectors() -> None:
    inputs = keras.Input((None,), dtype="int32", name="words")
    x = layers.Embedding(50, 4, mask_zero=True)(inputs)
    model = keras.Model(inputs, layers.Dense(2)(layers.SimpleRNN(3)(x)), name="text")
    code, again = rebuilt(model)
    assert 'keras.Input((None,), dtype="int32", name="words")' in code
    assert "layers.Embedding(50, 4, mask_zero=True)" in code
    assert again.count_params() == model.count_params()


def test_code_says_no_more_than_it_must() -> None:
    code, _ = rebuilt(built(residual))
    assert "x = layers.BatchNormalization(momentum=0.9)(x)" in code.replace(
        "y = ", "x = "
    ).replace("(y)", "(x)")
    assert "layers.Conv2D(8, (1, 1))" in code
    assert "glorot_uniform" not in code


def test_a_layer_that_plain_code_has_no_words_for_is_named() -> None:
    inputs = keras.Input((3,))
    outputs = layers.Lambda(lambda x: 2 * x, output_shape=(3,), name="doubling")(inputs)
    model = keras.Model(inputs, outputs)
    with pytest.raises(UserError, match="The layer “doubling” \\(Lambda\\) cannot be written"):
        network_code(model, Expressions(Definitions()))


def test_a_network_that_trains_in_its_own_way_is_refused() -> None:
    class Own(keras.Model):  # type: ignore[misc]
        """Has a training step of its own."""

    inputs = keras.Input((3,))
    with pytest.raises(UserError, match="trains in a way of its own"):
        network_code(Own(inputs, layers.Dense(1)(inputs)), Expressions(Definitions()))
