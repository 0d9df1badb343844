"""Random data sets and command lines, compared to the bit with an oracle of their own.

`python -m tests.faults.differential --runs 50000 --seed 0` runs many; the tests run a few. A case
that fails is one line, with the command that runs it again. `--keep FOLDER` keeps its files.
"""

from __future__ import annotations

import argparse
import gc
import io
import json
import math
import os
import shutil
import sys
import tempfile
from contextlib import chdir, contextmanager, redirect_stderr
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from smoothl1.cli.main import main as smoothl1
from smoothl1.errors import DataError
from tests.faults.compared import Compared, compared, differing
from tests.faults.elements import RefusedError
from tests.faults.expected import Expected, expected, rounded_to
from tests.faults.random_cases import drawn
from tests.faults.random_files import command_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.faults.cases import Case


class Refusal(NamedTuple):
    """The error of a command line, in words, and whether data were refused."""

    words: str
    is_of_data: bool = False


class Answer(NamedTuple):
    """What a command line gave: its output, or why there is none."""

    output: str
    refusal: Refusal | None = None


_Wanted = Expected | Compared | RefusedError


def failure(seed: int, folder: Path) -> str | None:
    """Run the case of a seed in an empty folder; gives what is wrong, in one line."""
    case = drawn(seed)
    args = command_line(case, folder)
    try:
        wanted: _Wanted = expected(case) if case.n_models == 1 else compared(case)
    except RefusedError as refused:
        wanted = refused
    with chdir(folder):
        answer = _answer(case, args)
    found = _difference(case, wanted, answer)
    if found is None:
        return None
    again = f"python -m tests.faults.differential --runs 1 --seed {seed}"
    return f"{again}: {found[:400]}: smoothl1 {' '.join(args)}"


def failures(seed: int, n_runs: int, folder: Path | None = None) -> Iterator[str]:
    """Run the cases of consecutive seeds; gives what is wrong.

    Args:
        seed: The first seed.
        n_runs: How many.
        folder: Where the files of the last case stay; unset, they are removed.
    """
    for one in range(seed, seed + n_runs):
        with tempfile.TemporaryDirectory() as temporary:
            found = failure(one, Path(temporary))
            if folder is not None:
                shutil.copytree(temporary, folder, dirs_exist_ok=True)
        if found is not None:
            yield found


def _answer(case: Case, args: list[str]) -> Answer:
    """The answer to a command line; or to those of all parts, merged."""
    if case.settings["reduction"] == "none":
        return _called(args)
    if case.n_parts == 1:
        return _called([*args, "--json"])
    names = []
    for i in range(1, case.n_parts + 1):
        part = _called([*args, "--json", "--part", f"{i}/{case.n_parts}"])
        if part.refusal is not None:
            return part
        names.append(f"part-{i}.json")
        Path(names[-1]).write_text(part.output, encoding="utf-8")
    return _called(["merge", *reversed(names), "--json"])


def _called(args: list[str]) -> Answer:
    with tempfile.TemporaryFile() as file:
        err = io.TextIOWrapper(io.BytesIO(), "utf-8")
        with standard_output(file.fileno()), redirect_stderr(err):
            refusal = _refusal_of(args)
            if refusal is not None and "--reduction=none" in args:
                gc.collect()  # outputs of losses that the error refers to are flushed here
        file.seek(0)
        return Answer(file.read().decode(), refusal)


def _refusal_of(args: list[str]) -> Refusal | None:
    try:
        smoothl1.main(args, "smoothl1", standalone_mode=False)
    except DataError as error:
        return Refusal(str(error), is_of_data=True)
    except Exception as error:  # noqa: BLE001  whatever it is, it is compared
        return Refusal(repr(error))
    return None


@contextmanager
def standard_output(number: int) -> Iterator[None]:
    """Let what is written to the standard output of this process go elsewhere."""
    sys.stdout.flush()
    before = os.dup(1)
    os.dup2(number, 1)
    try:
        yield
        sys.stdout.flush()
    finally:
        os.dup2(before, 1)
        os.close(before)


