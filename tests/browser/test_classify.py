"""A photo is dropped on the page, in a real browser: three bars, and where the network looked."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.classify.conftest import COFFEE
from tests.servers import AppServer

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]

BARS = ".st-key-classify_bars .dlplay-chart"
PICTURE = "[data-testid=stImage] img"


def test_a_photo_becomes_three_bars_and_a_map(page: Page, server: AppServer) -> None:
    page.goto(f"{server.url}/classify?network=efficientnet-lite0")
    expect(page.get_by_text(re.compile("Preparing EfficientNet-Lite0.* so far"))).to_be_visible()
    expect(page.locator(BARS)).to_contain_text("palace", timeout=180_000)
    page.locator(".st-key-classify_files input[type=file]").set_input_files(COFFEE)
    expect(page.locator(BARS)).to_contain_text("espresso")
    expect(page.locator(f"{BARS} .bars .point")).to_have_count(3)
    expect(page.get_by_text(re.compile("Answered by EfficientNet-Lite0 in"))).to_be_visible()
    before = page.locator(PICTURE).get_attribute("src")
    page.locator(".st-key-classify_guess").get_by_text("consomme").click()
    expect(page.locator(PICTURE)).not_to_have_attribute("src", str(before))
