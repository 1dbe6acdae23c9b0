"""``python -m benchmarks [NAME ...]``: runs all benchmarks, or those named; prints one table."""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Callable, Iterable
from importlib.metadata import PackageNotFoundError, version

from benchmarks import (
    classify,
    image_networks,
    presets,
    quality,
    recurrent,
    server,
    store,
    training,
    views,
)
from benchmarks.table import Row, render

_BENCHMARKS: dict[str, Callable[[], Iterable[Row]]] = {
    "training": training.rows,
    "presets": presets.rows,
    "recurrent": recurrent.rows,
    "store": store.rows,
    "server": server.rows,
    "images": image_networks.rows,
    "views": views.rows,
    "classify": classify.rows,
    "quality": quality.rows,
}
_PACKAGES = (
    "keras", "tensorflow", "torch", "openvino", "onnxruntime", "streamlit", "plotly", "numpy",
)  # fmt: skip
_QUIET_LOAD = 0.5
"""Waiting processes above which others take part of the time that is measured."""


def main() -> None:
    """Run, then print the table under the versions it holds for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(_BENCHMARKS))
    names = parser.parse_args().names or list(_BENCHMARKS)
    if unknown := set(names) - set(_BENCHMARKS):
        parser.error(f"expected {', '.join(_BENCHMARKS)}; received {', '.join(sorted(unknown))}")
    rows: list[Row] = []
    before = os.getloadavg()[0]
    for name in names:
        print(f"{name} …", flush=True)
        for row in _BENCHMARKS[name]():
            print(f"  {' · '.join(row.cells())}", flush=True)
            rows.append(row)
    print(f"\n{_versions()}")
    print(f"{os.cpu_count()} cores; load before the start {before:.1f}")
    if before > _QUIET_LOAD:
        print("The machine was busy with other things: these figures do not hold.")
    print(f"\n{render(rows)}")


def _versions() -> str:
    found = [f"Python {platform.python_version()}"]
    for package in _PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    return ", ".join(found)


if __name__ == "__main__":
    main()
