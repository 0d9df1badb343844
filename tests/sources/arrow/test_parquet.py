"""Parquet: every encoding of the same numbers, and no footer believed that does not fit."""

from __future__ import annotations

import gc
import io
import random
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import EvalSettings, Execution, SmoothL1Error, evaluate
from smoothl1.errors import DataError, DtypeError
from smoothl1.running.evaluate import LossOutput
from tests.sources.files import AWKWARD, bits, open_source, parquet, read

if TYPE_CHECKING:
    from pathlib import Path


def saved(path: Path, columns: dict[str, Any] | pa.Table, **options: Any) -> Path:
    table = columns if isinstance(columns, pa.Table) else pa.table(columns)
    path.unlink(missing_ok=True)
    pq.write_table(table, path, **options)
    return path


def refused(path: Path, *columns: str) -> str:
    """The message, without the path that it must begin with."""
    with pytest.raises(DataError) as caught:
        read(path, *columns)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    assert len(message) < len(str(path)) + 1000
    return message.removeprefix(f"{path}: ")


def losses(path: Path, pred: tuple[str, ...], target: tuple[str, ...]) -> list[float]:
    out = io.BytesIO()
    settings = EvalSettings((0.0,), "none")
    evaluate(
        path,
        settings=settings,
        pred=pred,
        target=target,
        losses_to=LossOutput(out, "text"),
    )
    return [float(text) for text in out.getvalue().split()]


# --- numbers

ENCODED: dict[str, dict[str, Any]] = {
    "dictionary": {"use_dictionary": True},
    "plain": {"use_dictionary": False},
    "byte stream split": {"use_dictionary": False, "column_encoding": "BYTE_STREAM_SPLIT"},
    "data page v2": {"data_page_version": "2.0"},
    "tiny pages": {"data_page_size": 64, "write_batch_size": 4},
    "page index": {"write_page_index": True},
    "checksums": {"write_page_checksum": True},
    "no Arrow schema": {"store_schema": False},
    "no statistics": {"write_statistics": False},
    "version 1.0": {"version": "1.0"},
    "small groups": {"row_group_size": 5},
    "groups of one": {"row_group_size": 1},
    "a bloom of everything": {
        "row_group_size": 7,
        "use_dictionary": True,
        "data_page_version": "2.0",
        "write_page_checksum": True,
        "dictionary_pagesize_limit": 16,
    },
}


@pytest.mark.parametrize("codec", ["none", "snappy", "gzip", "brotli", "lz4", "zstd"])
@pytest.mark.parametrize("encoded", list(ENCODED.values()), ids=list(ENCODED))
def test_every_codec_and_encoding_gives_the_same_numbers(
    tmp_path: Path, codec: str, encoded: dict[str, Any]
) -> None:
    values = AWKWARD * 4
    path = saved(tmp_path / "x.parquet", {"y": values}, compression=codec, **encoded)
    for n_rows in (1, 3, 1000):
        assert bits(read(path, n_rows=n_rows)) == bits(values)


@pytest.mark.parametrize(
    "kind",
    [
        *(pa.int8(), pa.int16(), pa.int32(), pa.int64()),
        *(pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64()),
        *(pa.float16(), pa.float32(), pa.float64(), pa.bool_()),
    ],
    ids=str,
)
@pytest.mark.parametrize("store_schema", [True, False])
def test_every_kind_of_number_is_read_as_it_is(
    tmp_path: Path, kind: pa.DataType, store_schema: bool
) -> None:
    dtype = np.dtype(kind.to_pandas_dtype())
    edges = [0, 1]
    if dtype.kind in "iu":
        edges += [int(np.iinfo(dtype).min), int(np.iinfo(dtype).max)]
    array = np.array(edges, dtype)
    path = saved(tmp_path / "x.parquet", {"y": pa.array(array, kind)}, store_schema=store_schema)
    found = read(path)
    assert (found.dtype, found.tolist()) == (dtype, array.tolist())


