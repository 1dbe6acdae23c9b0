"""The views of a run. One file each, one line an entry: an import lists it, in this order."""

from dlplay.catalogue import entries
from dlplay.datasets import Facts
from dlplay.experiment import Experiment
from dlplay.views.base import Group, Moment, Panel, Subject, View
from dlplay.views.plane import Plane
from dlplay.views.layers_inside import LayersInside
from dlplay.views.first_weights import FirstWeights
from dlplay.views.few_answers import FewAnswers
from dlplay.views.confusion import ConfusionMatrix
from dlplay.views.hardest import Hardest
from dlplay.views.threshold_curves import ThresholdCurves
from dlplay.views.reliability import Reliability
from dlplay.views.residuals import Residuals
from dlplay.views.sentence import Sentence
from dlplay.views.word_states import WordStates
from dlplay.views.attention_weights import AttentionWeights
from dlplay.views.writing import Writing
from dlplay.views.writing import Continue
from dlplay.views.beliefs import Beliefs
from dlplay.views.forecast import Forecast
from dlplay.views.where import WhereItLooked
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


__all__ = [
    "VIEWS", "Group", "Moment", "Panel", "Snapshots", "Subject", "View", "views_of",
]  # fmt: skip
