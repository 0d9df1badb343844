"""Patterns stand for the columns that match, and the columns of two sides must go together."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest

from smoothl1 import (
    DataError,
    EvalSettings,
    Result,
    SettingsError,
    ShapeError,
    answer,
    compare,
    evaluate,
    plan_tasks,
)
from tests.inside import called
from tests.tables import save_table

if TYPE_CHECKING:
    from pathlib import Path

RUN: dict[str, list[float]] = {
    "id": [1.0, 2.0],
    "y_1": [1.0, 1.0],
    "pred_10": [4.0, 4.0],
    "y_10": [1.0, 1.0],
    "pred_1": [2.0, 2.0],
    "pred_*": [9.0, 9.0],
    "w": [1.0, 3.0],
}
# At beta 1: |4 - 1| gives 2.5, |2 - 1| gives 0.5, |9 - 1| gives 7.5.


def table(*names: str) -> pa.Table:
    return pa.table({name: RUN[name] for name in names})


def means(data: Any, **columns: Any) -> dict[str | None, float]:
    result: Result = evaluate(data, None, EvalSettings(by_column=True), **columns)
    return {group.column: tally.mean for _, group, tally in result.entries}


@pytest.mark.parametrize("suffix", ["csv", "parquet", None])
def test_columns_match_in_the_order_of_the_file(tmp_path: Path, suffix: str | None) -> None:
    data = table("id", "pred_1", "y_1", "y_10", "pred_10")
    path = data if suffix is None else save_table(tmp_path / f"t.{suffix}", data)
    expected = {"pred_1": 0.5, "pred_10": 2.5}
    for patterns in (("pred_*", "y_*"), ("pred_1*", "y_1*"), ("[o-q]red_*", "[!a-x]_*")):
        if patterns[0].startswith("["):
            with pytest.raises(DataError, match="do not go together"):
                means(path, pred=patterns[0], target=patterns[1])
        else:
            assert means(path, pred=patterns[0], target=patterns[1]) == expected
    assert means(path, pred="pred_?", target="y_?") == {"pred_1": 0.5}
    assert means(path, pred=["pred_10", "pred_*"], target=["y_10", "y_1"]) == {
        "pred_10": 2.5,
        "pred_1": 0.5,
    }


def test_a_name_that_is_there_is_no_pattern() -> None:
    assert means(pa.table(RUN), pred="pred_*", target="y_1") == {"pred_*": 7.5}


def test_columns_with_another_role_and_an_index_do_not_match() -> None:
    data = table("pred_1", "w", "y_1").append_column("__index_level_0__", pa.array([5.0, 6.0]))
    data = data.append_column("id", pa.array([1, 2]))
    assert evaluate(data, pred="*", target="y_1", key="id", weight="w").mean == 0.5


def test_columns_of_one_name_match_by_their_positions() -> None:
    data = pa.Table.from_arrays([pa.array([x]) for x in (2.0, 4.0, 1.0, 1.0)], list("ppyy"))
    assert means(data, pred="p*", target="y*") == {"p@1": 0.5, "p@2": 2.5}


def test_an_array_stands_beside_the_columns_that_match() -> None:
    assert evaluate(table("pred_1", "pred_10"), np.ones((2, 2)), pred="pred_*").mean == 1.5


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (
            ["pred_10", "pred_1", "y_1", "y_10"],
            "columns would be paired by their order, 'pred_10' with 'y_1', 'pred_1' with 'y_10'",
        ),
        (
            ["pred_10", "pred_1", "y_1"],
            r"2 columns of predictions match \('pred_10', 'pred_1'\), but 1 of targets \('y_1'\)",
        ),
        (["y_1", "pred_10", "w"], "'pred_10' with 'y_1', but their names do not go together"),
    ],
)
def test_names_that_do_not_go_together_are_refused(names: list[str], message: str) -> None:
    with pytest.raises(DataError, match=message):
        evaluate(table(*names), pred="pred_*", target="y_*")


def test_numbers_that_do_not_rise_are_refused_beside_a_row_vector() -> None:
    data = pa.table({name: RUN[name] for name in ("pred_1", "pred_10")})
    rows = np.array([[1.0, 1.0], [1.0, 1.0]])  # at beta 1: 0.5 and 2.5
    assert evaluate(data, rows, pred="pred_*").mean == 1.5
    assert evaluate(data, rows, pred=["pred_10", "pred_1"]).mean == 1.5
    turned = data.select(["pred_10", "pred_1"])
    for target in (rows, pa.table({"y": rows.tolist()})):
        with pytest.raises(
            DataError, match=r"^<predictions>: .*'pred_10' before 'pred_1'.*one by one"
        ):
            evaluate(turned, target, pred="pred_*")
    both = pa.table({"a_1": [2.0], "a_2": [2.0], "b_1": [2.0], "b_2": [2.0]})
    assert evaluate(both, np.ones((1, 4)), pred=["a_*", "b_*"]).mean == 0.5


OTHER_ORDER = [
    ("p_*", "p_b p_a", "y_a y_b"),
    ("*_pred", "hum_pred temp_pred", "Temp hum"),  # upper and lower case do not count
    ("p*", "p01 p02 p03", "y_1 y_3 y_2"),
    ("*_x", "hum_x temp_x wind_x", "temp hum rain"),
]
SAME_ORDER = [
    ("p_*", "p_b p_a", "y_b y_a"),
    ("p_*", "p_2 p_1", "y_2 y_1"),  # numbers may fall if they do on both sides
    ("p_*", "p_east p_west", "u v"),  # nothing is said
    ("p_*", "p_b", "y_a"),
    ("p*", "p1 p2 p3", "y1 y3 y4"),
    ("p_*", "p_a p_b", "y_B y_b"),
]


@pytest.mark.parametrize(("pattern", "names", "targets"), [*OTHER_ORDER, *SAME_ORDER])
def test_names_beside_a_pattern_may_say_the_same_in_another_order(
    pattern: str, names: str, targets: str
) -> None:
    p = pa.table({name: [2.0] for name in names.split()})
    y = pa.table({name: [1.0] for name in targets.split()})
    if (pattern, names, targets) in SAME_ORDER:
        assert evaluate(p, y, pred=pattern, target=y.column_names).mean == 0.5
        return
    with pytest.raises(DataError, match="do not go together"):
        evaluate(p, y, pred=pattern, target=y.column_names)
    assert evaluate(p, y, pred=p.column_names, target=y.column_names).mean == 0.5


def test_models_whose_columns_match_in_another_order_are_refused() -> None:
    a, rows = pa.table({"p_u": [2.0], "p_v": [3.0]}), np.ones((1, 2))
    b = a.select(["p_v", "p_u"])
    with pytest.raises(DataError, match=r"order 'p_v', 'p_u', but in 'p_u', 'p_v' of the first"):
        compare(a, b, rows, pred="p_*")
    found: Any = compare(a, b, rows, pred=["p_u", "p_v"])
    assert found.differences[0].estimate.value == 0.0


FALLING = [
    ("pred*", "pred_1 pred_10 pred_2"),
    ("q*", "q0.9 q0.5 q0.1"),
    ("2024*", "2024-01-03 2024-01-02 2024-01-01"),
    ("h*", "h+3 h+2 h+1"),
    ("m*", "m_Dec m_Feb m_Jan"),
    ("m*", "m_apr m_aug m_dec m_feb m_jan"),
    ("*", "fri_load mon_load sat_load"),
    ("*_p", "one_p three_p two_p"),
    ("p*", "p_All p_Apr p_Aug p_Dec p_Feb p_Jan"),
    ("*", "fri holiday mon sat thu"),
]
RISING = [
    ("*2024", "01-31-2024 02-01-2024 02-02-2024"),
    ("*2024", "31-01-2024 01-02-2024 02-02-2024"),
    ("*-*", "12-31-2023 01-01-2024 01-02-2024"),
    ("t*", "t-3 t-2 t-1"),
    ("t*", "t1_s1 t2_s1 t1_s2"),
    ("h*", "h-1 h0 h1"),
    ("v*", "v1.9 v1.10 v1.11"),
    ("*e*", "1e-3 1e-2 1e-1"),
    ("*", "10min 1h 2h"),
    ("m*", "m_Jan m_Feb m_Mar"),
    ("m*", "m_Nov m_Dec m_Jan"),
    ("*", "sun_load mon_load tue_load"),
    ("p*", "p_v p_i p_x"),
    ("p*", "p_mar_x p_mar_z p_mar_y"),
    ("p*", "p_sun p_wind p_mon"),
    ("p*", "p_All p_Jan p_Feb p_Mar"),
    ("p*", "p_sun p_wind p_mon p_rain p_sat p_fog"),
]


@pytest.mark.parametrize(("pattern", "names"), [*FALLING, *RISING])
def test_numbers_and_words_in_names_are_read_as_in_names_of_files(pattern: str, names: str) -> None:
    data = pa.table({name: [2.0] for name in names.split()})
    if (pattern, names) in FALLING:
        with pytest.raises(DataError, match=r"a pattern matches .* before .*one by one"):
            evaluate(data, np.ones((1, data.num_columns)), pred=pattern)
    else:
        assert evaluate(data, np.ones((1, data.num_columns)), pred=pattern).mean == 0.5


@pytest.mark.parametrize(("names", "others"), [("0 1 10", "00 01 10"), ("0.05 0.5", "0.05 0.5")])
def test_whole_numbers_are_equal_whatever_zeros_are_in_front(names: str, others: str) -> None:
    p = pa.table({f"p_{name}": [2.0] for name in names.split()})
    t = pa.table({f"y_{name}": [1.0] for name in others.split()})
    assert evaluate(p, t, pred="p_*", target="y_*").mean == 0.5
    turned = t.select(t.column_names[::-1])
    with pytest.raises(DataError, match="do not go together"):
        evaluate(p, turned, pred="p_*", target="y_*")


@pytest.mark.parametrize(("pred", "target"), [("p_0.*", "y_0.*"), ("p_*", "y_*")])
def test_zeros_within_fractions_count(pred: str, target: str) -> None:
    p, t = (pa.table({name: [1.0]}) for name in ("p_0.05", "y_0.5"))
    with pytest.raises(DataError, match="do not go together"):
        evaluate(p, t, pred=pred, target=target)


def test_names_beside_patterns_are_paired_with_names() -> None:
    data = pa.table({name: [float(i)] for i, name in enumerate(["a", "b", "p_1", "p_2", "y_2"])})
    data = data.append_column("y_1", pa.array([2.5]))
    for target in (["b", "y_*"], ["y_*", "b"], ["b", "y_1", "y_*"]):
        with pytest.raises(DataError, match="their names do not go together"):
            means(data, pred=["a", "p_*"], target=target)
    straight = data.select(["a", "b", "p_1", "p_2", "y_1", "y_2"])
    found = means(straight, pred=["a", "p_*"], target=["b", "y_*"])
    assert found == {"a": 0.5, "p_1": 0.125, "p_2": 0.5}
    assert means(straight, pred=["p_1", "p_2"], target="y_*") == {"p_1": 0.125, "p_2": 0.5}
    with pytest.raises(DataError, match="matches 'y_2' before 'y_1'"):
        means(data, pred=["p_1", "p_2"], target="y_*")


def test_tasks_read_the_columns_that_match(tmp_path: Path) -> None:
    path = save_table(tmp_path / "t.csv", table("pred_1", "y_1", "y_10", "pred_10"))
    patterns: dict[str, Any] = {"pred": "pred_*", "target": "y_*"}
    plan = plan_tasks(path, None, EvalSettings(), **patterns)
    assert {task.shared.job.selection.pred for task in plan.tasks} == {("pred_1", "pred_10")}
    found = plan.put_together([answer(task) for task in plan.tasks])
    whole = evaluate(path, None, EvalSettings(), **patterns)
    assert isinstance(found, Result)
    assert (found.values, found.decisions) == (whole.values, whole.decisions)
    assert found.mean == 1.5  # of 0.5, 0.5, 2.5 and 2.5


def test_a_pattern_that_nothing_matches_names_close_columns() -> None:
    with pytest.raises(DataError, match=r"no column matches 'prd_\*'.*did you mean 'pred_1"):
        evaluate(table("pred_1", "y_1"), pred="prd_*", target="y_1")


def test_each_model_of_a_comparison_may_have_a_pattern() -> None:
    data = table("pred_10", "y_10").append_column("b_10", pa.array([2.0, 2.0]))
    found: Any = compare(data, pred_a="pred_*", pred_b="b_*", target="y_*")
    assert (found.differences[0].a.mean, found.differences[0].b.mean) == (2.5, 0.5)


def test_each_match_of_one_pattern_is_a_model_of_a_comparison() -> None:
    # Their order by number does not matter here, as it does beside a row vector.
    data = table("id", "pred_10", "pred_1", "y_1")
    found: Any = compare(data, pred="pred_*", target="y_?")
    named: Any = compare(data, pred=["pred_10", "pred_1"], target="y_1")
    assert found.to_arrow().equals(named.to_arrow())
    both: Any = compare(data, pred=["pred_10", "pred_1"], target="y_*")
    assert both.to_arrow().equals(named.to_arrow())
    with pytest.raises(DataError, match=r"only 'pred_10' matches 'pred_10\*', so there is one"):
        compare(data, pred="pred_10*", target="y_1")


def test_a_pattern_beside_another_model_is_one_model_and_refused_as_such() -> None:
    table = pa.table({name: [1.0, 2.0] for name in ("m_1", "m_2", "ridge", "y")})
    said = r"2 columns \('m_1', 'm_2'\) against 1 column \('ridge'\), and all models need as many"
    for models in ({"pred": ("m_*", "ridge")}, {"pred_a": "m_*", "pred_b": "ridge"}):
        with pytest.raises(ShapeError, match=rf"{said}.* \[a pattern ranks all .* only --pred"):
            compare(table, target="y", **models)
    with pytest.raises(ShapeError, match="smoothl1 compare takes those of several models"):
        evaluate(table, pred="m_*", target="y")


def test_a_first_row_of_numbers_is_a_header_if_a_pattern_matches_it(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "t.csv"
    path.write_text("0,1,y\n2,4,1\n")
    args = ["inspect", path, "--pred", "[0-9]", "--target", "y", "--target", "y", "--json"]
    decisions = json.loads(called(capfd, *args))["decisions"]
    assert {"choice": "'0', '1'", "reason": "--pred '[0-9]', in file order"}.items() <= next(
        decision for decision in decisions if decision["subject"] == "columns"
    ).items()


def test_characters_in_brackets_are_those_characters() -> None:
    data = pa.table({"a&": [3.0], "a-": [3.0], "a^": [3.0], "a]": [3.0], "y": [1.0]})
    for pattern, name in {"a[x&&b]": "a&", "a[x-]": "a-", "a[x^]": "a^", "a[]]": "a]"}.items():
        assert means(data, pred=pattern, target="y") == {name: 1.5}


@pytest.mark.parametrize(
    ("pattern", "says"),
    [("a[]", "nothing between"), ("[!]", "nothing between"), ("[z-a]", "from z to a")],
)
def test_brackets_that_stand_for_no_character_are_refused(pattern: str, says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        means(pa.table(RUN), pred=pattern, target="y_1")
