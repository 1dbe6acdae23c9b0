"""Small networks on tables and points."""

from dlplay.presets.base import preset

PRESETS = (
    preset(
        "iris-mlp",
        "Iris, a first network",
        "Ten hidden units learn to tell three irises apart in seconds: the second article's "
        "program, with a part held back for validation.",
        dataset={"name": "iris", "test_fraction": 0.2, "validation_fraction": 0.1},
        architecture={"name": "mlp", "units": [10], "activation": "relu"},
        training={"batch_size": 16, "epochs": 100},
    ),
    preset(
        "spirals-mlp",
        "Two spirals",
        "Watch the boundary wind itself into the spirals. Then take units away and see where it "
        "stops managing.",
        dataset={"name": "spirals", "samples": 600, "noise": 0.05},
        architecture={"name": "mlp", "units": [32, 32], "activation": "tanh"},
        training={"optimizer": {"name": "adam", "learning_rate": 0.01}, "epochs": 200},
    ),
    preset(
        "diabetes-regression",
        "Predict a number",
        "Regression: how far has the disease progressed after a year? R² near 0.5 is as good as "
        "it gets here.",
        dataset={"name": "diabetes"},
        architecture={"name": "mlp", "units": [16]},
        regularisation={"l2": 0.01},
        training={"batch_size": 32, "epochs": 100},
    ),
    preset(
        "xor-perceptron",
        "What one layer cannot do",
        "A single layer draws one straight line, and no straight line sorts XOR's four quadrants: "
        "accuracy stays near one half, however long it trains. Add one hidden layer and it works.",
        dataset={"name": "xor", "noise": 0.0},
        architecture={"name": "perceptron"},
        training={"optimizer": {"name": "sgd", "learning_rate": 0.1}, "epochs": 100},
    ),
)
