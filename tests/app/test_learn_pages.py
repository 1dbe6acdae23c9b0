"""Every Learn page keeps the same promises."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dlplay.experiment import Experiment
from dlplay.lessons import LESSONS
from dlplay.presets import PRESETS

SHELL = Path(__file__).parents[2] / "dlplay/ui/shell.py"
CONTROLS = ("slider", "select_slider", "selectbox", "toggle", "button_group", "text_input")


def opened(name: str, address: dict[str, str] | None = None) -> AppTest:
    """A lesson's page as a new visitor with this address sees it."""
    app = AppTest.from_file(SHELL, default_timeout=30).run()
    app.switch_page(f"../../pages/learn_{name.replace('-', '_')}.py")
    for key, value in (address or {}).items():
        app.query_params[key] = value
    return app.run()


def address(app: AppTest) -> dict[str, str]:
    """The address a visitor could copy."""
    return {key: v if isinstance(v, str) else v[0] for key, v in app.query_params.items()}


def controls(app: AppTest, name: str) -> dict[str, Any]:
    """The page's controls by their short names."""
    prefix = f"learn.{name}."
    found = (w for kind in CONTROLS for w in app.get(kind) if (w.key or "").startswith(prefix))
    return {str(w.key).removeprefix(prefix): w for w in found}


def sliders(app: AppTest, name: str) -> dict[str, Any]:
    """The page's sliders by their short names."""
    return {short: w for short, w in controls(app, name).items() if w.type == "slider"}


def choices(app: AppTest, name: str) -> dict[str, Any]:
    """The page's lists and rows of buttons by their short names."""
    kinds = ("selectbox", "button_group")
    return {short: w for short, w in controls(app, name).items() if w.type in kinds}


def choose(widget: Any, index: int) -> None:
    """Take an option by its place; of several that can be on together, that one alone."""
    if widget.type == "selectbox":
        widget.select_index(index).run()
    else:
        title = widget.options[index]
        widget.set_value([title] if isinstance(widget.value, list) else title).run()


def elsewhere(slider: Any) -> float:
    """Another value the slider can take."""
    third = slider.min + slider.step * round((slider.max - slider.min) / slider.step / 3)
    candidates = (third, slider.min, slider.max)
    value = next(v for v in candidates if abs(v - slider.value) > slider.step / 2)
    return int(value) if isinstance(slider.value, int) else round(float(value), 6)


def pictures(app: AppTest) -> list[str]:
    """The figures on the page, as they are sent to the browser."""
    return [chart.proto.spec for chart in app.get("plotly_chart")]


@pytest.mark.parametrize("name", LESSONS)
class TestLessonPage:
    def test_opens_without_error(self, name: str) -> None:
        app = opened(name)
        assert not app.exception
        assert not app.error
        assert not app.warning
        assert app.get("plotly_chart")

    def test_says_idea_notice_and_source(self, name: str) -> None:
        app, lesson = opened(name), LESSONS[name]
        text = " ".join(element.value for element in (*app.markdown, *app.caption))
        assert lesson.idea in text
        assert lesson.notice in text
        assert lesson.source in text

    def test_links_to_an_experiment_that_exists(self, name: str) -> None:
        lesson = LESSONS[name]
        labels = [link.proto.label for link in opened(name).get("page_link")]
        assert "Try it on real data" in labels
        experiment = PRESETS[lesson.preset].experiment.changed(lesson.changes.items())
        assert isinstance(experiment, Experiment)

    def test_every_slider_moves_a_picture(self, name: str) -> None:
        app = opened(name)
        before = pictures(app)
        for short in sliders(app, name):
            slider = sliders(app, name)[short]
            usual = slider.value
            slider.set_value(elsewhere(slider)).run()
            assert not app.exception, short
            assert pictures(app) != before, short
            if short in sliders(app, name):  # one that counts rows leaves when there are others
                sliders(app, name)[short].set_value(usual).run()
            else:
                app = opened(name)
        assert pictures(app) == before

    def test_what_is_set_survives_in_the_address(self, name: str) -> None:
        app = opened(name)
        for short in sliders(app, name):
            if short in sliders(app, name):  # another one may have left it no place
                slider = sliders(app, name)[short]
                slider.set_value(elsewhere(slider)).run()
        shown = {short: widget.value for short, widget in controls(app, name).items()}
        again = opened(name, address(app))
        assert not again.warning
        assert {short: w.value for short, w in controls(again, name).items()} == shown
        assert pictures(again) == pictures(app)

    def test_every_choice_can_be_made(self, name: str) -> None:
        for short in choices(opened(name), name):
            app = opened(name)
            labels = choices(app, name)[short].options
            for index in range(len(labels)):
                choose(choices(app, name)[short], index)
                assert not app.exception, (short, labels[index])
                assert not app.error, (short, labels[index])
                assert not app.warning, (short, labels[index])

    def test_hide_leaves_a_control_out_and_keeps_what_it_was_set_to(self, name: str) -> None:
        app = opened(name)
        short = next(iter(controls(app, name)))
        hidden = opened(name, {**address(app), "hide": short})
        assert not hidden.exception
        assert short not in controls(hidden, name)
        assert address(hidden)["hide"] == short

    def test_nonsense_in_the_address_is_said_and_ignored(self, name: str) -> None:
        expected = controls(opened(name), name)
        sliders = [short for short, w in expected.items() if w.type in ("slider", "selectbox")]
        app = opened(name, {sliders[0]: "nonsense"})
        assert not app.exception
        assert "cannot be shown" in app.warning[0].value
        assert controls(app, name)[sliders[0]].value == expected[sliders[0]].value


def test_function_that_ends_a_network_gives_way_between_layers() -> None:
    app = opened("activations", {"f": "relu,softmax"})
    assert controls(app, "activations")["f"].value == ["relu", "softmax"]
    controls(app, "activations")["view"].set_value("layers").run()
    assert not app.exception
    assert controls(app, "activations")["f"].value == ["relu"]


def test_weight_that_is_no_more_gives_way_to_the_first() -> None:
    app = opened("backpropagation", {"edge": "2-2-1"})
    controls(app, "backpropagation")["net"].set_value("article").run()
    assert not app.warning
    assert controls(app, "backpropagation")["edge"].value == "1-1-1"


def test_clicked_address_shows_what_its_sender_saw() -> None:
    app = opened("losses", {"view": "classes", "class": "2", "z0": "1.5", "hide": "smooth"})
    assert controls(app, "losses")["z0"].value == 1.5
    assert "smooth" not in controls(app, "losses")
    assert address(app) == {"view": "classes", "class": "2", "z0": "1.5", "hide": "smooth"}
