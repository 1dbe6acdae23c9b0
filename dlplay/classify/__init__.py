"""Pre-trained networks on a photo. One file a network, one line an entry, in this order."""

from dlplay.catalogue import entries
from dlplay.classify.base import Classifier, Pretrained, Weights
from dlplay.classify.resnet_50 import ResNet50
from dlplay.classify.efficientnet_lite0 import EfficientNetLite0
from dlplay.errors import UserError

NETWORKS: dict[str, type[Pretrained]] = entries(globals(), Pretrained)
"""Every pre-trained network by name."""


def network(name: str) -> Pretrained:
    """A pre-trained network by its name.

    Raises:
        UserError: there is none of that name.
    """
    if name not in NETWORKS:
        raise UserError(f"Expected one of the networks {', '.join(NETWORKS)}", received=name)
    return NETWORKS[name].model_validate({"name": name})


def default_network() -> Pretrained:
    """The first network whose weights are on this machine; the last one if none are."""
    for name in NETWORKS:
        chosen = network(name)
        if chosen.is_ready():
            break
    return chosen


__all__ = [
    "NETWORKS",
    "Classifier",
    "Pretrained",
    "Weights",
    "default_network",
    "network",
]
