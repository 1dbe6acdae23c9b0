"""Forms made from the fields of a catalogue entry: title, bounds and help come from there."""

from __future__ import annotations

import types
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal, Union, get_args, get_origin

import streamlit as st
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from dlplay import uploads
from dlplay.catalogue import Choice, Entry, entry_name
from dlplay.datasets.base import Kind
from dlplay.errors import UserError
from dlplay.ui.state import initial, widget_key

Values = dict[str, Any]
Shared = dict[str, Any]
"""What every widget takes: label, key, help."""

_DECADES = [m * 10.0**e for e in range(-6, 3) for m in (1, 2, 3, 5)]


def choose(
    label: str, entries: Mapping[str, type[Entry]], values: Values, path: str, help: str = ""
) -> type[Entry]:
    """A select box of catalogue entries; ``values`` becomes the chosen one's defaults."""
    key = widget_key(f"{path}.name")
    names = list(entries)
    current = values.get("name") if values.get("name") in names else names[0]
    if st.session_state.get(key) not in (None, *names):
        del st.session_state[key]  # what was chosen is no longer offered
    name = st.selectbox(
        label, names, names.index(initial(key, current)), key=key, help=help or None,
        format_func=lambda n: entries[n].card.title,
    )  # fmt: skip
    if name != values.get("name"):
        values.clear()
        values["name"] = name
    return entries[name]


def fields(
    model: type[BaseModel], values: Values, path: str, *, kind: Kind | None = None,
    only: Collection[str] = (), columns: int = 2,
) -> None:  # fmt: skip
    """A widget for every field of ``model``; their values go into ``values``.

    Args:
        path: dotted path of ``values`` in the experiment; the widgets' keys are made of it.
        kind: of the data; a field that needs another kind is left out and keeps its default.
        only: names of the fields to show; all by default.
        columns: how many small widgets stand side by side.
    """
    shown = {n: f for n, f in _own_first(model).items() if n != "name" and (not only or n in only)}
    for name, info in list(shown.items()):
        if kind and _extra(info).get("needs", kind) != kind:
            values.pop(name, None)
            del shown[name]
    for name in [name for name, info in shown.items() if _extra(info).get("upload")]:
        values[name] = _field(model, name, shown.pop(name), values, path)  # others may ask it
    narrow = [name for name, info in shown.items() if not _is_wide(info)]
    for start in range(0, len(narrow), columns):
        row = st.columns(columns, vertical_alignment="bottom")
        for column, name in zip(row, narrow[start : start + columns], strict=False):
            with column:
                values[name] = _field(model, name, shown[name], values, path)
    for name in shown:
        if name not in narrow:
            values[name] = _field(model, name, shown[name], values, path)


def _own_first(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """A model's fields: its own, then its parent's, and so on; switches after the rest."""
    names = [n for c in model.__mro__ for n in vars(c).get("__annotations__", {})]
    found = {name: model.model_fields[name] for name in names if name in model.model_fields}
    return dict(sorted(found.items(), key=lambda item: item[1].annotation is bool))


def _is_wide(info: FieldInfo) -> bool:
    kind = info.annotation
    nested = _optional(kind)
    is_part = isinstance(nested, type) and issubclass(nested, BaseModel)
    return bool(_union(kind) or get_origin(kind) is tuple or is_part)


def _extra(info: FieldInfo) -> dict[str, Any]:
    return info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}


def _field(model: type[BaseModel], name: str, info: FieldInfo, values: Values, path: str) -> Any:
    """The value of one field, from the widget that suits its type."""
    kind, extra = info.annotation, _extra(info)
    title = info.title or name
    entry = f".{entry_name(model)}" if issubclass(model, Entry) else ""
    key = widget_key(f"{path}{entry}.{name}")
    current = values.get(name, info.get_default(call_default_factory=True))
    if isinstance(current, BaseModel):
        current = current.model_dump(mode="json")
    shared = {"label": title, "key": key, "help": info.description}
    if extra.get("upload"):
        return _upload(shared, current, extra["upload"])
    if extra.get("options"):
        return _option(model, name, kind, shared, current, values)
    if members := _union(kind):
        return _member(title, members, current, f"{path}.{name}", info.description or "")
    inner = _optional(kind)
    if inner is not None:
        return _switchable(inner, info, shared, current, f"{path}.{name}")
    return _plain(kind, info, shared, current)


def _plain(kind: Any, info: FieldInfo, shared: Shared, current: Any) -> Any:
    """A field of a simple type."""
    if kind is bool:
        return st.toggle(value=initial(shared["key"], bool(current)), **shared)
    if get_origin(kind) is Literal:
        return _select(get_args(kind), shared, current)
    if get_origin(kind) is tuple:
        return _several(kind, shared, current)
    if kind in (int, float):
        return _number(kind, info, shared, current)
    return st.text_input(value=initial(shared["key"], current), **shared)


