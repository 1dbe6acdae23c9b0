"""The rules of the house, checked on the source itself: who may import whom, and how large."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from dlplay.architectures import ARCHITECTURES
from dlplay.catalogue import Entry
from dlplay.datasets import DATASETS
from dlplay.views import VIEWS

ROOT = Path(__file__).resolve().parents[1]

LAYERS = (
    {
        "dlplay",
        "errors",
        "settings",
        "memory",
        "catalogue",
        "uploads",
        "figures",
        "layers",
        "plain",
        "scoring",
        "photo",
        "cache",
        "files",
        "orders",
    },
    {"datasets"},
    {"pretrained"},
    {"architectures"},
    {"optimisation"},
    {"experiment"},
    {"presets", "runs", "lessons", "views", "coach"},
    {"training", "classify", "export", "studies"},
    {"execution"},
    {"ui", "cli", "__main__"},
    {"pages"},
    {"app"},
)
"""Each imports itself and what stands above it; a new package gets its place here."""

FRAMEWORKS = {"keras", "tensorflow", "jax", "torch"}

SOURCES = sorted(
    [ROOT / "app.py", *(ROOT / "dlplay").rglob("*.py"), *(ROOT / "pages").glob("*.py")]
)
COMMANDS = sorted((ROOT / "dlplay/cli").glob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))


@dataclass(frozen=True)
class Import:
    """An import statement.

    Args:
        module: dotted name of what is imported.
        line: where.
        deferred: whether it stands inside a function, so that it runs only when that is called.
    """

    module: str
    line: int
    deferred: bool

    @property
    def top(self) -> str:
        """The package it belongs to: ``keras`` of ``keras.datasets.mnist``."""
        return self.module.partition(".")[0]


def module_name(path: Path) -> str:
    """``dlplay.runs.store`` for ``dlplay/runs/store.py``, ``dlplay.runs`` for its ``__init__``."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def layer_of(module: str) -> int:
    """The layer of a module of ours, counted from the ground."""
    place = module.removeprefix("dlplay.").partition(".")[0]
    found = [index for index, layer in enumerate(LAYERS) if place in layer]
    assert found, f"{module} has no place in LAYERS yet; design.md, section 2, says where it goes"
    return found[0]


@cache
def imports_of(path: Path) -> tuple[Import, ...]:
    """Every import of a file, but those for type checkers alone."""
    return tuple(_walk(ast.parse(path.read_text("utf-8")), deferred=False))


def _walk(node: ast.AST, deferred: bool) -> Iterator[Import]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield Import(alias.name, node.lineno, deferred)
    elif isinstance(node, ast.ImportFrom):
        yield from _from(node, deferred)
    else:
        children = list(ast.iter_child_nodes(node))
        if isinstance(node, ast.If) and _is_type_checking(node.test):
            children = list(node.orelse)
        inside = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for child in children:
            yield from _walk(child, deferred or inside)


