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
        "mnist-alexnet",
        "Handwritten digits, AlexNet",
        "The network of 2012 at a quarter of its width, looking at digits as small as they are. "
        "Its dropout of one half is on. On CIFAR-10 it shows what it is made for.",
        dataset={"name": "mnist-5k"},
        architecture={
            "name": "alexnet",
            "variant": "small images",
            "width_multiplier": 0.25,
            "initialiser": "he_normal",
        },
        regularisation={"dropout": 0.5},
        training={"batch_size": 64, "epochs": 12, "schedule": {"name": "cosine"}},
    ),
    _preset(
        "mnist-vgg-16",
        "Handwritten digits, VGG-16",
        "Sixteen layers of 3×3 windows at an eighth of their width. Without batch normalisation "
        "so many layers hardly begin to learn: switch it off and see.",
        dataset={"name": "mnist-5k"},
        architecture={"name": "vgg-16", "width_multiplier": 0.125, "initialiser": "he_normal"},
        regularisation={"batch_norm": True},
        training={"batch_size": 32, "epochs": 8, "schedule": {"name": "cosine"}},
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
        "ring-gan",
        "A generator learns a ring",
        "Noise becomes points. Watch them run together, chase the discriminator, and spread over "
        "all eight clouds. Without the gradient penalty some stay empty.",
        dataset={"name": "ring"},
        architecture={"name": "gan", "gradient_penalty": 0.1},
        training={"batch_size": 128, "epochs": 400, "optimizer": {"name": "adam"}},
    ),
    _preset(
        "grid-gan",
        "A generator learns a grid",
        "Twenty-five clouds that no smooth curve joins: wider layers, and a learning rate that "
        "falls to nothing so that both networks come to rest.",
        dataset={"name": "grid", "samples": 5000},
        architecture={"name": "gan", "units": [128, 128, 128], "gradient_penalty": 0.1},
        training={
            "batch_size": 256,
            "epochs": 400,
            "optimizer": {"name": "adam", "learning_rate": 0.003},
            "schedule": {"name": "cosine"},
        },
    ),
    _preset(
        "mnist-gan",
        "A generator learns to write digits",
        "A small DCGAN: the same sixty noises are drawn again and again until each has become a "
        "digit. Takes a few minutes without a GPU.",
        dataset={"name": "mnist-5k", "test_fraction": 0.05, "validation_fraction": 0.05},
        architecture={
            "name": "gan",
            "latent": 32,
            "units": [32, 64],
        },
        training={
            "batch_size": 64,
            "epochs": 30,
            "optimizer": {"name": "adam", "learning_rate": 0.001},
        },
    ),
    _preset(
        "mnist-autoencoder",
        "Digits through two numbers",
        "A variational autoencoder that squeezes each digit into a point of a plane. Once it is "
        "trained, click on the plane to see what lies there.",
        dataset={"name": "mnist-5k"},
        architecture={"name": "autoencoder", "units": [256, 128], "variational": True},
        training={"batch_size": 64, "epochs": 40},
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
    _preset(
        "imdb-simple-rnn",
        "Film reviews, simple RNN",
        "The first article's program: 10,000 words, the last 100 of each review, frozen GloVe, "
        "64 and 32 units, RMSprop. A plain recurrent network forgets fast: do not expect much.",
        dataset={"name": "imdb-25k"},
        architecture={
            "name": "simple-rnn",
            "units": [64, 32],
            "embedding": "glove-6b-50d",
            "frozen": True,
        },
        training={"optimizer": {"name": "rmsprop"}, "batch_size": 64, "epochs": 10},
    ),
    _preset(
        "imdb-lstm",
        "Film reviews, LSTM",
        "Friendly or not? Word vectors and LSTM are learnt together. Then type a sentence of your "
        "own and follow the state from word to word.",
        dataset={"name": "imdb-25k"},
        architecture={"name": "lstm", "units": [64]},
        regularisation={"dropout": 0.5},
        training={"batch_size": 64, "epochs": 3},
    ),
    _preset(
        "imdb-gru",
        "Film reviews, GRU",
        "The same with two gates in place of three.",
        dataset={"name": "imdb-25k"},
        architecture={"name": "gru", "units": [64]},
        regularisation={"dropout": 0.5},
        training={"batch_size": 64, "epochs": 3},
    ),
    _preset(
        "imdb-attention",
        "Film reviews, self-attention",
        "No recurrence: every word looks at every other. Ask it afterwards at which.",
        dataset={"name": "imdb-25k"},
        architecture={"name": "attention"},
        regularisation={"dropout": 0.5},
        training={
            "optimizer": {"name": "adam", "learning_rate": 0.0005},
            "batch_size": 64,
            "epochs": 4,
        },
    ),
    _preset(
        "kjv-char-lstm",
        "Write like the King James Bible",
        "The fifth article's text generator: two LSTMs of 128 units learn which character comes "
        "next. Read what it writes after every epoch.",
        dataset={"name": "kjv"},
        architecture={"name": "char-lstm"},
        training={
            "optimizer": {"name": "adam", "learning_rate": 0.005},
            "batch_size": 32,
            "epochs": 12,
        },
    ),
    _preset(
        "listops-tree-lstm",
        "Nested lists, Tree-LSTM",
        "An LSTM that follows the brackets: 93 % of unseen expressions right, where one with just "
        "as many weights (25,994) that reads the same expressions word by word gets 53 %. "
        "Afterwards write an expression and see what each node is taken for.",
        dataset={
            "name": "listops",
            "samples": 20_000,
            "depth": 5,
            "arguments": 2,
            "length": 40,
        },
        architecture={"name": "tree-lstm"},
        training={
            "optimizer": {"name": "adam", "learning_rate": 0.005},
            "epochs": 12,
            "batch_size": 64,
        },
    ),
    _preset(
        "listops-lstm",
        "Nested lists, word by word",
        "The other half of the comparison: an LSTM of the same size on the same expressions, as "
        "a row of words. Tick both runs on the Runs page to see them side by side.",
        dataset={
            "name": "listops",
            "samples": 20_000,
            "depth": 5,
            "arguments": 2,
            "length": 40,
            "reading": "sequence",
        },
        architecture={"name": "lstm", "units": [64]},
        training={
            "optimizer": {"name": "adam", "learning_rate": 0.003},
            "epochs": 15,
            "batch_size": 64,
        },
    ),
    _preset(
        "temperature-lstm",
        "Temperatures, an hour ahead",
        "An LSTM foresees the next hour from how the last day differed from the day before. On "
        "weeks it has never seen it errs by 0.05 °F: 0.30 times the error of the naive forecast, "
        "the same hour yesterday.",
        dataset={"name": "seattle-temps", "window": 24, "difference": True},
        architecture={"name": "series-lstm", "units": [32]},
        training={
            "optimizer": {"name": "adam", "learning_rate": 0.005},
            "schedule": {"name": "cosine"},
            "epochs": 12,
        },
    ),
)

PRESETS: dict[str, Preset] = {preset.name: preset for preset in _ALL}
"""Every preset by name; the first is what a newcomer sees."""


def nearest_preset(experiment: Experiment) -> str:
    """The name of the preset from which the fewest values differ."""
    return min(PRESETS, key=lambda n: len(experiment.overrides_from(PRESETS[n].experiment)))
