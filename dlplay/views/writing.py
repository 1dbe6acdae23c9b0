"""Text that a network writes: while it learns, and on request."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from dlplay.catalogue import Card
from dlplay.datasets import Facts
from dlplay.datasets.characters import to_numbers, to_text, unigram_entropy
from dlplay.datasets.reading import escaped
from dlplay.errors import UserError
from dlplay.experiment import Experiment
from dlplay.files import Arrays
from dlplay.views.base import Moment, Panel, Subject, View
from dlplay.views.sampling import writer

_LENGTH = 300
_TEMPERATURES = (0.5, 1.0)


class Writing(View):
    """What the network writes after every epoch."""

    card: ClassVar[Card] = Card(
        "Writing",
        "Text drawn from the network as it is now, from the same seed each time.",
        "A. Graves (2013), arXiv:1308.0850",
    )
    moment: ClassVar[Moment] = "epochs"
    name: Literal["writing"] = "writing"

    @classmethod
    def fits(cls, experiment: Experiment, facts: Facts) -> bool:
        return facts.task == "next character"

    def watch(self, subject: Subject) -> Callable[[], Arrays]:
        write, vocabulary = writer(subject.model), subject.split.facts.vocabulary
        entropy = unigram_entropy(subject.split.train.targets)
        temperatures = np.array(_TEMPERATURES, np.float32)
        start = subject.split.validation.inputs[0][:1]

        def look() -> Arrays:
            written = write(start, temperatures, _LENGTH, 0)
            texts = [to_text(numbers, vocabulary) for numbers in written]
            return {
                "texts": np.array(texts, np.str_), "temperatures": temperatures,
                "entropy": np.array(entropy),
            }  # fmt: skip

        return look

    def panels(self, arrays: Arrays, epoch: int) -> list[Panel]:
        entropy = float(arrays["entropy"])
        panels = [
            Panel(text=f"**After epoch {epoch}, temperature {heat:g}**  \n{escaped(text)}")
            for heat, text in zip(
                arrays["temperatures"].tolist(), arrays["texts"].tolist(), strict=True
            )
        ]
        note = (
            "A network that knew no more than how frequent each character is would have a loss "
            f"of {entropy:.2f} (perplexity {np.exp(entropy):.1f})."
        )
        return [*panels, Panel(text=note)]


class Continue(View):
    """A text, continued."""

    card: ClassVar[Card] = Card(
        "Continue",
        "Type a beginning; the network writes on. A low temperature plays safe and repeats "
        "itself, a high one invents words.",
        "A. Graves (2013), arXiv:1308.0850",
    )
    name: Literal["continue"] = "continue"
    text: str = Field(
        default="And the ",
        title="Beginning",
        description="What the network reads before it writes.",
        max_length=2_000_000,
    )
    temperature: float = Field(
        default=0.7,
        ge=0.0,
        le=2.0,
        title="Temperature",
        description="Probabilities are raised to the power of 1 over this. At 0 always the "
        "likeliest character, at 1 as the network says.",
    )
    length: int = Field(
        default=300,
        ge=1,
        le=2_000,
        title="Length",
        description="How much it shall write.",
        json_schema_extra={"unit": "characters"},
    )
    seed: int = Field(
        default=0, ge=0, le=2**31 - 1, title="Seed", description="Another one, another text."
    )

    @classmethod
    def fits(cls, experiment: Experiment, facts: Facts) -> bool:
        return facts.task == "next character"

    def watch(self, subject: Subject) -> Callable[[], Arrays]:
        facts = subject.split.facts
        if not self.text:
            raise UserError("Expected a beginning", received="an empty text", fix="Type a word")
        numbers = to_numbers(self.text, facts.vocabulary)
        known = numbers[numbers > 0]
        if not len(known):
            raise UserError(
                "Expected at least one character that occurs in the text the network has learnt "
                "from",
                received=self.text[:20],
                fix="Type in the language of that text",
            )
        read = known[-facts.input_shape[0] :]
        write = writer(subject.model)

        def look() -> Arrays:
            heat = np.array([self.temperature], np.float32)
            written = write(read, heat, self.length, self.seed)[0]
            return {
                "begun": np.array(to_text(read, facts.vocabulary)),
                "written": np.array(to_text(written, facts.vocabulary)),
                "unknown": np.array(len(numbers) - len(known)),
                "cut": np.array(len(known) - len(read)),
            }

        return look

    def panels(self, arrays: Arrays, epoch: int) -> list[Panel]:
        begun, written = str(arrays["begun"]), str(arrays["written"])
        notes = []
        if unknown := int(arrays["unknown"]):
            notes.append(f"{unknown:,} characters it has never met were left out.")
        if cut := int(arrays["cut"]):
            notes.append(f"The first {cut:,} characters were not read: it looks no further back.")
        text = f"{escaped(begun)}:blue[{escaped(written)}]"
        return [Panel(text="\n\n".join([text, *notes]))]
