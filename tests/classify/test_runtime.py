"""Answers on real photos, many at once, and files that are damaged."""

from __future__ import annotations

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dlplay.classify import network
from dlplay.classify.converted import MODEL_FILE, converted_folder, is_converted
from dlplay.classify.runtime import Runtime
from dlplay.errors import UserError
from dlplay.photo import read

pytestmark = pytest.mark.xdist_group("classify")

# What the original weights answer in torch, on the same photos.
KNOWN = {
    "china": {"palace": 0.349, "bell cote": 0.139, "monastery": 0.073},
    "flower": {"daisy": 0.322, "mushroom": 0.057, "bee": 0.045},
    "chelsea": {"tiger cat": 0.385, "Egyptian cat": 0.363, "tabby": 0.167},
    "coffee": {"espresso": 0.951, "cup": 0.015, "consomme": 0.008},
    "rocket": {"missile": 0.300, "projectile": 0.209, "drilling platform": 0.093},
    "camera": {"tripod": 0.937, "harmonica": 0.011, "binoculars": 0.009},
}


@pytest.mark.parametrize("name", KNOWN)
def test_real_photos_are_named_as_the_original_names_them(
    name: str, runtime: Runtime, photos: dict[str, Path]
) -> None:
    answer = runtime.classify(read(photos[name]))
    received = {guess.label.name: guess.probability for guess in answer.guesses}
    assert list(received) == list(KNOWN[name])
    assert received == pytest.approx(KNOWN[name], abs=6e-4)
    assert 0 < answer.network_milliseconds < answer.milliseconds


def test_a_map_for_every_guess(runtime: Runtime, photos: dict[str, Path]) -> None:
    guesses = runtime.classify(read(photos["coffee"]), 5).guesses
    assert [guess.map.shape for guess in guesses if guess.map is not None] == [(7, 7)] * 5


def test_probabilities_add_up(runtime: Runtime, photos: dict[str, Path]) -> None:
    guesses = runtime.classify(read(photos["rocket"]), 2_000).guesses
    assert len(guesses) == 1_000
    assert sum(guess.probability for guess in guesses) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("top", [0, -1])
def test_too_few_guesses(top: int, runtime: Runtime, photos: dict[str, Path]) -> None:
    with pytest.raises(UserError, match="at least one guess"):
        runtime.classify(read(photos["rocket"]), top)


def test_sixteen_threads_get_the_answers_one_would(
    runtime: Runtime, photos: dict[str, Path]
) -> None:
    decoded = [read(path) for path in photos.values()]
    alone = [runtime.classify(photo) for photo in decoded]
    with ThreadPoolExecutor(16) as pool:
        together = list(pool.map(runtime.classify, decoded * 8))
    for number, answer in enumerate(together):
        expected = alone[number % len(alone)]
        assert [g.label for g in answer.guesses] == [g.label for g in expected.guesses]
        assert [g.probability for g in answer.guesses] == pytest.approx(
            [g.probability for g in expected.guesses], abs=1e-6
        )


def test_a_network_that_was_not_converted(home: Path) -> None:
    with pytest.raises(UserError, match="converted"):
        Runtime(network("efficientnet-lite0"))


def test_a_damaged_file_is_a_sentence(shared_folder: Path, home: Path) -> None:
    chosen = network("efficientnet-lite0")
    folder = converted_folder(chosen)
    shutil.copytree(shared_folder / folder.name, folder)
    path = folder / MODEL_FILE
    path.write_bytes(path.read_bytes()[:2_000])
    with pytest.raises(UserError, match="damaged"):
        Runtime(chosen)


def test_folders_are_told_apart_by_weights_and_versions(home: Path) -> None:
    folder = converted_folder(network("efficientnet-lite0"))
    assert folder.parent == home / "classify"
    for part in ("efficientnet-lite0", "579344248a93", "keras3", "openvino20"):
        assert part in folder.name
    assert not is_converted(network("efficientnet-lite0"))


def test_classifying_loads_no_framework(converted: Path, photos: dict[str, Path]) -> None:
    """Neither does importing it load the runtime, which would slow the server's start."""
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from dlplay import photo\n"
        "from dlplay.classify import network, runtime\n"
        "assert 'openvino' not in sys.modules\n"
        "loaded = runtime.Runtime(network('efficientnet-lite0'))\n"
        f"loaded.classify(photo.read(Path({str(photos['coffee'])!r})))\n"
        "assert not {'keras', 'tensorflow', 'torch'} & set(sys.modules)\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
