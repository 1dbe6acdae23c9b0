"""A worker process: imports the framework, waits for the id of a run, trains it, ends.

Started by the executor as ``python -m dlplay.training.worker``. It says ``ready`` on its standard
output once it is warm. Its standard input carries one line, ``RUN_ID GPU`` (``-`` for no GPU), and
stays open as long as the server lives: when it closes, the server is gone and so are we.
"""

from __future__ import annotations

import os
import sys
import threading

from dlplay.runs import open_store
from dlplay.runs.pace import Pace
from dlplay.training import pace, trainer


def main(has_gpu: bool) -> int:
    """Warm up, wait, train.

    Args:
        has_gpu: whether runs get a GPU. Warming up would bind this process to one before it is
            known which, so it is left out then.
    """
    if not has_gpu:
        pace.warm_up()
        _measure_pace()
    store = open_store()
    print("ready", flush=True)  # noqa: T201
    run_id, _, gpu = sys.stdin.readline().strip().partition(" ")
    if not run_id:
        return 0
    if has_gpu:
        os.environ["CUDA_VISIBLE_DEVICES"] = gpu
    threading.Thread(target=_end_with_the_server, daemon=True).start()
    run = trainer.train(store, store.get(run_id))
    _measure_pace()
    return 1 if run.state in ("failed", "interrupted") else 0


def _measure_pace() -> None:
    """Measure this machine's pace unless it is on record."""
    if not Pace.load(pace.device_name()):
        pace.measure().save(pace.device_name())


def _end_with_the_server() -> None:
    sys.stdin.read()
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main(has_gpu="--gpu" in sys.argv))
