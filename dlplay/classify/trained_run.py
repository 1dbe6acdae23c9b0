"""A run's own network, on photos: what a learner has trained reads what a learner has drawn."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from dlplay.catalogue import Card
from dlplay.classify.base import Classifier
from dlplay.classify.framing import Framing
from dlplay.classify.labels import Label
from dlplay.datasets import Facts
from dlplay.errors import UserError
from dlplay.experiment import dataset_adapter
from dlplay.pretrained import Weights
from dlplay.runs import Run, Store, open_store

if TYPE_CHECKING:
    import keras

PREFIX = "run:"
_SAMPLES = 500
_INK = 64
"""A pixel that differs from the background by so much belongs to what is drawn."""


class TrainedRun(Classifier):
    """The network of a run that has ended, on images."""

    card: ClassVar[Card] = Card("Your own network", "A network trained here.", "This server")
    name: Literal["run"] = "run"
    run: str

    @cached_property
    def record(self) -> Run:
        """The run.

        Raises:
            UserError: there is none of that id, or it cannot name what is in images.
        """
        run = open_store().get(self.run)
        if not is_usable(run):
            raise UserError(
                "Expected a run on images that has ended and kept its network",
                received=f"{run.id}, {run.state}",
                fix="Choose another, or train one",
            )
        return run

    @cached_property
    def facts(self) -> Facts:
        """What its dataset is like."""
        return self.record.experiment.dataset.facts()

    @property
    def key(self) -> str:
        return f"{PREFIX}{self.run}"

    @property
    def title(self) -> str:
        return f"{self.record.title} ({self.run})"

    @property
    def takes_drawings(self) -> bool:
        return self.facts.input_shape[-1] == 1

    @property
    def framing(self) -> Framing:
        return Framing(self.facts.input_shape[0], None, Image.Resampling.BICUBIC)

    def weights(self) -> Weights:
        path = self.record.model_file
        facts = path.stat()
        return Weights(path, _sha256(path, facts.st_size, facts.st_mtime_ns))

    def build(self, weights: Path) -> keras.Model:
        from dlplay.layers import load_model

        return load_model(weights)

    def labels(self) -> tuple[Label, ...]:
        return tuple(Label(name) for name in self.facts.class_names)

    def headline(self) -> str:
        summary = self.record.summary
        accuracy = summary.get("test", {}).get("accuracy")
        right = "" if accuracy is None else f" · {100 * accuracy:.1f} % of the test samples right"
        return f"{summary['parameters']:,} parameters{right}"

    def details(self) -> dict[str, str]:
        height, width, channels = self.facts.input_shape
        experiment = self.record.experiment
        return {
            "Network": experiment.architecture.card.title,
            "Trained on": f"{experiment.dataset.card.title}, {self.facts.samples:,} samples of "
            f"{height}×{width} pixels, {'grey' if channels == 1 else 'colour'}",
            "Run": self.run,
        }

    def prepare(self, photo: Image.Image) -> NDArray[np.float32]:
        """Scaled to the dataset's size; if grey, as large and on as dark a ground as there."""
        height, width, channels = self.facts.input_shape
        if channels == 3:
            return np.asarray(photo.resize((width, height), Image.Resampling.BICUBIC), np.float32)
        look = look_of(self.record.experiment.dataset.model_dump_json())
        return look.imitate(photo, width, height)[..., np.newaxis]


@dataclass(frozen=True)
class Look:
    """How the samples of a grey dataset are drawn.

    Args:
        extent: longer side of what is drawn, as a share of the image's.
        is_dark: whether the background is.
    """

    extent: float
    is_dark: bool

    @classmethod
    def of(cls, images: NDArray[np.uint8]) -> Look:
        """The look of samples, ``(samples, height, width, 1)``."""
        grey = images[..., 0]
        border = np.concatenate([grey[:, 0], grey[:, -1], grey[:, :, 0], grey[:, :, -1]], axis=1)
        is_dark = float(np.median(border)) < 128
        ink = grey if is_dark else 255 - grey
        sides = [max(_extent(image)) / max(image.shape) for image in ink]
        return cls(float(np.median(sides)), is_dark)

    def imitate(self, photo: Image.Image, width: int, height: int) -> NDArray[np.float32]:
        """What is drawn on ``photo``, as it would stand in the dataset: ``(height, width)``."""
        ink = _ink(np.asarray(photo.convert("L"), np.float32))
        image = Image.fromarray(ink.round().astype(np.uint8))
        box = image.point(lambda value: 255 * (value > _INK)).getbbox()
        if box is None:
            pixels = np.zeros((height, width), np.float32)
        else:
            side = max(1, round(self.extent * min(width, height)))
            small = ImageOps.contain(image.crop(box), (side, side), Image.Resampling.BOX)
            sheet = Image.new("L", (width, height))
            sheet.paste(small, ((width - small.width) // 2, (height - small.height) // 2))
            pixels = np.asarray(sheet, np.float32)
        return pixels if self.is_dark else 255 - pixels


def _ink(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    """How far each pixel is from the background, which is what the border shows: 0…255."""
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    distance = np.abs(grey - np.median(border))
    return np.asarray(distance * (255 / max(distance.max(), 1.0)), np.float32)


def _extent(ink: NDArray[np.uint8]) -> tuple[int, int]:
    """Height and width of what is drawn."""
    drawn = ink > _INK
    return int(drawn.any(axis=1).sum()), int(drawn.any(axis=0).sum())


@lru_cache(maxsize=8)
def look_of(dataset: str) -> Look:
    """The look of a grey dataset, given as JSON, by some of its samples."""
    images = dataset_adapter.validate_json(dataset).load().inputs[:_SAMPLES]
    return Look.of(images.astype(np.uint8))


def is_usable(run: Run) -> bool:
    """Whether a run's network can name what is in a photo."""
    if run.is_active or not run.model_file.is_file():
        return False
    try:
        experiment = run.experiment
        facts = experiment.dataset.facts()
    except UserError:  # an experiment of another version, or an upload that is gone
        return False
    return facts.kind == "image" and experiment.architecture.task(facts) == "classification"


def usable_runs(store: Store) -> list[TrainedRun]:
    """The networks of a store that can be tried on photos, newest first."""
    ended = store.runs(("finished", "stopped"))
    return [TrainedRun(run=run.id) for run in ended if is_usable(run)]


@lru_cache(maxsize=32)
def _sha256(path: Path, _size: int, _changed: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
