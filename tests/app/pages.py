"""How tests open a page without a browser."""

from __future__ import annotations

from typing import Any

from streamlit.testing.v1 import AppTest


def open_page(page: str, **parameters: str) -> AppTest:
    """A page of the app as a fresh session sees it, at ``/page?parameters``."""
    app = AppTest.from_file("../../dlplay/ui/shell.py", default_timeout=30)
    app.query_params.update(parameters)
    app.run()
    if page != "train":
        app.switch_page(f"../../pages/{page}.py")
        app.query_params.update(parameters)
        app.run()
    return app


def texts(app: AppTest) -> str:
    """All that is written on the page, for a look at whether something is said."""
    kinds = ("markdown", "caption", "header", "subheader", "info", "warning", "error", "success")
    elements: list[Any] = [element for kind in kinds for element in app.get(kind)]
    return "\n".join(str(element.value) for element in elements)
