"""Times of one side that are cut to seconds or the like, in the same rows and in another order."""

from __future__ import annotations

import warnings
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import csv

from smoothl1 import DataError, Execution, evaluate

if TYPE_CHECKING:
    from pathlib import Path

N = 24
Y = np.arange(N) ** 2.0
SHUFFLED = [(7 * i + 3) % N for i in range(N)]
START = datetime(2024, 1, 1, 5, tzinfo=UTC)
FINE = [START + timedelta(seconds=97 * i, milliseconds=(37 * i + 5) % 1000) for i in range(N)]
CUT = [time.replace(microsecond=0) for time in FINE]


def milliseconds(times: list[datetime]) -> list[int]:
    return [round(time.timestamp() * 1000) for time in times]


FINE_FORMS = {
    "times": pa.array(milliseconds(FINE)).cast(pa.timestamp("ms")),
    "text": pa.array([time.isoformat(" ", "milliseconds")[:23] for time in FINE]),
    "counts": pa.array(milliseconds(FINE)),
}
CUT_FORMS = {
    "times": pa.array(milliseconds(CUT)).cast(pa.timestamp("ms")).cast(pa.timestamp("s")),
    "text": pa.array([time.isoformat(" ")[:19] for time in CUT]),
    "text of minutes": pa.array([f"{time:%Y-%m-%d %H:%M}" for time in CUT]),
    "text with points": pa.array([f"{time:%d.%m.%Y %H:%M:%S}" for time in CUT]),
    "counts": pa.array([n // 1000 for n in milliseconds(CUT)]),
}


def silent(*sides: Any, **options: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return evaluate(*sides, pred="p", target="y", **options)


def tables(fine: pa.Array, cut: pa.Array) -> tuple[pa.Table, pa.Table]:
    return pa.table({"when": fine, "p": Y + 0.5}), pa.table({"when": cut, "y": Y})


REORDERED = "holds the same times in another order, but for what one side has cut: "
PAIRS = [(fine, cut) for fine in FINE_FORMS for cut in CUT_FORMS]
PAIRS.remove(("counts", "text with points"))  # counts are compared with times as ISO 8601 has them


@pytest.mark.parametrize(("fine", "cut"), PAIRS)
@pytest.mark.parametrize("order", [range(N), SHUFFLED], ids=["rising", "in no order"])
def test_another_order_is_refused_and_the_same_rows_agree(fine: str, cut: str, order: Any) -> None:
    p, y = tables(FINE_FORMS[fine].take([*order]), CUT_FORMS[cut].take([*order]))
    found = silent(p, y)
    assert found.mean == 0.125
    said = "agrees in every row, but for what one side has cut"
    assert any(said in decision.reason for decision in found.decisions)
    for some in ({}, {"execution": Execution(2, 5)}):
        with pytest.raises(DataError, match=rf"{REORDERED}.* \[write both alike, as keys must"):
            silent(p, y.take(SHUFFLED), **some)
    swapped = y.take(SHUFFLED).rename_columns(["when", "p"]), p.rename_columns(["when", "y"])
    with pytest.raises(DataError, match="another order"):
        silent(*swapped)


def test_it_is_so_in_csv_files(tmp_path: Path) -> None:
    p, y = tables(FINE_FORMS["text"], CUT_FORMS["text"])
    for name, table in (("p", p), ("same", y), ("other", y.take(SHUFFLED))):
        csv.write_csv(table, tmp_path / name)
    assert silent(tmp_path / "p", tmp_path / "same").mean == 0.125
    with pytest.raises(DataError, match="another order"):
        silent(tmp_path / "p", tmp_path / "other")


def test_rounded_times_in_another_order_are_refused() -> None:
    rounded = pa.array([(n + 500) // 1000 for n in milliseconds(FINE)])
    p, y = tables(FINE_FORMS["times"], rounded.cast(pa.timestamp("s")))
    assert silent(p, y).mean == 0.125
    with pytest.raises(DataError, match="another order"):
        silent(p, y.take(SHUFFLED))


@pytest.mark.parametrize("form", ["times", "text"])
def test_times_that_are_twice_there_after_cutting_prove_no_order(form: str) -> None:
    """A log of several lines a second is in another order within each second."""
    twice = CUT_FORMS[form].take([i // 2 * 2 for i in range(N)])
    p, y = tables(FINE_FORMS[form], twice)
    with pytest.warns(UserWarning, match="'when' differs"):
        assert evaluate(p, y.take(SHUFFLED), pred="p", target="y").n == N


def test_texts_with_an_offset_are_not_compared_with_those_without() -> None:
    with_offset = pa.array([f"{text}Z" for text in FINE_FORMS["text"].to_pylist()])
    with pytest.warns(UserWarning, match="'when' differs"):
        assert evaluate(*tables(with_offset, CUT_FORMS["text"]), pred="p", target="y").n == N


def test_other_times_are_still_others() -> None:
    late = pa.array([n // 1000 + 40 for n in milliseconds(FINE)]).cast(pa.timestamp("s"))
    for order in (range(N), SHUFFLED):
        p, y = tables(FINE_FORMS["times"], late)
        if order is SHUFFLED:
            with pytest.warns(UserWarning, match="'when' differs"):
                assert evaluate(p, y.take(SHUFFLED), pred="p", target="y").n == N
        else:
            with pytest.raises(DataError, match="rises on both sides, with other values"):
                silent(p, y)
