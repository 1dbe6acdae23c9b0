"""Our own methods as plain code: what a learner reads is what ran."""

from __future__ import annotations

import ast
import builtins
import copy
import inspect
import textwrap
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from dlplay.errors import UserError

_PLAIN = (bool, int, float, str, type(None))


@dataclass(frozen=True)
class Body:
    """What a method does, without its object.

    Args:
        imports: statements the rest needs.
        statements: all but the return.
        returned: the expression it returns.
    """

    imports: tuple[str, ...]
    statements: tuple[str, ...]
    returned: ast.expr

    def code(self, *results: str) -> str:
        """The code, what is returned assigned to ``results``: to several, the parts of a tuple
        or the first arguments of a call."""
        parts: list[ast.expr] = [self.returned]
        if len(results) > 1 and isinstance(self.returned, ast.Tuple):
            parts = self.returned.elts
        elif len(results) > 1 and isinstance(self.returned, ast.Call):
            parts = self.returned.args
        pairs = zip(results, map(ast.unparse, parts), strict=False)
        assigned = [f"{name} = {value}" for name, value in pairs if name != value]
        return "\n".join([*self.imports, *self.statements, *assigned])


def body_of(method: Callable[..., Any], **arguments: str) -> Body:
    """The body of a bound ``method``, the values of its object written in.

    Methods that it calls are written out, too: what they return where they are called, what they
    do before that in front of it.

    Args:
        arguments: expressions in place of its parameters.

    Raises:
        UserError: it uses something that plain code has no words for.
    """
    function = _definition(method)
    given = {name: ast.parse(text, mode="eval").body for name, text in arguments.items()}
    writer = _Writer(method, function, given)
    statements = [copy.deepcopy(s) for s in function.body if not _is_docstring(s)]
    last = statements.pop()
    if not isinstance(last, ast.Return) or last.value is None:
        raise _not_plain(method, "no return at its end")
    lines = []
    for statement in statements:
        written = ast.unparse(writer.visit(statement))
        lines += [*writer.taken(), written]
    returned: ast.expr = writer.visit(last.value)
    return Body(tuple(sorted(writer.imports)), (*lines, *writer.taken()), returned)


class _Writer(ast.NodeTransformer):
    """Replaces what belongs to the object or its module by what it stands for."""

    def __init__(
        self, method: Any, function: ast.FunctionDef, arguments: Mapping[str, ast.expr]
    ) -> None:
        self.imports: set[str] = set()
        self._method, self._owner = method, method.__self__
        self._globals = inspect.unwrap(method).__globals__
        self._arguments = arguments
        names = (node for node in ast.walk(function) if isinstance(node, ast.Name))
        self._locals = {name.id for name in names if isinstance(name.ctx, ast.Store)}
        self._before: list[str] = []

    def taken(self) -> list[str]:
        """What has to be done before the statement visited last; asked for once."""
        before, self._before = self._before, []
        return before

    def visit_Call(self, node: ast.Call) -> ast.expr:
        if not _is_of_self(node.func):
            self.generic_visit(node)
            return node
        method = getattr(self._owner, node.func.attr)
        function = _definition(method)
        body = [s for s in function.body if not _is_docstring(s)]
        last = body[-1]
        if not isinstance(last, ast.Return) or last.value is None:
            raise _not_plain(self._method, f"a call of {node.func.attr}")
        parameters = [argument.arg for argument in function.args.args[1:]]
        arguments = dict(zip(parameters, (self.visit(a) for a in node.args), strict=False))
        inner = _Writer(method, function, arguments)
        if inner._locals & self._locals:
            raise _not_plain(self._method, f"names it shares with {node.func.attr}")
        for statement in body[:-1]:
            done = ast.unparse(inner.visit(copy.deepcopy(statement)))
            self._before += [*inner.taken(), done]
        written: ast.expr = inner.visit(copy.deepcopy(last.value))
        self._before += inner.taken()
        self._locals |= inner._locals
        self.imports |= inner.imports
        return written

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        if not _is_of_self(node):
            self.generic_visit(node)
            return node
        return self._constant(getattr(self._owner, node.attr), f"self.{node.attr}")

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id in self._arguments:
            return copy.deepcopy(self._arguments[node.id])
        if node.id in self._locals or hasattr(builtins, node.id):
            return node
        value = self._globals.get(node.id)
        if isinstance(value, types.ModuleType):
            alias = "" if value.__name__ == node.id else f" as {node.id}"
            self.imports.add(f"import {value.__name__}{alias}")
            return node
        if isinstance(value, type):  # the call whose arguments are the result
            return node
        return self._constant(value, node.id)

    def _constant(self, value: Any, name: str) -> ast.expr:
        items = value if isinstance(value, tuple) else (value,)
        if value is None or not all(isinstance(item, _PLAIN) for item in items):
            raise _not_plain(self._method, name)
        return ast.parse(repr(value), mode="eval").body


def _definition(method: Callable[..., Any]) -> ast.FunctionDef:
    """The method's own source, parsed."""
    try:
        source = textwrap.dedent(inspect.getsource(method))
    except (OSError, TypeError) as error:
        raise _not_plain(method, "no source") from error
    definition = ast.parse(source).body[0]
    if not isinstance(definition, ast.FunctionDef):
        raise _not_plain(method, "no function")
    return definition


def _is_of_self(node: ast.expr) -> TypeGuard[ast.Attribute]:
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
    )


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _not_plain(method: Any, what: str) -> UserError:
    return UserError(
        f"{getattr(method, '__qualname__', method)} cannot be written out as plain code",
        received=what,
    )
