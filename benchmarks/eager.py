"""PyTorch's side: LeNet-5 in a plain eager loop."""

from __future__ import annotations

import time
from importlib.util import find_spec
from typing import Any

from benchmarks.fitting import LENET_BATCH, LENET_EPOCHS, Task, images_per_second
from benchmarks.sides import THREADS, Figures, Measure


def has_torch() -> bool:
    """Whether PyTorch is installed; this project does not need it."""
    return find_spec("torch") is not None


def lenet_torch() -> Measure:
    """The same network, data, batch size and optimiser, written as a PyTorch user would.

    Images lie in memory as float32 and a batch is one indexing: no ``DataLoader``, which would
    cost more. Loss and accuracy are summed without waiting for them; nothing else is measured.
    """
    import torch

    torch.set_num_threads(THREADS)
    torch.manual_seed(0)
    task = Task("mnist-lenet-5")
    images = torch.from_numpy(task.train[0]).permute(0, 3, 1, 2).float().contiguous()
    labels = torch.from_numpy(task.train[1]).long()
    network = _lenet(task)
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    loss_of = torch.nn.CrossEntropyLoss()

    def train_epoch() -> tuple[float, float]:
        loss_sum, hits = torch.zeros(()), torch.zeros((), dtype=torch.long)
        for batch in torch.randperm(len(images)).split(LENET_BATCH):
            x, y = images[batch] / 255, labels[batch]
            optimizer.zero_grad()
            scores = network(x)
            loss = loss_of(scores, y)
            loss.backward()
            optimizer.step()
            loss_sum += loss.detach() * len(batch)
            hits += (scores.argmax(1) == y).sum()
        return float(loss_sum) / len(images), float(hits) / len(images)

    def measure() -> Figures:
        start = time.perf_counter()
        for _ in range(LENET_EPOCHS):
            train_epoch()
        return images_per_second(len(images), start)

    measure()
    return measure


def _lenet(task: Task) -> Any:
    """The preset's LeNet-5; refuses to be measured if it is not the same size."""
    from torch import nn

    network = nn.Sequential(
        nn.Conv2d(1, 6, 5, padding="same"), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5, padding="same"), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(7 * 7 * 16, 120), nn.ReLU(),
        nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
    )  # fmt: skip
    weights = sum(parameter.numel() for parameter in network.parameters())
    expected = task.model().count_params()
    if weights != expected:
        raise RuntimeError(f"LeNet-5 has {weights} weights in PyTorch, {expected} in Keras")
    return network
