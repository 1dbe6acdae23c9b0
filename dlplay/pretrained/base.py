"""What every network that has learnt from ImageNet offers: verified weights and its layers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class Weights:
    """A file whose content has been verified.

    Args:
        checksum: of the content, in hexadecimal digits; tells converted files apart.
    """

    path: Path
    checksum: str


class Backbone(ABC):
    """A network without its last layer: it turns an image into features.

    Attributes:
        blocks: beginnings of the names of each block's layers, from the input to the output.
        code: plain code that does what `load` does, to the layers in ``base``.
    """

    blocks: ClassVar[tuple[tuple[str, ...], ...]]
    code: ClassVar[str]

    @abstractmethod
    def weights(self) -> Weights:
        """The file that holds what it has learnt.

        Raises:
            UserError: it is not on this machine, or not the file we know.
        """

    @abstractmethod
    def features(self, size: int) -> keras.Model:
        """The layers, their weights random: RGB ``(size, size, 3)``, 0…1, to the last feature map
        ``(height, width, channels)``."""

    @abstractmethod
    def load(self, features: keras.Model, weights: Path) -> None:
        """Put what was learnt into the layers that `features` made."""

    def last(self, features: keras.Model, count: int) -> list[keras.Layer]:
        """The layers with a kernel of the last ``count`` blocks."""
        beginnings = tuple(name for block in self.blocks[-count:] for name in block)
        return [
            layer
            for layer in features.layers
            if hasattr(layer, "kernel") and layer.name.startswith(beginnings)
        ]
