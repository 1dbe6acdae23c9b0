"""What a network over trees believes at every node of an expression."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from dlplay.catalogue import Card
from dlplay.datasets import Facts
from dlplay.datasets.tree_figures import RIGHT, WRONG, figure_height, plot_tree, tree_info
from dlplay.datasets.trees import Tree, TreeDataset, encode, widths
from dlplay.errors import UserError
from dlplay.experiment import Experiment
from dlplay.files import Arrays
from dlplay.views.base import Panel, Subject, View

if TYPE_CHECKING:
    import keras


class Beliefs(View):
    """The output layer put to the state of every node, not of the root alone."""

    card: ClassVar[Card] = Card(
        "Beliefs",
        "Write an expression. Each node shows what the network takes the part below it for: in "
        "green where that is true, in orange where it is not.",
        "R. Socher et al. (2013), Recursive Deep Models for Semantic Compositionality, EMNLP",
    )
    name: Literal["beliefs"] = "beliefs"
    expression: str = Field(
        default="[MAX 2 [SM 4 7 ] ]",
        title="Expression",
        max_length=4_000,
        description="Operators are MIN, MAX, MED (median) and SM (sum modulo 10); each opens a "
        "list of digits and further lists. It may be larger than any the network has trained on.",
    )

    @classmethod
    def fits(cls, experiment: Experiment, facts: Facts) -> bool:
        return facts.kind == "tree" and experiment.architecture.task(facts) == "classification"

    def watch(self, subject: Subject) -> Callable[[], Arrays]:
        dataset = subject.experiment.dataset
        if not isinstance(dataset, TreeDataset):
            raise UserError("Expected a run on a dataset of trees", received=dataset.name)
        tree = dataset.parse(self.expression)
        info = tree_info(tree)
        order = np.argsort(info["height"], kind="stable")  # as `encode` places the nodes

        def look() -> Arrays:
            return {
                **info,
                "answer": node_answers(subject, tree)[np.argsort(order)],
                "expression": np.array(dataset.write(tree)),
                "class_names": np.array(subject.split.facts.class_names),
            }

        return look

    def panels(self, arrays: Arrays, epoch: int) -> list[Panel]:
        belief, right = beliefs_info(arrays)
        names, answer = arrays["class_names"], arrays["answer"]
        sure, truth = answer.max(axis=1), arrays["value"]
        tints = [_tint(RIGHT if ok else WRONG, p) for ok, p in zip(right, sure, strict=True)]
        hover = [
            f"{token}<br>believes {names[b]} ({p:.0%})<br>is {names[t]}"
            for token, b, p, t in zip(arrays["token"], belief, sure, truth, strict=True)
        ]
        figure = plot_tree(arrays, names[belief], tints, hover)
        root = int(np.flatnonzero(arrays["parent"] < 0)[0])
        text = (
            f"The network says **{names[belief[root]]}** ({sure[root]:.0%} sure), and the "
            f"expression is worth **{names[truth[root]]}**. It is right at {right.sum()} of "
            f"{len(right)} nodes.\n\n```text\n{arrays['expression']}\n```"
        )
        alt = "The expression as a tree, with what the network believes at each node"
        return [Panel(text=text), Panel(figure, alt, height=figure_height(arrays))]


def node_answers(subject: Subject, tree: Tree) -> NDArray[np.float32]:
    """The network's answer at each node, ``(nodes, classes)``, leaves first."""
    facts, experiment = subject.split.facts, subject.experiment
    arity = facts.input_shape[1] - 1
    levels = widths(tree)
    # Its weights do not know how large a tree may be: built anew, it takes this one.
    fitted = replace(facts, levels=levels, input_shape=(sum(levels), 1 + arity))
    model = experiment.architecture.build(
        fitted, experiment.objective(facts), experiment.regularisation
    )
    model.set_weights(subject.model.get_weights())
    rows = encode(tree, facts.vocabulary, levels, arity)[np.newaxis]
    answer = _head(model)(_states(model)(rows)[0]).numpy()
    if answer.shape[1] == 1:
        answer = np.concatenate([1 - answer, answer], axis=1)
    return np.asarray(answer)


def beliefs_info(arrays: Arrays) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """The class each node is taken for, and whether that is true."""
    belief = arrays["answer"].argmax(axis=1)
    return belief, belief == arrays["value"]


def _states(model: keras.Model) -> keras.Model:
    import keras

    return keras.Model(model.input, model.get_layer("nodes").output)


def _head(model: keras.Model) -> keras.Model:
    import keras

    return keras.Model(model.get_layer("root").output, model.output)


def _tint(colour: str, sure: float) -> str:
    """The colour, the paler the less sure."""
    return f"{colour}{int(60 + 140 * sure):02X}"
