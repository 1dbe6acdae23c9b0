"""A built Keras model as the code that builds it, layer by layer, in the order it was built."""

from __future__ import annotations

import inspect
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from dlplay.errors import UserError
from dlplay.export.expressions import Expressions, call

if TYPE_CHECKING:
    import keras

_NAMES = ("x", "y", "z", "u", "v", "w", *(f"x{number}" for number in range(2, 1000)))


def network_code(model: keras.Model, expressions: Expressions) -> str:
    """Code that leaves an equal network in ``model``, its weights drawn in the same order.

    Raises:
        UserError: a layer has no plain code; it is named.
    """
    import keras

    if type(model) is keras.Model or _is_graph(model):
        return _Graph(model, expressions).code("model")
    inside = _networks_in(model)
    if not inside:
        raise UserError(
            f"The network {model.name} trains in a way of its own, which plain code of its layers "
            "would not show",
            received=type(model).__name__,
        )
    parts = [_Graph(part, expressions).code(name) for name, part in inside.items()]
    made = expressions.made(model, **{name: name for name in inside})
    return "\n".join([*parts, f"model = {made}"])


def _is_graph(layer: Any) -> bool:
    return type(layer).__name__ == "Functional"


def _networks_in(model: Any) -> dict[str, Any]:
    """The networks of layers that a model of its own kind is made of, by parameter."""
    parameters = inspect.signature(type(model).__init__).parameters
    found = {name: getattr(model, name, None) for name in parameters}
    return {name: part for name, part in found.items() if _is_graph(part)}


