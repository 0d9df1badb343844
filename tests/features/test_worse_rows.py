"""The rows in which one model is worse than another by most: the same by any cut, and named."""

from __future__ import annotations

import copy
import json
import math
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest

from smoothl1 import Comparison, ReadOptions, compare
from smoothl1.errors import DataError, SettingsError
from tests.grids import EXECUTIONS, cut_small
from tests.inside import called
from tests.oracle import losses
from tests.schema import COMPARISONS
from tests.tables import save_array, save_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

NAN, INF = math.nan, math.inf
MODELS: dict[str, Any] = {"pred_a": "a", "pred_b": "b", "target": "y"}


def worse(a: Sequence[Any], b: Sequence[Any], y: Sequence[Any], n: int, beta: float) -> list[Any]:
    """Row, both losses and the difference: all rows sorted, then cut."""
    of_a, of_b = (losses(np.asarray(side), np.asarray(y), beta) for side in (a, b))
    rows = [
        (-_rounded(other, one), i, float(one), float(other))
        for i, (one, other) in enumerate(zip(of_a, of_b, strict=True), start=1)
        if not math.isnan(_rounded(other, one)) and _rounded(other, one) > 0
    ]
    return [(i, one, other, -key) for key, i, one, other in sorted(rows)[:n]]


def _rounded(other: float, one: float) -> float:
    """The difference of two losses, rounded once."""
    if math.isfinite(one) and math.isfinite(other):
        return float(Fraction(other) - Fraction(one))
    return other - one


def found(result: Comparison) -> list[Any]:
    return [(row.row, row.loss_a, row.loss_b, row.difference) for row in result.top]


def cases() -> dict[str, list[Any]]:
    rng = np.random.default_rng(5)
    holes = rng.normal(size=(3, 90))
    holes[0, ::7], holes[1, ::9], holes[2, 4], holes[0, 5], holes[1, 6] = NAN, INF, NAN, INF, -INF
    return {
        "ties": [*rng.integers(0, 4, (3, 90)).astype(float)],
        "the same": [np.arange(90.0)] * 3,
        "single": [*rng.normal(size=(3, 90)).astype(np.float32)],
        "holes": [*holes],
        "integers": [*rng.integers(0, 9, (3, 90))],
    }


@pytest.mark.parametrize("case", cases())
def test_they_are_those_of_all_rows_sorted_however_they_are_cut(tmp_path: Path, case: str) -> None:
    sides = cases()[case]
    paths = [save_array(tmp_path / f"{n}.npy", side) for n, side in zip("aby", sides, strict=True)]
    for n, beta in ((4, 1.0), (200, 0.25)):
        wanted = worse(*sides, n, beta)
        assert len(wanted) == (0 if case == "the same" else min(n, len(wanted)))
        with cut_small(20, 8):
            for execution in EXECUTIONS[1::2]:
                result = compare(
                    *paths, betas=(beta, 2.0), top=n, execution=execution, warn=[].append
                )
                assert found(result) == wanted


def test_an_executor_gives_the_same_rows(tmp_path: Path) -> None:
    sides = np.random.default_rng(6).normal(size=(3, 60))
    paths = [save_array(tmp_path / f"{n}.npy", side) for n, side in zip("aby", sides, strict=True)]
    with ThreadPoolExecutor(2) as pool, cut_small(20, 8):
        assert compare(*paths, top=5, executor=pool).top == compare(*paths, top=5).top


def test_weights_and_missing_values_choose_no_other_rows() -> None:
    rows = {"a": [1.0, 2.0, 0.0, 0.0], "b": [3.0, None, 9.0, 1.0], "y": [0.0] * 4}
    table = pa.table({**rows, "w": [1.0, 5.0, 0.0, 9.0]})
    result = compare(table, nan="omit", weight="w", betas=0.0, top=3, warn=str, **MODELS)
    assert found(result) == [(1, 1.0, 3.0, 2.0), (4, 0.0, 1.0, 1.0)]  # each without its weight


def test_only_rows_of_which_both_models_have_a_loss_are_told() -> None:
    table = pa.table({"a": [None, 1.0, 2.0], "b": [1.0, None, 5.0], "y": [0.0] * 3})
    result = compare(table, nan="omit-target", betas=0.0, top=3, warn=str, **MODELS)
    assert [row[5:] for row in result.top] == [(0.0, 2.0, 5.0, 2.0, 5.0, 3.0)]


def test_a_row_has_its_key_its_group_its_column_and_what_is_kept(tmp_path: Path) -> None:
    old = {"id": [11, 12, 13], "p": [1.0, 5.0, 3.0], "site": ["a", "b", "a"]}
    new = {"id": [13, 11, 12], "p": [9.0, 2.0, 4.0]}
    target = {"id": [12, 13, 11], "t": [0.0] * 3, "note": ["x", None, "z"]}
    paths = [
        save_table(tmp_path / f"{name}.parquet", side, 2)
        for name, side in (("old", old), ("new", new), ("target", target))
    ]
    names: dict[str, Any] = {"pred": "p", "target": "t", "key": "id"}
    result = compare(*paths, **names, by="site", keep="note", top=5, betas=0.0)
    labels = [(("id", "13"), ("note", None)), (("id", "11"), ("note", "z"))]
    assert [row[1:] for row in result.top] == [
        (3, None, "a", labels[0], 0.0, 3.0, 9.0, 3.0, 9.0, 6.0),
        (1, None, "a", labels[1], 0.0, 1.0, 2.0, 1.0, 2.0, 1.0),
    ]
    assert result.top[1].by_name == {"id": "11", "note": "z"}
    assert result.to_arrow(top=True).column_names == [
        *("row", "site", "id", "note", "target", "pred_a", "pred_b", "loss_a", "loss_b"),
        "difference",
    ]
    images = [np.zeros((2, 2)), np.array([[0.0, 1.0], [2.0, 0.0]]), np.zeros((2, 2))]
    told = compare(*images, top=9, betas=0.0).top
    assert [(row.row, row.column) for row in told] == [(2, "1"), (1, "2")]


