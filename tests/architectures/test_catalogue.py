"""What every network does, over the whole catalogue, on every kind of data that fits it."""

from __future__ import annotations

import re
from collections.abc import Callable
from math import erf
from typing import Any, Literal, get_args, get_origin

import keras
import numpy as np
import pytest
from numpy.typing import NDArray

from dlplay.architectures import ARCHITECTURES, Architecture, Regularisation
from dlplay.architectures.base import Activation, HiddenLayers, Initialiser
from dlplay.datasets import Facts
from dlplay.errors import UserError
from dlplay.layers import all_layers
from tests.architectures.narrow import narrow

pytestmark = pytest.mark.xdist_group("architectures-catalogue")

NAMES = tuple("ABCDEFGHIJ")
WORDS = tuple(
    [
        "the",
        "and",
        "of",
        "to",
        "in",
        "is",
        "it",
        "was",
        "for",
        "on",
        "with",
        "as",
        "at",
        "by",
        "from",
        "he",
        "she",
    ]
)
FACTS = {
    "table of three classes": Facts("table", (4,), "classification", 150, NAMES[:3]),
    "table of two classes": Facts("table", (4,), "classification", 150, NAMES[:2]),
    "table of numbers": Facts("table", (6,), "regression", 150),
    "grey images": Facts("image", (28, 28, 1), "classification", 500, NAMES),
    "colour images": Facts("image", (32, 30, 3), "classification", 500, NAMES[:5]),
    "trees": Facts(
        "tree", (9, 4), "classification", 100, NAMES, vocabulary=("", *NAMES), levels=(5, 3, 1)
    ),
    "series": Facts("series", (12, 1), "regression", 100),
    "texts of two classes": Facts(
        "text", (12,), "classification", 500, NAMES[:2], vocabulary=WORDS
    ),
    "texts of five classes": Facts(
        "text", (12,), "classification", 500, NAMES[:5], vocabulary=WORDS
    ),
    "characters": Facts("characters", (12,), "next character", 500, vocabulary=WORDS),
}
PLAIN = Regularisation()
AUTOMATIC = r"(dense|conv2d|conv2d_transpose)(_\d+)?"
"""Names that Keras gives."""


def fits(name: str, facts: Facts) -> bool:
    """Whether a network takes such data."""
    return facts.kind in ARCHITECTURES[name].kinds and facts.task in ARCHITECTURES[name].tasks


PAIRS = [(name, data) for name in ARCHITECTURES for data in FACTS if fits(name, FACTS[data])]
MISFITS = [(name, data) for name in ARCHITECTURES for data in FACTS if not fits(name, FACTS[data])]
HIDDEN = [name for name, entry in ARCHITECTURES.items() if issubclass(entry, HiddenLayers)]
SIZED = [
    (name, padding)
    for name, entry in ARCHITECTURES.items()
    if "padding" in entry.model_fields
    for padding in ("valid", "same")
]


def make(name: str, **values: Any) -> Architecture:
    """A network with some fields set."""
    return ARCHITECTURES[name].model_validate(narrow(name) | values)


def build(
    name: str, facts: Facts, regularisation: Regularisation = PLAIN, **values: Any
) -> keras.Model:
    """A network, built, with what it has learnt elsewhere; always with the same weights."""
    keras.utils.set_random_seed(0)
    network = make(name, **values)
    model = network.build(facts, network.objective("auto", facts), regularisation)
    network.initialise(model)
    return model


def any_facts(name: str) -> Facts:
    """The first data that fit."""
    return FACTS[next(data for other, data in PAIRS if other == name)]


def learning(model: keras.Model) -> list[keras.Layer]:
    """All layers but those of a network that came as it is."""
    return [layer for layer in all_layers(model) if layer.trainable]


def weighted(model: keras.Model) -> list[keras.Layer]:
    """The layers with a kernel, the output last."""
    layers = learning(model)
    return [layer for layer in layers if any("kernel" in w.name for w in layer.weights)]


def hidden(model: keras.Model) -> list[keras.Layer]:
    """Those with a bend behind them: outputs and codes have a name of their own."""
    return [layer for layer in weighted(model) if re.fullmatch(AUTOMATIC, layer.name)]


def follower(layer: keras.Layer) -> Any:
    """What takes a layer's output; None of the last."""
    taking = layer._outbound_nodes
    return taking[0].operation if taking else None


def is_plain(layer: keras.Layer) -> bool:
    """Whether a layer is a matrix product or a convolution and no more."""
    return isinstance(layer, keras.layers.Dense | keras.layers.Conv2D)


