"""Networks that have learnt from ImageNet: for Classify to run, for transfer to build on."""

from dlplay.pretrained.base import Backbone, Weights
from dlplay.pretrained.efficientnet_lite0 import EfficientNetLite0Backbone
from dlplay.pretrained.resnet_50 import ResNet50Backbone

BACKBONES: dict[str, Backbone] = {
    "efficientnet-lite0": EfficientNetLite0Backbone(),
    "resnet-50": ResNet50Backbone(),
}
"""Every one by its name."""

__all__ = ["BACKBONES", "Backbone", "Weights"]
