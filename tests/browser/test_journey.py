"""What a learner does, in a real browser: train, watch, zoom, stop, reload, compare."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from dlplay.runs import ACTIVE, open_store
from dlplay.settings import Settings
from tests.servers import AppServer

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]

TITLE = ".st-key-title"
RANGE = "selector => document.querySelector(selector)._fullLayout.xaxis.range"
LOSS = ".st-key-curve_loss .dlplay-chart"


def launch(page: Page, server: AppServer, query: str = "") -> str:
    """Open Train, press the button, and return the id of the run whose page opens."""
    page.goto(f"{server.url}/{query}")
    page.locator(".st-key-train button:enabled").click()
    page.wait_for_url(re.compile(r"/run\?id=\w+"))
    return page.url.partition("id=")[2]


def points_shown(page: Page) -> int:
    """Epochs on the chart of the loss."""
    return int(
        page.evaluate(
            "selector => Math.max(...document.querySelector(selector)._fullData"
            ".map(trace => trace.x.length))",
            LOSS,
        )
    )


def wait_for_points(page: Page, more_than: int) -> int:
    """Wait until the chart has more points; how many it has."""
    page.wait_for_function(
        "([selector, count]) => (document.querySelector(selector)?._fullData ?? [])"
        ".some(trace => trace.x.length > count)",
        arg=[LOSS, more_than],
        timeout=240_000,
    )
    return points_shown(page)


def zoom_in(page: Page) -> list[float]:
    """Drag across the chart of the loss; the range of epochs it shows then."""
    before = page.evaluate(RANGE, LOSS)
    area = page.locator(f"{LOSS} .nsewdrag").bounding_box()
    assert area is not None
    middle = area["y"] + area["height"] / 2
    page.mouse.move(area["x"] + area["width"] * 0.1, middle)
    page.mouse.down()
    page.mouse.move(area["x"] + area["width"] * 0.6, middle, steps=4)
    page.mouse.up()
    page.wait_for_function(
        f"([s, before]) => JSON.stringify(({RANGE})(s)) !== JSON.stringify(before)",
        arg=[LOSS, before],
    )
    shown: list[float] = page.evaluate(RANGE, LOSS)
    return shown


@pytest.fixture(autouse=True)
def nothing_left_running(server: AppServer) -> Iterator[None]:
    """Whatever a test launched is stopped, so that the next finds a free slot."""
    yield
    store = open_store(Settings(home=server.home))
    for run in store.runs(ACTIVE):
        store.request_stop(run.id)


def test_iris_trains_with_one_press_and_is_still_there_after_a_reload_and_in_another_browser(
    page: Page, server: AppServer
) -> None:
    run_id = launch(page, server)
    wait_for_points(page, more_than=1)
    expect(page.locator(TITLE)).to_contain_text("finished")
    expect(page.get_by_text("Test accuracy")).to_be_visible()
    wait_for_points(page, more_than=99)
    page.reload()
    expect(page.get_by_text(f"Run {run_id}")).to_be_visible()
    wait_for_points(page, more_than=99)
    assert page.context.browser is not None
    other = page.context.browser.new_page()
    other.goto(f"{server.url}/run?id={run_id}")
    wait_for_points(other, more_than=99)
    other.close()


def test_zoom_is_kept_while_points_arrive_and_stop_stops(page: Page, server: AppServer) -> None:
    launch(page, server, "?training.epochs=100000")
    before = wait_for_points(page, more_than=20)
    zoom = zoom_in(page)
    # A chart shows at most about a thousand points: what grows for ever is the last epoch.
    last = "s => Math.max(...document.querySelector(s)._fullData.map(t => t.x.at(-1)))"
    reached = page.evaluate(last, LOSS)
    page.wait_for_function(
        "([selector, before]) => document.querySelector(selector)._fullData"
        ".some(trace => trace.x.at(-1) > before)",
        arg=[LOSS, reached],
    )
    assert points_shown(page) >= before > 20
    assert page.evaluate(RANGE, LOSS) == zoom
    page.locator(".st-key-stop button").click()
    expect(page.locator(TITLE)).to_contain_text("stopped")


def test_the_boundary_of_points_in_the_plane_moves_while_training(
    page: Page, server: AppServer
) -> None:
    launch(page, server, "?preset=spirals-mlp&training.epochs=20000")
    title = page.locator("[class*=st-key-view_plane] .gtitle")
    expect(title).to_contain_text("What the network says, epoch")
    first = title.text_content()
    expect(title).not_to_have_text(first or "")
    page.locator(".st-key-stop button").click()
    expect(page.locator(TITLE)).to_contain_text("stopped")


def test_two_runs_are_compared_under_one_address(page: Page, server: AppServer) -> None:
    ids = [
        launch(page, server, f"?training.epochs={epochs}&training.optimizer.learning_rate={rate}")
        for epochs, rate in ((20, 0.01), (30, 0.1))
    ]
    expect(page.locator(TITLE)).to_contain_text("finished")
    page.goto(f"{server.url}/runs?ids={','.join(ids)}")
    expect(page.get_by_text("2 runs compared")).to_be_visible()
    overlay = "[class*=st-key-overlay_loss] .dlplay-chart"
    page.wait_for_function("s => document.querySelector(s)?._fullData?.length === 4", arg=overlay)
    lengths = page.evaluate(
        "s => document.querySelector(s)._fullData.map(t => t.x.length)", overlay
    )
    assert sorted(lengths) == [20, 20, 30, 30]


def test_a_run_rests_takes_a_step_and_goes_on(page: Page, server: AppServer) -> None:
    launch(page, server, "?training.epochs=100000")
    wait_for_points(page, more_than=5)
    page.locator(".st-key-pause button").first.click()
    expect(page.locator(TITLE)).to_contain_text("paused")
    epochs = (
        page.get_by_test_id("stMetric").filter(has_text="Epochs").get_by_test_id("stMetricValue")
    )
    rested = int(epochs.inner_text().replace(",", ""))
    page.locator(".st-key-step button").first.click()
    expect(epochs).to_have_text(f"{rested + 1:,}")
    page.locator(".st-key-resume button").first.click()
    expect(page.locator(TITLE)).to_contain_text("running")
    expect(epochs).not_to_have_text(f"{rested + 1:,}")


def test_an_ablation_started_from_the_form_says_what_a_part_is_worth(
    page: Page, server: AppServer
) -> None:
    page.goto(f"{server.url}/?training.epochs=3&regularisation.dropout=0.3")
    page.locator(".st-key-study button").first.click()
    page.locator(".st-key-study_start button").click()
    page.wait_for_url(re.compile(r"/study\?id=\w+"))
    expect(page.locator(".st-key-delete button")).to_be_visible()
    expect(page.get_by_text(re.compile("^Without dropout validation accuracy is"))).to_be_visible()
    expect(page.get_by_text("6 runs")).to_be_visible()
