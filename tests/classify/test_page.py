"""The Classify page, without a browser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dlplay.runs import open_store, requests
from tests.app.pages import open_page, texts

pytestmark = pytest.mark.xdist_group("classify")

NOT_A_PHOTO = ("notes.jpg", b"remember the milk", "image/jpeg")


@pytest.fixture(autouse=True)
def no_caches() -> Iterator[None]:
    """What all sessions share would be that of another test's home."""
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


def checked(page: AppTest) -> AppTest:
    assert not page.exception
    return page


def upload(page: AppTest, *paths: Path | tuple[str, bytes, str]) -> AppTest:
    files = [
        path if isinstance(path, tuple) else (path.name, path.read_bytes(), "image/png")
        for path in paths
    ]
    page.file_uploader("classify_files").set_value(files)
    return checked(page.run())


def bars(page: AppTest) -> list[float]:
    """The lengths of the chart's bars."""
    (component,) = page.get("bidi_component")
    figure = json.loads(json.loads(component.proto.json)["figure"])
    return list(figure["data"][0]["x"])


def open_conversions() -> list[requests.Request]:
    """What the page has asked the helper process for."""
    return [found for found in requests.open_requests(open_store()) if found.kind == "convert"]


def guesses(page: AppTest) -> list[str]:
    return list(page.segmented_control("classify_guess").options)


def test_a_sample_is_answered_at_once(converted: Path) -> None:
    page = open_page("classify")
    assert guesses(page) == ["palace", "bell cote", "monastery"]
    assert len(page.get("image")) == 1
    assert bars(page) == pytest.approx([0.349, 0.139, 0.073], abs=1e-3)
    assert "Answered by **EfficientNet-Lite0** in" in texts(page)
    assert "4.7 million parameters · 75.1 % top-1 on ImageNet" in texts(page)
    assert "CC BY 2.0" in texts(page)


def test_an_uploaded_photo_is_answered(converted: Path, photos: dict[str, Path]) -> None:
    page = upload(open_page("classify"), photos["coffee"])
    assert guesses(page) == ["espresso", "cup", "consomme"]
    page.segmented_control("classify_guess").set_value(2)
    page.slider("classify_strength").set_value(100)
    assert guesses(checked(page.run())) == ["espresso", "cup", "consomme"]


def test_spoiling_the_photo_changes_the_guess_and_reset_undoes_it(
    converted: Path, photos: dict[str, Path]
) -> None:
    page = upload(open_page("classify"), photos["coffee"])
    page.slider("classify_blur.0").set_value(5.0)
    page.slider("classify_noise.0").set_value(50.0)
    page.slider("classify_brightness.0").set_value(10.0)
    assert guesses(checked(page.run()))[0] != "espresso"
    checked(page.button("classify_reset").click().run())
    assert guesses(page)[0] == "espresso"


def test_a_file_that_is_no_photo_is_a_sentence(converted: Path) -> None:
    page = upload(open_page("classify"), NOT_A_PHOTO)
    (error,) = page.error
    assert error.value.startswith("notes.jpg: Expected a photo")


def test_several_photos_are_a_table(converted: Path, photos: dict[str, Path]) -> None:
    page = upload(open_page("classify"), photos["coffee"], NOT_A_PHOTO, photos["chelsea"])
    (table,) = page.dataframe
    assert list(table.value["File"]) == ["coffee.png", "notes.jpg", "chelsea.png"]
    assert list(table.value["Guess 1"].dropna()) == ["espresso", "tiger cat"]
    assert "none of these" in table.value["Problem"][1]
    assert table.value["Photo"][0].startswith("data:image/jpeg;base64,")
    assert guesses(page)[0] == "espresso"  # the first is looked into until another is selected


def test_photos_that_are_all_unusable(converted: Path) -> None:
    page = upload(open_page("classify"), NOT_A_PHOTO, ("empty.png", b"", "image/png"))
    assert len(page.dataframe[0].value) == 2
    assert len(page.error) == 1


def test_while_the_network_is_converted_the_page_says_so() -> None:
    page = open_page("classify")
    (notice,) = page.info
    assert "Preparing EfficientNet-Lite0" in notice.value and "s so far" in notice.value
    (request,) = open_conversions()
    assert request.kind == "convert"
    assert request.question == {"network": "efficientnet-lite0", "download": False}


def test_a_conversion_that_failed_is_a_sentence_and_can_be_tried_again() -> None:
    page, store = open_page("classify"), open_store()
    (request,) = open_conversions()
    requests.answer(store, request.key, None, "There is no room on the disk.")
    page.run()
    assert [error.value for error in page.error] == ["There is no room on the disk."]
    checked(page.button("classify_again").click().run())
    assert len(open_conversions()) == 1


def test_without_weights_the_page_says_what_to_do(converted: Path) -> None:
    page = open_page("classify", network="resnet-50")
    (warning,) = page.warning
    assert "DLPLAY_RESNET50_WEIGHTS" in warning.value
    checked(page.button("classify_download").click().run())
    (request,) = open_conversions()
    assert request.question == {"network": "resnet-50", "download": True}


def test_the_address_names_the_network(converted: Path) -> None:
    page = open_page("classify", network="no-such-network")
    assert page.selectbox("classify_network").value == "efficientnet-lite0"
    assert page.query_params["network"] == "efficientnet-lite0"


def test_a_chosen_network_stays_chosen(converted: Path) -> None:
    page = open_page("classify", network="efficientnet-lite0")
    for key in ("resnet-50", "efficientnet-lite0", "resnet-50"):
        page.selectbox("classify_network").set_value(key).run()
        checked(page.run())
        assert page.selectbox("classify_network").value == key
        assert page.query_params["network"] == key
    assert "74.9 % top-1" in texts(page)
