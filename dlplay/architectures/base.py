"""What every network is: a card, fields, and a Keras model built from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from dlplay.architectures.blocks import Blocks
from dlplay.architectures.objective import Loss, Objective, objective_for
from dlplay.architectures.regularisation import Regularisation
from dlplay.catalogue import Choice, Entry, Task
from dlplay.datasets import Facts
from dlplay.datasets.base import Kind
from dlplay.errors import UserError

if TYPE_CHECKING:
    import keras

Activation = Literal["sigmoid", "tanh", "relu", "leaky relu", "elu", "gelu", "linear"]
Initialiser = Literal[
    "glorot_uniform", "he_normal", "lecun_normal", "orthogonal", "random_normal", "zeros"
]


class FineTuning(Choice):
    """A second part of training, in which the last blocks of a frozen part learn too."""

    blocks: int = Field(
        default=2,
        ge=1,
        le=16,
        title="Blocks",
        description="How many blocks learn, counted from the last; the first ones see edges and "
        "colours, which are the same everywhere.",
    )
    epochs: int = Field(
        default=5,
        ge=1,
        le=1_000,
        title="Epochs of fine-tuning",
        description="These come after the others, and each looks at every image anew.",
    )
    learning_rate: float = Field(
        default=1e-4,
        gt=0.0,
        le=1.0,
        title="Learning rate of fine-tuning",
        description="Much lower than before: large steps would destroy what was learnt.",
        json_schema_extra={"scale": "log"},
    )


class Architecture(Entry):
    """A network; `build` makes the Keras model, in a worker.

    Attributes:
        frozen_part: name of the last layer of a part that training leaves as it is; what that
            layer says of a sample is worked out once and kept. Empty if all layers learn.
    """

    frozen_part: ClassVar[str] = ""
    kinds: ClassVar[tuple[Kind, ...]] = ("table", "image")
    tasks: ClassVar[tuple[Task, ...]] = ("classification", "regression")
    normalises: ClassVar[bool] = False
    """Whether batch normalisation is part of the network, asked for or not."""

    def task(self, facts: Facts) -> Task:
        """What is asked of the network; most often what the dataset asks."""
        return "forecast" if facts.kind == "series" else facts.task

    def objective(self, loss: Loss, facts: Facts) -> Objective:
        """The last layer and the loss.

        Raises:
            UserError: the loss does not fit the task.
        """
        return objective_for(loss, facts)

    def smallest_image(self) -> int:
        """The least height and width, in pixels, that the network can take."""
        return 1

    def convolves(self) -> bool:
        """Whether it looks at images through convolutions."""
        return False

    def check(self, facts: Facts) -> None:
        """Raise a `UserError` if the network cannot take such data."""
        title = self.card.title
        if facts.kind not in self.kinds:
            raise UserError(
                f"{title} expects data of this kind: {' or '.join(self.kinds)}",
                received=facts.kind,
                fix="Choose another network or another dataset",
            )
        if facts.task not in self.tasks:
            raise UserError(
                f"{title} is made for {' or '.join(self.tasks)}",
                received=facts.task,
                fix="Choose another network or another dataset",
            )
        if facts.kind == "image" and min(facts.input_shape[:2]) < self.smallest_image():
            least = self.smallest_image()
            raise UserError(
                f"{title} expects images of at least {least}×{least} pixels",
                received=f"{facts.input_shape[0]}×{facts.input_shape[1]}",
                fix="Choose padding “same”, another network or another dataset",
            )

    def build(
        self, facts: Facts, objective: Objective, regularisation: Regularisation
    ) -> keras.Model:
        """The Keras model, not compiled. Input ``(batch, *facts.input_shape)``, output
        ``(batch, objective.units)``."""
        import keras

        blocks = self.blocks(regularisation)
        inputs = keras.Input(facts.input_shape, name=facts.kind)
        outputs = blocks.output(self.body(blocks, blocks.prepare(inputs, facts)), objective)
        return keras.Model(inputs, outputs, name=self.name.replace("-", "_"))

    def initialise(self, model: keras.Model) -> None:
        """Put what was learnt elsewhere into a model that `build` made.

        Raises:
            UserError: it is not on this machine.
        """

    def tuning(self) -> FineTuning | None:
        """How the frozen part is to be fine-tuned; None if it is not."""
        return None

    def thaw(self, model: keras.Model) -> None:
        """Let those layers of the frozen part learn that are to be fine-tuned."""

    def weights_code(self) -> str:
        """Plain code that gives ``model`` the weights it does not draw; data code has left the
        words of texts in ``vocabulary``."""
        return ""

    def blocks(self, regularisation: Regularisation) -> Blocks:
        """The shared layers, with this network's activation and initialiser."""
        return Blocks(regularisation)

    def body(self, blocks: Blocks, x: keras.KerasTensor) -> keras.KerasTensor:
        """Everything between the prepared input and the output layer."""
        raise NotImplementedError


class HiddenLayers(Architecture):
    """A network with hidden layers: they have an activation and an initialiser."""

    activation: Activation = Field(
        default="relu",
        title="Activation",
        description="The bend after every hidden layer. Without one (linear) a deep network is "
        "no more than a single layer.",
    )
    initialiser: Initialiser = Field(
        default="glorot_uniform",
        title="Initialiser",
        description="How weights are drawn before training. He suits ReLU, Glorot suits tanh "
        "and sigmoid; with zeros all units stay the same for ever.",
    )

    def blocks(self, regularisation: Regularisation) -> Blocks:
        return Blocks(regularisation, self.activation, self.initialiser)


class Convolutional(HiddenLayers):
    """Convolutions and pooling, then dense layers: for images."""

    kinds: ClassVar[tuple[Kind, ...]] = ("image",)
    padding: Literal["valid", "same"] = Field(
        default="valid",
        title="Padding",
        description="“valid” keeps the window inside the image, which shrinks at every "
        "convolution; “same” adds a border of zeros and keeps the size.",
    )

    def convolves(self) -> bool:
        return True
