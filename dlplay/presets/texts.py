"""Networks on words and characters."""

from dlplay.presets.base import preset

PRESETS = (
    preset(
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
    preset(
        "imdb-lstm",
        "Film reviews, LSTM",
        "Friendly or not? Word vectors and LSTM are learnt together. Then type a sentence of your "
        "own and follow the state from word to word.",
        dataset={"name": "imdb-25k"},
        architecture={"name": "lstm", "units": [64]},
        regularisation={"dropout": 0.5},
        training={"batch_size": 64, "epochs": 3},
    ),
    preset(
        "imdb-gru",
        "Film reviews, GRU",
        "The same with two gates in place of three.",
        dataset={"name": "imdb-25k"},
        architecture={"name": "gru", "units": [64]},
        regularisation={"dropout": 0.5},
        training={"batch_size": 64, "epochs": 3},
    ),
    preset(
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
    preset(
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
)
