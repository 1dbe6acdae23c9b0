"""Networks small enough for a test that says nothing about their size."""

from __future__ import annotations

from typing import Any

from dlplay.architectures import ARCHITECTURES


def narrow(name: str) -> dict[str, Any]:
    """A network's name, and where it has the choice its least width, for small images."""
    small = {"width_multiplier": 1 / 16, "variant": "small images"}
    fields = ARCHITECTURES[name].model_fields
    return {"name": name} | {field: value for field, value in small.items() if field in fields}
