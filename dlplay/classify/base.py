"""What every network on this page is: a card, weights in a file, and a Keras model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dlplay.catalogue import Entry
from dlplay.classify.framing import Framing
from dlplay.classify.labels import Label, imagenet_labels
from dlplay.errors import UserError
from dlplay.pretrained import Weights

if TYPE_CHECKING:
    import keras


class Classifier(Entry):
    """A network that names what is in a photo; `build` makes the Keras model, in a worker.

    Attributes:
        download_megabytes: size of what `download` fetches; 0 if there is nothing to fetch.
    """

    download_megabytes: ClassVar[int] = 0

    @property
    def key(self) -> str:
        """What links and the command line call it."""
        return self.name

    @property
    def title(self) -> str:
        """Its name as people write it."""
        return self.card.title

    @property
    def takes_drawings(self) -> bool:
        """Whether it is made for what one can draw."""
        return False

    @property
    def framing(self) -> Framing:
        """Which part of a photo it sees."""
        raise NotImplementedError

    def download(self) -> None:
        """Fetch missing weights; only the helper process calls it, since Keras does the fetching.

        Raises:
            UserError: it could not be done.
        """

    def weights(self) -> Weights:
        """The file that holds what the network has learnt, its checksum verified.

        Raises:
            UserError: it is not on this machine, or not the file we know.
        """
        raise NotImplementedError

    def is_ready(self) -> bool:
        """Whether the weights are on this machine."""
        try:
            self.weights()
        except UserError:
            return False
        return True

    def build(self, weights: Path) -> keras.Model:
        """The Keras model: input as `prepare` makes it, output probabilities."""
        raise NotImplementedError

    def prepare(self, photo: Image.Image) -> NDArray[np.float32]:
        """What the network is given for an RGB ``photo``: ``(height, width, channels)``."""
        return self.framing.pixels(photo)

    def labels(self) -> tuple[Label, ...]:
        """The classes, in the order of the output."""
        raise NotImplementedError

    def headline(self) -> str:
        """How large it is and how good, in a few words."""
        raise NotImplementedError

    def details(self) -> dict[str, str]:
        """What else there is to know, by title."""
        raise NotImplementedError


class Pretrained(Classifier):
    """A network that knows the 1,000 classes of ImageNet.

    Attributes:
        view: which part of a photo it sees.
        parameters: how many numbers it has learnt.
        top_1: share of ImageNet's validation photos it gets right, as published.
        top_1_source: who published that.
        published: checksum of the weights these facts are about.
    """

    view: ClassVar[Framing]
    parameters: ClassVar[int]
    top_1: ClassVar[float]
    top_1_source: ClassVar[str]
    published: ClassVar[str]

    def keep_weights(self, file: Path) -> None:
        """Take over a file of weights the server's owner brings.

        Raises:
            UserError: it is not the right one, or none is needed.
        """
        raise UserError(f"{self.title} has its weights already; nothing needs to be uploaded")

    @property
    def framing(self) -> Framing:
        return self.view

    def labels(self) -> tuple[Label, ...]:
        return imagenet_labels()

    def headline(self) -> str:
        is_published = not self.is_ready() or self.weights().checksum == self.published
        top_1 = f"{100 * self.top_1:.1f} % top-1 on ImageNet"
        return (
            f"{self.parameters / 1e6:.1f} million parameters · "
            f"{top_1 if is_published else 'weights of your own'}"
        )

    def details(self) -> dict[str, str]:
        return {
            "Parameters": f"{self.parameters:,}",
            "ImageNet top-1": f"{100 * self.top_1:.1f} % of the validation photos named right at "
            f"once with the published weights ({self.top_1_source})",
            "Source": self.card.source,
            "Licence": self.card.licence,
        }