@pytest.mark.parametrize("encoding", ["PLAIN", "DELTA_BINARY_PACKED", "BYTE_STREAM_SPLIT"])
def test_integers_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    values = [0, -1, 2**63 - 1, -(2**63), 2**53 + 1]
    options = {"use_dictionary": False, "column_encoding": encoding}
    assert read(saved(tmp_path / "x.parquet", {"y": values}, **options)).tolist() == values


def test_booleans_in_run_length_encoding(tmp_path: Path) -> None:
    values = [True] * 50 + [False, True]
    options = {"use_dictionary": False, "column_encoding": "RLE"}
    assert read(saved(tmp_path / "x.parquet", {"y": values}, **options)).tolist() == values


@pytest.mark.parametrize("kind", [pa.float64(), pa.int64(), pa.float32(), pa.int8()], ids=str)
def test_an_arrow_dictionary_of_numbers_is_read_as_numbers(
    tmp_path: Path, kind: pa.DataType
) -> None:
    column = pa.array([3, 1, 3, 2], kind).dictionary_encode()
    assert read(saved(tmp_path / "x.parquet", {"y": column})).tolist() == [3, 1, 3, 2]


@pytest.mark.parametrize(
    "kind",
    [pa.decimal128(38, 18), pa.decimal128(38, 38), pa.decimal128(38, 0), pa.decimal128(9, 4)]
    + [pa.decimal256(76, 40), pa.decimal256(76, 0), pa.decimal256(76, 76)]
    + ([pa.decimal32(9, 4), pa.decimal64(18, 7)] if hasattr(pa, "decimal32") else []),
    ids=str,
)
@pytest.mark.parametrize("store_schema", [True, False])
def test_decimals_are_rounded_once_to_the_nearest_number(
    tmp_path: Path, kind: pa.DataType, store_schema: bool
) -> None:
    rng = random.Random(3)
    scale = kind.scale
    units = [0, 1, -1, 10**kind.precision - 1, 1 - 10**kind.precision]
    units += [rng.randrange(10 ** rng.randint(1, kind.precision)) for _ in range(400)]
    texts = [f"{unit}E-{scale}" for unit in units]
    column = pa.array([Decimal(text) for text in texts], kind)
    found = read(saved(tmp_path / "x.parquet", {"y": column}, store_schema=store_schema))
    assert found.dtype == np.float64
    assert found.tolist() == [float(Fraction(unit, 10**scale)) for unit in units]


def test_decimals_at_a_tie_are_rounded_to_even(tmp_path: Path) -> None:
    tie = 2**53 + 1
    column = pa.array([Decimal(tie), Decimal(f"{tie}.000001"), Decimal(tie + 2)]).cast(
        pa.decimal128(38, 6)
    )
    expected = [float(2**53), float(2**53 + 2), float(2**53 + 4)]
    assert read(saved(tmp_path / "x.parquet", {"y": column})).tolist() == expected


def test_integers_are_subtracted_exactly_beyond_2_to_the_53(tmp_path: Path) -> None:
    pred, target = [2**53 + 1, 2**63 - 1], [2**53, -1]
    path = saved(tmp_path / "x.parquet", {"p": pred, "t": target})
    assert losses(path, ("p",), ("t",)) == [1.0, float(2**63)]
    wide = pa.array([2**64 - 1, 2**63], pa.uint64())
    path = saved(tmp_path / "x.parquet", {"p": wide, "t": target})
    assert losses(path, ("p",), ("t",)) == [float(2**64 - 2**53), float(2**63 + 1)]


def test_integer_columns_of_one_kind_stay_exact_side_by_side(tmp_path: Path) -> None:
    columns = {"p": [2**53 + 1], "q": [2**60 + 1], "t": [2**53], "u": [2**60]}
    path = saved(tmp_path / "x.parquet", columns)
    assert losses(path, ("p", "q"), ("t", "u")) == [1.0, 1.0]


