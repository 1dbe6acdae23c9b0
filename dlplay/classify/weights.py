"""Where ResNet-50's weights are, verified before Keras sees them.

Keras deletes a file in its cache whose checksum is wrong when it cannot download it again. So it
is only ever told to download what is not there, and is given a path for everything else.
"""

from __future__ import annotations

import hashlib
import os
import socket
from functools import lru_cache
from pathlib import Path

from dlplay.classify.base import Weights
from dlplay.errors import UserError
from dlplay.settings import Settings

RESNET_50_FILE = "resnet50_weights_tf_dim_ordering_tf_kernels.h5"
RESNET_50_MD5 = "2cb95161c43110f7111970584f804107"
_URL = "https://storage.googleapis.com/tensorflow/keras-applications/resnet/"
_HOW = (
    f"Set DLPLAY_RESNET50_WEIGHTS to a copy of {RESNET_50_FILE}, let Keras download it (a button "
    "on the page, --download on the command line), or use another network meanwhile"
)


def resnet_50_weights() -> Weights:
    """The owner's file, or the one in Keras' cache.

    Raises:
        UserError: there is neither, or its checksum is wrong.
    """
    settings = Settings()
    if settings.resnet50_weights is not None:
        path, expected = settings.resnet50_weights.expanduser(), settings.resnet50_md5
        fix = "Copy it again, or set DLPLAY_RESNET50_MD5 if these are weights of your own"
    else:
        path, expected = _cached_file(), RESNET_50_MD5
        fix = f"Delete or replace {path}; it was not touched"
    if not path.is_file():
        raise UserError(
            "ResNet-50 needs its weights, a file of 103 MB",
            received="no such file on this machine",
            fix=_HOW,
        )
    received = md5(path)
    if received != expected.lower():
        raise UserError(
            f"Expected ResNet-50's weights with MD5 {expected}", received=received, fix=fix
        )
    return Weights(path, received)


def download_resnet_50() -> None:
    """Let Keras fetch the file into its cache, if it is not there.

    Raises:
        UserError: the download failed.
    """
    if Settings().resnet50_weights is not None or _cached_file().exists():
        return
    import keras

    before = socket.getdefaulttimeout()
    # Keras sets no timeout: behind a firewall that drops packets it would wait for ever.
    socket.setdefaulttimeout(20)
    try:
        keras.utils.get_file(
            RESNET_50_FILE, _URL + RESNET_50_FILE, cache_subdir="models", file_hash=RESNET_50_MD5
        )
    except Exception as error:  # Keras raises a bare Exception when it cannot reach the host
        raise UserError(
            f"ResNet-50's weights could not be downloaded ({type(error).__name__})",
            fix=_HOW,
        ) from error
    finally:
        socket.setdefaulttimeout(before)


def md5(path: Path) -> str:
    """The MD5 of a file's content; read again only after the file has changed."""
    facts = path.stat()
    return _md5(path, facts.st_size, facts.st_mtime_ns)


@lru_cache(maxsize=8)
def _md5(path: Path, _size: int, _changed: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _cached_file() -> Path:
    """Keras' own rule for where downloads go, without importing Keras."""
    home = os.environ.get("KERAS_HOME", os.path.join(os.path.expanduser("~"), ".keras"))
    return Path(home) / "models" / RESNET_50_FILE