def _select(options: Sequence[str], shared: Shared, current: Any) -> Any:
    start = initial(shared["key"], current)
    return st.selectbox(options=options, index=options.index(start), **shared)


def _number(kind: type, info: FieldInfo, shared: Shared, current: Any) -> Any:
    extra = _extra(info)
    low, high = _bound(info, "ge", "gt"), _bound(info, "le", "lt")
    if extra.get("unit"):
        shared["label"] += f" ({extra['unit']})"
    if extra.get("scale") == "log":
        return _logarithmic(info, shared, current, low, high)
    limits = {"min_value": _as(kind, low), "max_value": _as(kind, high)}
    value = initial(shared["key"], kind(current))
    if kind is float and low is not None and high is not None and high <= 3:
        return st.slider(value=value, step=0.05, format="%.2f", **limits, **shared)
    return st.number_input(value=value, step=kind(1) if kind is int else 0.1, **limits, **shared)


def _as(kind: type, bound: Any) -> Any:
    return None if bound is None else kind(bound)


def _logarithmic(info: FieldInfo, shared: Shared, current: Any, low: Any, high: Any) -> float:
    """A choice among 1, 2, 3, 5 times powers of ten, and whatever the value was at first."""
    start = initial(shared["key"], float(current))
    options = {float(f"{v:.6g}") for v in _DECADES if low <= v <= high} | {start}
    if _bound(info, "gt") is None:
        options.add(float(low))
    chosen: float = st.select_slider(
        options=sorted(options), value=start, format_func=lambda v: f"{v:g}", **shared
    )
    return chosen


def _bound(info: FieldInfo, *names: str) -> Any:
    for name in names:
        for constraint in info.metadata:
            value = getattr(constraint, name, None)
            if value is not None:
                return value
    return None


def _several(kind: Any, shared: Shared, current: Any) -> list[Any]:
    """Several choices as pills; several numbers as text, separated by commas."""
    item = get_args(kind)[0]
    if get_origin(item) is Literal:
        start = initial(shared["key"], list(current))
        return list(
            st.pills(options=get_args(item), default=start, selection_mode="multi", **shared)
        )
    text = st.text_input(value=initial(shared["key"], ", ".join(map(str, current))), **shared)
    return [part.strip() for part in text.replace(" ", ",").split(",") if part.strip()]


def _option(
    model: type[BaseModel], name: str, kind: Any, shared: Shared, current: Any, values: Values
) -> Any:
    """A choice among what the other values offer, such as the columns of a file."""
    try:
        options = list(model.options(name, values))  # type: ignore[attr-defined]
    except UserError:  # said where the whole experiment is checked
        options = []
    # Another file has other columns: its widget is another one, too.
    shared["key"] += f".{hash(tuple(options))}"
    if get_origin(kind) is tuple:
        kept = [value for value in current if value in options]
        start = initial(shared["key"], kept)
        return st.multiselect(options=options, default=start, **shared)
    if not options:
        st.selectbox(options=[], disabled=True, placeholder="–", **shared)
        return ""
    return _select(options, shared, current if current in options else options[-1])


def _upload(shared: Shared, current: str, types_: list[str]) -> str:
    """A file the user brings; its name in our store."""
    file = st.file_uploader(shared["label"], type=types_, key=shared["key"], help=shared["help"])
    return uploads.keep(file.getvalue()) if file is not None else current


def _member(
    title: str, members: dict[str, type[Entry]], current: Any, path: str, help: str
) -> Values:
    """One of several entries, and its own fields."""
    values = dict(current)
    chosen = choose(title, members, values, path, help)
    st.caption(chosen.card.summary)
    fields(chosen, values, path)
    return values


def _switchable(inner: Any, info: FieldInfo, shared: Shared, current: Any, path: str) -> Any:
    """A part that can be off."""
    toggle = {**shared, "key": f"{shared['key']}.on"}
    if not st.toggle(value=initial(toggle["key"], current is not None), **toggle):
        return None
    if isinstance(inner, type) and issubclass(inner, Choice):
        values = dict(current or {})
        fields(inner, values, path)
        return values
    return _number(inner, info, shared, 1.0 if current is None else current)


def _optional(kind: Any) -> Any:
    """``X`` of ``X | None``; None for anything else."""
    if get_origin(kind) in (Union, types.UnionType):
        members = [m for m in get_args(kind) if m is not type(None)]
        if len(members) == 1 and len(get_args(kind)) == 2:
            return members[0]
    return None


def _union(kind: Any) -> dict[str, type[Entry]]:
    """The members of a union of entries, by name; empty for anything else."""
    if get_origin(kind) not in (Union, types.UnionType):
        return {}
    members = get_args(kind)
    if not all(isinstance(m, type) and issubclass(m, Entry) for m in members):
        return {}
    return {entry_name(member): member for member in members}
