"""The rules of the house: rooms have an order, files form no circle, core knows no command line."""

from __future__ import annotations

import ast
import re
import tomllib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
CORE = ROOT / "core"

ROOMS = [
    "lazy_patterns",
    "system_limits",
    "errors",
    "checks",
    "column_names",
    "number_texts",
    "decisions",
    "nan_policies",
    "read_options",
    "other_arguments",
    "misplaced_names",
    "callers",
    "settings",
    "selection",
    "job",
    "numerics",
    "engines",
    "files",
    "sources",
    "labels",
    "witnesses",
    "pairing",
    "tallies",
    "metrics",
    "backends",
    "sinks",
    "results",
    "figures",
    "running",
    "criterion",
]
"""Folders of core, and files beside them, from the bottom up. Each imports those above it here."""

DOORS = ("__init__", "__main__")
NOTHING: frozenset[str] = frozenset()


def modules() -> dict[str, Path]:
    """All modules of core, by their names within it, but for the two doors of the package.

    One has the public names; the other is `python -m smoothl1`, which is the command.
    """
    paths = {path.relative_to(CORE).with_suffix(""): path for path in sorted(CORE.rglob("*.py"))}
    names = {".".join(name.parts).removesuffix(".__init__"): of for name, of in paths.items()}
    return {name: path for name, path in names.items() if name not in DOORS}


MODULES = modules()


@cache
def imports_at_run_time(path: Path) -> frozenset[str]:
    """What a file imports, within functions, too; not what it imports for types alone."""
    names = set()
    for node in ast.walk(_without_type_checking(ast.parse(path.read_text()))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            inner = {f"{module}.{alias.name}" for alias in node.names}
            of_modules = {name for name in inner if name.removeprefix("smoothl1.") in MODULES}
            names |= of_modules or {module}
    return frozenset(names)


def _without_type_checking(tree: ast.Module) -> ast.Module:
    tree.body = [
        node
        for node in tree.body
        if not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")
    ]
    return tree


def imported(name: str) -> set[str]:
    """The modules of core that one of them imports."""
    names = {of.removeprefix("smoothl1.") for of in imports_at_run_time(MODULES[name])}
    return names & set(MODULES)


def test_rooms_import_only_what_is_below_them() -> None:
    for name in MODULES:
        level = ROOMS.index(name.split(".", maxsplit=1)[0])
        for below in imported(name):
            assert ROOMS.index(below.split(".")[0]) <= level, f"{name} imports {below}"


def test_no_circle_among_files() -> None:
    """Files without imports are taken away, until none is left."""
    rest = {name: imported(name) - {name} for name in MODULES}
    while free := [name for name, names in rest.items() if not names & rest.keys()]:
        for name in free:
            del rest[name]
    assert rest == {}


def test_core_knows_no_command_line() -> None:
    for name, path in MODULES.items():
        tops = {of.split(".")[0] for of in imports_at_run_time(path)}
        assert not tops & {"click", "rich"}, name
        assert not any(of.startswith("smoothl1.cli") for of in imports_at_run_time(path)), name


def test_every_room_says_what_it_takes_and_gives() -> None:
    folders = [path.parent for path in CORE.glob("*/__init__.py")]
    assert {folder.name for folder in folders} <= set(ROOMS)
    for folder in folders:
        text = ast.get_docstring(ast.parse((folder / "__init__.py").read_text())) or ""
        assert re.search(r"^Takes .* gives ", text, re.MULTILINE | re.DOTALL), folder
        assert re.search(r"\bImports\s", text), folder


def test_no_file_and_no_function_is_long() -> None:
    """Bodies are counted without docstrings and blank lines; Click calls the commands."""
    for path in [*CORE.rglob("*.py"), *(ROOT / "cli").rglob("*.py")]:
        lines = path.read_text().splitlines()
        assert len(lines) <= 300, path
        for node in ast.walk(ast.parse("\n".join(lines))):
            if not isinstance(node, ast.FunctionDef) or node.name == "command":
                continue
            body = node.body[1:] if ast.get_docstring(node) is not None else node.body
            if body:
                shown = filter(str.strip, lines[body[0].lineno - 1 : node.end_lineno])
                assert len(list(shown)) <= 40, f"{path}: {node.name}"


def test_every_documented_argument_exists() -> None:
    for path in [*CORE.rglob("*.py"), *(ROOT / "cli").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                taken = {of.arg for of in ast.walk(node.args) if isinstance(of, ast.arg)}
                assert _documented_arguments(node) <= taken, f"{path}: {node.name}"


def _documented_arguments(node: ast.FunctionDef) -> set[str]:
    """The names under `Args:` in a docstring."""
    section = re.search(r"^Args:\n(( .*)?\n)+", f"{ast.get_docstring(node)}\n", re.MULTILINE)
    return set() if section is None else set(re.findall(r"^ {4}(\w+): ", section[0], re.MULTILINE))


def test_every_folder_is_installed() -> None:
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"][
        "packages"
    ]
    roots = {"smoothl1": CORE, "smoothl1.cli": ROOT / "cli"}
    names = [
        ".".join((name, *path.parent.relative_to(root).parts))
        for name, root in roots.items()
        for path in root.rglob("__init__.py")
    ]
    assert sorted(packages) == sorted(names)


def test_the_picture_of_the_design_has_every_room_in_order() -> None:
    text = (ROOT / "docs" / "design.md").read_text()
    folders = [room for room in ROOMS if (CORE / room).is_dir()]
    shown = re.findall(r"^core/(\w+)/", text, re.MULTILINE)
    assert shown == folders


def test_every_module_was_looked_at() -> None:
    assert {"numerics.loss", "sources.npy.source", "running.evaluate"} <= set(MODULES)
    assert "numpy" in imports_at_run_time(MODULES["numerics.loss"])
    assert "backends.scattering" in imported("backends.native")