def inputs_for(facts: Facts, count: int = 8) -> NDArray[Any]:
    """Random samples."""
    random = np.random.default_rng(0)
    if facts.kind == "tree":
        return np.stack([random_tree(facts, random) for _ in range(count)])
    if facts.vocabulary:
        return random.integers(1, len(facts.vocabulary), (count, *facts.input_shape))
    if facts.kind == "image":
        return random.integers(0, 256, (count, *facts.input_shape)).astype(np.float32)
    return random.normal(size=(count, *facts.input_shape)).astype(np.float32)


def random_tree(facts: Facts, random: np.random.Generator) -> NDArray[np.int32]:
    """Every place taken, every child lower than its parent."""
    rows = random.integers(1, len(facts.vocabulary), facts.input_shape).astype(np.int32)
    rows[: facts.levels[0], 1:] = 0
    ends = np.cumsum(facts.levels)
    for lower, begin, end in zip([0, *ends], ends[:-1], ends[1:], strict=False):
        shape = end - begin, facts.input_shape[1] - 1
        rows[begin:end, 1:] = random.integers(lower + 1, begin + 1, shape)
    return rows


def places(facts: Facts) -> tuple[int, ...]:
    """The axes of a sample's targets."""
    return facts.input_shape if facts.task == "next character" else ()


def kernels(model: keras.Model) -> list[keras.Variable]:
    """What a penalty is on: all that inputs or states are multiplied with."""
    return [weights for weights in model.trainable_variables if "kernel" in weights.name]


@pytest.mark.parametrize(("name", "data"), PAIRS)
class TestEveryFit:
    """A network on data it takes."""

    def test_it_passes_its_own_check_and_answers_in_the_shape_of_the_objective(
        self, name: str, data: str
    ) -> None:
        facts = FACTS[data]
        make(name).check(facts)
        model = build(name, facts)
        units = make(name).objective("auto", facts).units
        assert tuple(model.output.shape) == (None, *places(facts), units)
        answers = np.asarray(model(inputs_for(facts)))
        assert answers.shape == (8, *places(facts), units)
        assert np.isfinite(answers).all()

    def test_answers_about_classes_are_probabilities(self, name: str, data: str) -> None:
        facts = FACTS[data]
        answers = np.asarray(build(name, facts)(inputs_for(facts)))
        if make(name).task(facts) == "regression":
            assert model_ends_in(build(name, facts)) == "linear"
        if make(name).task(facts) != "classification":
            return
        assert (answers >= 0).all()
        assert (answers <= 1).all()
        if answers.shape[-1] > 1:
            np.testing.assert_allclose(answers.sum(axis=-1), 1.0, atol=1e-5)

    def test_it_learns_by_small_steps_down_the_gradient(self, name: str, data: str) -> None:
        """Weights of every layer get a gradient, and small steps lower the loss."""
        facts = FACTS[data]
        objective = make(name).objective("auto", facts)
        model = build(name, facts)
        rate = 1e-5 * objective.outputs_averaged  # which makes the gradient so much smaller
        model.compile(optimizer=keras.optimizers.SGD(rate), loss=objective.loss)
        targets = np.arange(8) % max(facts.classes, 2)
        targets = np.broadcast_to(
            targets.reshape(8, *[1] * len(places(facts))), (8, *places(facts))
        )
        encoded = objective.encode(inputs_for(facts), targets.astype(np.int32))
        before = [np.asarray(kernel) for kernel in kernels(model)]
        losses = [model.train_on_batch(inputs_for(facts), encoded) for _ in range(4)]
        if make(name).task(facts) != "generation":  # there, one network's gain is the other's loss
            assert min(losses[1:]) < losses[0]
        for after, kernel in zip(kernels(model), before, strict=True):
            assert not np.array_equal(np.asarray(after), kernel)


OPTIONS = [
    (name, field, value)
    for name, entry in ARCHITECTURES.items()
    for field, info in entry.model_fields.items()
    if field != "name" and get_origin(info.annotation) is Literal
    for value in get_args(info.annotation)
]


@pytest.mark.parametrize(("name", "field", "value"), OPTIONS)
def test_whatever_can_be_chosen_can_be_built(name: str, field: str, value: str) -> None:
    facts = any_facts(name)
    network = make(name, **{field: value})  # what was learnt elsewhere may need a download
    model = network.build(facts, network.objective("auto", facts), PLAIN)
    assert np.isfinite(np.asarray(model(inputs_for(facts)))).all()


def model_ends_in(model: keras.Model) -> str:
    """The activation of the output layer."""
    return str(model.layers[-1].activation.__name__)


