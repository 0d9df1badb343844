"""Results as tables of Arrow and pandas."""

from __future__ import annotations

import sys

import numpy as np
import pyarrow as pa
import pytest

from smoothl1 import (
    Comparison,
    MissingExtraError,
    Ranking,
    Result,
    SettingsError,
    compare,
    evaluate,
)
from smoothl1.results.columns import Column
from smoothl1.results.frames import to_arrow, to_pandas

TABLE = pa.table({"id": ["a", None, "c"], "p": [1.0, 5.0, 2.0], "q": [1.0, 1, 1], "y": [0.0] * 3})
SIDES = {"pred": "p", "target": "y", "betas": 0.0}


def test_worst_rows_have_names_and_are_a_table() -> None:
    found = evaluate(TABLE, **SIDES, keep="id", top=2)
    worst, second = found.top
    assert (worst.row, worst.by_name, worst.pred, worst.target, worst.loss) == (
        *(2, {"id": None}),
        *(5.0, 0.0, 5.0),
    )
    assert second.by_name["id"] == "c"
    assert found.to_arrow(top=True).to_pylist() == [
        {"row": 2, "id": None, "pred": 5.0, "target": 0.0, "loss": 5.0},
        {"row": 3, "id": "c", "pred": 2.0, "target": 0.0, "loss": 2.0},
    ]
    with pytest.raises(SettingsError, match=r"no worst rows were asked for \[evaluate"):
        evaluate(TABLE, **SIDES).to_arrow(top=True)


@pytest.mark.parametrize("large", [2**62 + 1, 2**63 + 1])
def test_whole_numbers_keep_their_value(large: int) -> None:
    found = evaluate(np.array([large, 1], np.uint64), np.zeros(2, np.uint64), top=2)
    assert found.to_arrow(top=True)["pred"].to_pylist() == [large, 1]
    both = to_arrow([Column("pred", "number", [large, -1])])
    assert list(map(int, both["pred"].to_pylist())) == [large, -1]
    with pytest.raises(SettingsError, match="whole numbers that float64 cannot hold"):
        to_arrow([Column("pred", "number", [large, 0.5])])
    assert to_arrow([Column("pred", "number", [2, 0.5, None])])["pred"].to_pylist() == [
        2,
        0.5,
        None,
    ]


def test_without_pandas_one_line_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    compared = compare(TABLE, pred_a="p", pred_b="q", target="y")
    for table_of in (evaluate(TABLE, **SIDES).to_pandas, compared.to_pandas):
        with pytest.raises(MissingExtraError, match=r"needs the package pandas \[pip install"):
            table_of()


def test_a_table_of_pandas_has_missing_whole_numbers() -> None:
    pytest.importorskip("pandas")
    found = to_pandas([Column("n", "count", [2**62 + 1, None]), Column("x", "number", [0.5, 1.5])])
    assert found["n"].tolist()[0] == 2**62 + 1
    assert found.dtypes.astype(str).tolist() == ["Int64", "float64"]


def test_bytes_of_names_that_are_no_text_are_shown_as_in_messages() -> None:
    table = to_arrow([Column("model", "text", ["m\udce9", "\ud800", "é\\", None])])
    assert table["model"].to_pylist() == ["m\\udce9", "\\ud800", "é\\", None]


def _of_groups() -> list[Result | Comparison | Ranking]:
    sites, choices = np.array(["east", "west", "east"]), {"by": "site"}
    table = TABLE.drop_columns(["id"]).append_column("site", pa.array(sites))
    pred, other, target = (TABLE[name].to_numpy() for name in "pqy")
    several = compare(pred, other, pred + other, target, groups=sites)
    two = compare(table, pred_a="p", pred_b="q", target="y", **choices)
    return [evaluate(table, **SIDES, **choices), two, several]


def test_what_takes_a_table_of_arrow_takes_a_result() -> None:
    for found in (evaluate(TABLE, **SIDES), *_of_groups()):
        taken, table = pa.table(found), found.to_arrow()
        assert taken.schema == table.schema
        assert repr(taken.to_pydict()) == repr(table.to_pydict())  # an interval may be NaN


def test_a_result_of_groups_is_no_array_of_their_names() -> None:
    for found in _of_groups():
        what = f"a {type(found).__name__} of groups is no array: to_pandas"
        for make in (np.asarray, np.array, lambda one: np.asarray(one, float)):
            with pytest.raises(TypeError, match=what):
                make(found)
    assert np.float64(evaluate(TABLE, **SIDES)) == evaluate(TABLE, **SIDES).mean


def test_pandas_makes_no_table_of_the_names_of_groups() -> None:
    pandas = pytest.importorskip("pandas")
    for found in _of_groups():
        for make in (pandas.DataFrame, pandas.Series):
            with pytest.raises(TypeError, match=r"is no array: to_pandas\(\)"):
                make(found)
