"""What every sink must do, whatever its format."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq
import pytest

from smoothl1.errors import DataError, SettingsError
from smoothl1.sinks.contract import Layout
from smoothl1.sinks.formats import format_of, formats, open_sink

if TYPE_CHECKING:
    from collections.abc import Callable

AWKWARD = [0.0, 5e-324, 0.1, 1 / 3, 1e16, 1e22, 123456789.123456789, 1.7976931348623157e308]


class Pipe(io.BytesIO):
    """A file that only goes forward."""

    def seekable(self) -> bool:
        return False

    def seek(self, *_: object) -> int:
        raise io.UnsupportedOperation("seek")

    tell = seek


def read_npy(data: bytes) -> np.ndarray:
    return np.load(io.BytesIO(data), allow_pickle=False)


def read_parquet(data: bytes) -> np.ndarray:
    table = pq.read_table(io.BytesIO(data), page_checksum_verification=True)
    return np.stack([column.to_numpy() for column in table.columns], axis=-1).squeeze(-1)


def read_csv(data: bytes) -> np.ndarray:
    table = arrow_csv.read_csv(io.BytesIO(data))
    return np.stack([column.to_numpy() for column in table.columns], axis=-1).squeeze(-1)


def read_text(data: bytes) -> np.ndarray:
    return np.loadtxt(io.BytesIO(data), delimiter="\t", ndmin=1)


def read_tsv(data: bytes) -> np.ndarray:
    return np.loadtxt(io.BytesIO(data), delimiter="\t", skiprows=1, ndmin=1)


def read_arrow(data: bytes) -> np.ndarray:
    table = pa.ipc.open_file(data).read_all()
    return np.stack([column.to_numpy() for column in table.columns], axis=-1).squeeze(-1)


def read_json(data: bytes) -> np.ndarray:
    return np.array(json.loads(data), float)


READERS: dict[str, Callable[[bytes], np.ndarray]] = {
    "npy": read_npy,
    "parquet": read_parquet,
    "csv": read_csv,
    "tsv": read_tsv,
    "json": read_json,
    "arrow": read_arrow,
    "text": read_text,
}


def written(
    name: str, losses: np.ndarray, *, step: int, known: bool = True, file: io.BytesIO | None = None
) -> bytes:
    """Write losses some rows at a time, and return the bytes."""
    file = io.BytesIO() if file is None else file
    shape = losses.shape if known else (None, *losses.shape[1:])
    sink = open_sink(name, file, Layout(shape, losses.dtype))  # type: ignore[arg-type]
    for start in range(0, len(losses), step):
        sink.write(sink.encoded(losses[start : start + step].reshape(-1)))
    sink.close()
    return file.getvalue()


def test_every_format_is_tested() -> None:
    assert set(READERS) == set(formats())


@pytest.mark.parametrize("name", formats())
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("step", [1, 3, 100])
def test_losses_read_back_to_the_same_bits(name: str, dtype: type, step: int) -> None:
    with np.errstate(over="ignore", under="ignore"):
        losses = np.array(AWKWARD[:-1] * 5, dtype)
    back = READERS[name](written(name, losses, step=step))
    np.testing.assert_array_equal(back.astype(dtype), losses)


@pytest.mark.parametrize("name", [name for name in formats() if name != "json"])
def test_nan_and_inf_read_back(name: str) -> None:
    losses = np.array([np.nan, np.inf, 1.5])
    np.testing.assert_array_equal(READERS[name](written(name, losses, step=2)), losses)


@pytest.mark.parametrize("name", ["npy", "csv", "tsv", "json", "text"])
def test_bytes_do_not_depend_on_the_steps(name: str) -> None:
    losses = np.sqrt(np.arange(60.0)).reshape(20, 3)
    assert written(name, losses, step=1) == written(name, losses, step=20)


@pytest.mark.parametrize("name", formats())
@pytest.mark.parametrize("file", [io.BytesIO, Pipe])
def test_the_row_count_may_come_last_on_a_file_and_on_a_pipe(
    name: str, file: type[io.BytesIO]
) -> None:
    losses = np.sqrt(np.arange(7.0))
    data = written(name, losses, step=2, known=False, file=file())
    np.testing.assert_array_equal(READERS[name](data), losses)


def test_npy_is_the_same_whether_the_row_count_came_first_or_last() -> None:
    losses = np.sqrt(np.arange(12.0)).reshape(4, 3)
    first = written("npy", losses, step=4)
    assert written("npy", losses, step=4, known=False) == first
    assert written("npy", losses, step=4, known=False, file=Pipe()) == first


def test_npy_begins_its_data_at_a_multiple_of_64() -> None:
    data = written("npy", np.zeros(5), step=5)
    assert (len(data) - 5 * 8) % 64 == 0


@pytest.mark.parametrize("shape", [(), (1,), (4, 3), (2, 3, 4), (0,), (3, 0)])
def test_npy_keeps_every_shape(shape: tuple[int, ...]) -> None:
    file = io.BytesIO()
    sink = open_sink("npy", file, Layout(shape, np.dtype(np.float32)))
    losses = np.arange(int(np.prod(shape)), dtype=np.float32)
    sink.write(sink.encoded(losses))
    sink.close()
    np.testing.assert_array_equal(read_npy(file.getvalue()), losses.reshape(shape), strict=True)


def test_npy_continues_where_the_file_stands() -> None:
    file = io.BytesIO(b"before")
    file.seek(0, io.SEEK_END)
    data = written("npy", np.arange(3.0), step=3, known=False, file=file)
    np.testing.assert_array_equal(read_npy(data.removeprefix(b"before")), np.arange(3.0))


def test_text_has_the_fewest_digits_that_read_back() -> None:
    losses = np.array([0.1, 1e22, 1e-7, 123456789.123456789])
    assert written("text", losses, step=4) == b"0.1\n1e+22\n1e-07\n123456789.12345679\n"
    assert written("text", losses[:1].astype(np.float32), step=1) == b"0.1\n"


def test_rows_of_several_values_are_cells_of_a_line() -> None:
    losses = np.array([[1.0, 2.0], [3.0, 4.0]])
    assert written("text", losses, step=1) == b"1.0\t2.0\n3.0\t4.0\n"
    assert written("csv", losses, step=1) == b"loss_1,loss_2\n1.0,2.0\n3.0,4.0\n"


def test_json_has_no_nan_and_no_infinity() -> None:
    losses = np.array([np.nan, np.inf, -np.inf, 1.5])
    assert written("json", losses, step=3) == b"[\nnull,\nnull,\nnull,\n1.5\n]\n"


@pytest.mark.parametrize("shape", [(), (1,), (4, 3), (2, 3, 4), (0,), (2, 0), (0, 3), (2, 1, 3)])
def test_json_keeps_every_shape(shape: tuple[int, ...]) -> None:
    file = io.BytesIO()
    losses = np.sqrt(np.arange(float(np.prod(shape, dtype=int))))
    sink = open_sink("json", file, Layout(shape, losses.dtype))
    sink.write(sink.encoded(losses))
    sink.close()
    assert json.loads(file.getvalue()) == losses.reshape(shape).tolist()


def test_json_with_keys_has_an_object_for_each_row() -> None:
    keys = pa.array([7, 8]), pa.array(['a"b', "\n"])
    fields = (pa.field("id", pa.int64()), pa.field('n"', pa.string()))
    file = io.BytesIO()
    sink = open_sink("json", file, Layout((2, 2), np.dtype(float), ("x", "y"), fields))
    sink.write(sink.encoded(np.arange(4.0), keys))
    sink.close()
    assert json.loads(file.getvalue()) == [
        {"id": 7, 'n"': 'a"b', "loss_x": 0.0, "loss_y": 1.0},
        {"id": 8, 'n"': "\n", "loss_x": 2.0, "loss_y": 3.0},
    ]


def test_tsv_refuses_a_name_with_a_tab() -> None:
    with pytest.raises(DataError, match="TSV has no room"):
        open_sink("tsv", io.BytesIO(), Layout((1, 2), np.dtype(float), ("a", "b\tc")))


@pytest.mark.parametrize("name", ["parquet", "arrow"])
def test_an_abandoned_table_has_no_end(name: str) -> None:
    file = io.BytesIO()
    sink = open_sink(name, file, Layout((2,), np.dtype(float)))
    sink.write(sink.encoded(np.arange(2.0)))
    sink.abandon()
    del sink
    with pytest.raises((pa.ArrowInvalid, OSError)):
        READERS[name](file.getvalue())


def test_columns_lend_their_names() -> None:
    file = io.BytesIO()
    open_sink("csv", file, Layout((1, 2), np.dtype(float), ("a", 'b"c')))
    assert file.getvalue() == b'loss_a,"loss_b""c"\n'


def test_parquet_has_no_missing_values_and_a_checksum_on_every_page() -> None:
    losses = np.random.default_rng(0).random(10_000)
    data = bytearray(written("parquet", losses, step=10_000))
    assert not pq.read_schema(io.BytesIO(data)).field("loss").nullable
    data[4000] ^= 1
    with pytest.raises(OSError, match="CRC checksum"):
        read_parquet(bytes(data))


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("width", [1, 3])
def test_parquet_keeps_every_dtype_and_has_a_dictionary_of_keys_alone(
    dtype: type, width: int
) -> None:
    losses = np.random.default_rng(0).random((500, width)).astype(dtype)
    names = tuple(f"a.{i}" for i in range(width))
    keys = pa.array(["x.y", "z"] * 250)
    file = io.BytesIO()
    layout = Layout((500, width), losses.dtype, names, (pa.field("k.l", pa.string()),))
    sink = open_sink("parquet", file, layout)  # type: ignore[arg-type]
    sink.write(sink.encoded(losses.reshape(-1), [keys]))
    sink.close()
    table = pq.read_table(file)
    assert table.column("k.l").to_pylist() == keys.to_pylist()
    for i, column in enumerate(table.columns[1:]):
        np.testing.assert_array_equal(column.to_numpy(), losses[:, i], strict=True)
    group = pq.read_metadata(file).row_group(0)
    chunks = [group.column(i) for i in range(group.num_columns)]
    assert [chunk.has_dictionary_page for chunk in chunks] == [True] + [False] * width
    split = "BYTE_STREAM_SPLIT" in chunks[1].encodings
    assert split == (dtype is not np.float16)  # few readers know it for float16


def test_losses_in_parquet_take_less_room_than_in_memory() -> None:
    losses = np.abs(np.random.default_rng(0).standard_normal(100_000)).astype(np.float32)
    assert len(written("parquet", losses, step=100_000)) < 0.92 * losses.nbytes


def test_parquet_refuses_rows_that_would_be_thousands_of_columns() -> None:
    with pytest.raises(SettingsError, match="too many columns"):
        open_sink("parquet", io.BytesIO(), Layout((1, 5000), np.dtype(float)))


def test_a_suffix_names_a_format() -> None:
    assert format_of("dir.csv/out.NPY") == "npy"
    assert format_of("out.pq") == "parquet"
    assert format_of("out") is None
    assert format_of("out.xyz") is None
