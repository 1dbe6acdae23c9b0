"""The networks. One file each, one line an entry: an import lists it, in this order."""

from dlplay.architectures.base import Architecture, FineTuning
from dlplay.architectures.objective import Loss, Objective, objective_for
from dlplay.architectures.perceptron import Perceptron
from dlplay.architectures.mlp import Mlp
from dlplay.architectures.lenet_5 import LeNet5
from dlplay.architectures.cnn_small import CnnSmall
from dlplay.architectures.cnn_deep import CnnDeep
from dlplay.architectures.recurrent import SimpleRnn
from dlplay.architectures.recurrent import Lstm
from dlplay.architectures.recurrent import Gru
from dlplay.architectures.attention import Attention
from dlplay.architectures.char_lstm import CharLstm
from dlplay.architectures.tree_lstm import TreeLstm
from dlplay.architectures.recursive import Recursive
from dlplay.architectures.series_mlp import SeriesMlp
from dlplay.architectures.series_lstm import SeriesLstm
from dlplay.architectures.alexnet import AlexNet
from dlplay.architectures.vgg_16 import Vgg16
from dlplay.architectures.resnet_50 import ResNet50
from dlplay.architectures.gan import Gan
from dlplay.architectures.autoencoder import Autoencoder
from dlplay.architectures.transfer import Transfer
from dlplay.architectures.regularisation import Augmentation, Regularisation
from dlplay.catalogue import entries

ARCHITECTURES: dict[str, type[Architecture]] = entries(globals(), Architecture)
"""Every network by name."""

__all__ = [
    "ARCHITECTURES",
    "Architecture",
    "Augmentation",
    "FineTuning",
    "Loss",
    "Objective",
    "Regularisation",
    "objective_for",
]
