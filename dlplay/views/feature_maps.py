"""What convolutions look for, and where they find it in one image."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from dlplay.catalogue import Card
from dlplay.datasets import Facts
from dlplay.errors import UserError
from dlplay.experiment import Experiment
from dlplay.files import Arrays
from dlplay.views.base import Panel, Subject, View
from dlplay.views.pictures import Pixels, plot_pictures, sheet, stretched

if TYPE_CHECKING:
    import keras

_MOST, _COLUMNS = 64, 16


class FeatureMaps(View):
    """The filters of a convolution and its maps of one image of the test set."""

    card: ClassVar[Card] = Card(
        "Feature maps",
        "Layer by layer: the filters that were learnt, and how strongly each answers where in an "
        "image. First layers find edges and strokes, later ones whole parts.",
        "M. Zeiler, R. Fergus (2013), arXiv:1311.2901, figure 2",
    )
    name: Literal["feature-maps"] = "feature-maps"
    sample: int = Field(
        default=1,
        ge=1,
        le=1_000_000,
        title="Test sample",
        description="Which image of the test set to look at, counted from 1.",
    )
    layer: int = Field(
        default=1,
        ge=1,
        le=200,
        title="Convolution",
        description="Which convolution to look into, counted from 1 at the input.",
    )

    @classmethod
    def fits(cls, experiment: Experiment, facts: Facts) -> bool:
        return facts.kind == "image" and experiment.architecture.convolves()

    def watch(self, subject: Subject) -> Callable[[], Arrays]:
        images = subject.split.test.inputs
        _need(self.sample, len(images), "a test sample")
        network, layers = _convolutions(subject.model)
        _need(self.layer, len(layers), "a convolution")
        layer = layers[self.layer - 1]

        def look() -> Arrays:
            import keras

            image = images[self.sample - 1 : self.sample]
            seen = keras.Model(network.input, _bent(layer))
            maps = seen(image.astype(np.float32), training=False).numpy()[0]
            kernel = np.asarray(layer.kernel)
            return {
                "image": image[0].astype(np.uint8),
                "maps": _tiles(np.moveaxis(maps, -1, 0)[..., np.newaxis]),
                "filters": _filters(kernel),
                "asked": np.array([self.sample, self.layer]),
                "counts": np.array([len(layers), maps.shape[-1], *maps.shape[:2]]),
                "kernel": np.array(kernel.shape),
                "name": np.array(layer.name),
            }

        return look

    def panels(self, arrays: Arrays, epoch: int) -> list[Panel]:
        sample, layer = arrays["asked"].tolist()
        layers, channels, height, width = arrays["counts"].tolist()
        rows, columns, inputs, _ = arrays["kernel"].tolist()
        shown = f", the first {_MOST} shown" if channels > _MOST else ""
        text = (
            f"Convolution {layer} of {layers} (`{arrays['name']}`): {channels} filters of "
            f"{rows}×{columns}×{inputs}, {channels} maps of {height}×{width}{shown}."
        )
        averaged = " (mean over their inputs)" if inputs not in (1, 3) else ""
        tall = 60 + 60 * _lines(min(channels, _MOST))
        return [
            Panel(text=text),
            Panel(plot_pictures(arrays["image"], f"Test sample {sample}"), height=200,
                  alt="The image that is looked at"),
            Panel(plot_pictures(arrays["filters"], f"Filters{averaged}"), height=tall,
                  alt="The filters of the convolution as small pictures"),
            Panel(plot_pictures(arrays["maps"], "Maps, brighter where a filter answers"),
                  height=tall, alt="The maps of the convolution as small pictures"),
        ]  # fmt: skip


def _need(number: int, most: int, what: str) -> None:
    if number > most:
        raise UserError(f"Expected {what} from 1 to {most:,}", received=f"{number:,}")


def _convolutions(model: keras.Model) -> tuple[keras.Model, list[Any]]:
    """The network, or the one within it, that sees an image, and its convolutions in order."""
    import keras

    for part in [model, *(part for part in model.layers if isinstance(part, keras.Model))]:
        found = [layer for layer in part.layers if isinstance(layer, keras.layers.Conv2D)]
        if found and len(part.input_shape) == 4:
            return part, found
    raise UserError("Expected a network with convolutions that look at the image")


def _bent(layer: Any) -> Any:
    """What leaves a convolution after its batch normalisation and activation."""
    import keras

    following = (keras.layers.BatchNormalization, keras.layers.Activation, keras.layers.LeakyReLU)
    while layer._outbound_nodes:
        taker = layer._outbound_nodes[0].operation
        if not isinstance(taker, following):
            break
        layer = taker
    return layer.output


def _filters(kernel: NDArray[Any]) -> Pixels:
    """Filters ``(rows, columns, inputs, filters)`` as pictures: in colour if they see three
    channels, else their mean over the channels."""
    filters = np.moveaxis(kernel, -1, 0)
    return _tiles(filters if kernel.shape[2] == 3 else filters.mean(axis=-1, keepdims=True))


def _tiles(pictures: NDArray[Any]) -> Pixels:
    """Each picture stretched by itself, enlarged if tiny, side by side."""
    shown = pictures[:_MOST]
    zoom = max(1, round(28 / max(shown.shape[1:3])))
    tiles = np.stack([stretched(picture) for picture in shown])
    columns = -(-len(tiles) // _lines(len(tiles)))
    return sheet(tiles.repeat(zoom, axis=1).repeat(zoom, axis=2), columns, gap=3)


def _lines(count: int) -> int:
    """Of so many pictures."""
    return -(-count // _COLUMNS)