@pytest.mark.parametrize(("name", "data"), MISFITS)
def test_data_that_do_not_fit_are_refused_with_what_would(name: str, data: str) -> None:
    with pytest.raises(UserError) as caught:
        make(name).check(FACTS[data])
    assert ARCHITECTURES[name].card.title in str(caught.value)
    assert "another dataset" in str(caught.value)


@pytest.mark.parametrize(("name", "padding"), SIZED)
class TestSmallestImage:
    """As small as it says, and no smaller."""

    def facts(self, size: int) -> Facts:
        """Square grey images."""
        return Facts("image", (size, size, 1), "classification", 100, NAMES)

    def test_it_builds_at_the_smallest_size(self, name: str, padding: str) -> None:
        network = make(name, padding=padding)
        facts = self.facts(network.smallest_image())
        network.check(facts)
        model = build(name, facts, padding=padding)
        assert np.isfinite(np.asarray(model(inputs_for(facts)))).all()

    def test_one_pixel_less_is_refused_because_nothing_would_be_left(
        self, name: str, padding: str
    ) -> None:
        network = make(name, padding=padding)
        facts = self.facts(network.smallest_image() - 1)
        with pytest.raises(UserError, match=f"at least {network.smallest_image()}×"):
            network.check(facts)
        with pytest.raises(Exception, match=r"(?i)negative|zero|size|shape"):
            model = build(name, facts, padding=padding)
            assert np.prod(model.layers[-2].output.shape[1:]) > 0, "size zero"

    def test_the_shorter_side_counts(self, name: str, padding: str) -> None:
        network = make(name, padding=padding)
        least = network.smallest_image()
        wide = Facts("image", (least - 1, 500, 1), "classification", 100, NAMES)
        with pytest.raises(UserError, match=f"Received: {least - 1}×500"):
            network.check(wide)


@pytest.mark.parametrize("name", ARCHITECTURES)
class TestEveryRegularisation:
    """What a user asks for reaches every layer."""

    def test_penalties_are_on_every_kernel_and_on_no_bias(self, name: str) -> None:
        model = build(name, any_facts(name), Regularisation(l1=0.25, l2=0.5))
        for kernel in kernels(model):
            assert float(kernel.regularizer.l1) == 0.25
            assert float(kernel.regularizer.l2) == 0.5
        others = [w for w in model.trainable_variables if "kernel" not in w.name]
        assert [w.path for w in others if w.regularizer is not None] == []

    def test_their_sum_is_what_the_formula_says(self, name: str) -> None:
        model = build(name, any_facts(name), Regularisation(l1=0.25, l2=0.5))
        values = [np.asarray(kernel, np.float64) for kernel in kernels(model)]
        expected = sum(0.25 * np.abs(k).sum() + 0.5 * (k**2).sum() for k in values)
        assert float(sum(model.losses)) == pytest.approx(expected, rel=1e-4)

    def test_without_any_there_is_nothing_but_the_network(self, name: str) -> None:
        model = build(name, any_facts(name))
        assert model.losses == []
        kinds = {type(layer).__name__ for layer in learning(model)}
        assert not kinds & {"Dropout", "GaussianNoise"}
        assert ("BatchNormalization" in kinds) == ARCHITECTURES[name].normalises

    def test_batch_normalisation_stands_between_every_hidden_layer_and_its_activation(
        self, name: str
    ) -> None:
        model = build(name, any_facts(name), Regularisation(batch_norm=True))
        for layer in filter(is_plain, weighted(model)):
            normalised = isinstance(follower(layer), keras.layers.BatchNormalization)
            assert normalised == (layer in hidden(model))
            assert layer not in hidden(model) or layer.activation.__name__ == "linear"

    def test_dropout_follows_hidden_dense_layers_and_at_half_the_rate_pooling(
        self, name: str
    ) -> None:
        bend: dict[str, Any] = (
            {"activation": "relu"} if name in HIDDEN else {}
        )  # no layer of its own
        model = build(name, any_facts(name), Regularisation(dropout=0.5), **bend)
        layers = learning(model)
        dense = [layer for layer in hidden(model) if isinstance(layer, keras.layers.Dense)]
        for layer in dense:
            assert follower(layer).rate == 0.5
        for layer in layers:
            if "Pooling2D" in type(layer).__name__:
                assert follower(layer).rate == 0.25
        rates = [layer.rate for layer in layers if isinstance(layer, keras.layers.Dropout)]
        inner = weighted(model)[:-1]
        assert rates.count(0.5) >= len(dense)
        assert 0.5 in rates or all(map(is_plain, inner))


