"""Named experiments to start from: the articles' own programs, and a few instructive failures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dlplay.experiment import Experiment


@dataclass(frozen=True)
class Preset:
    """An experiment with a name.

    Args:
        name: kebab-case, used by links and the command line.
        title: as people say it.
        summary: what to expect, and what to look at.
    """

    name: str
    title: str
    summary: str
    experiment: Experiment


def _preset(name: str, title: str, summary: str, **values: Any) -> Preset:
    return Preset(name, title, summary, Experiment.parse(values))


_ALL = (
    _preset(
        "iris-mlp",
        "Iris, a first network",
        "Ten hidden units learn to tell three irises apart in seconds: the second article's "
        "program, with a part held back for validation.",
        dataset={"name": "iris", "test_fraction": 0.2, "validation_fraction": 0.1},
        architecture={"name": "mlp", "units": [10], "activation": "relu"},
        training={"batch_size": 16, "epochs": 100},
    ),
    _preset(
        "spirals-mlp",
        "Two spirals",
        "Watch the boundary wind itself into the spirals. Then take units away and see where it "
        "stops managing.",
        dataset={"name": "spirals", "samples": 600, "noise": 0.05},
        architecture={"name": "mlp", "units": [32, 32], "activation": "tanh"},
        training={"optimizer": {"name": "adam", "learning_rate": 0.01}, "epochs": 200},
    ),
    _preset(
        "mnist-lenet-5",
        "Handwritten digits, LeNet-5",
        "The third article's network and training, on the 5,000 digits that need no download.",
        dataset={"name": "mnist-5k"},
        architecture={"name": "lenet-5"},
        training={"batch_size": 128, "epochs": 10},
    ),
    _preset(
        "mnist-cnn-small",
        "Handwritten digits, small CNN",
        "The fifth article's network: two rounds of convolution and pooling.",
        dataset={"name": "mnist-5k"},
        architecture={"name": "cnn-small"},
        training={"batch_size": 32, "epochs": 10},
    ),
    _preset(
        "mnist-cnn-deep",
        "Handwritten digits, deeper CNN",
        "The first article's network with its dropout of ¼ and ½. Takes a few minutes without a "
        "GPU.",
        dataset={"name": "mnist-5k"},
        architecture={"name": "cnn-deep"},
        regularisation={"dropout": 0.5},
        training={"batch_size": 32, "epochs": 5, "loss": "categorical cross-entropy"},
    ),
    _preset(
        "digits-transfer",
        "Transfer: from photos to digits",
        "What a network has learnt from a million photos tells digits apart, too: with one new "
        "layer 92 % of the test digits are right. Bring a zip of your own pictures as dataset, "
        "or switch fine-tuning on.",
        dataset={"name": "digits"},
        architecture={"name": "transfer"},
        training={"batch_size": 32, "epochs": 10},
    ),
    _preset(
        "diabetes-regression",
        "Predict a number",
        "Regression: how far has the disease progressed after a year? R² near 0.5 is as good as "
        "it gets here.",
        dataset={"name": "diabetes"},
        architecture={"name": "mlp", "units": [16]},
        regularisation={"l2": 0.01},
        training={"batch_size": 32, "epochs": 100},
    ),
    _preset(
        "xor-perceptron",
        "What one layer cannot do",
        "A single layer draws one straight line, and no straight line sorts XOR's four quadrants: "
        "accuracy stays near one half, however long it trains. Add one hidden layer and it works.",
        dataset={"name": "xor", "noise": 0.0},
        architecture={"name": "perceptron"},
        training={"optimizer": {"name": "sgd", "learning_rate": 0.1}, "epochs": 100},
    ),
    _preset(
        "rate-too-high",
        "Failure: learning rate too high",
        "The same iris network with steps a thousand times too long: the loss leaps about "
        "and never settles. Divide the rate by ten until it does.",
        dataset={"name": "iris"},
        architecture={"name": "mlp", "units": [10]},
        training={
            "optimizer": {"name": "sgd", "learning_rate": 10.0},
            "batch_size": 16,
            "epochs": 100,
        },
    ),
    _preset(
        "sigmoid-too-deep",
        "Failure: sigmoid, too deep",
        "Eight sigmoid layers: each lets at most a quarter of the gradient through, so the first "
        "ones hardly learn and the loss stays flat. Change the activation to ReLU.",
        dataset={"name": "moons", "samples": 400},
        architecture={"name": "mlp", "units": [16] * 8, "activation": "sigmoid"},
        training={"optimizer": {"name": "sgd", "learning_rate": 0.1}, "epochs": 100},
    ),
    _preset(
        "no-regularisation",
        "Failure: learning by heart",
        "Sixty noisy points and 33,000 weights: training loss falls to nothing while validation "
        "loss climbs. Try dropout, L2, or more samples.",
        dataset={"name": "moons", "samples": 60, "noise": 0.4},
        architecture={"name": "mlp", "units": [256, 128]},
        training={"optimizer": {"name": "adam", "learning_rate": 0.01}, "epochs": 200},
    ),
)

PRESETS: dict[str, Preset] = {preset.name: preset for preset in _ALL}
"""Every preset by name; the first is what a newcomer sees."""


def nearest_preset(experiment: Experiment) -> str:
    """The name of the preset from which the fewest values differ."""
    return min(PRESETS, key=lambda n: len(experiment.overrides_from(PRESETS[n].experiment)))
