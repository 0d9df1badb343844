"""Results as tables of Arrow and pandas."""

from __future__ import annotations

import sys

import numpy as np
import pyarrow as pa
import pytest

from smoothl1 import MissingExtraError, SettingsError, compare, evaluate
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
