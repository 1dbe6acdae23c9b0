"""A real Chromium against a real server."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.servers import AppServer

CHROMIUM = Path("/usr/bin/chromium")
_FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
)  # fmt: skip
expect.set_options(timeout=180_000)  # two cores, shared with the other tests


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium; without one these tests are skipped, unless the environment forbids that."""
    if not CHROMIUM.exists():
        message = f"no Chromium at {CHROMIUM}: apt-get install chromium"
        if os.environ.get("CI_REQUIRE_BROWSER"):
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(_FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppServer]:
    """The app, as ``streamlit run app.py`` starts it."""
    server = AppServer(tmp_path_factory.mktemp("server") / "home")
    server.wait_until_healthy()
    yield server
    server.close()


@pytest.fixture
def page(browser: Browser, server: AppServer) -> Iterator[Page]:
    """A fresh browser window; a script error on the page fails the test, and so does a request to
    anybody but the server."""
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    context.set_default_timeout(180_000)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(request.url))
    yield page
    context.close()
    assert not errors
    assert [url for url in asked if not url.startswith((server.url, "data:", "blob:"))] == []
