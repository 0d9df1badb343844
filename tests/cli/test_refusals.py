"""Options that are wrong, or do not go together, are refused in one line that says what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tests.cli.terminals import on_terminal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

REFUSED: dict[str, str] = {
    "--also median": "did you mean --quantile 0.5",
    "--also rms": "'rms' is not one of",
    "--quantile 50%": "'50%' is no number; did you mean 0.5",
    "--quantile median": "'median' is no number; did you mean 0.5",
    "--part half": "'half' is no part: write i/n",
    "--part 5/3": "there is no part 5 of 3",
    "--part 1/2 --plan 2": "leave out one",
    "--part 1/2 --fail-above 1": "is about the whole, not a part",
    "--store-timeout 0": "is not a time above 0",
    "--engine dask --workers 2 --scheduler tcp://h:1": "leave out one",
    "--engine dask --engine-timeout 0": "--engine-timeout must be above 0",
    "--json -f csv": "ask for two forms",
    "--baseline b.json": "--baseline needs a --max-increase",
    "--max-increase 0": "needs a --baseline",
    "--confidence 0.9": "--confidence needs --fail-above or --baseline",
    "--reduction none -b 1 -b 2 -o x.csv": "one beta",
    "--reduction none -o x.html": "is a page, and no losses",
    "-o folder/": "a folder takes the outputs of parts",
    "--raw 5": "raw",
}
"""Options, and what their error says."""


def saved(folder: Path) -> None:
    np.save(folder / "p.npy", [0.0, 1.5, 3.0])
    np.save(folder / "t.npy", [0.5, 1.0, 1.0])


def test_each_is_refused_in_one_line_and_nothing_is_written(run: Run, tmp_path: Path) -> None:
    saved(tmp_path)
    for options, said in REFUSED.items():
        done = run("eval", "p.npy", "t.npy", *options.split())
        assert (done.returncode, done.stdout) == (2, ""), (options, done.stdout)
        assert said in done.stderr, (options, done.stderr)
        assert done.stderr.count("\n") == 1, (options, done.stderr)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["p.npy", "t.npy"]


def test_the_nearest_options_that_are_right_are_taken(run: Run, tmp_path: Path) -> None:
    saved(tmp_path)
    for options in (
        "--also mae",
        "--quantile 0.5",
        "--part 1/1",
        "--store-timeout 0.5",
        "--fail-above 9 --confidence 0.9",
        "--reduction none -b 1 -o x.csv",
    ):
        done = run("eval", "p.npy", "t.npy", *options.split())
        assert done.returncode in {0, 1}, (options, done.stderr)
        assert "error" not in done.stderr


def test_the_worst_rows_fit_a_terminal(tmp_path: Path) -> None:
    saved(tmp_path)
    args = ["eval", "p.npy", "t.npy", "--top", "2", "-b", "0", "-q"]
    for width in (80, 40, 20):
        seen = on_terminal(args, tmp_path, COLUMNS=str(width))
        assert max(map(len, seen.splitlines())) <= width
        told = [seen.index(number) for number in ("1.0", "loss", "2", "0.5")]  # the mean is first
        assert told == sorted(told)
