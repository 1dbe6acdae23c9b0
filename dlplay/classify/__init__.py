"""Pre-trained networks on a photo. One file a network, one line an entry, in this order."""

from dlplay.catalogue import entries
from dlplay.classify.base import Classifier, Pretrained
from dlplay.classify.resnet_50 import ResNet50
from dlplay.classify.efficientnet_lite0 import EfficientNetLite0
from dlplay.classify.trained_run import PREFIX, TrainedRun, usable_runs
from dlplay.errors import UserError
from dlplay.runs import open_store

NETWORKS: dict[str, type[Pretrained]] = entries(globals(), Pretrained)
"""Every pre-trained network by name."""


def pretrained() -> list[Pretrained]:
    """Every pre-trained network."""
    return [entry.model_validate({"name": name}) for name, entry in NETWORKS.items()]


def network(key: str) -> Classifier:
    """A network by its key: the name of a pre-trained one, or ``run:`` and the id of a run.

    Raises:
        UserError: there is none of that key.
    """
    if key.startswith(PREFIX):
        run = open_store().get(key.removeprefix(PREFIX))
        return TrainedRun(run=run.id)
    if key not in NETWORKS:
        raise UserError(
            f"Expected one of the networks {', '.join(NETWORKS)}, or run: and the id of a run",
            received=key,
        )
    return NETWORKS[key].model_validate({"name": key})


def default_network() -> Pretrained:
    """The first network whose weights are on this machine; the last one if none are."""
    known = pretrained()
    return next((chosen for chosen in known if chosen.is_ready()), known[-1])


__all__ = [
    "NETWORKS",
    "Classifier",
    "Pretrained",
    "TrainedRun",
    "default_network",
    "network",
    "pretrained",
    "usable_runs",
]
