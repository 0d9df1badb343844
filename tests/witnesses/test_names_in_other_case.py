"""Names of columns in common that differ in upper and lower case."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import pytest

from smoothl1 import DataError, evaluate

if TYPE_CHECKING:
    from pathlib import Path

N = 12
NAMES = [f"k{i}" for i in range(N)]
CLASSES = ["a", "b"] * (N // 2)
Y = [i * i / 8 for i in range(N)]


def save(path: Path, **columns: list[Any]) -> Path:
    rows = [columns, *zip(*columns.values(), strict=True)]
    path.write_text("".join(",".join(map(str, row)) + "\n" for row in rows))
    return path


@pytest.mark.parametrize(
    ("of_pred", "of_target"),
    [
        (("t", "T"), ("t", "T")),
        (("t", "T"), ("T", "t")),
        (("T", "t"), ("t", "x")),
        (("t", "x"), ("t", "T")),
        (("ID", "x"), ("id", "x")),
        (("t", " Id"), ("T", "iD")),
    ],
)
def test_a_column_of_the_same_name_is_compared_beside_one_that_differs_in_case(
    tmp_path: Path, of_pred: tuple[str, str], of_target: tuple[str, str]
) -> None:
    p = save(tmp_path / "p.csv", **dict.fromkeys(of_pred, NAMES), pred=Y)
    t = save(tmp_path / "t.csv", **dict.fromkeys(of_target, NAMES), target=Y)
    r = save(tmp_path / "r.csv", **dict.fromkeys(of_target, NAMES[::-1]), target=Y[::-1])
    columns: dict[str, Any] = {"pred": "pred", "target": "target"}
    result = evaluate(p, t, **columns)
    assert any("agrees in every row" in decision.reason for decision in result.decisions)
    with pytest.raises(DataError, match="in another order"):
        evaluate(p, r, **columns)


def test_each_of_two_names_that_differ_in_case_is_compared_with_its_own(tmp_path: Path) -> None:
    p = save(tmp_path / "p.csv", t=NAMES, T=CLASSES, pred=Y)
    t = save(tmp_path / "t.csv", T=CLASSES, t=NAMES, target=Y)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = evaluate(p, t)
    reasons = [decision.reason for decision in result.decisions]
    assert "column 't' agrees in every row" in reasons
    assert "column 'T' agrees in every row" in reasons


def test_names_that_differ_only_in_case_match_no_third_spelling(tmp_path: Path) -> None:
    p = save(tmp_path / "p.csv", tAg=NAMES, pred=Y)
    t = save(tmp_path / "t.csv", tag=NAMES[::-1], TAG=CLASSES, target=Y)
    result = evaluate(p, t)
    assert not any("column 'tAg'" in decision.reason for decision in result.decisions)
