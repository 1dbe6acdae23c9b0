"""A worker process: imports the framework, then trains the runs it is handed, one after another.

Started by the executor as ``python -m dlplay.training.worker``. It says ``ready`` on its standard
output once it is warm, and again after each run. Its standard input carries one line per run,
``RUN_ID GPU`` (``-`` for no GPU), and stays open as long as the server lives: when it closes, the
server is gone and so are we.
"""

from __future__ import annotations

import gc
import os
import sys

import psutil

from dlplay.orders import orders, private_output
from dlplay.runs import open_store
from dlplay.runs.pace import Pace
from dlplay.training import pace, trainer

_GROWTH = 2.0
"""A process that has grown so much beyond its warm self is not used for another run."""


def main(has_gpu: bool) -> int:
    """Warm up, wait, train, and wait again.

    Args:
        has_gpu: whether runs get a GPU. Warming up would bind this process to one before it is
            known which, so it is left out then; and only the end of the process sets a GPU free,
            so it trains one run alone.
    """
    handed, output = orders(), private_output()
    if not has_gpu:
        pace.warm_up()
        _measure_pace()
    store = open_store()
    warm_bytes = _bytes()
    print("ready", file=output)
    for order in handed:
        run_id, _, gpu = order.partition(" ")
        if has_gpu:
            os.environ["CUDA_VISIBLE_DEVICES"] = gpu
        run = trainer.train(store, store.get(run_id))
        _measure_pace()
        if run.state in ("failed", "interrupted"):
            return 1
        gc.collect()  # a network and all that knows it refer to each other
        if has_gpu or _bytes() > _GROWTH * warm_bytes:
            break
        print("ready", file=output)
    return 0


def _measure_pace() -> None:
    """Measure this machine's pace unless it is on record."""
    if not Pace.load(pace.device_name()):
        pace.measure().save(pace.device_name())


def _bytes() -> int:
    return int(psutil.Process().memory_info().rss)


if __name__ == "__main__":
    sys.exit(main(has_gpu="--gpu" in sys.argv))