def test_a_column_that_several_inputs_have_is_kept_of_the_one_that_is_named(tmp_path: Path) -> None:
    sides = ({"p": [0.0], "note": ["a"]}, {"p": [1.0], "note": ["b"]}, {"y": [0.0], "note": ["y"]})
    paths = [
        save_table(tmp_path / f"{name}.csv", side) for name, side in zip("pqt", sides, strict=True)
    ]
    names: dict[str, Any] = {"pred": "p", "target": "y", "options": ReadOptions(key_check=False)}
    for side, value in (("pred_a", "a"), ("pred_b", "b"), ("target", "y")):
        result = compare(*paths, top=1, keep=f"{side}:note", **names)
        assert result.top[0].labels == (("note", value),)
    with pytest.raises(DataError, match=r"p.csv: several inputs have .*--keep pred_a:note is that"):
        compare(*paths, top=1, keep="note", **names)


def test_rows_that_are_left_out_are_counted_among_those_of_the_file(tmp_path: Path) -> None:
    sides = [
        {"id": [9, 1, 2], "p": [0.0, 0.0, 0.0]},
        {"id": [1, 2], "p": [1.0, 2.0]},
        {"id": [1, 2], "t": [0.0, 0.0]},
    ]
    paths = [save_table(tmp_path / f"{i}.csv", side) for i, side in enumerate(sides)]
    result = compare(
        *paths, pred="p", target="t", key="id", unmatched="omit", top=1, betas=0.0, warn=str
    )
    assert found(result) == [(3, 0.0, 2.0, 2.0)]


def test_json_keeps_to_its_schema_and_only_where_they_are_asked_for() -> None:
    table = pa.table({"a": [0.0, 0.0], "b": [INF, 2.0], "y": [0.0, 0.0], "g": ["u", "v"]})
    result = compare(table, top=3, by="g", betas=0.0, warn=str, **MODELS)
    document = json.loads(json.dumps(result.to_json(), allow_nan=False))
    COMPARISONS.validate(document)
    assert [row["difference"] for row in document["top"]] == [None, 2.0]
    assert (document["top"][0]["difference_text"], document["settings"]["top"]) == ("inf", 3)
    for change in ("settings", "rows", "row"):
        wrong = copy.deepcopy(document)
        del {"settings": wrong["settings"], "rows": wrong, "row": wrong["top"][0]}[change][
            "pred_a" if change == "row" else "top"
        ]
        assert not COMPARISONS.is_valid(wrong), change
    assert "top" not in compare(table, **MODELS, warn=str).to_json()


def test_what_they_do_not_go_with_is_refused() -> None:
    table = pa.table({name: [0.0, 1.0] for name in "aby"})
    cases: tuple[tuple[dict[str, Any], str], ...] = (
        ({"pred": ["a", "b"], "target": "y", "top": 1}, "of two models .compare two of them"),
        ({**MODELS, "keep": "y"}, "keep carries columns to the rows .*none are told"),
        ({**MODELS, "top": 1, "also": ("mae",)}, "forms no metrics beside the loss"),
        ({**MODELS, "top": 0}, "top must be a whole number from 1"),
    )
    for names, what in cases:
        with pytest.raises(SettingsError, match=what):
            compare(table, **names)
    with pytest.raises(SettingsError, match=r"compare\(..., top=10\)"):
        compare(table, **MODELS).to_pandas(top=True)


def test_the_command_tells_them_in_every_form(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    rows = {"id": ["x", "y"], "a": [1.0, 0.0], "b": [0.5, 2.0], "y": [0.0, 0.0]}
    path = save_table(tmp_path / "t.csv", rows)
    args = ("compare", path, "--pred-a", "a", "--pred-b", "b", "--target", "y", "-b", "0")
    args = (*args, "--top", "1", "--keep", "id")
    assert called(capfd, *args).partition("\n\n")[2] == (
        "row\tid\ttarget\tpred_a\tpred_b\tloss_a\tloss_b\tdifference\n"
        "2\ty\t0.0\t0.0\t2.0\t0.0\t2.0\t2.0\n"
    )
    assert called(capfd, *args, "-f", "csv").splitlines()[1] == "2,y,0.0,0.0,2.0,0.0,2.0,2.0"
    said = called(capfd, *args, "-f", "markdown", "--columns", "mean_a,mean_b,id,loss_b")
    assert said == (
        "| mean_a | mean_b |\n| ---: | ---: |\n| 0.5 | 1.25 |\n\n"
        "| id | loss_b |\n| :--- | ---: |\n| `y` | 2.0 |\n"
    )
    assert json.loads(called(capfd, *args, "--json"))["top"][0]["labels"] == [
        {"column": "id", "value": "y"}
    ]
    for more, what in (
        (("-o", tmp_path / "x.html"), "the page of a comparison has no rows of --top"),
        (("-f", "metrics"), "no worst rows"),
        (("--columns", "los_b"), "did you mean loss_b"),
    ):
        with pytest.raises(SettingsError, match=what):
            called(capfd, *args, *more)
