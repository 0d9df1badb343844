"""Objects that are no arrays or tables are named with what to give in their place."""

from __future__ import annotations

import array
import collections
import io
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.dataset as pd
import pyarrow.parquet as pq
import pytest

from smoothl1 import DtypeError, compare, evaluate

if TYPE_CHECKING:
    from pathlib import Path

VALUES = [1.5, -2.5]
ZEROS = [0.0, 0.0]
MEAN = (1.0 + 2.0) / 2


def refusal(given: Any) -> str:
    with pytest.raises(DtypeError, match=r"<predictions>: an? \w+ is no array or table") as caught:
        evaluate(given, ZEROS)
    return caught.value.hint or ""


def test_what_is_advised_in_place_of_an_object_is_evaluated(tmp_path: Path) -> None:
    sparse = pytest.importorskip("scipy.sparse").coo_array(VALUES)
    table = pa.table({"p": VALUES})
    pq.write_table(table, tmp_path / "x.parquet")
    np.savez(tmp_path / "x.npz", p=VALUES)
    archive = np.load(tmp_path / "x.npz")
    cases: list[tuple[Any, str]] = [
        ({"p": VALUES}, "['p']"),
        (sparse, ".toarray()"),
        (pd.dataset(tmp_path / "x.parquet"), ".to_table()"),
        (table.to_reader(), ".read_all()"),
        (archive, "['p'][:]"),
    ]
    for given, advised in cases:
        named_so = advised if isinstance(given, dict) else advised.replace("'p'", "'NAME'")
        assert named_so in refusal(given)
        found = eval(f"given{advised}", {"given": given})
        named = {"pred": "p"} if isinstance(found, pa.Table) else {}
        assert evaluate(found, ZEROS, **named).mean == MEAN, advised
    archive.close()


def test_arrays_by_their_names_are_listed_for_both_sides() -> None:
    """Also those of a class that has a method of NumPy's to say that it is no array."""

    class Dataset(collections.UserDict[str, Any]):
        __module__ = "xarray.core.dataset"

        def __array__(self) -> None:
            raise TypeError("cannot directly convert an xarray.Dataset into a numpy array")

    sides = {"t2m_pred": VALUES, "t2m": ZEROS}
    for given in (Dataset(sides), sides):
        assert refusal(given).endswith("for each side: ['t2m_pred'], ['t2m']")
    assert evaluate(sides["t2m_pred"], sides["t2m"]).mean == MEAN
    assert refusal(dict.fromkeys(range(20))).endswith(" [7], ...")
    assert refusal({}) == "it is empty"


def test_a_result_is_answered_with_its_table() -> None:
    for found in (evaluate(VALUES, ZEROS), compare(VALUES, [0.5, 1.0], ZEROS)):
        assert refusal(found) == "give the table that its .to_arrow() returns"


@pytest.mark.parametrize(
    ("name", "library", "advised"),
    [
        ("DataFrameGroupBy", "pandas.core.groupby.generic", "and by='COLUMN'"),
        ("SeriesGroupBy", "pandas.core.groupby.generic", "and by='COLUMN'"),
        ("GroupBy", "polars.dataframe.group_by", "and by='COLUMN'"),
        ("DataArrayGroupBy", "xarray.core.groupby", "and by='COLUMN'"),
        ("Expr", "polars.expr.expr", "table['COLUMN']"),
    ],
)
def test_what_is_no_table_any_longer_or_not_yet_is_told(
    name: str, library: str, advised: str
) -> None:
    """Such an object has values one after the other, or a method of NumPy's, and is no array."""

    def values(_: Any) -> Any:
        return iter([(key, VALUES) for key in "ab"])

    made = type(name, (), {"__module__": library, "__iter__": values, "__getitem__": values})
    assert advised in refusal(made())


def test_a_grouped_table_of_a_library_is_told() -> None:
    frame = pytest.importorskip("polars").DataFrame({"g": ["a", "b"], "p": VALUES})
    assert refusal(frame.group_by("g")) == "give what was grouped, and by='COLUMN'"


def test_what_gives_one_value_after_the_other_is_to_be_listed(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", VALUES)
    for given in ((value for value in VALUES), iter(VALUES), dict.fromkeys(VALUES).keys()):
        assert refusal(given) == "give a list of its values"
    assert "a set" not in refusal(iter(VALUES))
    assert "no order" in refusal(set(VALUES))
    assert "write its bytes to a file" in refusal(io.BytesIO(b""))
    with (tmp_path / "x.npy").open("rb") as file:
        assert refusal(file) == "give its path"


def test_what_can_be_read_as_an_array_is_not_refused() -> None:
    numbers = np.array(VALUES)
    for given in (
        tuple(VALUES),
        collections.deque(VALUES),
        array.array("d", VALUES),
        memoryview(numbers),
        pa.array(VALUES),
    ):
        assert evaluate(given, ZEROS).mean == MEAN
    assert evaluate(range(2), ZEROS).mean == 0.25
