"""Keras objects as the Python expressions that make them."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from dlplay.errors import UserError
from dlplay.export.definitions import Definitions

_LINE = 78
"""Of a call; what it is assigned to and applied to needs room, too."""

_SCALARS = (bool, int, float, type(None))
_SHOWN = ("pool_size",)
"""Said even where it is Keras' default."""


class Expressions:
    """Writes values and Keras objects; what they need beside Keras is collected.

    Args:
        definitions: takes the classes that are ours, not Keras'.
    """

    def __init__(self, definitions: Definitions) -> None:
        self.definitions = definitions

    def value(self, value: Any) -> str:
        """Anything a Keras configuration may hold.

        Raises:
            UserError: there is no expression for it.
        """
        if isinstance(value, str):
            return json.dumps(value, ensure_ascii=False)
        if isinstance(value, _SCALARS):
            return _number(value)
        if isinstance(value, slice):
            return f"slice({value.start}, {value.stop}, {value.step})"
        if isinstance(value, tuple):
            items = ", ".join(map(self.value, value))
            return f"({items},)" if len(value) == 1 else f"({items})"
        if isinstance(value, list):
            return f"[{', '.join(map(self.value, value))}]"
        if isinstance(value, Mapping) and "class_name" in value:
            return self._serialised(value)
        if isinstance(value, Mapping):
            return f"{{{', '.join(f'{k!r}: {self.value(v)}' for k, v in value.items())}}}"
        raise UserError("There is no plain code for a value", received=value)

    def made(self, thing: Any, **replaced: str) -> str:
        """The shortest call that makes an object with the configuration of ``thing``.

        Args:
            replaced: expressions in place of what the configuration says.

        Raises:
            UserError: it has no configuration, or one that plain code has no words for.
        """
        config = _config(thing)
        if re.fullmatch(rf"{_snake(type(thing).__name__)}(_\d+)?", str(config.get("name", ""))):
            del config["name"]  # Keras would give the same name
        kind = getattr(type(thing), "written_as", type(thing))
        target, config = config, _as_given(kind, config)
        needed = _needed(kind, config, target, frozenset(replaced))
        arguments = []
        for name, parameter in _parameters(kind).items():
            if name not in needed and not (name in _SHOWN and name in config):
                continue
            text = replaced.get(name) or self.value(config[name])
            bare = parameter.default is parameter.empty or name in _SHOWN
            arguments.append(text if bare else f"{name}={text}")
        return call(self.name(kind), arguments)

    def name(self, kind: type) -> str:
        """How code reaches a class: Keras' public name, or its own source if it is ours."""
        import keras

        for module, prefix in (
            (keras.layers, "layers"), (keras.optimizers, "keras.optimizers"),
            (keras.initializers, "keras.initializers"),
            (keras.regularizers, "keras.regularizers"),
            (keras.constraints, "keras.constraints"), (keras.losses, "keras.losses"),
            (keras.metrics, "keras.metrics"),
        ):  # fmt: skip
            if getattr(module, kind.__name__, None) is kind:
                return f"{prefix}.{kind.__name__}"
        self.definitions.add(kind)
        return kind.__name__

    def _serialised(self, value: Mapping[str, Any]) -> str:
        """An object inside a configuration; one that a word stands for is that word."""
        import keras

        if value["class_name"] == "DTypePolicy":
            return self.value(value["config"]["name"])
        if not isinstance(value.get("config"), Mapping):
            raise UserError("There is no plain code for a function", received=value["class_name"])
        try:
            thing = keras.saving.deserialize_keras_object(dict(value))
        except (TypeError, ValueError) as error:  # a lambda, or a class nobody registered
            name = value["class_name"].strip("_")
            raise UserError(
                "There is no plain code for one of its parts", received=name
            ) from error
        if isinstance(thing, keras.initializers.Initializer):
            word = _snake(value["class_name"])
            if _is_what_the_word_means(thing, word):
                return self.value(word)
        return self.made(thing)


def call(name: str, arguments: Sequence[str], brackets: str = "()") -> str:
    """A call, or a list, over several lines where one would be too long."""
    line = f"{name}{brackets[0]}{', '.join(arguments)}{brackets[1]}"
    if len(line) <= _LINE or not arguments:
        return line
    inner = "".join("\n    " + text.replace("\n", "\n    ") + "," for text in arguments)
    return f"{name}{brackets[0]}{inner}\n{brackets[1]}"


def _number(value: object) -> str:
    """A number, 1 / 255 rather than 0.00392156862745098."""
    text = repr(value)
    if isinstance(value, float) and 0 < value < 1:
        fraction = f"1 / {round(1 / value)}"
        if 1 / round(1 / value) == value and len(fraction) < len(text):
            return fraction
    return text


def _config(thing: Any) -> dict[str, Any]:
    try:
        return dict(thing.get_config())
    except NotImplementedError as error:
        raise UserError(
            f"{type(thing).__name__} does not say how it was made, so no code can be written "
            "for it",
            fix="Give the class a get_config method",
        ) from error


def _parameters(kind: type) -> dict[str, inspect.Parameter]:
    """What a class can be made with, its parents' parameters last."""
    found: dict[str, inspect.Parameter] = {}
    for parent in kind.__mro__:
        if "__init__" not in vars(parent):
            continue
        parameters = list(inspect.signature(vars(parent)["__init__"]).parameters.values())[1:]
        open_ended = any(p.kind is p.VAR_KEYWORD for p in parameters)
        named = [p for p in parameters if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)]
        found |= {p.name: p for p in named if p.name not in found}
        if not open_ended:
            break
    return found


def _as_given(kind: type, config: dict[str, Any]) -> dict[str, Any]:
    """The configuration before a two-way layer made two of the one it was given."""
    if kind.__name__ != "Bidirectional":
        return config
    inner = config["layer"]["config"]
    own = {key: value for key, value in inner.items() if key != "zero_output_for_mask"}
    layer = {**config["layer"], "config": own | {"name": inner["name"].removeprefix("forward_")}}
    given = {**config, "layer": layer}
    del given["backward_layer"]
    return given if _makes(kind, given, config) else config


def _needed(
    kind: type, config: dict[str, Any], target: dict[str, Any], kept: frozenset[str]
) -> set[str]:
    """The arguments without which another object than ``target`` would come out."""
    needed = {name for name in _parameters(kind) if name in config}
    for name in sorted(needed - kept):
        without = {key: config[key] for key in needed if key != name}
        if _makes(kind, without, target):
            needed = needed - {name}
    return needed


def _makes(kind: type, arguments: dict[str, Any], config: dict[str, Any]) -> bool:
    """Whether these arguments make an object of that configuration."""
    for maker in (kind.from_config, lambda values: kind(**values)):  # type: ignore[attr-defined]
        try:
            made = maker(dict(arguments)).get_config()
        except Exception:  # each class has its own way to say that something is missing
            continue
        return {k: v for k, v in made.items() if k in config} == config
    return False


def _is_what_the_word_means(thing: Any, word: str) -> bool:
    import keras

    try:
        meant = keras.initializers.get(word)
    except ValueError:
        return False
    return type(meant) is type(thing) and meant.get_config() == thing.get_config()


def _snake(name: str) -> str:
    """``BatchNormalization`` → ``batch_normalization``, as Keras names layers."""
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()
