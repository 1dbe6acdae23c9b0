"""Networks of the articles on images."""

from dlplay.presets.base import preset

PRESETS = (
    preset(
        "mnist-lenet-5",
        "Handwritten digits, LeNet-5",
        "The third article's network and training, on the 5,000 digits that need no download.",
        dataset={"name": "mnist-5k"},
        architecture={"name": "lenet-5"},
        training={"batch_size": 128, "epochs": 10},
    ),
    preset(
        "mnist-cnn-small",
        "Handwritten digits, small CNN",
        "The fifth article's network: two rounds of convolution and pooling.",
        dataset={"name": "mnist-5k"},
        architecture={"name": "cnn-small"},
        training={"batch_size": 32, "epochs": 10},
    ),
    preset(
        "mnist-cnn-deep",
        "Handwritten digits, deeper CNN",
        "The first article's network with its dropout of ¼ and ½. Takes a few minutes without a "
        "GPU.",
        dataset={"name": "mnist-5k"},
        architecture={"name": "cnn-deep"},
        regularisation={"dropout": 0.5},
        training={"batch_size": 32, "epochs": 5, "loss": "categorical cross-entropy"},
    ),
    preset(
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
    preset(
        "mnist-vgg-16",
        "Handwritten digits, VGG-16",
        "Sixteen layers of 3×3 windows at an eighth of their width. Without batch normalisation "
        "so many layers hardly begin to learn: switch it off and see.",
        dataset={"name": "mnist-5k"},
        architecture={"name": "vgg-16", "width_multiplier": 0.125, "initialiser": "he_normal"},
        regularisation={"batch_norm": True},
        training={"batch_size": 32, "epochs": 8, "schedule": {"name": "cosine"}},
    ),
    preset(
        "mnist-resnet-50",
        "Handwritten digits, ResNet-50",
        "Fifty layers at a quarter of their width. They learn because every block only adds to "
        "what flows past it; without the shifted digits they would learn the few by heart.",
        dataset={"name": "mnist-5k"},
        architecture={"name": "resnet-50", "width_multiplier": 0.25},
        regularisation={"augment": ["shift"]},
        training={
            "batch_size": 32,
            "epochs": 16,
            "optimizer": {"name": "adam", "learning_rate": 0.005},
            "schedule": {"name": "cosine"},
        },
    ),
    preset(
        "digits-transfer",
        "Transfer: from photos to digits",
        "What a network has learnt from a million photos tells digits apart, too: with one new "
        "layer 92 % of the test digits are right. Bring a zip of your own pictures as dataset, "
        "or switch fine-tuning on.",
        dataset={"name": "digits"},
        architecture={"name": "transfer"},
        training={"batch_size": 32, "epochs": 10},
    ),
)
