"""Who runs a run."""

from dlplay.execution.base import Executor
from dlplay.execution.local import LocalExecutor

__all__ = ["Executor", "LocalExecutor"]
