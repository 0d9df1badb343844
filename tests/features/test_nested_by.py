"""Groups within groups: one result for each row of several columns, in the order of the columns."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest

from smoothl1 import EvalSettings, Execution, Result, compare, evaluate
from smoothl1.cli.main import main
from smoothl1.errors import DataError, SettingsError
from smoothl1.labels.nested import NestedLabels
from smoothl1.results.columns import top_columns
from smoothl1.tallies.group import Group
from tests.grids import EXECUTIONS, cut_small
from tests.inside import called
from tests.oracle import losses
from tests.schema import VALIDATOR
from tests.tables import save_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

SIDES: dict[str, Any] = {"pred": "p", "target": "t"}
LEVELS = ("site", "day")
OPTIONS = ("--pred", "p", "--target", "t")


def table_of(path: Path, n: int = 90, seed: int = 1) -> dict[str, Any]:
    """A table of random losses in three sites and eleven days, of which few meet early."""
    rng = np.random.default_rng(seed)
    columns: dict[str, Any] = {
        "p": np.ldexp(rng.uniform(-1, 1, n), rng.integers(-60, 60, n)),
        "t": rng.uniform(-1, 1, n),
        "site": [("b", "a", "C")[i] for i in rng.integers(0, 3, n)],
        "day": np.minimum(rng.integers(0, 11, n), np.arange(n) // 5 + 1),
    }
    save_table(str(path), columns, 16)
    return columns


def sums_of(
    columns: dict[str, Any], levels: Sequence[str] = LEVELS
) -> dict[tuple[Any, ...], float]:
    """The exact sum of each group, rounded once, in the order of the tuples."""
    exact: dict[tuple[Any, ...], Fraction] = {}
    each = losses(columns["p"], columns["t"], 1.0)
    for key, loss in zip(zip(*(columns[x] for x in levels), strict=True), each, strict=True):
        exact[key] = exact.get(key, Fraction(0)) + Fraction(loss)
    return {key: float(exact[key]) for key in sorted(exact)}


def named(result: Result) -> dict[Any, float]:
    return {g.group: t.sum for g, t in zip(result.groups, result.tallies, strict=True)}


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_nested_groups_are_exact_and_ordered_however_they_are_cut(
    tmp_path: Path, kind: str
) -> None:
    path = tmp_path / f"t.{kind}"
    wanted = {(a, str(b)): total for (a, b), total in sums_of(table_of(path)).items()}
    with cut_small(40, 16):
        for execution in EXECUTIONS:
            result = evaluate(path, by=LEVELS, execution=execution, **SIDES)
            assert list(named(result).items()) == list(wanted.items())


def test_each_level_is_ordered_as_numbers_or_as_text(tmp_path: Path) -> None:
    columns = {"p": [1.0] * 4, "t": [0.0] * 4, "a": [10, 9, 10, 9], "b": ["10", "9", "9", "x"]}
    path = save_table(tmp_path / "t.parquet", columns)
    groups = evaluate(path, by=("a", "b"), **SIDES).groups
    assert groups == tuple(map(Group, [("9", "9"), ("9", "x"), ("10", "10"), ("10", "9")]))


def test_three_levels_and_columns_go_together(tmp_path: Path) -> None:
    columns = {"p0": [1.0, 2.0, 4.0], "p1": [8.0, 16.0, 32.0], "t0": [0.0] * 3, "t1": [0.0] * 3}
    path = save_table(tmp_path / "t.csv", {**columns, "a": [*"xxy"], "b": [*"uvu"], "c": [2, 1, 1]})
    result = evaluate(
        path,
        None,
        EvalSettings((0.0,), "sum", by=("a", "b", "c"), by_column=True),
        pred=("p0", "p1"),
        target=("t0", "t1"),
    )
    found = {(*g.levels, g.column): v for g, v in zip(result.groups, result.values, strict=True)}
    assert found == {
        ("x", "u", "2", "p0"): 1.0,
        ("x", "u", "2", "p1"): 8.0,
        ("x", "v", "1", "p0"): 2.0,
        ("x", "v", "1", "p1"): 16.0,
        ("y", "u", "1", "p0"): 4.0,
        ("y", "u", "1", "p1"): 32.0,
    }


@pytest.mark.parametrize("n_levels", [2, 3])
def test_rows_of_labels_keep_their_numbers_as_more_values_come(n_levels: int) -> None:
    rng = np.random.default_rng(5)
    labels, known = NestedLabels(n_levels), dict[tuple[int, ...], int]()
    for most in (1, 3, 200, 5_000, 80_000):
        rows = rng.integers(0, most, (60, n_levels)) ** 2
        codes = labels.encode([pa.array(column) for column in rows.T]).tolist()
        for row, code in zip(map(tuple, rows.tolist()), codes, strict=True):
            assert known.setdefault(row, code) == code
    assert sorted(known.values()) == list(range(len(labels)))
    in_order = sorted(known, key=lambda row: known[row])
    found = zip(*(level.to_pylist() for level in labels.values), strict=True)
    assert list(found) == in_order


def test_a_hundred_thousand_outer_groups_of_few_inner_ones_are_kept_apart(tmp_path: Path) -> None:
    n = 200_000
    rng = np.random.default_rng(2)
    outer, inner = rng.permutation(n) // 2, rng.integers(0, 3, n)
    error: NDArray[np.float64] = rng.integers(0, 1000, n).astype(float)
    columns = {"p": error, "t": np.zeros(n), "a": outer, "b": inner}
    path = save_table(tmp_path / "t.parquet", columns, 1 << 16)
    result = evaluate(path, None, EvalSettings((0.0,), by=("a", "b")), **SIDES)
    sums = np.zeros(3 * (n // 2))
    np.add.at(sums, outer * 3 + inner, error)
    there = np.unique(outer * 3 + inner)
    assert [g.group for g in result.groups] == [(str(i // 3), str(i % 3)) for i in there.tolist()]
    assert [t.sum for t in result.tallies] == sums[there].tolist()


def test_levels_may_be_columns_of_different_inputs_and_must_agree_where_both_have_them(
    tmp_path: Path,
) -> None:
    ids = {"id": [3, 1, 2]}
    one = save_table(
        tmp_path / "p.csv", {**ids, "p": [1.0, 2.0, 4.0], "a": [*"xxy"], "c": [*"uvu"]}
    )
    other = save_table(
        tmp_path / "t.parquet", {**ids, "t": [0.0] * 3, "b": [5, 6, 5], "c": [*"uvu"]}
    )
    found = evaluate(one, other, EvalSettings((0.0,), "sum", by=("b", "a", "c")), **SIDES)
    assert named(found) == {
        ("5", "x", "u"): 1.0,
        ("5", "y", "u"): 4.0,
        ("6", "x", "v"): 2.0,
    }
    save_table(other, {**ids, "t": [0.0] * 3, "b": [5, 6, 5], "c": [*"uvv"]})
    with pytest.raises(DataError, match=r"row 3 is of group 'u', but of group 'v'"):
        evaluate(one, other, by=("b", "a", "c"), **SIDES)
    save_table(other, {**ids, "t": [0.0] * 3, "b": [5, 6, 5], "c": [*"uvu"]}.copy())
    with pytest.raises(DataError, match="no input has a column 'd'"):
        evaluate(one, other, by=("a", "d"), **SIDES)


def test_one_name_in_a_sequence_is_that_name() -> None:
    assert EvalSettings(by=("g",)) == EvalSettings(by="g")  # type: ignore[comparison-overlap]
    assert EvalSettings(by=()) == EvalSettings()
    assert EvalSettings(by="").levels == ("",)
    assert EvalSettings().replaced({"by": ["a", "b"]}).by == ("a", "b")
    with pytest.raises(SettingsError, match="twice"):
        EvalSettings(by=("a", "a"))


def test_nested_groups_are_merged_by_their_rows(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    columns = table_of(path)
    whole = evaluate(path, by=LEVELS, statistics=True, **SIDES)
    parts = []
    for i, (start, stop) in enumerate(((0, 7), (7, 31), (31, 90))):
        piece = {name: column[start:stop] for name, column in columns.items()}
        part = save_table(tmp_path / f"part{i}.parquet", piece)
        written = evaluate(part, by=LEVELS, statistics=True, **SIDES).to_json()
        assert VALIDATOR.is_valid(written)
        parts.append(Result.from_json(json.dumps(written)))
    for order in (parts, parts[::-1]):
        merged = Result.merged(order)
        assert merged.groups == whole.groups
        assert merged.values == whole.values


def test_json_names_the_levels_of_each_group(tmp_path: Path) -> None:
    path = save_table(
        tmp_path / "t.csv", {"p": [1.0, 2.0], "t": [0.0] * 2, "a": [*"xy"], "b": [1, 2]}
    )
    result = evaluate(path, by=("a", "b"), **SIDES)
    written = result.to_json()
    assert VALIDATOR.is_valid(written)
    assert written["settings"]["by"] == ["a", "b"]
    assert [entry["group"] for entry in written["results"]] == [["x", "1"], ["y", "2"]]
    assert "|by:a,b|" in written["signature"]
    assert Result.from_json(written) == result
    for place, value in (
        ("group", "x"),
        ("group", ["x"]),
        ("group", ["x", "1", "1"]),
        ("group", [1, 2]),
    ):
        changed = {
            **written,
            "results": [{**written["results"][0], place: value}, written["results"][1]],
        }
        with pytest.raises(DataError, match="damaged"):
            Result.from_json(changed)
    with pytest.raises(DataError, match="damaged"):
        Result.from_json({**written, "settings": {**written["settings"], "by": ["a"]}})


def test_a_table_has_a_column_for_each_level(tmp_path: Path) -> None:
    columns = {"p": [1.0, 2.0], "t": [0.0] * 2, "a": ["x", "y"], "b": [1, 2]}
    path = save_table(tmp_path / "t.csv", columns)
    result = evaluate(path, by=("a", "b"), **SIDES)
    assert result.to_arrow().column_names[:4] == ["beta", "a", "b", "mean"]
    compared = compare(path, by=("a", "b"), pred_a="p", pred_b="p", target="t", warn=[].append)
    assert compared.to_arrow()["b"].to_pylist() == ["1", "2"]
    assert compared.to_json()["results"][1]["group"] == ["y", "2"]
    assert math.isfinite(compared.differences[0].a.mean)


def test_columns_of_groups_have_names_that_no_other_column_has(tmp_path: Path) -> None:
    names = ("count", "beta", "column", "row", "count_group")
    columns = {"p": [1.0, 2.0], "t": [0.0] * 2, **{name: ["x", "y"] for name in names}}
    path = save_table(tmp_path / "t.parquet", columns)
    result = evaluate(path, by=names, top=1, **SIDES)
    assert result.to_arrow().column_names[:7] == [
        *("beta", "count_group", "beta_group", "column_group", "row", "count_group_group"),
        "mean",
    ]
    assert result.to_arrow()["row"].to_pylist() == ["x", "y"]
    assert [column.name for column in top_columns(result)] == [
        *("row", "count", "beta_group", "column_group", "row_group", "count_group"),
        *("pred", "target", "loss"),
    ]


def test_lines_have_a_cell_for_each_level(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    columns = {"p": [1.0, 2.0], "t": [0.0] * 2, "a": ["x\ty", "z"], "b": [10, 9]}
    path = save_table(tmp_path / "t.parquet", columns)
    args = ("eval", path, *OPTIONS, "-b", "0", "--by", "b", "--by", "a")
    assert called(capfd, *args) == "9\tz\t2.0\n10\tx\\ty\t1.0\n"
    assert called(capfd, *args, "--precision", "2") == "9\tz\t2\n10\tx\\ty\t1\n"
    assert called(capfd, *args, "-f", "csv").startswith("beta,b,a,mean,")
    markdown = tmp_path / "r.md"
    called(capfd, *args, "--markdown", markdown)
    assert "| `b` | `a` | mean |" in markdown.read_text()


def test_a_gate_names_the_levels_of_a_group_that_fails(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = save_table(tmp_path / "t.csv", {"p": [9.0], "t": [0.0], "a": ["x"], "b": [1]})
    args = ("eval", str(path), *OPTIONS, "--by", "a", "--by", "b", "--fail-above", "1")
    main.main([*args], standalone_mode=False)
    assert "the mean of group 'x', '1', 8.5, is above" in capfd.readouterr().err


def test_threads_give_the_same_groups(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    table_of(path, 200, seed=7)
    with cut_small(16, 16):
        one, two = (
            evaluate(path, by=LEVELS, execution=Execution(n, 8), statistics=True, **SIDES)
            for n in (1, 2)
        )
    assert one == two
