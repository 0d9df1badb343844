"""The names of models are short, and never the same."""

from __future__ import annotations

import pytest

from smoothl1.results.input_summary import InputSummary
from smoothl1.results.model_names import names_of_models


def format_of(path: str) -> str:
    """The format of data in memory for a name in angle brackets, unless it has a suffix."""
    return "array" if path.startswith("<") and path.endswith(">") else "npy"


def names(*sides: tuple[str, ...] | str) -> tuple[str, ...]:
    """The names of models, each given by a path, or by a path and its columns."""
    given = [(side,) if isinstance(side, str) else side for side in sides]
    summaries = [
        InputSummary((path,), format_of(path), (1,), "<f8", tuple(columns))
        for path, *columns in given
    ]
    return names_of_models(summaries)


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (("a.npy", "b.npy.gz"), ("a", "b")),
        (("runs/1/a.npy", "b.parquet"), ("a", "b")),
        (("a.npy", "a.csv"), ("a.npy", "a.csv")),
        (("runs/x/p.npy", "runs/y/p.npy"), ("x", "y")),
        (("runs/x/1/p.npy", "runs/y/2/p.npy"), ("x/1", "y/2")),
        (("p.npy", "old/p.npy"), ("p.npy", "old/p.npy")),
        (("old/", "new/"), ("old", "new")),
        (("a.npy", "b.npy", "a.npy"), ("a", "b", "a (2)")),
        (("<predictions_1>", "<predictions_2>"), ("predictions_1", "predictions_2")),
        (("-", "a.npy", "<predictions_3>"), ("-", "a", "predictions_3")),
        (("<y.hat>", "runs/a.npy", "<old/y>"), ("y.hat", "a", "old/y")),
    ],
)
def test_files_are_told_apart_by_the_shortest_part(
    paths: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    assert names(*paths) == expected


def test_columns_of_one_table_are_models_by_their_names() -> None:
    assert names(("t.csv", "a"), ("t.csv", "b")) == ("a", "b")
    assert names(("t.csv", "x", "y"), ("t.csv", "u", "v")) == ("x+y", "u+v")
    assert names(("t.csv", "a"), ("t.csv", "a"), ("t.csv", "a (2)")) == ("a", "a (2)", "a (2) (2)")
    assert names(("t.csv", "a"), ("t.csv", "b"), ("u.csv", "a")) == ("t:a", "t:b", "u:a")
    assert names(("t.csv", "p"), ("u.csv", "p")) == ("t", "u")
