"""The small classics that scikit-learn carries: real measurements, seconds to learn.

Read by path: importing scikit-learn would cost the server a second and 80 MB before its first
page.
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Literal

import numpy as np

from dlplay.catalogue import Card, Task
from dlplay.datasets.base import Samples, SplitDataset, TableDataset
from dlplay.datasets.package_data import package_file

_LICENCE = "BSD-3-Clause with scikit-learn"


def _file(name: str, sha256: str) -> Path:
    return package_file("sklearn", f"datasets/data/{name}", sha256, "scikit-learn")


class ScikitTable(TableDataset):
    """A CSV file of scikit-learn: sizes and class names in its first line, then rows, the class
    number last."""

    file: ClassVar[tuple[str, str]]
    loader: ClassVar[str]
    features: ClassVar[tuple[str, ...]]
    classes: ClassVar[tuple[str, ...]]

    def load(self) -> Samples:
        rows = np.loadtxt(_file(*self.file), delimiter=",", skiprows=1)
        inputs, targets = rows[:, :-1].astype(np.float32), rows[:, -1].astype(np.int32)
        return Samples(inputs, targets, self.classes, self.features)

    def code(self) -> str:
        return (
            f"from sklearn.datasets import {self.loader}\n"
            f"X, y = {self.loader}(return_X_y=True)\n"
            'X, y = X.astype("float32"), y.astype("int32")'
        )


class Iris(ScikitTable):
    """Fisher's iris flowers."""

    card: ClassVar[Card] = Card(
        "Iris flowers",
        "150 flowers of three species, each measured four times with a ruler, in centimetres. "
        "One species stands apart, the other two overlap a little.",
        "R. A. Fisher (1936), Annals of Eugenics 7(2), 179–188",
        _LICENCE,
    )
    name: Literal["iris"] = "iris"
    file: ClassVar[tuple[str, str]] = (
        "iris.csv", "f13ffa8fdd56fd8e6c8d16d4081a3fbd3114bcd0aae4256c43205169cd9d1449",
    )  # fmt: skip
    loader: ClassVar[str] = "load_iris"
    features: ClassVar[tuple[str, ...]] = (
        "sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)",
    )  # fmt: skip
    classes: ClassVar[tuple[str, ...]] = ("setosa", "versicolor", "virginica")


class Wine(ScikitTable):
    """Wines of three growers."""

    card: ClassVar[Card] = Card(
        "Wine",
        "178 Italian wines from three growers, told apart by 13 chemical measurements.",
        "M. Forina et al. (1991), PARVUS; UCI Machine Learning Repository",
        _LICENCE,
    )
    name: Literal["wine"] = "wine"
    file: ClassVar[tuple[str, str]] = (
        "wine_data.csv", "10e8a802908b34f86e5da8ce962f3c806694bc98450a18f61851af59f324bede",
    )  # fmt: skip
    loader: ClassVar[str] = "load_wine"
    features: ClassVar[tuple[str, ...]] = (
        "alcohol", "malic acid", "ash", "alcalinity of ash", "magnesium", "total phenols",
        "flavanoids", "nonflavanoid phenols", "proanthocyanins", "colour intensity", "hue",
        "OD280/OD315", "proline",
    )  # fmt: skip
    classes: ClassVar[tuple[str, ...]] = ("grower 1", "grower 2", "grower 3")


class BreastCancer(ScikitTable):
    """Cell nuclei of breast tissue, malignant or benign."""

    card: ClassVar[Card] = Card(
        "Breast cancer",
        "569 tissue samples, each with 30 measurements of its cell nuclei: malignant or benign? "
        "Here accuracy is not all that matters: look at recall.",
        "W. N. Street, W. H. Wolberg, O. L. Mangasarian (1993), SPIE 1905, 861–870",
        _LICENCE,
    )
    name: Literal["breast-cancer"] = "breast-cancer"
    file: ClassVar[tuple[str, str]] = (
        "breast_cancer.csv", "fed3eb72d0575ef6192293f5093c6e801b1476b577d0386bf4455504522172ed",
    )  # fmt: skip
    loader: ClassVar[str] = "load_breast_cancer"
    features: ClassVar[tuple[str, ...]] = tuple(
        f"{statistic} {measure}"
        for statistic in ("mean", "error of", "worst")
        for measure in (
            "radius", "texture", "perimeter", "area", "smoothness", "compactness", "concavity",
            "concave points", "symmetry", "fractal dimension",
        )
    )  # fmt: skip
    classes: ClassVar[tuple[str, ...]] = ("malignant", "benign")


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
        sha256 = "09f66e6debdee2cd2b5ae59e0d6abbb73fc2b0e0185d2e1957e9ebb51e23aa22"
        rows = np.loadtxt(_file("digits.csv.gz", sha256), delimiter=",")
        pixels = np.round(rows[:, :-1] * (255 / 16)).astype(np.uint8)
        return Samples(
            pixels.reshape(-1, 8, 8, 1), rows[:, -1].astype(np.int32), tuple("0123456789")
        )

    def code(self) -> str:
        return (
            "import numpy as np\n"
            "from sklearn.datasets import load_digits\n"
            "X, y = load_digits(return_X_y=True)\n"
            'X = np.round(X * (255 / 16)).astype("uint8").reshape(-1, 8, 8, 1)\n'
            'y = y.astype("int32")'
        )


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
    inputs_sha256: ClassVar[str] = (
        "7fc0ded571454b1982210d3bb43f0aca44eae01a0b8654a3b24022bdb6b38009"
    )
    targets_sha256: ClassVar[str] = (
        "8e53f65eb811df43c206f3534bb3af0e5fed213bc37ed6ba36310157d6023803"
    )
    features: ClassVar[tuple[str, ...]] = (
        "age (years)", "sex", "body mass index", "blood pressure", "total cholesterol", "LDL",
        "HDL", "cholesterol / HDL", "log triglycerides", "blood sugar",
    )  # fmt: skip

    def load(self) -> Samples:
        inputs = np.loadtxt(_file("diabetes_data_raw.csv.gz", self.inputs_sha256))
        targets = np.loadtxt(_file("diabetes_target.csv.gz", self.targets_sha256))
        return Samples(
            inputs.astype(np.float32), targets.astype(np.float32), (), self.features,
            "disease progression (score)",
        )  # fmt: skip

    def code(self) -> str:
        return (
            "from sklearn.datasets import load_diabetes\n"
            "X, y = load_diabetes(return_X_y=True, scaled=False)\n"
            'X, y = X.astype("float32"), y.astype("float32")'
        )
