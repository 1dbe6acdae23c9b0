"""Networks that make samples, or give their own back."""

from dlplay.presets.base import preset

PRESETS = (
    preset(
        "ring-gan",
        "A generator learns a ring",
        "Noise becomes points. Watch them run together, chase the discriminator, and spread over "
        "all eight clouds. Without the gradient penalty some stay empty.",
        dataset={"name": "ring"},
        architecture={"name": "gan", "gradient_penalty": 0.1},
        training={"batch_size": 128, "epochs": 400, "optimizer": {"name": "adam"}},
    ),
    preset(
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
    preset(
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
    preset(
        "mnist-autoencoder",
        "Digits through two numbers",
        "A variational autoencoder that squeezes each digit into a point of a plane. Once it is "
        "trained, click on the plane to see what lies there.",
        dataset={"name": "mnist-5k"},
        architecture={"name": "autoencoder", "units": [256, 128], "variational": True},
        training={"batch_size": 64, "epochs": 40},
    ),
)
