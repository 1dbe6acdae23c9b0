"""The views of a run. One file each, one line an entry: an import lists it, in this order."""

from dlplay.catalogue import entries
from dlplay.datasets import Facts
from dlplay.experiment import Experiment
from dlplay.views.base import Arrays, Moment, Panel, Subject, View
from dlplay.views.plane import Plane
from dlplay.views.generated import Generated
from dlplay.views.sample import Sample
from dlplay.views.reconstructions import Reconstructions
from dlplay.views.latent_plane import LatentPlane
from dlplay.views.decode import Decode
from dlplay.views.feature_maps import FeatureMaps
from dlplay.views.snapshots import Snapshots

VIEWS: dict[str, type[View]] = entries(globals(), View)
"""Every view by name."""


def views_of(experiment: Experiment, facts: Facts, moment: Moment) -> list[View]:
    """The views that look at such a run at such a moment, their fields at first values."""
    return [
        view(name=name)
        for name, view in VIEWS.items()
        if view.moment == moment and view.fits(experiment, facts)
    ]


__all__ = ["VIEWS", "Arrays", "Moment", "Panel", "Snapshots", "Subject", "View", "views_of"]
