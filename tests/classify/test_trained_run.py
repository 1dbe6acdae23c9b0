"""One's own network on what one draws: the same path, down to the pixels it is given."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from dlplay.classify import TrainedRun, network, usable_runs
from dlplay.classify.runtime import Runtime
from dlplay.classify.trained_run import Look
from dlplay.cli import main
from dlplay.datasets import DATASETS
from dlplay.errors import UserError
from dlplay.execution import helper
from dlplay.experiment import Experiment
from dlplay.runs import Store

pytestmark = pytest.mark.xdist_group("classify")

EXPERIMENT = Experiment.parse(
    {
        "dataset": {"name": "digits"},
        "architecture": {"name": "lenet-5", "padding": "same"},
        "regularisation": {"augment": ["shift"], "dropout": 0.2},
        "training": {"epochs": 1},
    }
)

# A worker's part: the network of the run, trained or not, saved as the trainer saves it.
_SAVE = """
import sys
from dlplay.runs import open_store
from dlplay.training.compiling import build_model
run = open_store().get(sys.argv[1])
run.folder.mkdir(parents=True)
build_model(run.experiment, run.experiment.dataset.facts(), 1000).save(run.folder / "model.keras")
"""


def ended(store: Store, experiment: Experiment = EXPERIMENT) -> str:
    """The id of a run that has finished, without a file."""
    run = store.create(experiment)
    store.claim(run.id)
    store.end(run.id, "finished", summary={"parameters": 9, "test": {"accuracy": 0.5}})
    return run.id


@pytest.fixture
def saved(store: Store) -> TrainedRun:
    """A finished run with its network."""
    run_id = ended(store)
    subprocess.run([sys.executable, "-c", _SAVE, run_id], check=True, capture_output=True)
    return TrainedRun(run=run_id)


def seven(dark: bool, side: int = 200) -> Image.Image:
    image = Image.new("RGB", (side, side), "black" if dark else "white")
    points = [(side * 0.6, side * 0.1), (side * 0.9, side * 0.1), (side * 0.7, side * 0.5)]
    ImageDraw.Draw(image).line(points, "white" if dark else "black", width=side // 20)
    return image


def test_a_run_answers_by_the_path_of_the_pretrained(
    saved: TrainedRun, store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert usable_runs(store) == [saved]
    helper.ask_once("convert", {"network": saved.key, "download": False})
    answer = Runtime(network(saved.key)).classify(seven(dark=True))
    assert len(answer.guesses) == 3
    assert {guess.label.name for guess in answer.guesses} < set("0123456789")
    maps = [guess.map for guess in answer.guesses]
    assert [found.shape for found in maps if found is not None] == [(4, 4)] * 3
    file = tmp_path / "seven.png"
    seven(dark=False).save(file)
    assert main(["classify", str(file), "--network", saved.key]) == 0
    assert "seven.png: " in capsys.readouterr().out


def test_says_how_good_it_is_and_what_it_has_learnt_from(saved: TrainedRun) -> None:
    assert saved.headline() == "9 parameters · 50.0 % of the test samples right"
    assert "8×8 pixels, grey" in saved.details()["Trained on"]
    assert saved.takes_drawings


@pytest.mark.parametrize("key", ["run:", "run:00000000", "run:../../etc"])
def test_a_run_that_is_not_there(key: str, store: Store) -> None:
    with pytest.raises(UserError, match="no such run"):
        network(key)


def test_runs_that_cannot_name_what_is_in_a_photo_are_not_offered(store: Store) -> None:
    run_id = ended(store)  # its file is gone
    store.create(EXPERIMENT)  # waits
    table = Experiment.parse({"dataset": {"name": "iris"}, "architecture": {"name": "mlp"}})
    folder = store.get(ended(store, table)).folder
    folder.mkdir(parents=True)
    (folder / "model.keras").touch()
    assert usable_runs(store) == []
    with pytest.raises(UserError, match="ended and kept its network"):
        network(f"run:{run_id}").weights()


class TestLook:
    """A drawing is given to the network as the samples are."""

    @pytest.fixture
    def look(self) -> Look:
        return Look(extent=0.5, is_dark=True)

    @pytest.mark.parametrize("dark", [True, False])
    def test_ink_is_bright_centred_and_as_large_as_in_the_samples(
        self, look: Look, dark: bool
    ) -> None:
        pixels = look.imitate(seven(dark), 28, 28)
        rows, columns = np.nonzero(pixels > 64)
        assert rows.max() - rows.min() + 1 == 14
        assert abs((rows.max() + rows.min()) / 2 - 13.5) <= 1
        assert abs((columns.max() + columns.min()) / 2 - 13.5) <= 1
        assert pixels[0, 0] == 0 and pixels.max() > 200

    def test_samples_on_white_stay_on_white(self) -> None:
        pixels = Look(0.5, is_dark=False).imitate(seven(dark=True), 28, 28)
        assert pixels[0, 0] == 255 and pixels.min() < 55

    @pytest.mark.parametrize("size", [(1, 1), (300, 2), (28, 28)])
    def test_an_empty_sheet_is_empty(self, look: Look, size: tuple[int, int]) -> None:
        assert (look.imitate(Image.new("RGB", size, (90, 90, 90)), 28, 28) == 0).all()

    @pytest.mark.parametrize(("name", "extent"), [("mnist-5k", 20 / 28), ("digits", 1.0)])
    def test_is_measured_on_the_samples(self, name: str, extent: float) -> None:
        images = DATASETS[name](name=name).load().inputs[:300].astype(np.uint8)
        look = Look.of(images)
        assert look.is_dark and look.extent == pytest.approx(extent, abs=0.06)
        assert not Look.of(255 - images).is_dark
        assert Look.of(255 - images).extent == look.extent