def test_nan_is_kept_and_null_is_missing(tmp_path: Path) -> None:
    for kind in (pa.float16(), pa.float32(), pa.float64()):
        path = saved(tmp_path / "x.parquet", {"y": pa.array([1.0, float("nan"), 2.0], kind)})
        assert np.isnan(read(path)).tolist() == [False, True, False]
        path = saved(tmp_path / "x.parquet", {"y": pa.array([1.0, float("nan"), None], kind)})
        assert refused(path).startswith(
            "row 3, column 'y': the value is missing (null) [--nan omit"
        )


@pytest.mark.parametrize("row", [1, 5, 6, 7, 70, 699, 700])
@pytest.mark.parametrize("group", [700, 70, 7])
def test_a_null_is_placed_in_any_row_group(tmp_path: Path, row: int, group: int) -> None:
    values: list[int | None] = list(range(700))
    values[row - 1] = None
    path = saved(tmp_path / "x.parquet", {"a": [1.0] * 700, "y": values}, row_group_size=group)
    for n_rows in (7, 1 << 20):
        with pytest.raises(DataError, match=rf"row {row}, column 'y': the value is missing"):
            read(path, "y", n_rows=n_rows)
    assert read(path, "a").size == 700


# --- columns

STRUCTS = pa.array([{"a": 1.0, "b": 2.0}] * 3)

OTHERS: dict[str, pa.Array] = {
    "string": pa.array(["1", "2", "3"]),
    "large_string": pa.array(["1", "2", "3"], pa.large_string()),
    "string_view": pa.array(["1", "2", "3"], pa.string_view()),
    "binary": pa.array([b"1", b"2", b"3"]),
    "fixed_size_binary": pa.array([b"12", b"34", b"56"], pa.binary(2)),
    "dictionary": pa.array(["a", "b", "a"]).dictionary_encode(),
    "date32": pa.array([1, 2, 3], pa.date32()),
    "timestamp": pa.array([1, 2, 3], pa.timestamp("ns", "UTC")),
    "time64": pa.array([1, 2, 3], pa.time64("us")),
    "duration": pa.array([1, 2, 3], pa.duration("s")),
    "list<element: string": pa.array([["1"], ["2", "3"], []]),
    "struct": STRUCTS,
    "list<element: struct": pa.array([[{"a": 1.0, "b": 2.0}]] * 3),
    "map": pa.array([[("k", 1.0)]] * 3, pa.map_(pa.string(), pa.float64())),
}
if hasattr(pa, "json_"):  # newer than the oldest pyarrow that is supported
    OTHERS |= {
        "arrow.uuid": pa.array([b"1" * 16] * 3, pa.uuid()),
        "arrow.json": pa.array(["{}"] * 3, pa.json_()),
        "arrow.bool8": pa.ExtensionArray.from_storage(pa.bool8(), pa.array([1, 0, 1], pa.int8())),
        "arrow.opaque": pa.ExtensionArray.from_storage(pa.opaque(STRUCTS.type, "t", "v"), STRUCTS),
    }


@pytest.mark.parametrize("other", list(OTHERS))
def test_a_column_that_holds_no_numbers_is_named_with_its_type(tmp_path: Path, other: str) -> None:
    path = saved(tmp_path / "x.parquet", {"x": OTHERS[other], "y": [1.5, 2.5, 3.5]})
    with pytest.raises(DtypeError) as caught:
        read(path, "x")
    assert str(caught.value).startswith(f"{path}: column 'x' is ")
    assert other in str(caught.value)
    assert "not a number" in str(caught.value)


@pytest.mark.parametrize("other", list(OTHERS))
@pytest.mark.parametrize("store_schema", [True, False])
def test_columns_beside_one_of_another_kind_are_their_own(
    tmp_path: Path, other: str, store_schema: bool
) -> None:
    """Nested columns are stored as several, so later ones stand at other positions in the file."""
    columns = {"w": [9.0] * 3, "x": OTHERS[other], "y": [1.5, 2.5, 3.5], "z": [7.0, 8.0, 9.0]}
    path = saved(tmp_path / "x.parquet", columns, store_schema=store_schema)
    assert read(path, "w").tolist() == [9.0, 9.0, 9.0]
    assert read(path, "y").tolist() == [1.5, 2.5, 3.5]
    assert read(path, "z").tolist() == [7.0, 8.0, 9.0]
    assert read(path, "z", "w").tolist() == [7.0, 9.0, 8.0, 9.0, 9.0, 9.0]


