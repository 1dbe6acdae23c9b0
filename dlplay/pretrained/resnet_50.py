"""ResNet-50: Keras' own layers, and where its weights are, verified before Keras sees them.

Keras deletes a file in its cache whose checksum is wrong when it cannot download it again. So it
is only ever told to download what is not there, and is given a path for everything else.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from dlplay.errors import UserError
from dlplay.files import replacing
from dlplay.pretrained.base import Backbone, Weights
from dlplay.settings import Settings

if TYPE_CHECKING:
    import keras

RESNET_50_FILE = "resnet50_weights_tf_dim_ordering_tf_kernels.h5"
RESNET_50_MD5 = "2cb95161c43110f7111970584f804107"
_FOLDER = "weights"
MEAN_RED_GREEN_BLUE = (123.68, 116.779, 103.939)
"""Of ImageNet's pixels, 0…255: what Keras' “caffe” mode takes off."""

_URL = "https://storage.googleapis.com/tensorflow/keras-applications/resnet/"
_HOW = (
    f"Bring {RESNET_50_FILE} with “python -m dlplay upload FILE --weights resnet-50” or set "
    "DLPLAY_RESNET50_WEIGHTS to it, or let Keras download it (a button on the Classify page, "
    "--download on the command line); meanwhile use another network"
)

_CODE = """
# What it has learnt from ImageNet, where pixels were blue, green, red
learnt = keras.applications.ResNet50(weights="imagenet")
for layer in base.layers:
    if layer.weights:
        arrays = learnt.get_layer(layer.name).get_weights()
        if layer.name == "conv1_conv":
            arrays[0] = arrays[0][:, :, ::-1]
        layer.set_weights(arrays)
""".strip()


class ResNet50Backbone(Backbone):
    """Sixteen blocks, 2,048 features."""

    blocks: ClassVar[tuple[tuple[str, ...], ...]] = tuple(
        (f"conv{stage}_block{number}_",)
        for stage, count in ((2, 3), (3, 4), (4, 6), (5, 3))
        for number in range(1, count + 1)
    )
    code: ClassVar[str] = _CODE

    def weights(self) -> Weights:
        return resnet_50_weights()

    def features(self, size: int) -> keras.Model:
        import keras

        inputs = keras.Input((size, size, 3), name="image")
        offset = [-mean for mean in MEAN_RED_GREEN_BLUE]
        x = keras.layers.Rescaling(255.0, offset=offset)(inputs)
        return keras.applications.ResNet50(
            include_top=False, weights=None, input_tensor=x, name="resnet_50"
        )

    def load(self, features: keras.Model, weights: Path) -> None:
        import keras

        whole = keras.applications.ResNet50(weights=str(weights))
        for layer in features.layers:
            if layer.weights:
                arrays = whole.get_layer(layer.name).get_weights()
                if layer.name == "conv1_conv":  # it was trained on blue, green, red
                    arrays[0] = arrays[0][:, :, ::-1]
                layer.set_weights(arrays)


def resnet_50_weights() -> Weights:
    """The owner's file: the one set, else the one uploaded; else the one in Keras' cache.

    Raises:
        UserError: there is none, or its checksum is wrong.
    """
    settings = Settings()
    if settings.resnet50_weights is not None:
        path, expected = settings.resnet50_weights.expanduser(), settings.resnet50_md5
        fix = "Copy it again, or set DLPLAY_RESNET50_MD5 if these are weights of your own"
    elif _uploaded_file().is_file():
        path, expected = _uploaded_file(), settings.resnet50_md5
        fix = "Upload it again"
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


def keep_resnet_50(file: Path) -> None:
    """Copy an owner's file to where it is looked for, if its checksum is right.

    Raises:
        UserError: it cannot be read, is another file, or the disk is full.
    """
    settings = Settings()
    try:
        received = md5(file)
    except OSError as error:
        raise UserError("Expected a file that can be read", received=file) from error
    if received != settings.resnet50_md5.lower():
        raise UserError(
            f"Expected ResNet-50's weights with MD5 {settings.resnet50_md5}",
            received=received,
            fix="Copy it again, or set DLPLAY_RESNET50_MD5 if these are weights of your own",
        )
    try:
        with replacing(_uploaded_file()) as partial:
            shutil.copyfile(file, partial)
    except OSError as error:
        raise UserError(
            f"The file could not be kept: {error.strerror}", fix="Free disk space"
        ) from error


def download_resnet_50() -> None:
    """Let Keras fetch the file into its cache, if it is not there.

    Raises:
        UserError: the download failed.
    """
    if Settings().resnet50_weights is not None:
        return
    if _uploaded_file().exists() or _cached_file().exists():
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


def _uploaded_file() -> Path:
    return Settings().home.expanduser() / _FOLDER / RESNET_50_FILE


def _cached_file() -> Path:
    """Keras' own rule for where downloads go, without importing Keras."""
    home = os.environ.get("KERAS_HOME", os.path.join(os.path.expanduser("~"), ".keras"))
    return Path(home) / "models" / RESNET_50_FILE
