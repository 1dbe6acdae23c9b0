"""Networks small enough for a test that says nothing about their size."""

from __future__ import annotations

from typing import Any

from dlplay.architectures import ARCHITECTURES


def narrow(name: str) -> dict[str, Any]:
    """A network's name, and its least width where it has a choice of widths."""
    widths = ARCHITECTURES[name].model_fields.get("width_multiplier")
    return {"name": name} if widths is None else {"name": name, "width_multiplier": 1 / 16}
