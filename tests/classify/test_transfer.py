"""From a zip to a classifier of one's own: trained, converted, tried on a photo."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from dlplay import uploads
from dlplay.classify import network
from dlplay.classify.runtime import Runtime
from dlplay.cli import main
from dlplay.photo import read
from tests.photo_zip import photo_zip

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("classify")]


def test_a_zip_becomes_a_classifier_that_names_new_photos_and_shows_where_it_looked(
    tmp_path: Path, photos: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    values = {
        "dataset": {"name": "image-folder", "file": uploads.keep(photo_zip()), "side": 96},
        "architecture": {"name": "transfer"},
        "training": {"epochs": 15, "batch_size": 8},
    }
    (tmp_path / "mine.json").write_text(json.dumps(values))
    ended = subprocess.run(
        [sys.executable, "-m", "dlplay", "train", str(tmp_path / "mine.json"), "--json"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    outcome = json.loads(ended.stdout.splitlines()[-1])
    assert outcome["test"]["accuracy"] >= 0.75
    key = f"run:{outcome['run']}"
    assert main(["classify", str(photos["china"]), "--network", key]) == 0
    assert "china.jpg: palace" in capsys.readouterr().out
    runtime = Runtime(network(key))
    for name, kind in (("china", "palace"), ("flower", "flower")):
        first, second = runtime.classify(read(photos[name])).guesses
        assert first.label.name == kind
        assert first.probability + second.probability == pytest.approx(1, abs=1e-6)
        assert first.map is not None and second.map is not None
        assert first.map.shape == (3, 3)
        np.testing.assert_allclose(first.map, -second.map, rtol=1e-5)
