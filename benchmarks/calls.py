"""Functions and modules of this package that a small run enters: how long a reader's way is.

    python benchmarks/calls.py [CASE ...]            count
    python benchmarks/calls.py --list CASE           the functions in the order of their first call

The second run of a command in one process is counted, with one thread and `-q`, so that imports and
caches do not count. Comprehensions and lambda functions are left out.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import smoothl1
from smoothl1.cli.main import main

if TYPE_CHECKING:
    from types import FrameType

FOLDER = os.path.dirname(os.path.abspath(smoothl1.__file__))
CLI = os.path.dirname(os.path.abspath(sys.modules["smoothl1.cli.main"].__file__ or ""))

CASES = {
    "npy": ["eval", "p.npy", "t.npy"],
    "csv": ["eval", "p.csv", "t.csv"],
    "key": [
        *("eval", "table.csv", "targets.csv", "--pred", "p", "--target", "t"),
        *("--key", "id", "--by", "g", "--weight", "w"),
    ],
}
"""Arguments of smoothl1, in a folder with the files of `make_files`."""


def make_files(folder: Path) -> None:
    """Write the inputs of the cases, the same each time."""
    pred, target = np.random.default_rng(0).standard_normal((2, 50))
    np.save(folder / "p.npy", pred)
    np.save(folder / "t.npy", target)
    numbers = list(enumerate(zip(pred.tolist(), target.tolist(), strict=True)))
    tables = {
        "p.csv": ("p", map(str, pred.tolist())),
        "t.csv": ("t", map(str, target.tolist())),
        "table.csv": ("id,g,w,p", [f"{i},{i % 3},{1 + i % 2},{p}" for i, (p, _) in numbers]),
        "targets.csv": ("id,t", [f"{i},{t}" for i, (_, t) in numbers]),
    }
    for name, (header, rows) in tables.items():
        (folder / name).write_text("\n".join([header, *rows, ""]))


def run(arguments: list[str]) -> None:
    """Run the command in this process."""
    try:
        main([*arguments, "-q", "--threads", "1"], standalone_mode=False)
    except SystemExit as end:
        if end.code:
            raise


def calls(arguments: list[str]) -> dict[tuple[str, str], int]:
    """How often each function is called by the second run, in the order of the first calls."""
    run(arguments)
    found: dict[tuple[str, str], int] = {}

    def see(frame: FrameType, event: str, _: Any) -> None:
        code = frame.f_code
        module = _module_of(code.co_filename)
        if event == "call" and module and not code.co_qualname.endswith(">"):
            function = (module, code.co_qualname)
            found[function] = found.get(function, 0) + 1

    sys.setprofile(see)
    try:
        run(arguments)
    finally:
        sys.setprofile(None)
    return found


def _module_of(path: str) -> str:
    """The module of a file within the package; "" for other files."""
    for folder, prefix in ((CLI, "cli."), (FOLDER, "")):
        if path.startswith(folder + os.sep):
            name = os.path.relpath(path, folder).removesuffix(".py").replace(os.sep, ".")
            return prefix + name
    return ""


def main_of_script() -> None:
    """Count the cases that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", nargs="*", metavar="CASE", help=", ".join(CASES))
    parser.add_argument("--list", action="store_true", help="name the functions")
    given = parser.parse_args()
    output = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # the commands write there
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        make_files(Path(folder))
        counts = {case: calls(CASES[case]) for case in given.cases or CASES}
        os.chdir("/")
    os.dup2(output, 1)
    for case, found in counts.items():
        of_core = [function for function in found if not function[0].startswith("cli.")]
        modules, in_core = len({m for m, _ in found}), len({m for m, _ in of_core})
        print(
            f"{case:13}{modules:4} modules ({in_core} of core){len(found):5} functions "
            f"({len(of_core)} of core){sum(found.values()):6} calls"
        )
        for (module, name), n in found.items() if given.list else ():
            print(f"{n:6}  {module}: {name}")


if __name__ == "__main__":
    main_of_script()
