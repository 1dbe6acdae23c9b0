"""Points in the plane, made on the spot: what a network draws between them can be seen."""

from __future__ import annotations

from string import ascii_uppercase
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from dlplay.catalogue import Card, Task
from dlplay.datasets.base import Samples, TableDataset, Targets
from dlplay.plain import body_of

Points = NDArray[np.float64]
_AXES = ("x₁", "x₂")
_SOURCE = "Generated here, after the TensorFlow Playground (Smilkov & Carter, 2016)"


class PlaneDataset(TableDataset):
    """Points drawn from a rule, plus noise."""

    samples: int = Field(
        default=400,
        ge=20,
        le=20_000,
        title="Samples",
        description="How many points to draw. Few points are easy to learn by heart.",
    )
    noise: float = Field(
        default=0.1,
        ge=0.0,
        le=1.0,
        title="Noise",
        description="How far points stray from the rule. More noise, more to be fooled by.",
    )
    points_seed: int = Field(
        default=0,
        ge=0,
        le=2**31 - 1,
        title="Points seed",
        description="Another number draws other points from the same rule.",
    )

    def load(self) -> Samples:
        random = np.random.default_rng(self.points_seed)
        inputs, targets = self.draw(random)
        classes = () if self.tasks == ("regression",) else _letters(int(targets.max()) + 1)
        kind = np.int32 if classes else np.float32
        target_name = "class" if classes else "height"
        return Samples(
            inputs.astype(np.float32), targets.astype(kind), classes, _AXES, target_name
        )

    def code(self) -> str:
        kind = "float32" if self.tasks == ("regression",) else "int32"
        return (
            "import numpy as np\n"
            f"random = np.random.default_rng({self.points_seed})\n"
            f"{body_of(self.draw, random='random').code('X', 'y')}\n"
            f'X, y = X.astype("float32"), y.astype("{kind}")'
        )

    def draw(self, random: np.random.Generator) -> tuple[Points, Targets]:
        """Points ``(samples, 2)`` and their class numbers or values ``(samples,)``."""
        raise NotImplementedError

    def halves(self) -> NDArray[np.intp]:
        """Class numbers of two classes of equal size."""
        return np.arange(self.samples) % 2

    def jitter(self, random: np.random.Generator) -> Points:
        """Gaussian noise for every coordinate, of deviation ``noise``."""
        return random.normal(0.0, self.noise, (self.samples, 2))


def _letters(count: int) -> tuple[str, ...]:
    return tuple(ascii_uppercase[:count])


class Circles(PlaneDataset):
    """A disc inside a ring."""

    card: ClassVar[Card] = Card(
        "Circles", "A disc inside a ring. No straight line parts them; a few units do.", _SOURCE
    )
    name: Literal["circles"] = "circles"

    def draw(self, random: np.random.Generator) -> tuple[Points, Targets]:
        outer = self.halves()
        radius = random.uniform(0.0, 0.5, self.samples) + 0.7 * outer
        angle = random.uniform(0.0, 2 * np.pi, self.samples)
        points = radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
        return points + self.jitter(random), outer


class Moons(PlaneDataset):
    """Two interleaved half circles."""

    card: ClassVar[Card] = Card(
        "Moons", "Two half moons that reach into each other. A soft curve parts them.", _SOURCE
    )
    name: Literal["moons"] = "moons"

    def draw(self, random: np.random.Generator) -> tuple[Points, Targets]:
        lower = self.halves()
        angle = random.uniform(0.0, np.pi, self.samples)
        upper_moon = np.column_stack([np.cos(angle), np.sin(angle)])
        lower_moon = np.column_stack([1 - np.cos(angle), 0.5 - np.sin(angle)])
        points = np.where(lower[:, None] == 1, lower_moon, upper_moon)
        return points + self.jitter(random), lower


class Spirals(PlaneDataset):
    """Two spirals wound into each other."""

    card: ClassVar[Card] = Card(
        "Spirals",
        "Two spirals wound into each other: the classic that needs depth and patience.",
        "K. J. Lang, M. J. Witbrock (1988), Connectionist Models Summer School, 52–59",
    )
    name: Literal["spirals"] = "spirals"
    turns: float = Field(
        default=1.5,
        ge=0.5,
        le=3.0,
        title="Turns",
        description="How often each spiral winds round. Each half turn makes it much harder.",
    )

    def draw(self, random: np.random.Generator) -> tuple[Points, Targets]:
        arm = self.halves()
        reach = np.sqrt(random.uniform(0.01, 1.0, self.samples))
        angle = reach * self.turns * 2 * np.pi + arm * np.pi
        points = 2 * reach[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
        return points + self.jitter(random), arm


class Xor(PlaneDataset):
    """Exclusive or: equal signs against unequal signs."""

    card: ClassVar[Card] = Card(
        "XOR",
        "Exclusive or: class A where both coordinates have the same sign, class B elsewhere. "
        "The four quadrants that no single straight line can sort.",
        "M. Minsky, S. Papert (1969), Perceptrons",
    )
    name: Literal["xor"] = "xor"

    def draw(self, random: np.random.Generator) -> tuple[Points, Targets]:
        points = random.uniform(0.05, 1.0, (self.samples, 2))
        signs = random.choice([-1.0, 1.0], (self.samples, 2))
        unequal = (signs[:, 0] != signs[:, 1]).astype(np.intp)
        return points * signs + self.jitter(random), unequal


class Blobs(PlaneDataset):
    """Round clouds, one a class."""

    card: ClassVar[Card] = Card(
        "Blobs", "Round clouds of points, one a class. A single layer is enough.", _SOURCE
    )
    name: Literal["blobs"] = "blobs"
    clouds: int = Field(
        default=3,
        ge=2,
        le=8,
        title="Clouds",
        description="Number of classes; they lie on a circle around the middle.",
    )

    def draw(self, random: np.random.Generator) -> tuple[Points, Targets]:
        cloud = np.arange(self.samples) % self.clouds
        angle = 2 * np.pi * cloud / self.clouds
        centres = np.column_stack([np.cos(angle), np.sin(angle)])
        spread = random.normal(0.0, 0.15, (self.samples, 2))
        return centres + spread + self.jitter(random), cloud


class Plane(PlaneDataset):
    """A tilted plane: regression."""

    card: ClassVar[Card] = Card(
        "Plane",
        "A height that rises evenly across the plane: regression at its simplest.",
        _SOURCE,
    )
    tasks: ClassVar[tuple[Task, ...]] = ("regression",)
    name: Literal["plane"] = "plane"

    def draw(self, random: np.random.Generator) -> tuple[Points, Targets]:
        points = random.uniform(-1.0, 1.0, (self.samples, 2))
        height = points.sum(axis=1) / 2
        return points, height + random.normal(0.0, self.noise, self.samples)
