"""The same small network as a TensorFlow and as a PyTorch program."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dlplay.lessons.backpropagation import Network

MISTAKES = """
- **TensorFlow: it does not run.** `x = [1, 2, 3]` is a list of three integers; `tf.matmul` needs a
  matrix of floats, `[[1., 2., 3.]]`. `tf.Session` and `tf.train` left with TensorFlow 2. The last
  line uses a session that is closed already, and asks for `[[1]]` where three inputs are needed.
- **TensorFlow: the output printed under it cannot be its own.** With weights −1, 2, 3 and bias 2
  the network says 14 for a target of 2, so the first loss is 144, not 14.67. One sample and one
  linear neuron are then fitted exactly: the loss goes to 0, not to 3.5, and weights that had
  hardly moved could not have lowered it.
- **PyTorch: it does not run either.** Two inputs stand against three labels.
- **Text and programs disagree.** The text promises weights 1, 2, 3 and the pairs (1, 2), (2, 4),
  (3, 6); the programs start from −1, 2, 3 and use other data.
- **The text.** Back-propagation is not steepest descent: it finds the gradient, descent then uses
  it. And the sigmoid *is* differentiable at 0: its slope there is ¼.
"""
"""What was wrong in the fourth article, in Markdown."""

_TENSORFLOW = {"tanh": "tf.tanh", "sigmoid": "tf.sigmoid", "relu": "tf.nn.relu"}
_PYTORCH = {"tanh": "torch.tanh", "sigmoid": "torch.sigmoid", "relu": "torch.relu"}
Array = NDArray[np.float64]


def tensorflow_code(
    network: Network, inputs: Array, targets: Array, rate: float, momentum: float
) -> str:
    """A program that makes one update and prints the loss before and after."""
    return f"""import tensorflow as tf

x = tf.constant([{inputs.tolist()}])
t = tf.constant([{targets.tolist()}])
parameters = [
{_parameters(network, "    tf.Variable({}),")}
]
speeds = [tf.zeros_like(p) for p in parameters]


def forward():
    a = x
{_layers(network, _TENSORFLOW)}
    return a


for step in range(2):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((forward() - t) ** 2)
    print("loss", float(loss))
    gradients = tape.gradient(loss, parameters)
    for i, (p, g) in enumerate(zip(parameters, gradients)):
        speeds[i] = {momentum} * speeds[i] - {rate} * g
        p.assign_add(speeds[i])
"""


def pytorch_code(
    network: Network, inputs: Array, targets: Array, rate: float, momentum: float
) -> str:
    """A program that makes one update and prints the loss before and after."""
    return f"""import torch

x = torch.tensor([{inputs.tolist()}])
t = torch.tensor([{targets.tolist()}])
parameters = [
{_parameters(network, "    torch.tensor({}, requires_grad=True),")}
]
optimizer = torch.optim.SGD(parameters, lr={rate}, momentum={momentum})


def forward():
    a = x
{_layers(network, _PYTORCH)}
    return a


for step in range(2):
    optimizer.zero_grad()
    loss = torch.nn.functional.mse_loss(forward(), t)
    print("loss", loss.item())
    loss.backward()
    optimizer.step()
"""


def _parameters(network: Network, line: str) -> str:
    parts = [
        part
        for weight, bias in zip(network.weights, network.biases, strict=True)
        for part in (weight, bias)
    ]
    return "\n".join(line.format(part.round(6).tolist()) for part in parts)


def _layers(network: Network, names: dict[str, str]) -> str:
    lines, last = [], len(network.weights) - 1
    for layer in range(last + 1):
        total = f"a @ parameters[{2 * layer}] + parameters[{2 * layer + 1}]"
        lines.append(
            f"    a = {total if layer == last else f'{names[network.activation]}({total})'}"
        )
    return "\n".join(lines)
