"""Instructive failures."""

from dlplay.presets.base import preset

PRESETS = (
    preset(
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
    preset(
        "sigmoid-too-deep",
        "Failure: sigmoid, too deep",
        "Eight sigmoid layers: each lets at most a quarter of the gradient through, so the first "
        "ones hardly learn and the loss stays flat. Change the activation to ReLU.",
        dataset={"name": "moons", "samples": 400},
        architecture={"name": "mlp", "units": [16] * 8, "activation": "sigmoid"},
        training={"optimizer": {"name": "sgd", "learning_rate": 0.1}, "epochs": 100},
    ),
    preset(
        "no-regularisation",
        "Failure: learning by heart",
        "Sixty noisy points and 33,000 weights: training loss falls to nothing while validation "
        "loss climbs. Try dropout, L2, or more samples.",
        dataset={"name": "moons", "samples": 60, "noise": 0.4},
        architecture={"name": "mlp", "units": [256, 128]},
        training={"optimizer": {"name": "adam", "learning_rate": 0.01}, "epochs": 200},
    ),
)