def test_the_only_numeric_column_need_not_be_named(tmp_path: Path) -> None:
    columns = {"s": ["a", "b"], "y": [1.5, 2.5], "l": [[1.0], [2.0]]}
    assert read(saved(tmp_path / "x.parquet", columns)).tolist() == [1.5, 2.5]


@pytest.mark.parametrize("name", ["", " ", "a.b", "y.", ".y", "y.list.element", "\U0001f600", "@1"])
@pytest.mark.parametrize("row_group_size", [1, 100])
def test_silly_names_name_just_their_own_column(
    tmp_path: Path, name: str, row_group_size: int
) -> None:
    names = ["y", "s", name, "z"]
    nested = pa.array([{"b": 5.0, "y": 6.0}] * 2)
    arrays = [pa.array([1.5, 2.5]), nested, pa.array([3.5, 4.5]), pa.array([8.0, 9.0])]
    table = pa.Table.from_arrays(arrays, names=names)
    path = saved(tmp_path / "x.parquet", table, row_group_size=row_group_size)
    assert read(path, name).tolist() == [3.5, 4.5]
    assert read(path, "@3").tolist() == [3.5, 4.5]
    assert read(path, "z").tolist() == [8.0, 9.0]


class Plain(pa.ExtensionType):
    """A type that has no hash, as classes with an own comparison have none."""

    def __init__(self) -> None:
        super().__init__(pa.int64(), "smoothl1.plain")

    def __arrow_ext_serialize__(self) -> bytes:
        return b""

    @classmethod
    def __arrow_ext_deserialize__(cls, storage_type: Any, serialized: bytes) -> Plain:
        return cls()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Plain)

    __hash__ = None


def test_a_type_without_a_hash_that_is_registered_is_read(tmp_path: Path) -> None:
    pa.register_extension_type(Plain())
    try:
        ids = pa.ExtensionArray.from_storage(Plain(), pa.array([1, 2]))
        pq.write_table(pa.table({"id": ids, "y": [1.0, 2.0]}), tmp_path / "p.parquet")
        found = evaluate(tmp_path / "p.parquet", [0.0, 0.0], EvalSettings((0.0,), "sum"), pred="y")
    finally:
        pa.unregister_extension_type("smoothl1.plain")
    assert found.values == (3,)


def test_a_doubled_name_is_ambiguous_and_a_position_is_not(tmp_path: Path) -> None:
    arrays = [pa.array([1.5]), pa.array([2.5]), pa.array([3.5])]
    path = saved(tmp_path / "x.parquet", pa.Table.from_arrays(arrays, names=["y", "z", "y"]))
    assert "'y' is there 2 times [name it as @1 and @3]" in refused(path, "y")
    assert read(path, "@3").tolist() == [3.5]
    assert read(path, "@3", "z", "@1").tolist() == [3.5, 2.5, 1.5]


