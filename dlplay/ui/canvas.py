"""A sheet to draw on, with a finger or a mouse: white on black, as handwritten digits are kept."""

from __future__ import annotations

import base64
import binascii

import streamlit as st

_SIDE = 280
_HTML = f"""
<canvas class="dlplay-canvas" width="{_SIDE}" height="{_SIDE}" role="img"
        aria-label="A sheet to draw on"></canvas>
<div><button class="dlplay-clear" type="button">Clear</button></div>
"""
_CSS = """
.dlplay-canvas { border-radius: var(--st-base-radius); touch-action: none; cursor: crosshair;
  max-width: 100%; border: 1px solid var(--st-border-color); }
.dlplay-clear { font: inherit; font-size: 0.875rem; padding: 0.25rem 0.75rem; cursor: pointer;
  color: var(--st-text-color); background: transparent; border-radius: var(--st-base-radius);
  border: 1px solid var(--st-border-color); }
"""
_SCRIPT = """
export default function ({ parentElement, setStateValue }) {
  const canvas = parentElement.querySelector('.dlplay-canvas');
  if (canvas.dataset.ready) return;
  canvas.dataset.ready = 'yes';
  const pen = canvas.getContext('2d');
  const clear = () => { pen.fillStyle = '#000'; pen.fillRect(0, 0, canvas.width, canvas.height); };
  clear();
  Object.assign(pen, { lineWidth: 22, lineCap: 'round', lineJoin: 'round', strokeStyle: '#fff' });
  const place = event => {
    const box = canvas.getBoundingClientRect(), scale = canvas.width / box.width;
    return [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
  };
  let down = false;
  canvas.onpointerdown = event => {
    down = true; canvas.setPointerCapture(event.pointerId);
    pen.beginPath(); pen.moveTo(...place(event)); pen.lineTo(...place(event)); pen.stroke();
  };
  canvas.onpointermove = event => { if (down) { pen.lineTo(...place(event)); pen.stroke(); } };
  canvas.onpointerup = canvas.onpointercancel = () => {
    if (!down) return;
    down = false; setStateValue('drawing', canvas.toDataURL('image/png'));
  };
  parentElement.querySelector('.dlplay-clear').onclick = () => {
    clear(); setStateValue('drawing', '');
  };
}
"""

_canvas = st.components.v2.component("dlplay_canvas", html=_HTML, css=_CSS, js=_SCRIPT)


def canvas(key: str) -> bytes:
    """The drawing as a PNG; empty while nothing is drawn."""
    state = _canvas(key=key, default={"drawing": ""}, on_drawing_change=lambda: None)
    _, _, encoded = str(state.get("drawing") or "").partition(",")
    try:
        return base64.b64decode(encoded, validate=True)
    except binascii.Error:  # whatever a browser sends: the decoder of photos says what it is
        return encoded.encode()