SQUARE_ROOT = 2**0.5
CURVES: dict[str, Callable[[float], float]] = {
    "sigmoid": lambda x: 1 / (1 + float(np.exp(-x))),
    "tanh": lambda x: float(np.tanh(x)),
    "relu": lambda x: max(x, 0.0),
    "leaky relu": lambda x: x if x > 0 else 0.01 * x,
    "elu": lambda x: x if x > 0 else float(np.exp(x)) - 1,
    "gelu": lambda x: x * (1 + erf(x / SQUARE_ROOT)) / 2,
    "linear": lambda x: x,
}
POINTS = np.linspace(-3, 3, 25, dtype=np.float32)


def activations(model: keras.Model) -> list[Callable[[Any], Any]]:
    """The bend after each hidden layer, wherever Keras put it."""
    found: list[Callable[[Any], Any]] = []
    for layer in learning(model):
        if isinstance(layer, keras.layers.Activation | keras.layers.LeakyReLU):
            found.append(layer)
        elif layer in hidden(model) and layer.activation.__name__ != "linear":
            found.append(layer.activation)
    return found


@pytest.mark.parametrize("batch_norm", [False, True])
@pytest.mark.parametrize("activation", get_args(Activation))
@pytest.mark.parametrize("name", HIDDEN)
def test_every_hidden_layer_bends_as_the_formula_of_its_activation(
    name: str, activation: str, batch_norm: bool
) -> None:
    regularisation = Regularisation(batch_norm=batch_norm)
    model = build(name, any_facts(name), regularisation, activation=activation)
    found = activations(model)
    assert len(found) == (len(hidden(model)) if activation != "linear" else 0)
    expected = [CURVES[activation](float(x)) for x in POINTS]
    for bend in found:
        answers = np.asarray(bend(keras.ops.convert_to_tensor(POINTS)))
        np.testing.assert_allclose(answers, expected, atol=1e-5)


@pytest.mark.parametrize("initialiser", get_args(Initialiser))
@pytest.mark.parametrize("name", HIDDEN)
def test_weights_are_drawn_as_the_initialiser_says(name: str, initialiser: str) -> None:
    keras.utils.set_random_seed(0)
    model = build(name, any_facts(name), initialiser=initialiser)
    for layer in weighted(model):
        assert np.asarray(layer.bias).tolist() == [0.0] * layer.bias.shape[0]
        kernel = np.asarray(layer.kernel)
        *field, inputs, outputs = kernel.shape
        fan_in, fan_out = inputs * int(np.prod(field)), outputs * int(np.prod(field))
        deviation = {
            "glorot_uniform": (2 / (fan_in + fan_out)) ** 0.5,
            "he_normal": (2 / fan_in) ** 0.5,
            "lecun_normal": (1 / fan_in) ** 0.5,
            "random_normal": 0.05,
            "orthogonal": max(fan_in, outputs) ** -0.5,
            "zeros": 0.0,
        }[initialiser]
        if kernel.size >= 500 or initialiser in ("zeros", "orthogonal"):
            measured = float(np.sqrt((kernel**2).mean()))
            assert measured == pytest.approx(deviation, rel=0.12)


IMAGES = [name for name, entry in ARCHITECTURES.items() if "image" in entry.kinds]


@pytest.mark.parametrize("augmentation", ["flip", "shift", "rotate", "zoom"])
@pytest.mark.parametrize("name", IMAGES)
def test_images_are_changed_while_training_only(name: str, augmentation: str) -> None:
    keras.utils.set_random_seed(1)
    facts = FACTS["grey images"]
    plain = build(name, facts)
    changed = build(name, facts, Regularisation(augment=(augmentation,)))
    for layer, known in zip(weighted(changed), weighted(plain), strict=True):
        layer.set_weights(known.get_weights())
    images = inputs_for(facts)
    judged, trained = (np.asarray(changed(images, training=flag)) for flag in (False, True))
    np.testing.assert_allclose(judged, np.asarray(plain(images, training=False)), atol=1e-6)
    assert not np.allclose(trained, judged, rtol=0, atol=1e-6)


@pytest.mark.parametrize("name", IMAGES)
def test_pixels_are_brought_to_0_to_1_in_the_network(name: str) -> None:
    model = build(name, FACTS["grey images"])
    rescale = next(layer for layer in learning(model) if layer.name == "rescale")
    assert np.asarray(rescale(np.array([0.0, 51.0, 255.0], np.float32))).tolist() == pytest.approx(
        [0.0, 0.2, 1.0]
    )
