"""One's own pictures in a real browser: a zip is dropped, trained on, and tried on a photo."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.classify.conftest import FLOWER
from tests.photo_zip import photo_zip
from tests.servers import AppServer

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]

QUERY = "dataset.name=image-folder&dataset.side=96&architecture.name=transfer&training.epochs=15"
BARS = ".st-key-classify_bars .dlplay-chart"


def test_a_zip_becomes_a_classifier_one_can_try(page: Page, server: AppServer) -> None:
    page.goto(f"{server.url}/?{QUERY}")
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(
        [FilePayload(name="mine.zip", mimeType="application/zip", buffer=photo_zip())]
    )
    page.get_by_text("Report", exact=True).click()
    expect(page.get_by_text("Every file could be used.")).to_be_visible()
    page.locator(".st-key-train button:enabled").click()
    page.wait_for_url(re.compile(r"/run\?id=\w+"))
    expect(page.locator(".st-key-title")).to_contain_text("finished", timeout=300_000)
    page.locator(".st-key-try button").click()
    page.wait_for_url(re.compile(r"/classify"))
    page.locator(".st-key-classify_files input[type=file]").set_input_files(FLOWER)
    expect(page.locator(BARS)).to_contain_text("flower")
    expect(page.locator(BARS)).to_contain_text("palace")
    expect(page.get_by_text(re.compile("Answered by .* in"))).to_be_visible()