class _Graph:
    """Walks the calls of a model; a variable's name is free again after its last use."""

    def __init__(self, model: Any, expressions: Expressions) -> None:
        self._model, self._expressions = model, expressions
        self._names: dict[int, str] = {}
        self._layers: dict[int, str] = {}
        self._lines: list[str] = []
        nodes = [node for nodes in model._nodes_by_depth.values() for node in nodes]
        self._calls = sorted((node for node in nodes if not node.is_input), key=_made_as)
        self._uses = Counter(id(t) for node in self._calls for t in node.input_tensors)
        self._uses.update(id(tensor) for tensor in model.outputs)
        self._times = Counter(id(node.operation) for node in self._calls)

    def code(self, target: str) -> str:
        for node in self._calls:
            if _is_graph(node.operation) and id(node.operation) not in self._layers:
                name = re.sub(r"\W", "_", node.operation.name)
                self._lines.append(_Graph(node.operation, self._expressions).code(name))
                self._layers[id(node.operation)] = name
        for number, tensor in enumerate(self._model.inputs):
            self._input(tensor, "" if len(self._model.inputs) == 1 else f"_{number + 1}")
        for node in self._calls:
            try:
                self._call(node)
            except UserError as error:
                layer = node.operation
                raise UserError(
                    f"The layer “{layer.name}” ({type(layer).__name__}) cannot be written as "
                    f"plain code. {error}"
                ) from error
        inputs, outputs = (
            self._structure(s) for s in (self._model._inputs_struct, self._model._outputs_struct)
        )
        name = self._expressions.value(self._model.name)
        self._lines.append(f"{target} = keras.Model({inputs}, {outputs}, name={name})")
        return "\n".join(self._lines)

    def _input(self, tensor: Any, number: str) -> None:
        name = f"inputs{number}"
        options = [self._expressions.value(tuple(tensor.shape[1:]))]
        if tensor.dtype != "float32":
            options.append(f"dtype={self._expressions.value(tensor.dtype)}")
        if not re.fullmatch(r"(input_layer|keras_tensor)(_\d+)?", tensor.name):
            options.append(f"name={self._expressions.value(tensor.name)}")
        self._names[id(tensor)] = name
        self._lines.append(f"{name} = keras.Input({', '.join(options)})")

    def _call(self, node: Any) -> None:
        from keras import Layer

        if type(node.operation).__name__ == "GetItem":
            self._item(node)
            return
        arguments = [self._structure(argument) for argument in node.arguments.args]
        usual = inspect.signature(node.operation.call).parameters
        arguments += [
            f"{name}={self._structure(value)}"
            for name, value in node.arguments.kwargs.items()
            if name not in usual or usual[name].default is not value
        ]
        is_layer = isinstance(node.operation, Layer)
        function = self._layer(node.operation) if is_layer else self._operation(node.operation)
        if not is_layer:
            config = node.operation.get_config()
            arguments += [
                f"{k}={self._expressions.value(v)}" for k, v in config.items() if k != "name"
            ]
        written = f"{function}({', '.join(arguments)})" if is_layer else call(function, arguments)
        self._assign(node, written)

    def _item(self, node: Any) -> None:
        """A part of a tensor, ``x[..., 0]``."""
        tensor, key = node.arguments.args
        places = key if isinstance(key, tuple) else (key,)
        self._assign(node, f"{self._structure(tensor)}[{', '.join(map(_place, places))}]")

    def _assign(self, node: Any, written: str) -> None:
        for tensor in node.input_tensors:
            self._uses[id(tensor)] -= 1
        self._lines.append(f"{self._result(node)} = {written}")

    def _layer(self, layer: Any) -> str:
        """The layer itself where it is called once, a variable where it is called again."""
        if self._times[id(layer)] == 1 and id(layer) not in self._layers:
            return self._expressions.made(layer)
        if id(layer) not in self._layers:
            name = f"shared_{len(self._layers) + 1}"
            self._lines.append(f"{name} = {self._expressions.made(layer)}")
            self._layers[id(layer)] = name
        return self._layers[id(layer)]

    def _operation(self, operation: Any) -> str:
        """A function of `keras.ops` that was called on symbols: a sum, a slice."""
        from keras import ops

        name = re.sub("([a-z0-9])([A-Z])", r"\1_\2", type(operation).__name__).lower()
        if not hasattr(ops, name):
            raise UserError("Expected a layer, or a function of keras.ops", received=name)
        return f"keras.ops.{name}"

    def _structure(self, value: Any) -> str:
        """Arguments of a call: tensors by their names, whatever they are nested in."""
        if id(value) in self._names:
            return self._names[id(value)]
        if isinstance(value, list | tuple):
            items = [self._structure(item) for item in value]
            if isinstance(value, list):
                return f"[{', '.join(items)}]"
            return f"({items[0]},)" if len(items) == 1 else f"({', '.join(items)})"
        if isinstance(value, dict):
            return f"{{{', '.join(f'{k!r}: {self._structure(v)}' for k, v in value.items())}}}"
        if hasattr(value, "_keras_history"):
            raise UserError("Its input comes from outside the network", received=value.name)
        return self._expressions.value(value)

    def _result(self, node: Any) -> str:
        """Names for what a call returns, those of variables no longer needed first."""
        outputs = list(node.outputs)
        if len(outputs) == 1 and outputs[0] is self._model.outputs[0]:
            self._names[id(outputs[0])] = "outputs"
            return "outputs"
        for output in outputs:
            taken = {self._names[t] for t, left in self._uses.items() if left and t in self._names}
            self._names[id(output)] = next(name for name in _NAMES if name not in taken)
        return ", ".join(self._names[id(output)] for output in outputs)


def _place(place: Any) -> str:
    """What stands between the brackets of an index."""
    if isinstance(place, slice):
        bounds = [place.start, place.stop, *([] if place.step is None else [place.step])]
        return ":".join("" if bound is None else str(bound) for bound in bounds)
    return "..." if place is Ellipsis else str(place)


def _made_as(node: Any) -> int:
    """When a call was made: Keras numbers symbolic tensors as they come."""
    number = re.search(r"\d+$", node.outputs[0].name)
    return int(number[0]) if number else 0
