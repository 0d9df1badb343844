"""Code that is broken at one place, to see whether a test notices: the score of the tests.

`python -m tests.faults.mutation core/numerics --sample 100 --seed 1` draws a hundred of all
changes to the files of a folder, makes each in a copy of the package, and runs the tests that
belong to the file. What no test notices is written with its place, and either needs a test or
changes nothing.

With `--reached FILE` only the tests run that reach the line (see `reached.py`), which takes a
fraction of the time. Tests that fork are not seen to reach any.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import copy
import os
import random
import resource
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np  # noqa: F401  before the forks
import pyarrow.parquet  # noqa: F401
import pytest

from tests.faults.reached import reached_by, tests_that_reach

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.faults.reached import Reached

ROOT = Path(__file__).parents[2]

_SECONDS = 120
"""Processor time of the tests of a change: more is an endless loop."""

_COMPARED = {ast.Lt: ast.LtE, ast.Gt: ast.GtE, ast.Eq: ast.NotEq, ast.Is: ast.IsNot}
_COMPARED |= {ast.In: ast.NotIn}
_COMPUTED = {ast.Add: ast.Sub, ast.Mult: ast.FloorDiv, ast.LShift: ast.RShift}
_COMPUTED |= {ast.BitAnd: ast.BitOr, ast.Mod: ast.Mult, ast.Pow: ast.Mult}
_OTHERS: dict[type, type] = {ast.And: ast.Or}
for _pairs in (_COMPARED, _COMPUTED):
    _OTHERS |= _pairs
    _OTHERS |= {other: one for one, other in _pairs.items() if other not in _OTHERS}
_OTHERS |= {ast.Or: ast.And, ast.Div: ast.Mult}


class Change(NamedTuple):
    """A change to a file.

    Attributes:
        path: The file, from the root of the repository.
        number: Which of all changes to it, from 0.
        place: The line and what is changed there.
    """

    path: str
    number: int
    place: str

    @property
    def line(self) -> int:
        """The number of the line."""
        return int(self.place.partition(":")[0])


class _Changing(ast.NodeTransformer):
    """Makes one change, or only counts them.

    Args:
        wanted: The number of the change; -1 makes none.
    """

    def __init__(self, wanted: int = -1) -> None:
        self.wanted = wanted
        self.places: list[str] = []

    def _is_wanted(self, node: ast.AST, what: str) -> bool:
        self.places.append(f"{node.lineno}: {what}")  # type: ignore[attr-defined]
        return len(self.places) - 1 == self.wanted

    def _swapped(self, node: ast.AST, operator: ast.AST) -> ast.AST:
        other = _OTHERS.get(type(operator))
        what = f"{type(operator).__name__} in {ast.unparse(node)[:60]}"
        if other is not None and self._is_wanted(node, what):
            return other()  # type: ignore[no-any-return]
        return operator

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        node.ops = [self._swapped(node, op) for op in node.ops]  # type: ignore[misc]
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        node.op = self._swapped(node, node.op)  # type: ignore[assignment]
        return node

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        self.generic_visit(node)
        node.op = self._swapped(node, node.op)  # type: ignore[assignment]
        return node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        self.generic_visit(node)
        is_known = isinstance(node.op, (ast.Not, ast.USub, ast.Invert))
        if is_known and self._is_wanted(node, f"without {type(node.op).__name__}"):
            return node.operand
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if isinstance(node.value, bool):
            if self._is_wanted(node, f"not {node.value}"):
                return ast.copy_location(ast.Constant(not node.value), node)
        elif isinstance(node.value, int) and self._is_wanted(node, f"{node.value} + 1"):
            return ast.copy_location(ast.Constant(node.value + 1), node)
        return node

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        if self._is_wanted(node, f"no {ast.unparse(node)[:60]}"):
            return ast.copy_location(ast.Pass(), node)
        self.generic_visit(node)
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        if isinstance(node.value, ast.Constant):
            return node
        if not isinstance(node.value, (ast.Yield, ast.YieldFrom)) and self._is_wanted(
            node, f"no {ast.unparse(node)[:60]}"
        ):
            return ast.copy_location(ast.Pass(), node)
        self.generic_visit(node)
        return node

    def visit_If(self, node: ast.If) -> ast.AST:
        is_for_types = ast.unparse(node.test) == "TYPE_CHECKING"
        if is_for_types:
            return node
        self.generic_visit(node)
        if self._is_wanted(node, f"not if {ast.unparse(node.test)[:60]}"):
            node.test = ast.copy_location(ast.UnaryOp(ast.Not(), node.test), node)
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is not None:
            node.value = self.visit(node.value)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.args = self.visit(node.args)
        node.body = [self.visit(one) for one in node.body]
        return node

    def visit_arguments(self, node: ast.arguments) -> ast.AST:
        node.defaults = [self.visit(one) for one in node.defaults]
        node.kw_defaults = [one and self.visit(one) for one in node.kw_defaults]
        return node


def changes(path: str) -> list[Change]:
    """All changes to a file."""
    counting = _Changing()
    counting.visit(ast.parse((ROOT / path).read_text(encoding="utf-8")))
    return [Change(path, i, place) for i, place in enumerate(counting.places)]


def changed(change: Change) -> str:
    """The text of a file with a change."""
    tree = ast.parse((ROOT / change.path).read_text(encoding="utf-8"))
    return ast.unparse(ast.fix_missing_locations(_Changing(change.number).visit(copy.copy(tree))))


def tests_of(path: str) -> Iterator[str]:
    """The tests that belong to a file of the package: that of its name, those that name it, and
    those of its folder.
    """
    parts = Path(path).with_suffix("").parts[1 if path.startswith("core/") else 0 :]
    folder = Path("tests", *parts[:-1])
    nearest = folder / f"test_{parts[-1]}.py"
    if (ROOT / nearest).is_file():
        yield str(nearest)
    name = f"from smoothl1.{'.'.join(parts)} import"
    for file in sorted((ROOT / "tests").rglob("test_*.py")):
        if file != ROOT / nearest and name in file.read_text(encoding="utf-8"):
            yield str(file.relative_to(ROOT))
    yield str(folder)


class Trial:
    """A copy of the package, in which changes are made.

    Args:
        folder: An empty folder.
        reached: The tests that reach each line, as far as that is known.
    """

    def __init__(self, folder: Path, reached: Reached) -> None:
        self._folder = folder
        self._reached = reached
        self._passing: set[str] = set()
        shutil.copytree(ROOT / "core", folder / "smoothl1")
        shutil.copytree(ROOT / "cli", folder / "smoothl1" / "cli")

    def is_noticed(self, change: Change) -> bool:
        """Whether the tests of a file fail with a change to it.

        Raises:
            AssertionError: They fail without it.
        """
        is_core = change.path.startswith("core/")
        file = self._folder / "smoothl1" / change.path.removeprefix("core/" if is_core else "")
        whole = file.read_text(encoding="utf-8")
        reaching = tests_that_reach(change.path, change.line, self._reached)
        for tests in reaching or [[some] for some in tests_of(change.path)]:
            file.write_text(changed(change), encoding="utf-8")
            is_noticed = _fails(self._folder, tests)
            file.write_text(whole, encoding="utf-8")
            if is_noticed:
                doubtful = [some for some in tests if some not in self._passing]
                assert not (doubtful and _fails(self._folder, doubtful)), doubtful
                self._passing.update(doubtful)
                return True
        return False


def _fails(folder: Path, tests: list[str]) -> bool:
    """Whether tests fail that run in a fork, with the package that is in a folder."""
    process = os.fork()
    if process == 0:
        with contextlib.suppress(BaseException):
            _become_tests(folder, tests)
        os._exit(1)
    _, status = os.waitpid(process, 0)
    return status != 0


def _become_tests(folder: Path, tests: list[str]) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    with open(os.devnull, "w", encoding="utf-8") as nothing:
        for stream in (1, 2):
            os.dup2(nothing.fileno(), stream)
    os.environ["PYTHONPATH"] = str(folder)
    sys.path.insert(0, str(folder))
    args = ["-x", "-q", "-p", "no:cacheprovider", "-m", "not grid", *tests]
    os._exit(int(pytest.main(args)))


def main() -> None:
    """Make changes, and say which of them no test notices."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("paths", nargs="+", help="files or folders of the package")
    parser.add_argument("--sample", type=int, help="draw so many of all changes")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--reached", type=Path, help="what coverage measured of every test")
    given = parser.parse_args()
    files = [
        str(file.relative_to(ROOT))
        for path in given.paths
        for file in sorted([ROOT / path] if path.endswith(".py") else (ROOT / path).glob("*.py"))
    ]
    some = [change for file in files for change in changes(file)]
    n_all = len(some)
    if given.sample is not None:
        some = random.Random(given.seed).sample(some, min(given.sample, n_all))
    n_missed = 0
    with tempfile.TemporaryDirectory() as name:
        trial = Trial(Path(name), reached_by(given.reached) if given.reached else {})
        for change in sorted(some):
            if not trial.is_noticed(change):
                n_missed += 1
                sys.stdout.write(f"{change.path}:{change.place}\n")
                sys.stdout.flush()
    n = len(some)
    sys.stdout.write(f"{n - n_missed} of {n} changes noticed, of {n_all} that there are\n")


if __name__ == "__main__":
    main()
