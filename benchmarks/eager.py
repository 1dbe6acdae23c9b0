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
    Nothing here imports TensorFlow, so that no threads but its own are in this process. Its two
    threads wait for each other at every operation: on a busy machine they lose far more than
    TensorFlow's, and the ratio then says nothing.
    """
    import torch

    torch.set_num_threads(THREADS)
    torch.manual_seed(0)
    task = Task("mnist-lenet-5")
    images = torch.from_numpy(task.train[0]).permute(0, 3, 1, 2).float().contiguous()
    labels = torch.from_numpy(task.train[1]).long()
    network = _lenet()
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
        weights = sum(parameter.numel() for parameter in network.parameters())
        return images_per_second(len(images), start) | {"weights": weights}

    measure()
    return measure


def _lenet() -> Any:
    """The preset's LeNet-5."""
    from torch import nn

    return nn.Sequential(
        nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(4 * 4 * 16, 120), nn.ReLU(),
        nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
    )  # fmt: skip
