"""The server as its users feel it: first page, first point, Stop; in real Chromium."""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from statistics import median

import psutil
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from benchmarks.table import Row, below
from dlplay.runs import Run, Store, open_store
from dlplay.settings import Settings
from tests.servers import AppServer

_CHROMIUM = Path("/usr/bin/chromium")
_STARTS = 5
_PRESSES = 5
_LOSS = ".st-key-curve_loss .dlplay-chart"
_HAS_POINT = (
    "s => (document.querySelector(s)?._fullData ?? []).some(trace => trace.x.length > 0)"
    " && document.querySelector(s).querySelector('.trace') !== null"
)
_IS_DRAWN = "() => document.querySelector('.st-key-train button')?.checkVisibility()"
"""Asked at every frame; Playwright's own waiting looks every half second."""
_MEGABYTE = 1e6


def rows() -> Iterator[Row]:
    """Everything about the server; nothing where there is no Chromium."""
    if not _CHROMIUM.exists():
        yield Row("server", f"no Chromium at {_CHROMIUM}")
        return
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(_CHROMIUM), args=["--no-sandbox", "--disable-gpu"]
        )
        yield from _first_page(browser)
        yield from _training(browser)
        browser.close()


def _first_page(browser: Browser) -> Iterator[Row]:
    seconds, megabytes = [], []
    for _ in range(_STARTS):
        with tempfile.TemporaryDirectory() as folder:
            page = browser.new_page()
            start = time.perf_counter()
            with closing(AppServer(Path(folder) / "home")) as server:
                server.wait_until_healthy()
                _open(page, server)
                seconds.append(time.perf_counter() - start)
                megabytes.append(psutil.Process(server.pid).memory_info().rss / _MEGABYTE)
                page.close()
    yield below("server start to first page drawn", median(seconds), 2.0, "s")
    yield below("server process after the first page, RSS", median(megabytes), 250, "MB", 0)


def _open(page: Page, server: AppServer) -> None:
    """The Train page, drawn as far as its button."""
    page.goto(f"{server.url}/")
    page.wait_for_function(_IS_DRAWN, timeout=60_000)


def _training(browser: Browser) -> Iterator[Row]:
    first_point, next_point, stop = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        with closing(AppServer(home)) as server:
            server.wait_until_healthy()
            store = open_store(Settings(home=home))
            for _ in range(_PRESSES):
                page = browser.new_page()
                button = _open_form(page, server)
                _wait_until_warm(server)
                first_point.append(_press_to_first_point(page, button))
                stop.append(_stop(page, store))
                next_point.append(_press_to_first_point(page, _open_form(page, server)))
                _stop(page, store)
                page.close()
    yield below("press to first point on screen, Iris, warm worker", median(first_point), 1.5, "s")
    yield below("press right after another run to first point", median(next_point), 1.5, "s")
    yield below("Stop to “stopped” in the store, Iris", median(stop), 1.0, "s")


def _open_form(page: Page, server: AppServer) -> Locator:
    """The Train page, filled in for a long run; its button, once it can be pressed."""
    page.goto(f"{server.url}/?training.epochs=100000")
    button = page.locator(".st-key-train button:enabled")
    button.wait_for(timeout=60_000)
    return button


def _press_to_first_point(page: Page, button: Locator) -> float:
    """Seconds from just before the click until a curve with a point is drawn."""
    start = time.perf_counter()
    button.click()
    page.wait_for_function(_HAS_POINT, arg=_LOSS, timeout=60_000)
    return time.perf_counter() - start


def _stop(page: Page, store: Store) -> float:
    """Seconds from the request in the store to the end in the store."""
    page.wait_for_url(re.compile(r"/run\?id=\w+"))
    run_id = page.url.partition("id=")[2]
    page.locator(".st-key-stop button").click()
    run = _ended(store, run_id)
    if run.finished is None or run.stop_requested is None:
        raise RuntimeError(f"run {run_id} ended as {run.state} before it was asked to stop")
    return run.finished - run.stop_requested


def _ended(store: Store, run_id: str) -> Run:
    deadline = time.monotonic() + 60
    while (run := store.get(run_id)).is_active:
        if time.monotonic() > deadline:
            raise TimeoutError(f"run {run_id} did not stop: {run.progress}")
        time.sleep(0.05)
    return run


def _wait_until_warm(server: AppServer, quiet_seconds: float = 1.5) -> None:
    """Until a worker has been up, and no process of the server has computed, for some time."""
    process = psutil.Process(server.pid)
    quiet_since, before = time.monotonic(), -1.0
    deadline = quiet_since + 120
    while time.monotonic() - quiet_since < quiet_seconds or not _workers(process):
        if time.monotonic() > deadline:
            raise TimeoutError("the server's processes do not come to rest")
        time.sleep(0.25)
        now = sum(sum(child.cpu_times()[:2]) for child in process.children(recursive=True))
        if abs(now - before) > 0.05:
            quiet_since, before = time.monotonic(), now


def _workers(process: psutil.Process) -> list[psutil.Process]:
    return [p for p in process.children() if "dlplay.training.worker" in p.cmdline()]
