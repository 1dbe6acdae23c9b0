"""The one exception whose text is meant for the person in front of the screen."""

from __future__ import annotations

from collections.abc import Collection

from pydantic import ValidationError


class UserError(ValueError):
    """Something a user can mend; ``str()`` is a sentence or three that can be shown as it is.

    Args:
        expected: what was expected, as a sentence.
        received: what came instead.
        fix: what to do about it, as a sentence.
    """

    def __init__(self, expected: str, *, received: object = None, fix: str = "") -> None:
        parts = [expected.rstrip(".") + "."]
        if received is not None:
            parts.append(f"Received: {shortened(received)}.")
        if fix:
            parts.append(fix.rstrip(".") + ".")
        super().__init__(" ".join(parts))


def shortened(value: object, limit: int = 80) -> str:
    """``value`` as text of at most ``limit`` characters."""
    text = str(value)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def from_validation(error: ValidationError, tags: Collection[str] = ()) -> UserError:
    """A pydantic error as sentences a user can act on: the field, the bound, the value.

    Args:
        tags: names of union members; pydantic puts them into paths, users never typed them.
    """
    sentences = []
    for detail in error.errors(include_url=False):
        path = ".".join(str(part) for part in detail["loc"] if part not in tags) or "experiment"
        context = detail.get("ctx", {})
        received = detail.get("input")
        message = detail["msg"].removeprefix("Value error, ").removeprefix("Input ").rstrip(".")
        if detail["type"] == "extra_forbidden":
            message = "there is no such field"
        elif detail["type"] == "union_tag_invalid":
            path, received = f"{path}.name", context.get("tag")
            message = f"expected one of {context.get('expected_tags')}"
        shown = "" if isinstance(received, dict | list) else f"; received {shortened(received)}"
        sentences.append(f"{path}: {message}{shown}")
    return UserError(". ".join(sentences))
