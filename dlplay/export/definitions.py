"""The source of classes and functions of our own that a script cannot do without."""

from __future__ import annotations

import ast
import builtins
import inspect
import sys
import textwrap
import types
from typing import Any

from dlplay.errors import UserError
from dlplay.export.lines import wrapped

_OURS = "dlplay."


class Definitions:
    """Classes, functions and constants of ours, with all they need, in the order of need."""

    def __init__(self) -> None:
        self.imports: set[str] = set()
        self._sources: dict[str, str] = {}

    def add(self, thing: Any) -> None:
        """Take in a class or function of ours.

        Raises:
            UserError: it is not ours, or its source is not there.
        """
        name = thing.__name__
        if name in self._sources:
            return
        try:
            if not thing.__module__.startswith(_OURS):
                raise TypeError("of another package")
            source = textwrap.dedent(inspect.getsource(thing))
        except (OSError, TypeError) as error:
            raise UserError(
                "There is no plain code for a layer of this kind", received=name
            ) from error
        tree = _Plain().visit(ast.parse(source))
        self._sources[name] = ""  # a class may name itself
        self._add_what_it_needs(tree, sys.modules[thing.__module__])
        del self._sources[name]
        self._sources[name] = wrapped(ast.unparse(tree))

    def code(self) -> str:
        """All of it."""
        return "\n\n\n".join(self._sources.values())

    def _add_what_it_needs(self, tree: ast.AST, module: types.ModuleType) -> None:
        for node in ast.walk(tree):
            if not isinstance(node, ast.Name) or hasattr(builtins, node.id):
                continue
            value = vars(module).get(node.id, self)
            if value is not self:
                self._take(node.id, value, module)

    def _take(self, name: str, value: Any, module: types.ModuleType) -> None:
        if isinstance(value, types.ModuleType):
            parent, _, last = value.__name__.rpartition(".")
            if last == name and parent:
                self.imports.add(f"from {_public(parent)} import {name}")
            else:
                alias = "" if value.__name__ == name else f" as {name}"
                self.imports.add(f"import {value.__name__}{alias}")
        elif isinstance(value, type | types.FunctionType):
            if value.__module__.startswith(_OURS):
                self.add(value)
            else:
                self.imports.add(f"from {_public(value.__module__)} import {name}")
        elif name not in self._sources:
            self._sources[name] = f"{name} = {value!r}"


class _Plain(ast.NodeTransformer):
    """Takes types away, and with them the names that only they need; and our registration."""

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.ClassDef:
        node.decorator_list = [
            d for d in node.decorator_list if "register_keras" not in ast.dump(d)
        ]
        self.generic_visit(node)
        return node

    def visit_Call(self, node: ast.Call) -> ast.Call:
        """A list where a generator is all that a function is given: written, it would have two
        pairs of brackets."""
        self.generic_visit(node)
        if len(node.args) == 1 and isinstance(node.args[0], ast.GeneratorExp):
            listed = ast.ListComp(node.args[0].elt, node.args[0].generators)
            node.args = [ast.copy_location(listed, node)]
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        node.returns = None
        self.generic_visit(node)
        return node

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.stmt:
        self.generic_visit(node)
        if node.value is None:
            return ast.Pass()
        return ast.copy_location(ast.Assign([node.target], node.value), node)


def _public(module: str) -> str:
    """``keras.src.ops`` is ``keras.ops`` to everybody else."""
    if module.startswith("keras."):
        return "keras" if module.count(".") < 2 else f"keras.{module.split('.')[2]}"
    return module
