"""Networks on trees, and forecasts."""

from dlplay.presets.base import preset

PRESETS = (
    preset(
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
    preset(
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
    preset(
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
