"""Types that an application registers with Arrow are read as they are where nobody has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import DtypeError, EvalSettings, evaluate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SUM = EvalSettings((0.0,), "sum")
LISTS = pa.list_(pa.list_(pa.float32()))


class _Registered(pa.ExtensionType):
    """A type of an application, such as that of images of Hugging Face Datasets."""

    def __init__(self, storage: pa.DataType, name: str, told: bytes = b"") -> None:
        self.told = told
        super().__init__(storage, name)

    def __arrow_ext_serialize__(self) -> bytes:
        return self.told

    @classmethod
    def __arrow_ext_deserialize__(cls, storage: pa.DataType, serialized: bytes) -> _Registered:
        name = "pandas.period" if serialized else f"test.{storage}"
        return cls(storage, name, serialized)


KINDS = [
    _Registered(LISTS, f"test.{LISTS}"),
    _Registered(pa.float64(), "test.double"),
    _Registered(pa.string(), "test.string"),
    _Registered(pa.int64(), "pandas.period", b'{"freq": "M"}'),
]


@pytest.fixture
def register() -> Iterator[Any]:
    known = []

    def register_all() -> None:
        for kind in KINDS:
            pa.register_extension_type(kind)
            known.append(kind.extension_name)

    yield register_all
    for name in known:
        pa.unregister_extension_type(name)


def table() -> pa.Table:
    lists, number, text, period = KINDS
    images = pa.array([[[0.5, 1.0], [2.0, 4.0]], [[8.0, 16.0], [32.0, 64.0]]], LISTS)
    many = pa.array([[1.0, 2.0], [4.0, 8.0]], pa.list_(pa.float64()))
    columns = {
        "image": pa.ExtensionArray.from_storage(lists, images),
        "number": pa.ExtensionArray.from_storage(number, pa.array([1.0, 2.0])),
        "many": many.cast(pa.list_(number)),
        "name": pa.ExtensionArray.from_storage(text, pa.array(["a", "b"])),
        "month": pa.ExtensionArray.from_storage(period, pa.array([0, 649])),
        "zero": pa.array([0.0, 0.0]),
        "pairs": pa.array([[0.0, 0.0]] * 2, pa.list_(pa.float64())),
        "zeros": pa.array([[[0.0, 0.0]] * 2] * 2, LISTS),
    }
    return pa.table(columns)


def sums(data: Any) -> list[Any]:
    """The sums of each column, and of groups by the text and the period."""
    of_lists = evaluate(data, settings=SUM, pred="image", target="zeros").values
    of_numbers = evaluate(data, settings=SUM, pred="number", target="zero").values
    of_many = evaluate(data, settings=SUM, pred="many", target="pairs").values
    by = [
        [
            (entry[1].group, entry[2].sum)
            for entry in evaluate(
                data,
                settings=EvalSettings((0.0,), "sum", by=name),
                pred="number",
                target="zero",
            ).entries
        ]
        for name in ("name", "month")
    ]
    return [of_lists, of_numbers, of_many, *by]


EXPECTED = [
    (127.5,),
    (3.0,),
    (15.0,),
    [("a", 1.0), ("b", 2.0)],
    [("1970-01", 1.0), ("2024-02", 2.0)],
]


def test_registered_types_are_read_as_those_that_are_not(tmp_path: Path, register: Any) -> None:
    data = table()
    parquet, arrow, stream = (tmp_path / f"x.{suffix}" for suffix in ("parquet", "arrow", "arrows"))
    pq.write_table(data, parquet)
    with pa.OSFile(str(arrow), "wb") as file, pa.ipc.new_file(file, data.schema) as out:
        out.write_table(data)
    with pa.OSFile(str(stream), "wb") as file, pa.ipc.new_stream(file, data.schema) as out:
        out.write_table(data)
    for path in (parquet, arrow, stream):
        assert sums(path) == EXPECTED, path
    register()
    assert isinstance(pq.read_schema(parquet).field("image").type, _Registered)
    for source in (parquet, arrow, stream, data):
        assert sums(source) == EXPECTED, source


def test_periods_are_no_numbers_whether_registered_or_not(tmp_path: Path, register: Any) -> None:
    path = tmp_path / "x.parquet"
    pq.write_table(table(), path)
    for is_registered in (False, True):
        if is_registered:
            register()
        with pytest.raises(DtypeError, match="column 'month' holds periods, not numbers"):
            evaluate(path, pred="month", target="zero")
