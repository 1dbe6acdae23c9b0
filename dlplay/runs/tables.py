"""The tables of the run store."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Column,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

METADATA = MetaData()

RUNS = Table(
    "runs",
    METADATA,
    Column("id", String(12), primary_key=True),
    Column("title", Text, nullable=False),
    Column("experiment", JSON, nullable=False),
    Column("state", String(12), nullable=False, index=True),
    Column("owner", String(12), nullable=False),  # who looks after it: "server" or "cli"
    Column("created", Float, nullable=False),
    Column("started", Float),
    Column("seen", Float),  # the worker's last sign of life
    Column("finished", Float),
    Column("stop_requested", Float),
    Column("progress", JSON),  # {"phase", "epoch", "epochs", "step", "steps", …}
    Column("summary", JSON),  # {"seconds", "epochs", "final", "best", "test"}
    Column("message", Text),  # why it failed or was interrupted
    Column("pause_after", Integer),  # rest once so many epochs are complete
    Column("rate_wanted", Float),  # the learning rate to go on with
    Column("marks", JSON),  # what was done to it on its way: [{"epoch", "text", "rate"}]
    Column("origin", JSON),  # of a fork: {"run", "epoch"}
    Column("group_id", String(12), index=True),
    Column("part", JSON),  # what it is in its group
)

GROUPS = Table(
    "groups",  # runs that belong together: an ablation, a sweep, the folds of a cross-validation
    METADATA,
    Column("id", String(12), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("title", Text, nullable=False),
    Column("created", Float, nullable=False),
    Column("plan", JSON, nullable=False),
    Column("stopped", Float),  # when its end was asked for
    Column("results", JSON),  # what its driver found out
    Column("message", Text),
)

POINTS = Table(
    "points",
    METADATA,
    Column("run", ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),  # counts the points of one kind of a run
    Column("within_epoch", Integer, primary_key=True),  # 0: a complete epoch, 1: on the way
    Column("epoch", Float, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("metrics", JSON, nullable=False),
)

REQUESTS = Table(
    "requests",  # short questions that need Keras, answered by the helper process
    METADATA,
    Column("key", String(64), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("question", JSON, nullable=False),
    Column("asked", Float, nullable=False),
    Column("answer", JSON(none_as_null=True)),
    Column("error", Text),
)
