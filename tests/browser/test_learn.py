"""Every lesson in a real browser: move a slider, see the picture change; and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from dlplay.lessons import LESSONS
from tests.servers import AppServer

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]


@pytest.mark.parametrize("name", LESSONS)
def test_a_slider_moves_the_picture_by_keyboard_and_all_of_it_fits_a_phone(
    name: str, server: AppServer, page: Page
) -> None:
    page.goto(f"{server.url}/learn-{name}")
    picture = page.locator(".js-plotly-plot").first
    expect(page.get_by_text("Source:")).to_be_visible()
    expect(picture).to_be_in_viewport()
    expect(page.locator(".stSlider").first).to_be_in_viewport()
    before = page.url
    page.get_by_role("slider").first.press("ArrowRight")
    expect(page).not_to_have_url(before)
    expect(page.locator("[data-testid=stException], [data-testid=stAlert]")).to_have_count(0)
    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()
    expect(page.get_by_text("Source:")).to_be_attached()
    expect(picture).to_be_in_viewport()
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
