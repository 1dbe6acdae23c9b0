"""A chart that keeps zoom and hidden curves while its data change.

`st.plotly_chart` is rebuilt at every change of its data; this calls ``Plotly.react`` instead.
Plotly's script is the installed package's own, served by the server; colours follow the theme.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import plotly.graph_objects as go
import streamlit as st

from dlplay.ui.server import PLOTLY_PATH


@dataclass(frozen=True)
class Click:
    """Where something drawn was clicked on.

    Args:
        x, y: on the axes; None where an axis has names.
        mark: the ``customdata`` of what was clicked, if that is a number from 0.
    """

    x: float | None
    y: float | None
    mark: int | None


OnClick = Callable[[Click], None]

_SCRIPT = """
let loading;
// Plotly takes the browser half a second to read: let it draw the rest of the page before that.
async function untilDrawn() {
  for (let waits = 0; waits < 40; waits++) {
    await new Promise(done => setTimeout(done, 50));
    if (!document.querySelector('[data-testid="stSkeleton"]')) return;
  }
}
async function load(url) {
  if (window.Plotly) return;
  await untilDrawn();
  await new Promise((done, failed) => {
    const tag = document.createElement('script');
    tag.src = url; tag.onload = done; tag.onerror = failed;
    document.head.appendChild(tag);
  });
}
function plotly(url) {
  return loading ??= load(url);
}
export default function ({ data, parentElement, setTriggerValue }) {
  const box = parentElement.querySelector('.dlplay-chart');
  box.style.height = data.height + 'px';
  box.setAttribute('aria-label', data.alt);
  const style = getComputedStyle(box), colour = n => style.getPropertyValue('--st-' + n).trim();
  const { data: traces, layout } = JSON.parse(data.figure);
  layout.font = { ...layout.font, color: colour('text-color'), family: colour('font') };
  for (const name of Object.keys(layout).filter(n => /^[xy]axis/.test(n))) {
    layout[name].gridcolor = colour('border-color');
    layout[name].linecolor = colour('border-color');
  }
  for (const trace of traces.filter(trace => trace.texttemplate)) {
    trace.textfont = { color: colour('text-color'), ...trace.textfont };
  }
  const options = { displaylogo: false, responsive: true, displayModeBar: data.bar,
    modeBarButtonsToRemove: ['lasso2d', 'select2d', 'autoScale2d'] };
  plotly(data.plotly).then(() => window.Plotly.react(box, traces, layout, options)).then(() => {
    box.removeAllListeners('plotly_click');
    if (data.clickable) box.on('plotly_click', ({ points }) => {
      const number = value => typeof value === 'number' ? value : null;
      const mark = points.map(point => point.customdata).find(value => value >= 0);
      const [x, y] = [points[0].x, points[0].y].map(number);
      setTriggerValue('clicked', { x, y, mark: number(mark) });
    });
  });
}
"""

_chart = st.components.v2.component(
    "dlplay_chart",
    html='<div class="dlplay-chart" role="img"></div>',
    js=_SCRIPT,
    isolate_styles=False,
)


def chart(
    figure: go.Figure, *, key: str, alt: str, height: int = 320, has_bar: bool = True,
    on_click: OnClick | None = None,
) -> None:  # fmt: skip
    """Draw ``figure``; call again with the same key to change its data.

    Args:
        alt: what the chart shows, for who cannot see it.
        height: pixels.
        has_bar: whether Plotly's buttons (zoom, save, …) appear under the pointer.
        on_click: is told of a click before the page is run again.
    """
    figure.update_layout(
        template={}, height=height, uirevision=key,
        paper_bgcolor="rgba(0,0,0,0)", plot_bgcolor="rgba(0,0,0,0)",
    )  # fmt: skip
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    url = f"/{base}{PLOTLY_PATH}" if base else PLOTLY_PATH
    data = {
        "figure": figure.to_json(), "height": height, "alt": alt, "plotly": url,
        "bar": "hover" if has_bar else False, "clickable": on_click is not None,
    }  # fmt: skip

    def clicked() -> None:
        click = st.session_state[key].get("clicked")
        if on_click is not None and click is not None:
            on_click(Click(**click))

    _chart(key=key, data=data, on_clicked_change=clicked)