def _difference(case: Case, wanted: _Wanted, answer: Answer) -> str | None:
    if isinstance(wanted, RefusedError):
        is_right = answer.refusal is not None and answer.refusal.is_of_data
        return None if is_right else f"not refused ({wanted}): {answer.refusal}"
    if answer.refusal is not None:
        return f"refused: {answer.refusal.words}"
    if isinstance(wanted, Compared):
        return differing(case, wanted, json.loads(answer.output))
    if case.settings["reduction"] == "none":
        return _differing_losses(wanted, answer.output, case.n_columns)
    return _differing_result(case, wanted, json.loads(answer.output))


def _differing_result(case: Case, wanted: Expected, document: dict[str, Any]) -> str | None:
    left_out = tuple(
        tuple(document["inputs"][side].get(name, 0) for name in ("unmatched", "duplicates"))
        for side in ("pred", "target")
    )
    if left_out != wanted.left_out:
        return f"left out {left_out}, not {wanted.left_out}"
    found = {_place(entry): entry for entry in document["results"]}
    if found.keys() != wanted.entries.keys():
        return f"entries {[*found]}, not {[*wanted.entries]}"
    for place, fields in wanted.entries.items():
        for name, value in fields.items():
            if not _are_same(_number(found[place], name), value):
                return f"{place}: {name} is {_number(found[place], name)}, not {value}"
    return None if wanted.top is None else _differing_top(document["top"], wanted.top)


def _place(entry: dict[str, Any]) -> tuple[Any, ...]:
    group = entry.get("group", [])
    return entry["beta"], (group,) if isinstance(group, str) else tuple(group), entry.get("column")


def _number(fields: dict[str, Any], name: str) -> Any:
    text = fields.get(f"{name}_text")
    return fields.get(name, "absent") if text is None else float(text)


def _are_same(one: Any, other: Any) -> bool:
    """Whether two numbers are equal to the bit; NaN is equal to NaN."""
    if isinstance(one, float) and isinstance(other, float):
        return (math.isnan(one) and math.isnan(other)) or (
            one == other and math.copysign(1, one) == math.copysign(1, other)
        )
    return bool(one == other)


def _differing_top(found: list[dict[str, Any]], wanted: list[dict[str, Any]]) -> str | None:
    if len(found) != len(wanted):
        return f"{len(found)} worst rows, not {len(wanted)}"
    for i, (one, other) in enumerate(zip(found, wanted, strict=True)):
        for name, value in other.items():
            if value is not None and not _are_same(_number(one, name), value):
                return f"worst row {i}: {name} is {_number(one, name)}, not {value}"
    return None


def _differing_losses(wanted: Expected, text: str, n_columns: int) -> str | None:
    """Text has the fewest digits that read back to a number of its own width."""
    lines = [line.split("\t")[-n_columns:] for line in text.splitlines()]
    found = [[rounded_to(float(cell), wanted.dtype) for cell in cells] for cells in lines]
    if len(found) != len(wanted.losses):
        return f"{len(found)} rows of losses, not {len(wanted.losses)}"
    for i, (row, other) in enumerate(zip(found, wanted.losses, strict=True)):
        if len(row) < len(other) or not all(map(_are_same, row, other)):
            return f"losses of row {i + 1} are {row}, not {other}"
    return None


def main() -> None:
    """Run many cases; the exit code is 1 if any fails."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, metavar="FOLDER")
    given = parser.parse_args()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    gc.freeze()
    n_failed = 0
    for found in failures(given.seed, given.runs, given.keep):
        n_failed += 1
        print(found, flush=True)  # noqa: T201
    print(f"{given.runs} runs, {n_failed} failed")  # noqa: T201
    sys.exit(n_failed > 0)


if __name__ == "__main__":
    main()