def test_a_name_that_is_no_utf_8_is_refused_by_our_own_error(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    path.write_bytes(parquet({b"\xff": [1.0]}))
    assert refused(path, "@1")


def test_huge_names_do_not_make_huge_messages(tmp_path: Path) -> None:
    columns: dict[str, list[Any]] = {"n" * 50_000 + str(i): [None] for i in range(14)}
    path = saved(tmp_path / "x.parquet", columns)
    refused(path, "nope")
    refused(path, "@1")


def test_columns_of_different_kinds_become_one_that_holds_both(tmp_path: Path) -> None:
    columns = {
        "f": pa.array([0.5], pa.float16()),
        "i": pa.array([3], pa.int8()),
        "d": [Decimal("1.1")],
    }
    path = saved(tmp_path / "x.parquet", columns)
    assert read(path, "f", "i").tolist() == [0.5, 3.0]
    assert read(path, "d", "i", "f").tolist() == [1.1, 3.0, 0.5]


WIDE = {
    "i": pa.array([2**53 + 1]),
    "u": pa.array([2**64 - 1], pa.uint64()),
    "d": pa.array([1.5]),
    "s": pa.array([1.5], pa.float32()),
    "j": pa.array([2**31 - 1], pa.int32()),
    "b": pa.array([True]),
}


@pytest.mark.parametrize("names", ["iu", "id", "us", "dju", "ji" + "d"], ids=str)
def test_columns_that_no_kind_of_number_can_hold_together_are_refused(
    tmp_path: Path, names: str
) -> None:
    """Beside a float, integers beyond 2**53 would be rounded before they are subtracted."""
    path = saved(tmp_path / "x.parquet", WIDE)
    with pytest.raises(DataError, match=r"row 1, column '[iu]': the integer \d+ is not exact"):
        read(path, *names)


def test_integers_beside_floats_are_read_as_long_as_they_are_exact(tmp_path: Path) -> None:
    for kind, numbers in (
        (pa.int64(), [3, -(2**53), 2**60, 2**53 + 2]),
        (pa.uint64(), [3, 2**53, 2**64 - 2**11, 2**63]),
    ):
        columns = {"n": pa.array(numbers, kind), "x": pa.array([0.5, 1.5, 2.5, 3.5])}
        values = read(saved(tmp_path / "x.parquet", columns), "n", "x")
        exact = [Fraction(value) for value in values[::2].tolist()]
        assert exact == [*map(Fraction, numbers)]
    for number in (2**53 + 1, -(2**53) - 1):
        columns["n"] = pa.array([3, number, number, 1], pa.int64())
        with pytest.raises(DataError, match=f"row 2, column 'n': the integer {number} .* float64"):
            read(saved(tmp_path / "x.parquet", columns), "n", "x")


@pytest.mark.parametrize("names", ["ij", "ib", "ub", "jd", "js", "bd", "sd", "bjsd"])
def test_columns_that_one_kind_of_number_can_hold_are_exact_together(
    tmp_path: Path, names: str
) -> None:
    path = saved(tmp_path / "x.parquet", WIDE)
    assert read(path, *names).tolist() == [WIDE[name][0].as_py() for name in names]


def test_nothing_that_a_file_names_is_imported_or_run(tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    pickle = f'cos\nsystem\n(S"touch {marker}"\ntR.'.encode()
    extension = {
        b"ARROW:extension:name": b"arrow.py_extension_type",
        b"ARROW:extension:metadata": pickle,
    }
    schema = pa.schema([pa.field("y", pa.float64(), metadata=extension)])
    path = saved(tmp_path / "x.parquet", pa.table({"y": [1.5]}, schema=schema))
    assert read(path).tolist() == [1.5]
    assert not marker.exists()


# --- row groups


@pytest.mark.grid
def test_a_thousand_row_groups_are_one_table(tmp_path: Path) -> None:
    values = np.arange(3003.0)
    path = saved(tmp_path / "x.parquet", {"p": values, "t": values + 2}, row_group_size=3)
    assert read(path, "p").tolist() == values.tolist()
    results = [
        evaluate(path, pred=("p",), target=("t",), execution=Execution(threads, n_rows))
        for threads, n_rows in ((1, 2), (4, 10), (1, None))
    ]
    assert {result.tallies for result in results} == {results[0].tallies}
    assert (results[0].tallies[0].n, results[0].values) == (3003, (1.5,))


def test_row_groups_without_rows_are_nothing(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    schema = pa.schema([("y", pa.float64())])
    with pq.ParquetWriter(path, schema) as writer:
        for values in ([], [1.0, 2.0], [], [], [3.0], []):
            writer.write_table(pa.table({"y": values}, schema=schema))
    assert read(path).tolist() == [1.0, 2.0, 3.0]
    other = saved(tmp_path / "other.parquet", {"y": [1.0, 2.0, 3.0]})
    assert evaluate(path, other, execution=Execution(2, 1)).tallies[0].n == 3


@pytest.mark.parametrize(("one", "other"), [(7, 11), (1, 100), (100, 3), (50, 25)])
def test_row_groups_need_not_line_up_between_the_sides(
    tmp_path: Path, one: int, other: int
) -> None:
    values = np.arange(100.0)
    pred = saved(tmp_path / "p.parquet", {"y": values}, row_group_size=one)
    target = saved(tmp_path / "t.parquet", {"y": values * 3}, row_group_size=other)
    for execution in (Execution(1, 1), Execution(3, 7), Execution(2)):
        result = evaluate(pred, target, EvalSettings((0.0,), "sum"), execution=execution)
        assert result.values == (9900.0,)


@pytest.mark.parametrize("columns", [{}, {"s": ["a"]}, {"l": [[1.0]]}])
def test_no_numeric_column_is_said(tmp_path: Path, columns: dict[str, Any]) -> None:
    assert "no numeric column" in refused(saved(tmp_path / "x.parquet", columns))


def test_no_rows_is_refused_by_the_evaluation(tmp_path: Path) -> None:
    path = saved(tmp_path / "x.parquet", {"y": pa.array([], pa.float64())})
    assert read(path).tolist() == []
    other = saved(tmp_path / "other.parquet", {"y": pa.array([], pa.float64())})
    with pytest.raises(DataError, match="nothing to evaluate"):
        evaluate(path, other)


@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is in KiB only there")
def test_a_large_row_group_is_read_in_little_memory(tmp_path: Path) -> None:
    """48 MB of values that do not compress, in one row group."""
    values = np.random.default_rng(0).random(6_000_000)
    small = saved(tmp_path / "small.parquet", {"y": values[:1000]})
    large = saved(tmp_path / "large.parquet", {"y": values}, row_group_size=1 << 30)
    code = (
        "import resource, sys, smoothl1\n"
        "def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "one = smoothl1.Execution(1)\n"
        "smoothl1.evaluate(sys.argv[1], sys.argv[1], execution=one)\n"
        "before = peak()\n"
        "smoothl1.evaluate(sys.argv[2], sys.argv[2], execution=one)\n"
        "print(peak() - before)\n"
    )
    command = [sys.executable, "-c", code, str(small), str(large)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert int(done.stdout) < 35_000  # KiB


# --- what the file says of itself

LIES: dict[str, dict[str, Any]] = {
    "a row too few": {"group_rows": 2},
    "a row too many": {"group_rows": 4},
    "rows below zero": {"group_rows": -1},
    "2**62 rows": {"group_rows": 2**62},
    "a row too few in all": {"file_rows": 2},
    "a row too many in all": {"file_rows": 4},
    "no rows in all": {"file_rows": 0},
    "a chunk of fewer values": {"chunk_values": 2},
    "a chunk of more values": {"chunk_values": 4},
    "a chunk of no values": {"chunk_values": 0},
    "a chunk of values below zero": {"chunk_values": -3},
    "a page of fewer values": {"page_values": 2},
    "a page of one value": {"page_values": 1},
    "a page cut short": {"page_bytes": 16},
    "a page beyond the file": {"page_bytes": 1000},
    "a page of a size below zero": {"page_bytes": -24},
    "another codec": {"codec": 1},
    "an unknown codec": {"codec": 99},
    "another encoding": {"encoding": 8},
    "an unknown encoding": {"encoding": 77},
    "a chunk of another type": {"chunk_type": 4},
    "a chunk of unknown type": {"chunk_type": 99},
    "children below zero": {"column_index": -2},
    "more children than there are": {"column_index": 2},
    "2**31 - 1 children": {"column_index": 2**31 - 1},
    "an encrypted footer": {"magic": b"PARE"},
}


def test_a_file_made_by_hand_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    path.write_bytes(parquet({b"a": AWKWARD, b"b.c": AWKWARD[::-1]}))
    assert bits(read(path, "a")) == bits(AWKWARD)
    assert bits(read(path, "b.c")) == bits(AWKWARD[::-1])
    assert pq.read_table(path).column_names == ["a", "b.c"]


@pytest.mark.parametrize("lie", list(LIES.values()), ids=list(LIES))
def test_a_file_that_contradicts_itself_is_refused(tmp_path: Path, lie: dict[str, Any]) -> None:
    path = tmp_path / "x.parquet"
    path.write_bytes(parquet({b"y": [1.5, 2.5, 3.5]}, **lie))
    refused(path, "y")


@pytest.mark.parametrize("lengths", [(3, 2), (2, 3), (0, 3), (3, 0)])
def test_columns_of_different_lengths_are_refused(tmp_path: Path, lengths: tuple[int, int]) -> None:
    path = tmp_path / "x.parquet"
    path.write_bytes(parquet({b"p": [1.0] * lengths[0], b"t": [2.0] * lengths[1]}))
    with pytest.raises(DataError, match=r"x\.parquet: "):
        evaluate(path, pred=("p",), target=("t",))


def test_a_group_that_hides_its_rows_has_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    path.write_bytes(parquet({b"y": [1.5, 2.5]}, group_rows=0))
    other = saved(tmp_path / "other.parquet", {"y": [1.5, 2.5]})
    with pytest.raises(DataError):
        evaluate(path, other)


CHECKED = {
    "plain": {"use_dictionary": False},
    "version 2": {"use_dictionary": False, "data_page_version": "2.0"},
    "dictionary": {"use_dictionary": True},
}


@pytest.mark.parametrize("options", list(CHECKED.values()), ids=list(CHECKED))
def test_a_wrong_page_checksum_is_refused_where_it_matters(
    tmp_path: Path, options: dict[str, Any]
) -> None:
    values = np.arange(1000.0) % 7
    path = saved(
        tmp_path / "x.parquet",
        {"y": values, "z": values + 0.5},
        compression="none",
        write_page_checksum=True,
        **options,
    )
    data = bytearray(path.read_bytes())
    at = data.index(np.arange(7.0).tobytes())  # in the first data page, or in the dictionary
    data[at + 30] ^= 1
    path.write_bytes(data)
    assert "row group 1" in refused(path, "y")
    assert "CRC" in refused(path, "y")
    assert bits(read(path, "z")) == bits(values + 0.5)


@pytest.mark.parametrize("codec", ["none", "zstd"])
def test_no_beginning_of_a_file_is_taken_for_the_whole(tmp_path: Path, codec: str) -> None:
    columns = {"p": [1.5, 2.5, 3.5], "t": [1, 2, 3]}
    whole = saved(tmp_path / "whole.parquet", columns, compression=codec).read_bytes()
    path = tmp_path / "cut.parquet"
    for k in range(len(whole)):
        path.unlink(missing_ok=True)
        path.write_bytes(whole[:k])
        message = refused(path, "p")
        assert "text" not in message, (k, message)


@pytest.mark.parametrize("tail", [b"\n", b"\x00" * 8, b"PAR1"])
def test_bytes_after_the_end_are_refused(tmp_path: Path, tail: bytes) -> None:
    path = saved(tmp_path / "x.parquet", {"y": [1.5]})
    path.write_bytes(path.read_bytes() + tail)
    refused(path)


FUZZ = """
import io, random, sys
import pyarrow as pa, pyarrow.parquet as pq
import smoothl1

def original(rng):
    out = io.BytesIO()
    columns = {
        "s": ["a", "b", None] * 4,
        "x": [1.5, 2.5, 3.5] * 4,
        "i": [1, 2, 3] * 4,
        "d": pa.array([1, 2, 3] * 4).cast(pa.decimal128(30, 2)),
        "n": [{"a": 1.0, "b": [2.0]}] * 12,
    }
    pq.write_table(
        pa.table(columns), out,
        row_group_size=rng.choice([3, 100]),
        compression=rng.choice(["none", "snappy", "gzip", "zstd", "lz4", "brotli"]),
        use_dictionary=rng.random() < 0.5,
        data_page_version=rng.choice(["1.0", "2.0"]),
        write_page_checksum=rng.random() < 0.5,
        store_schema=rng.random() < 0.5,
    )
    return out.getvalue()

def damaged(data, rng):
    '''Mostly in the footer: a page says its size, and pyarrow reserves whatever it says.'''
    data = bytearray(data)
    footer = len(data) - 8 - int.from_bytes(data[-8:-4], "little")
    for _ in range(rng.choice([1, 1, 1, 2, 4])):
        at = rng.randrange(footer if rng.random() < 0.9 else footer - 40, len(data) - 1)
        what = rng.random()
        if what < 0.7:
            data[at] ^= 1 << rng.randrange(8)
        elif what < 0.8:
            data[at] = rng.choice([0, 127, 128, 255])
        elif what < 0.9:
            data[at:at] = rng.randbytes(rng.randint(1, 3))
        else:
            del data[at : at + rng.randint(1, 3)]
    return bytes(data)

rng = random.Random(4)
path = sys.argv[1]
n_read = n_refused = 0
for n in range(int(sys.argv[2])):
    with open(f"{path}.{n}", "wb") as file:
        file.write(damaged(original(rng), rng))
    print(n, flush=True)
    try:
        smoothl1.evaluate(
            f"{path}.{n}",
            pred=(rng.choice(["x", "i", "d", "@2"]),),
            target=("x",),
            execution=smoothl1.Execution(1, rng.choice([None, 1])),
            warn=lambda _: None,
        )
        n_read += 1
    except MemoryError:
        n_refused += 1
    except smoothl1.SmoothL1Error as error:
        assert str(error).startswith(f"{path}.{n}: "), error
        assert "\\n" not in str(error)
        n_refused += 1
print("read", n_read, "refused", n_refused)
"""


@pytest.mark.grid
def test_damage_anywhere_is_refused_or_read_but_never_crashes(tmp_path: Path) -> None:
    """In a process of its own, since pyarrow could take this one with it."""
    command = [sys.executable, "-c", FUZZ, str(tmp_path / "x"), "300"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    last = done.stdout.splitlines()[-1]
    assert done.returncode == 0, (last, done.stderr[-2000:])
    assert last.startswith("read ")
    assert min(map(int, last.split()[1::2])) > 20


def test_a_file_that_is_not_closed_by_its_writer_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    writer = pq.ParquetWriter(path, pa.schema([("y", pa.float64())]))
    writer.write_table(pa.table({"y": np.arange(1000.0)}))
    copy = tmp_path / "copy.parquet"
    writer.file_handle.flush()
    copy.write_bytes(path.read_bytes())
    writer.close()
    refused(copy)


def test_the_source_is_closed_when_opening_fails(tmp_path: Path) -> None:
    """Warnings are errors here, that of a file left open too."""
    path = tmp_path / "x.parquet"
    path.write_bytes(parquet({b"y": [1.5]}, magic=b"PAR2"))
    with pytest.raises(SmoothL1Error):
        open_source(str(path))


def test_the_footers_of_many_files_do_not_stay_in_memory(tmp_path: Path) -> None:
    for i in range(20):
        columns = {"p": np.full(5, i, np.float32), "t": np.zeros(5, np.float32)}
        saved(tmp_path / f"{i:02}.parquet", columns)

    def n_footers() -> int:
        return sum(type(thing) is pq.FileMetaData for thing in gc.get_objects())

    gc.collect()
    before = n_footers()
    gc.disable()  # as good as during a run of the command, which collects cycles seldom
    try:
        result = evaluate(tmp_path, None, EvalSettings((0.0,), "sum"), pred="p", target="t")
        after = n_footers()
    finally:
        gc.enable()
    assert result.values == (5.0 * sum(range(20)),)
    assert after - before <= 1
