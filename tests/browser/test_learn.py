"""One journey over all lessons in a real browser: move a slider, see the picture change."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from dlplay.lessons import LESSONS

ROOT = Path(__file__).parents[2]
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of our own on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port),
        "--server.address", "127.0.0.1",
    ]  # fmt: skip
    environment = {**os.environ, "DLPLAY_HOME": str(tmp_path_factory.mktemp("home"))}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        address = f"http://127.0.0.1:{port}"
        _wait_for(f"{address}/_stcore/health")
        yield address
        process.terminate()


def _wait_for(url: str, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(url)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium without a window."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=list(ARGUMENTS)
        )
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A laptop's window."""
    opened = browser.new_page(viewport={"width": 1400, "height": 900})
    yield opened
    opened.close()


@pytest.mark.parametrize("name", LESSONS)
def test_slider_moves_the_picture_by_keyboard(name: str, server: str, page: Page) -> None:
    page.goto(f"{server}/learn-{name}")
    expect(page.get_by_text("Source:")).to_be_visible(timeout=60_000)
    expect(page.locator(".js-plotly-plot").first).to_be_in_viewport(timeout=60_000)
    expect(page.locator(".stSlider").first).to_be_in_viewport()
    before = page.url
    page.get_by_role("slider").first.press("ArrowRight")
    expect(page).not_to_have_url(before, timeout=30_000)
    expect(page.locator("[data-testid=stException], [data-testid=stAlert]")).to_have_count(0)


@pytest.mark.parametrize("name", LESSONS)
def test_fits_a_phone(name: str, server: str, browser: Browser) -> None:
    phone = browser.new_page(viewport={"width": 390, "height": 844})
    phone.goto(f"{server}/learn-{name}")
    expect(phone.get_by_text("Source:")).to_be_attached(timeout=60_000)
    expect(phone.locator(".js-plotly-plot").first).to_be_in_viewport(timeout=60_000)
    wide = phone.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
    phone.close()
    assert wide <= 390
