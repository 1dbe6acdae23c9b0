"""Every lesson in a real browser: move a slider, see the picture change; and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from dlplay.lessons import LESSONS
from tests.servers import AppServer

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]


@pytest.mark.parametrize("name", LESSONS)
def test_slider_moves_the_picture_by_keyboard(name: str, server: AppServer, page: Page) -> None:
    page.goto(f"{server.url}/learn-{name}")
    expect(page.get_by_text("Source:")).to_be_visible(timeout=180_000)
    expect(page.locator(".js-plotly-plot").first).to_be_in_viewport(timeout=180_000)
    expect(page.locator(".stSlider").first).to_be_in_viewport()
    before = page.url
    page.get_by_role("slider").first.press("ArrowRight")
    expect(page).not_to_have_url(before, timeout=60_000)
    expect(page.locator("[data-testid=stException], [data-testid=stAlert]")).to_have_count(0)


@pytest.mark.parametrize("name", LESSONS)
def test_fits_a_phone(name: str, server: AppServer, browser: Browser) -> None:
    phone = browser.new_page(viewport={"width": 390, "height": 844})
    phone.goto(f"{server.url}/learn-{name}")
    expect(phone.get_by_text("Source:")).to_be_attached(timeout=180_000)
    expect(phone.locator(".js-plotly-plot").first).to_be_in_viewport(timeout=180_000)
    wide = phone.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
    phone.close()
    assert wide <= 390
