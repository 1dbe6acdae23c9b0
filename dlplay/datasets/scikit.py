"""The small classics that scikit-learn carries: real measurements, seconds to learn."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np
from sklearn import datasets as sklearn_datasets

from dlplay.catalogue import Card, Task
from dlplay.datasets.base import Samples, SplitDataset, TableDataset

_LICENCE = "BSD-3-Clause with scikit-learn"


def _table(bunch: Any, target_name: str = "class") -> Samples:
    """A scikit-learn bunch as samples; class names where it has them."""
    names = tuple(str(name) for name in bunch.get("target_names", ()))
    targets = bunch.target.astype(np.int32 if names else np.float32)
    features = tuple(str(name) for name in bunch.feature_names)
    return Samples(bunch.data.astype(np.float32), targets, names, features, target_name)


class Iris(TableDataset):
    """Fisher's iris flowers."""

    card: ClassVar[Card] = Card(
        "Iris flowers",
        "150 flowers of three species, each measured four times with a ruler, in centimetres. "
        "One species stands apart, the other two overlap a little.",
        "R. A. Fisher (1936), Annals of Eugenics 7(2), 179–188",
        _LICENCE,
    )
    name: Literal["iris"] = "iris"

    def load(self) -> Samples:
        return _table(sklearn_datasets.load_iris())


class Wine(TableDataset):
    """Wines of three growers."""

    card: ClassVar[Card] = Card(
        "Wine",
        "178 Italian wines from three growers, told apart by 13 chemical measurements.",
        "M. Forina et al. (1991), PARVUS; UCI Machine Learning Repository",
        _LICENCE,
    )
    name: Literal["wine"] = "wine"

    def load(self) -> Samples:
        return _table(sklearn_datasets.load_wine())


class BreastCancer(TableDataset):
    """Cell nuclei of breast tissue, malignant or benign."""

    card: ClassVar[Card] = Card(
        "Breast cancer",
        "569 tissue samples, each with 30 measurements of its cell nuclei: malignant or benign? "
        "Here accuracy is not all that matters: look at recall.",
        "W. N. Street, W. H. Wolberg, O. L. Mangasarian (1993), SPIE 1905, 861–870",
        _LICENCE,
    )
    name: Literal["breast-cancer"] = "breast-cancer"

    def load(self) -> Samples:
        return _table(sklearn_datasets.load_breast_cancer())


class Digits(SplitDataset):
    """Handwritten digits of 8×8 pixels."""

    card: ClassVar[Card] = Card(
        "Digits 8×8",
        "1,797 handwritten digits, 8×8 pixels each. Coarse, but a network reads them in seconds.",
        "E. Alpaydin, C. Kaynak (1998); UCI Machine Learning Repository",
        _LICENCE,
    )
    name: Literal["digits"] = "digits"

    def load(self) -> Samples:
        bunch: Any = sklearn_datasets.load_digits()
        pixels = np.round(bunch.images * (255 / 16)).astype(np.uint8)[..., np.newaxis]
        return Samples(pixels, bunch.target.astype(np.int32), tuple("0123456789"))


class Diabetes(TableDataset):
    """Progression of diabetes, a number to predict."""

    card: ClassVar[Card] = Card(
        "Diabetes",
        "442 patients, ten measurements each; predict a score of how far the disease has "
        "progressed a year later (25 to 346). Noisy: nobody gets close to R² = 1.",
        "B. Efron, T. Hastie, I. Johnstone, R. Tibshirani (2004), Annals of Statistics 32(2)",
        _LICENCE,
    )
    tasks: ClassVar[tuple[Task, ...]] = ("regression",)
    name: Literal["diabetes"] = "diabetes"

    def load(self) -> Samples:
        return _table(sklearn_datasets.load_diabetes(scaled=False), "disease progression (score)")

