"""The TensorFlow program the lesson writes says what the lesson says."""

from __future__ import annotations

import numpy as np
import pytest

from dlplay.lessons.backpropagation import article_network, propagate, random_network, train
from dlplay.lessons.backpropagation_code import tensorflow_code

pytestmark = pytest.mark.xdist_group("lessons-backpropagation-keras")


@pytest.mark.parametrize("kind", ["article", "own"])
def test_program_prints_the_losses_of_the_lesson(
    kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    network = article_network() if kind == "article" else random_network((3, 4, 2), "sigmoid", 0)
    inputs, targets = np.array([1.0, 2.0, 3.0]), np.full(network.sizes[-1], 2.0)
    exec(compile(tensorflow_code(network, inputs, targets, 0.01, 0.5), kind, "exec"), {})
    printed = [float(line.split()[1]) for line in capsys.readouterr().out.splitlines()]
    states = train(network, inputs, targets, rate=0.01, momentum=0.5, updates=1)
    expected = [propagate(state, inputs, targets).loss for state in states]
    assert printed == pytest.approx(expected, rel=1e-5)
