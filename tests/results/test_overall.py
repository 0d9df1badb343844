"""All groups of a result together: the numbers of a run without groups, or none."""

from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
import pytest

from smoothl1 import compare, evaluate, report
from smoothl1.results.overall import (
    columns_with_all,
    name_of_all,
    overall,
    overall_comparison,
    overall_ranking,
    ranking_columns_with_all,
)
from smoothl1.tallies.group import Group

RNG = np.random.default_rng(3)
TABLE = pa.table(
    {
        **{name: RNG.standard_normal(60) for name in "pqyz"},
        "w": RNG.random(60),
        "g": [f"g{i % 4}" for i in range(60)],
        "h": ["all" if i % 7 else "h" for i in range(60)],
        "user": [f"u{i // 5 * 5 % 9}" for i in range(60)],
    }
)


@pytest.mark.parametrize(
    "more",
    [
        {"by": "g", "quantiles": 0.5, "within": 1},
        {"by": ("g", "h"), "weight": "w", "also": ("mae", "bias")},
        {"by": "g", "cluster": "user"},
        {"by_column": True, "cluster": "user"},
    ],
    ids=["groups", "groups within groups", "clusters across groups", "clusters across columns"],
)
def test_all_groups_together_are_a_run_without_groups(more: dict[str, object]) -> None:
    sides = {"pred": ("p", "q"), "target": ("y", "z"), "betas": (0.5, 2.0), **more}
    grouped = evaluate(TABLE, **sides)
    plain = evaluate(TABLE, **{k: v for k, v in sides.items() if k not in ("by", "by_column")})
    assert overall(grouped) == plain
    cells = {column.name: column.cells[-2:] for column in columns_with_all(grouped)}
    wanted = plain.to_arrow().to_pydict()
    assert {name: cells[name] for name in wanted} == wanted


def test_a_comparison_of_all_groups_is_one_without_groups() -> None:
    sides = {"pred_a": "p", "pred_b": "q", "target": "y", "weight": "w", "betas": (0.5, 2.0)}
    mixed = [*TABLE["p"].to_pylist()[:9], *TABLE["q"].to_pylist()[9:]]
    table = TABLE.set_column(TABLE.column_names.index("q"), "q", [mixed])
    grouped = compare(table, by=("g", "h"), **sides)
    assert overall_comparison(grouped) == compare(table, **sides)
    assert overall_comparison(grouped).differences[0].n_ties == 9
    assert overall_comparison(compare(TABLE, by="g", cluster="user", **sides)) is None
    assert overall_comparison(compare(TABLE, **sides)) is None


def test_a_ranking_of_all_groups_is_one_without_groups() -> None:
    sides = {"pred": ("p", "q", "z"), "target": "y", "weight": "w", "betas": (0.5, 2.0)}
    grouped, plain = compare(TABLE, by=("g", "h"), **sides), compare(TABLE, **sides)
    assert overall_ranking(grouped) == plain
    cells = {column.name: column.cells[-6:] for column in ranking_columns_with_all(grouped, 0.95)}
    wanted = plain.to_arrow().to_pydict()
    assert {name: cells[name] for name in wanted} == wanted
    assert cells["g"] == ["(all)"] * 6  # a group of `h` is called `all`
    assert overall_ranking(compare(TABLE, by="g", cluster="user", **sides)) is None
    assert overall_ranking(plain) is None


def test_notebooks_show_all_groups_together_below_them() -> None:
    groups = [[f"g{i}" for i in range(60)]]
    many = TABLE.set_column(TABLE.column_names.index("g"), "g", groups)
    sides = {"target": "y", "by": "g"}
    for found in (
        evaluate(many, pred="p", **sides),
        compare(many, pred_a="p", pred_b="q", **sides),
        compare(many, pred=("p", "q"), **sides),
    ):
        page = found._repr_html_()
        assert page.count("<td>all</td>") == (2 if page.count("<th>model</th>") else 1)
        assert page.index("<td>g0</td>") < page.index("<td>all</td>") < page.index(" more rows")


def test_columns_that_share_rows_have_no_standard_error_together() -> None:
    sides = {"pred": ("p", "q"), "target": ("y", "z")}
    whole = overall(evaluate(TABLE, by_column=True, **sides))
    assert whole.mean == evaluate(TABLE, **sides).mean
    assert math.isnan(whole.tallies[0].standard_error)
    names, values = report(TABLE, by_column=True, **sides).figures[0].table
    told = dict(zip(names.cells, values.cells, strict=True))
    assert told["95% interval"] == told["standard error"] == "not known"


def test_rows_left_out_by_keys_stand_in_the_row_of_all_alone() -> None:
    pred = pa.table({"id": [1, 2, 3, 4], "p": [1.0, 2.0, 3.0, 4.0], "g": ["a", "b", "a", "b"]})
    target = pa.table({"id": [2, 3, 4], "y": [1.0, 2.0, 4.0]})
    how = {"key": "id", "unmatched": "omit", "by": "g", "warn": lambda _: None}
    found = evaluate(pred, target, **how)
    cells = {column.name: column.cells for column in columns_with_all(found)}
    assert cells["g"] == ["a", "b", "all"]
    assert (cells["unmatched"], cells["duplicates"]) == ([None, None, 1], [None, None, 0])
    assert found.to_arrow()["unmatched"].to_pylist() == [1, 1]  # of the run, in each row


def test_quantiles_of_more_distances_than_groups_hold_are_empty() -> None:
    n = 10_000
    values = np.random.default_rng(0).random(2 * n)
    found = evaluate(values, values * 0, groups=["a", "b"] * n, quantiles=0.5)
    cells = {column.name: column.cells for column in columns_with_all(found)}
    assert cells[found.settings.levels[0]] == ["a", "b", "all"]
    assert cells["quantile_0.5"][2] is None is not cells["quantile_0.5"][1]


def test_the_name_of_all_groups_is_that_of_none() -> None:
    assert name_of_all([Group("a"), Group("b")]) == "all"
    assert name_of_all([Group(("a", "all")), Group(("b", "(all)"))]) == "((all))"
