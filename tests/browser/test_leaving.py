"""Pages left by a button while they poll, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.servers import AppServer

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppServer]:
    """An app in which polls and a change of page always meet."""
    home = tmp_path_factory.mktemp("leaving") / "home"
    server = AppServer(home, "tests/browser/leaving_app.py")
    server.wait_until_healthy()
    yield server
    server.close()


def test_the_page_a_button_leads_to_stays_though_the_page_before_was_polling(
    page: Page, server: AppServer
) -> None:
    page.goto(server.url)
    page.get_by_role("button", name="Go").click()
    expect(page.get_by_text("All of it")).to_be_visible()
    page.wait_for_timeout(1000)  # the polls on their way would have cleared the screen
    expect(page.get_by_text("All of it")).to_be_visible()
