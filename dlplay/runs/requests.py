"""Short questions that need Keras, asked by pages and answered by the helper process."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from dlplay.runs.store import Store
from dlplay.runs.tables import REQUESTS


@dataclass(frozen=True)
class Request:
    """A question, and its answer once there is one.

    Args:
        kind: what is asked, such as ``summary``; the helper process knows them all.
        question: plain values.
        answer: plain values; None while it is open.
        error: a sentence in place of an answer.
    """

    key: str
    kind: str
    question: dict[str, Any]
    answer: dict[str, Any] | None = None
    error: str = ""

    @property
    def is_open(self) -> bool:
        """Whether the answer is still to come."""
        return self.answer is None and not self.error


def ask(store: Store, kind: str, question: dict[str, Any]) -> Request:
    """The request for this question, filed if it is new; the same question has one answer."""
    text = json.dumps([kind, question], sort_keys=True)
    key = hashlib.sha256(text.encode()).hexdigest()
    with store.transaction() as connection:
        row = connection.execute(select(REQUESTS).where(REQUESTS.c.key == key)).mappings().first()
        if row is None:
            values = {"key": key, "kind": kind, "question": question, "asked": time.time()}
            connection.execute(
                REQUESTS.insert().prefix_with("OR IGNORE", dialect="sqlite"), values
            )
            return Request(key, kind, question)
    return Request(key, row["kind"], row["question"], row["answer"], row["error"] or "")


def open_requests(store: Store) -> list[Request]:
    """What waits for an answer, oldest first."""
    unanswered = REQUESTS.c.answer.is_(None) & REQUESTS.c.error.is_(None)
    with store.transaction() as connection:
        rows = connection.execute(select(REQUESTS).where(unanswered).order_by(REQUESTS.c.asked))
        return [Request(row["key"], row["kind"], row["question"]) for row in rows.mappings()]


def answer(store: Store, key: str, answer: dict[str, Any] | None, error: str = "") -> None:
    """Give the answer, or say in a sentence why there is none."""
    with store.transaction() as connection:
        values = {"answer": answer, "error": error or None}
        connection.execute(REQUESTS.update().where(REQUESTS.c.key == key).values(values))


def forget(store: Store, key: str = "") -> None:
    """Drop a request, or all of them, so that the next `ask` files it anew."""
    statement = REQUESTS.delete()
    with store.transaction() as connection:
        connection.execute(statement.where(REQUESTS.c.key == key) if key else statement)
