"""The datasets. One file a source, one line an entry: an import lists it, in this order."""

from dlplay.catalogue import entries
from dlplay.datasets.base import Dataset, Facts, Part, Samples, Scaling, Split
from dlplay.datasets.scikit import Iris
from dlplay.datasets.scikit import Wine
from dlplay.datasets.scikit import BreastCancer
from dlplay.datasets.scikit import Diabetes
from dlplay.datasets.synthetic import Circles
from dlplay.datasets.synthetic import Moons
from dlplay.datasets.synthetic import Spirals
from dlplay.datasets.synthetic import Xor
from dlplay.datasets.synthetic import Blobs
from dlplay.datasets.synthetic import Plane
from dlplay.datasets.scikit import Digits
from dlplay.datasets.mnist_5k import Mnist5k
from dlplay.datasets.keras_images import Mnist
from dlplay.datasets.keras_images import FashionMnist
from dlplay.datasets.keras_images import Cifar10
from dlplay.datasets.csv_file import CsvFile
from dlplay.datasets.imdb_25k import Imdb25k
from dlplay.datasets.imdb import Imdb
from dlplay.datasets.text_csv import TextCsv
from dlplay.datasets.kjv import Kjv
from dlplay.datasets.text_file import TextFile
from dlplay.datasets.listops import ListOps
from dlplay.datasets.seattle_temps import SeattleTemps
from dlplay.datasets.stocks import Stocks
from dlplay.datasets.sine import Sine
from dlplay.datasets.mixtures import Ring
from dlplay.datasets.mixtures import Grid
from dlplay.datasets.image_folder import ImageFolder
from dlplay.datasets.report import Report
from dlplay.datasets.split import split, split_samples

DATASETS: dict[str, type[Dataset]] = entries(globals(), Dataset)
"""Every dataset by name."""

__all__ = [
    "DATASETS",
    "Dataset",
    "Facts",
    "Part",
    "Report",
    "Samples",
    "Scaling",
    "Split",
    "split",
    "split_samples",
]