def _is_type_checking(test: ast.expr) -> bool:
    return ast.unparse(test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")


def _from(statement: ast.ImportFrom, deferred: bool) -> Iterator[Import]:
    """``from dlplay.runs import Run, requests`` imports a package and a module of it."""
    assert statement.level == 0, "write imports in full"
    package = statement.module or ""
    for alias in statement.names:
        inner = f"{package}.{alias.name}"
        yield Import(inner if _is_module(inner) else package, statement.lineno, deferred)


def _is_module(name: str) -> bool:
    path = ROOT / name.replace(".", "/")
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


def our_imports(path: Path) -> list[Import]:
    """What a file imports of this project."""
    return [found for found in imports_of(path) if found.top in ("dlplay", "pages", "app")]


def id_of(path: Path) -> str:
    """A file as a test's name shows it."""
    return str(path.relative_to(ROOT))


every_source = pytest.mark.parametrize("path", SOURCES, ids=id_of)


class TestImports:
    """Rules 1 to 3 of design.md, section 2."""

    @every_source
    def test_streamlit_is_imported_by_the_ui_alone(self, path: Path) -> None:
        if module_name(path).startswith(("app", "pages.", "dlplay.ui")):
            return
        assert [i for i in imports_of(path) if i.top == "streamlit"] == []

    @every_source
    def test_only_training_and_our_layers_import_a_framework_when_they_are_themselves_imported(
        self, path: Path
    ) -> None:
        if module_name(path).startswith(("dlplay.training", "dlplay.layers")):
            return
        at_once = [i for i in imports_of(path) if not i.deferred]
        assert [i for i in at_once if i.top in FRAMEWORKS] == []
        heavy = ("dlplay.training", "dlplay.layers")
        assert [i for i in at_once if i.module.startswith(heavy)] == []

    @every_source
    def test_imports_point_towards_the_ground(self, path: Path) -> None:
        layer = layer_of(module_name(path))
        upward = [i for i in our_imports(path) if layer_of(i.module) > layer]
        assert upward == []

    def test_the_command_line_knows_nothing_of_the_ui(self) -> None:
        found = {i.module for path in COMMANDS for i in our_imports(path)}
        assert "dlplay.cli.output" in found
        assert [module for module in found if module.startswith("dlplay.ui")] == []

    def test_only_a_helper_process_and_the_command_line_reach_training_from_outside(self) -> None:
        reaching = {
            module_name(path)
            for path in SOURCES
            for found in our_imports(path)
            if found.module.startswith("dlplay.training")
        }
        outside = {name for name in reaching if not name.startswith("dlplay.training")}
        assert outside == {"dlplay.execution.helper", "dlplay.cli.training"}

    def test_no_module_imports_itself_through_others(self) -> None:
        graph = {module_name(path): {i.module for i in our_imports(path)} for path in SOURCES}
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            pytest.fail(f"A circle of imports: {' → '.join(error.args[1])}")

    def test_a_circle_and_an_import_for_type_checkers_are_told_apart(self, tmp_path: Path) -> None:
        path = tmp_path / "example.py"
        path.write_text(
            "if TYPE_CHECKING:\n    import keras\nelse:\n    import json\n"
            "class A:\n    import torch\n"
            "def f():\n    from tensorflow import data\n"
        )
        found = {(i.module, i.deferred) for i in imports_of(path)}
        assert found == {("json", False), ("torch", False), ("tensorflow", True)}


def test_what_the_server_imports_loads_no_framework() -> None:
    """Once ``keras`` is loaded, Streamlit clears its session after every script run."""
    views = [module_name(path) for path in (ROOT / "dlplay/ui").glob("*.py")]
    modules = [name for name in views if name != "dlplay.ui.shell"]  # the shell draws on import
    assert "dlplay.ui.server" in modules
    program = (
        "import importlib, json, sys\n"
        f"for name in {[*modules, 'dlplay.execution', 'dlplay.cli']!r}:\n"
        "    importlib.import_module(name)\n"
        f"print(json.dumps(sorted({FRAMEWORKS!r} & set(sys.modules))))\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout.splitlines()[-1]) == []


def named_entries(path: Path) -> list[tuple[int, str]]:
    """Names of datasets and networks written out in a file: line and name."""
    tree = ast.parse(path.read_text("utf-8"))
    # A widget's key is no name, even where a dataset happens to be called the same.
    keys = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.keyword) and n.arg == "key"}
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value in {*DATASETS, *ARCHITECTURES}
        and id(node) not in keys
    ]


class TestCatalogue:
    """Rule 4: an entry is one file and one line; whatever serves all entries names none."""

    @pytest.mark.parametrize(
        "path",
        [p for p in SOURCES if module_name(p).startswith(("app", "pages.", "dlplay.ui"))]
        + COMMANDS,
        ids=id_of,
    )
    def test_the_ui_and_the_command_line_name_no_entry(self, path: Path) -> None:
        assert named_entries(path) == []

    @pytest.mark.parametrize(
        "path", [p for p in TESTS if p.name == "test_catalogue.py"], ids=id_of
    )
    def test_a_test_of_the_whole_catalogue_names_no_entry(self, path: Path) -> None:
        """So that adding one needs no change there; what is about one has a file of its own."""
        assert named_entries(path) == []

    @pytest.mark.parametrize(
        ("package", "listed"),
        [("datasets", DATASETS), ("architectures", ARCHITECTURES), ("views", VIEWS)],
    )
    def test_a_catalogue_lists_its_entries_one_import_a_line(
        self, package: str, listed: dict[str, type[Entry]]
    ) -> None:
        tree = ast.parse((ROOT / "dlplay" / package / "__init__.py").read_text("utf-8"))
        lines = [
            [alias.name for alias in statement.names]
            for statement in tree.body
            if isinstance(statement, ast.ImportFrom)
        ]
        for entry in listed.values():
            assert [entry.__name__] in lines


def test_no_page_stops_midway() -> None:
    """Streamlit forgets what the page before was polling only at the end of the next one."""
    drawing = [p for p in SOURCES if module_name(p).startswith(("pages.", "dlplay.ui"))]
    stopping = [p for p in drawing if "st.stop(" in p.read_text("utf-8")]
    assert (len(drawing) > 20, stopping) == (True, [])


class TestSize:
    """Small enough to read."""

    @every_source
    def test_a_module_has_at_most_300_lines(self, path: Path) -> None:
        assert len(path.read_text("utf-8").splitlines()) <= 300

    @pytest.mark.parametrize("path", sorted((ROOT / "pages").glob("*.py")), ids=id_of)
    def test_a_page_has_at_most_60_lines(self, path: Path) -> None:
        assert len(path.read_text("utf-8").splitlines()) <= 60

    def test_no_module_is_a_grab_bag(self) -> None:
        bags = {"utils", "util", "helpers", "common", "misc"}
        assert [p for p in (*SOURCES, *TESTS) if p.stem in bags] == []
