"""What a network believes at every node of an expression."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from dlplay.datasets import split
from dlplay.datasets.listops import ListOps
from dlplay.datasets.tree_figures import plot_tree, tree_info
from dlplay.datasets.trees import encode, widths
from dlplay.errors import UserError
from dlplay.experiment import Experiment
from dlplay.training.compiling import build_model
from dlplay.views import Subject
from dlplay.views.beliefs import Beliefs, beliefs_info

pytestmark = pytest.mark.xdist_group("views-beliefs")

TEXT = "[MAX 2 [SM 4 [MIN 7 8 ] ] [MED 1 3 5 ] ]"


def subject(**regularisation: Any) -> Subject:
    """An untrained network on a few trees."""
    experiment = Experiment.parse(
        {
            "dataset": {"name": "listops", "samples": 100, "depth": 2, "length": 20},
            "architecture": {"name": "tree-lstm", "units": 8},
            "regularisation": regularisation,
        }
    )
    parts = split(experiment.dataset, experiment.seed)
    samples = experiment.dataset.load()
    return Subject(experiment, build_model(experiment, parts.facts, 64), parts, samples)


def test_each_node_has_the_answer_its_own_part_would_get_as_an_expression() -> None:
    looked_at = subject(batch_norm=True, dropout=0.5)
    arrays = Beliefs(expression=TEXT).watch(looked_at)()
    assert arrays["token"].tolist()[-1] == "[MAX"
    dataset, model = looked_at.experiment.dataset, looked_at.model
    assert isinstance(dataset, ListOps)
    nodes = list(dataset.parse(TEXT).nodes())
    assert [node.token for node in nodes] == arrays["token"].tolist()
    assert [node.value for node in nodes] == arrays["value"].tolist()
    small = [i for i, node in enumerate(nodes) if node.height <= 2]
    facts = looked_at.split.facts
    for number in small:
        assert len(widths(nodes[number])) <= len(facts.levels)
        rows = encode(nodes[number], facts.vocabulary, facts.levels, dataset.arguments)
        alone = np.asarray(model(rows[np.newaxis], training=False))[0]
        np.testing.assert_allclose(arrays["answer"][number], alone, atol=1e-5)


def test_a_belief_is_the_likeliest_class_and_right_where_it_is_the_value() -> None:
    arrays = Beliefs(expression=TEXT).watch(subject())()
    arrays["answer"] = np.eye(10, dtype=np.float32)[(arrays["value"] + [*[0] * 10, 1]) % 10]
    belief, right = beliefs_info(arrays)
    assert belief[:-1].tolist() == arrays["value"][:-1].tolist()
    assert right.tolist() == [True] * 10 + [False]
    text, tree = Beliefs().panels(arrays, 3)
    assert "says **4** (100% sure)" in text.text
    assert "worth **3**" in text.text
    assert "right at 10 of 11 nodes" in text.text
    assert TEXT in text.text
    assert tree.figure is not None


def test_an_expression_deeper_and_longer_than_any_it_trained_on_is_answered() -> None:
    deep = "[MAX 1 " * 9 + "5" + " ]" * 9
    arrays = Beliefs(expression=deep).watch(subject())()
    assert arrays["answer"].shape == (19, 10)
    np.testing.assert_allclose(arrays["answer"].sum(axis=1), 1.0, atol=1e-5)


def test_a_mistake_is_pointed_at_before_anything_is_computed() -> None:
    with pytest.raises(UserError, match="at character 8"):
        Beliefs(expression="[MAX 2 x ]").watch(subject())


def test_a_drawn_tree_has_leaves_in_their_order_and_parents_over_the_middle() -> None:
    info = tree_info(ListOps().parse("[MAX 2 [SM 4 7 ] 3 ]"))
    assert info["token"].tolist() == ["2", "4", "7", "[SM", "3", "[MAX"]
    assert info["x"].tolist() == [0.0, 1.0, 2.0, 1.5, 3.0, 1.5]
    assert info["depth"].tolist() == [1, 2, 2, 1, 1, 0]
    assert info["parent"].tolist() == [5, 3, 3, 5, 5, -1]
    assert info["height"].tolist() == [0, 0, 0, 1, 0, 2]
    figure = plot_tree(info)
    assert [note.text for note in figure.layout.annotations] == ["SM", "MAX"]
    assert list(figure.data[1].text) == ["2", "4", "7", "1", "3", "3"]
