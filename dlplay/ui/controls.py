"""Controls that live in the address: a link shows what its sender saw."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import streamlit as st

Value = TypeVar("Value")


class Controls:
    """Widgets that take their first value from the address and keep the address up to date.

    ``?hide=rate,steps`` leaves controls out; what they would set then comes from the address.

    Args:
        prefix: of the widgets' keys.
    """

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._hidden = set(st.query_params.get("hide", "").split(",")) - {""}
        self._address: dict[str, str] = {}

    def slider(
        self, name: str, label: str, low: float, high: float, default: float, *,
        step: float, help: str = "",
    ) -> float:  # fmt: skip
        """A number; a whole one if all of ``low``, ``high`` and ``step`` are."""
        whole = all(isinstance(number, int) for number in (low, high, step))
        kind = int if whole else float

        def read(text: str) -> float:
            value = kind(text)
            if not low <= value <= high:
                raise ValueError(text)
            return value

        def draw(key: str) -> float:
            return st.slider(
                label, kind(low), kind(high), step=kind(step), key=key, help=help or None
            )

        wanted = f"a number from {low:g} to {high:g}"
        return self._control(name, kind(default), read, lambda v: f"{v:g}", draw, wanted)

    def scale(
        self, name: str, label: str, numbers: Sequence[float], default: float, help: str = ""
    ) -> float:
        """One of several numbers, most often on a logarithmic scale."""
        shown = {f"{number:g}": number for number in numbers}

        def draw(key: str) -> float:
            value: float = st.select_slider(
                label, numbers, key=key, help=help or None, format_func=lambda n: f"{n:g}"
            )
            return value

        wanted = f"one of {', '.join(shown)}"
        return self._control(name, default, shown.__getitem__, lambda v: f"{v:g}", draw, wanted)

    def option(
        self, name: str, label: str, options: Mapping[str, str], default: str, *,
        side_by_side: bool = False, help: str = "",
    ) -> str:  # fmt: skip
        """One of ``options``, name to title: a list, or buttons side by side."""

        def draw(key: str) -> str:
            shared: dict[str, Any] = {
                "key": key, "help": help or None, "format_func": lambda n: options.get(n, n),
            }  # fmt: skip
            if side_by_side:
                return str(
                    st.segmented_control(label, list(options), required=True, wrap=True, **shared)
                )
            return str(st.selectbox(label, list(options), **shared))

        key = self.key(name)
        if st.session_state.get(key, default) not in options:
            st.session_state[key] = default
        return self._control(name, default, _one_of(options), str, draw, _listed(options))

    def several(
        self, name: str, label: str, options: Mapping[str, str], default: Sequence[str],
        help: str = "",
    ) -> list[str]:  # fmt: skip
        """Any number of ``options``, name to title, in their order."""
        one = _one_of(options)

        def draw(key: str) -> list[str]:
            chosen = st.pills(
                label, list(options), selection_mode="multi", key=key, wrap=True,
                help=help or None, format_func=lambda n: options.get(n, n),
            )  # fmt: skip
            return [option for option in options if option in chosen]

        key = self.key(name)
        if key in st.session_state:
            st.session_state[key] = [o for o in st.session_state[key] if o in options]

        def read(text: str) -> list[str]:
            return [one(part) for part in text.split(",") if part]

        return self._control(name, list(default), read, ",".join, draw, _listed(options))

    def toggle(self, name: str, label: str, default: bool, help: str = "") -> bool:
        """On or off."""
        words = {"on": True, "off": False}
        return self._control(
            name, default, words.__getitem__, lambda v: "on" if v else "off",
            lambda key: st.toggle(label, key=key, help=help or None), "on or off",
        )  # fmt: skip

    def text(self, name: str, label: str, default: str, *, most: int, help: str = "") -> str:
        """A short text."""
        return self._control(
            name, default, lambda text: text[:most], str,
            lambda key: st.text_input(label, key=key, max_chars=most, help=help or None), "a text",
        )  # fmt: skip

    def number(self, name: str, label: str, default: float, *, most: float) -> float:
        """A number typed into a small box, from ``-most`` to ``most``."""

        def read(text: str) -> float:
            value = float(text)
            if not -most <= value <= most:
                raise ValueError(text)
            return value

        def draw(key: str) -> float:
            value: float = st.number_input(
                label, -most, most, step=1.0, key=key, label_visibility="collapsed", format="%g"
            )
            return value

        wanted = f"a number from {-most:g} to {most:g}"
        return self._control(name, default, read, lambda v: f"{v:g}", draw, wanted)

    def table(self, name: str, values: Sequence[float], columns: int, most: float) -> list[float]:
        """Small boxes in rows, a number each, from ``-most`` to ``most``."""
        with st.container(key="number_table"):
            cells = [
                (row, place, cell)
                for row in range(len(values) // columns)
                for place, cell in enumerate(st.columns(columns, gap="small"))
            ]
        numbers: list[float] = []
        for (row, place, cell), value in zip(cells, values, strict=True):
            with cell:
                key, label = f"{name}-{row}{place}", f"Row {row + 1}, column {place + 1}"
                numbers.append(self.number(key, label, float(value), most=most))
        return numbers

    def key(self, name: str) -> str:
        """The widget key of a control; a callback may set it."""
        return f"{self._prefix}.{name}"

    def put(self, name: str, value: object) -> None:
        """Set a control; only a callback may, since the page is drawn from its controls."""
        st.session_state[self.key(name)] = value

    def shows(self, name: str) -> bool:
        """Whether a control is on the page, that is, not in ``?hide=``."""
        return name not in self._hidden

    def _control(
        self, name: str, default: Value, read: Callable[[str], Value],
        write: Callable[[Value], str], draw: Callable[[str], Value], wanted: str,
    ) -> Value:  # fmt: skip
        key = self.key(name)
        if not self.shows(name):
            value = self._first(name, default, read, wanted)
        else:
            if key not in st.session_state:
                st.session_state[key] = self._first(name, default, read, wanted)
            value = draw(key)
        if value != default:
            self._address[name] = write(value)
        return value

    def _first(
        self, name: str, default: Value, read: Callable[[str], Value], wanted: str
    ) -> Value:
        """What the address says, or the default, with a sentence where it says nonsense."""
        text = st.query_params.get(name)
        if text is None:
            return default
        try:
            return read(text)
        except (ValueError, KeyError):
            st.warning(
                f"This link's “{name}={text[:40]}” cannot be shown: expected {wanted}. The page "
                "starts from its own value instead.",
                icon=":material/link_off:",
            )
            return default

    def write_address(self) -> None:
        """Put all values that are not their control's own into the address."""
        wanted = dict(self._address)
        if self._hidden:
            wanted["hide"] = ",".join(sorted(self._hidden))
        if st.query_params.to_dict() != wanted:
            st.query_params.from_dict(wanted)


def _one_of(options: Iterable[str]) -> Callable[[str], str]:
    """A reader that takes only ``options``."""
    return {option: option for option in options}.__getitem__


def _listed(options: Iterable[str]) -> str:
    return f"one of {', '.join(options)}"
