"""How a process of ours is told what to do, and tells what came of it: line by line, by the one
that started it."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from queue import SimpleQueue
from typing import TextIO


def orders() -> Iterator[str]:
    """Lines of the standard input as they come. When it closes, whoever started us is gone: then
    this process ends, whatever it is doing."""
    lines: SimpleQueue[str | None] = SimpleQueue()
    threading.Thread(target=_listen, args=(lines,), daemon=True).start()
    return iter(lines.get, None)


def _listen(lines: SimpleQueue[str | None]) -> None:
    for line in sys.stdin:
        lines.put(line.strip())
    os._exit(1)


def private_output() -> TextIO:
    """The standard output, for our own lines alone: what libraries print goes where errors go."""
    output = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    return output
