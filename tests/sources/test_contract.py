"""What every source must do, whatever its format."""

from __future__ import annotations

import gzip
import itertools
import math
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import Execution, SmoothL1Error, evaluate
from smoothl1.errors import DataError
from smoothl1.sources.contract import Part, ReadOptions
from smoothl1.sources.formats import formats, open_source
from tests.sources.files import AWKWARD, bits, header, npy, read

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from smoothl1.sources.contract import Source

    Matrix = NDArray[np.float64]
    Writer = Callable[[Path, Matrix], "Written"]


class Written(NamedTuple):
    """A file that holds a table of numbers, and the columns that its field is made of."""

    path: Path
    columns: tuple[str, ...] = ()


def names_of(table: Matrix) -> tuple[str, ...]:
    return tuple(f"c{i}" for i in range(table.shape[1]))


def save_npy(path: Path, array: NDArray[Any]) -> Written:
    with path.open("wb") as file:
        np.lib.format.write_array(file, array, version=(1, 0), allow_pickle=False)
    return Written(path)


def squeezed(table: Matrix) -> NDArray[Any]:
    """A column is stored as one dimension, as tables deliver it."""
    return table[:, 0] if table.shape[1] == 1 else table


def write_npy(path: Path, table: Matrix) -> Written:
    return save_npy(path, squeezed(table))


def write_npy_fortran(path: Path, table: Matrix) -> Written:
    array = squeezed(table)
    text = header(fortran="True", shape=repr(array.shape))
    path.write_bytes(npy(text, array.astype("<f8").tobytes(order="F")))
    return Written(path)


def write_npy_big_endian(path: Path, table: Matrix) -> Written:
    return save_npy(path, squeezed(table).astype(">f8"))


def csv_text(table: Matrix, end: str, quote: str = "", header: bool = True) -> str:
    rows = [",".join(f"{quote}{value!r}{quote}" for value in row) for row in table.tolist()]
    return "".join(line + end for line in [",".join(names_of(table))] * header + rows)


def write_csv(path: Path, table: Matrix) -> Written:
    path.write_bytes(csv_text(table, "\n").encode())
    return Written(path, names_of(table))


def write_csv_crlf_bom_quoted(path: Path, table: Matrix) -> Written:
    path.write_bytes(b"\xef\xbb\xbf" + csv_text(table, "\r\n", '"').encode())
    return Written(path, names_of(table))


def write_csv_cr_without_header(path: Path, table: Matrix) -> Written:
    path.write_bytes(csv_text(table, "\r", header=False).encode())
    return Written(path, tuple(f"@{i + 1}" for i in range(table.shape[1])))


def write_csv_among_text(path: Path, table: Matrix) -> Written:
    """Other columns hold delimiters, quotes and line ends."""
    names = names_of(table)
    rows = [
        f'"a,""b""\n{i}",' + ",".join(map(repr, row)) + ',"\r\n,",\xe9\n'
        for i, row in enumerate(table.tolist())
    ]
    path.write_text(f"text,{','.join(names)},more,x\n" + "".join(rows), "utf-8", newline="")
    return Written(path, names)


def save_parquet(path: Path, table: Matrix, **options: Any) -> Written:
    names = names_of(table)
    columns = {name: pa.array(table[:, i]) for i, name in enumerate(names)}
    pq.write_table(pa.table(columns), path, **options)
    return Written(path, names)


def write_parquet(path: Path, table: Matrix) -> Written:
    return save_parquet(path, table)


def write_parquet_in_groups_of_three(path: Path, table: Matrix) -> Written:
    return save_parquet(path, table, row_group_size=3, compression="zstd", use_dictionary=True)


def write_parquet_among_nested(path: Path, table: Matrix) -> Written:
    """Nested columns in front are stored as several, so positions differ from those of names."""
    names, n = names_of(table), len(table)
    deep = pa.array([{"a": [1.5], "b": {"c0": 7.0, "d": "x"}}] * n)
    columns = {"deep": deep, "c.0": pa.array([9.0] * n), "": pa.array(["x"] * n)}
    columns |= {name: pa.array(table[:, i]) for i, name in enumerate(names)}
    pq.write_table(pa.table(columns), path, row_group_size=4, data_page_version="2.0")
    return Written(path, names)


def arrow_table(table: Matrix) -> pa.Table:
    names = names_of(table)
    text = pa.array([f"row {i}" for i in range(len(table))])
    columns = {"text": text, **{name: pa.array(table[:, i]) for i, name in enumerate(names)}}
    return pa.table(columns)


def write_arrow(path: Path, table: Matrix) -> Written:
    contents = arrow_table(table)
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with pa.ipc.new_file(path, contents.schema, options=options) as writer:
        writer.write_table(contents, max_chunksize=5)
    return Written(path, names_of(table))


def write_arrow_stream(path: Path, table: Matrix) -> Written:
    contents = arrow_table(table)
    with pa.ipc.new_stream(path, contents.schema) as writer:
        writer.write_table(contents, max_chunksize=5)
    return Written(path, names_of(table))


def write_arrow_dictionaries(path: Path, table: Matrix) -> Written:
    names = names_of(table)
    columns = {name: pa.array(table[:, i]).dictionary_encode() for i, name in enumerate(names)}
    contents = pa.table(columns)
    with pa.ipc.new_stream(path, contents.schema) as writer:
        writer.write_table(contents)
    return Written(path, names)


def compressed(write: Writer, compress: Callable[[bytes], bytes]) -> Writer:
    """The same file, compressed in two members or frames."""

    def write_compressed(path: Path, table: Matrix) -> Written:
        written = write(path, table)
        data = path.read_bytes()
        half = len(data) // 2
        path.write_bytes(compress(data[:half]) + compress(data[half:]))
        return written

    return write_compressed


def gzipped(data: bytes) -> bytes:
    return gzip.compress(data, compresslevel=1)


def zstd(data: bytes) -> bytes:
    return pa.compress(data, codec="zstd", asbytes=True)  # type: ignore[no-any-return]


def sharded(write: Writer) -> Writer:
    """The same rows, cut into files of two rows, in a folder."""

    def write_shards(path: Path, table: Matrix) -> Written:
        path.mkdir()
        columns: tuple[str, ...] = ()
        for start in range(0, len(table), 2):
            columns = write(path / f"shard-{start:04}", table[start : start + 2]).columns
        return Written(path, columns)

    return write_shards


def write_npz(path: Path, table: Matrix) -> Written:
    with path.open("wb") as file:
        np.savez(file, other=np.arange(3), array=squeezed(table))
    return Written(path, ("array",))


def write_npz_deflated_fortran(path: Path, table: Matrix) -> Written:
    with path.open("wb") as file:
        np.savez_compressed(file, array=np.asfortranarray(squeezed(table)))
    return Written(path, ("array",))


WRITERS: dict[str, tuple[str, Writer]] = {
    "npy": ("npy", write_npy),
    "npy, Fortran order": ("npy", write_npy_fortran),
    "npy, big endian": ("npy", write_npy_big_endian),
    "npz": ("npz", write_npz),
    "npz, deflated, Fortran order": ("npz", write_npz_deflated_fortran),
    "csv": ("csv", write_csv),
    "csv, CRLF, BOM, quoted": ("csv", write_csv_crlf_bom_quoted),
    "csv, CR, no header": ("csv", write_csv_cr_without_header),
    "csv among text": ("csv", write_csv_among_text),
    "parquet": ("parquet", write_parquet),
    "parquet in small groups": ("parquet", write_parquet_in_groups_of_three),
    "parquet among nested": ("parquet", write_parquet_among_nested),
    "arrow": ("arrow", write_arrow),
    "arrow stream": ("arrow_stream", write_arrow_stream),
    "arrow dictionaries": ("arrow_stream", write_arrow_dictionaries),
    "npy.gz": ("npy", compressed(write_npy, gzipped)),
    "npy.zst, Fortran order": ("npy", compressed(write_npy_fortran, zstd)),
    "csv.gz": ("csv", compressed(write_csv, gzipped)),
    "csv.zst": ("csv", compressed(write_csv_among_text, zstd)),
    "parquet.gz": ("parquet", compressed(write_parquet, gzipped)),
    "arrow.zst": ("arrow", compressed(write_arrow, zstd)),
    "arrow stream.gz.zst": (
        "arrow_stream",
        compressed(compressed(write_arrow_stream, gzipped), zstd),
    ),
    "npy shards": ("npy", sharded(write_npy)),
    "csv.gz shards": ("csv", sharded(compressed(write_csv, gzipped))),
    "parquet shards": ("parquet", sharded(write_parquet)),
    "arrow shards": ("arrow", sharded(write_arrow)),
}

TABLES = {
    "a column": np.array(AWKWARD)[:, None],
    "several columns": np.array([*AWKWARD, 3.0, -7.5, 1e-300]).reshape(5, 3),
    "a row": np.array([[1.5, -2.5, 1e-310, 4.0]]),
}

any_writer = pytest.mark.parametrize("name", list(WRITERS))
SINGLE_FILES = [name for name in WRITERS if "shards" not in name]
COPIED_AT_OPENING = {"parquet.gz", "arrow.zst", "npy.zst, Fortran order"}
any_single_file = pytest.mark.parametrize("name", SINGLE_FILES)
any_read_in_place = pytest.mark.parametrize(
    "name", [name for name in SINGLE_FILES if name not in COPIED_AT_OPENING]
)
any_table = pytest.mark.parametrize("table", list(TABLES.values()), ids=list(TABLES))


@pytest.fixture
def write(name: str, tmp_path: Path) -> Callable[[Matrix], Written]:
    """Write a table in the format under test."""
    return lambda table: WRITERS[name][1](tmp_path / "file", table)


def opened(written: Written) -> Source:
    return open_source(str(written.path), [written.columns])


def delivered(source: Source, part: Part, n_rows: int) -> list[NDArray[Any]]:
    return [block.fields[0].values.copy() for block in source.blocks(part, n_rows)]


def whole(source: Source) -> Part:
    return Part(0, source.n_rows)


def joined(blocks: list[NDArray[Any]]) -> list[int]:
    return bits(np.concatenate([np.empty(0), *blocks]))


def test_the_suite_covers_every_format() -> None:
    assert {kind for kind, _ in WRITERS.values()} == set(formats())


@any_writer
@any_table
def test_every_number_arrives_bit_for_bit_in_row_order(
    write: Callable[[Matrix], Written], table: Matrix
) -> None:
    source = opened(write(table))
    try:
        assert joined(delivered(source, whole(source), 1000)) == bits(table.reshape(-1))
    finally:
        source.close()


@any_writer
def test_nan_arrives_as_nan(write: Callable[[Matrix], Written]) -> None:
    written = write(np.array([[1.0], [math.nan], [2.0]]))
    assert np.isnan(read(written.path, *written.columns)).tolist() == [False, True, False]


@any_writer
@any_table
@pytest.mark.parametrize("n_rows", [1, 2, 3, 5, 12, 1 << 31])
def test_blocks_are_whole_rows_and_no_more_of_them_than_asked(
    write: Callable[[Matrix], Written], table: Matrix, n_rows: int
) -> None:
    source = opened(write(table))
    (field,) = source.fields
    try:
        blocks = delivered(source, whole(source), n_rows)
    finally:
        source.close()
    assert joined(blocks) == bits(table.reshape(-1))
    for block in blocks:
        assert block.ndim == 1
        assert block.dtype == field.dtype
        assert block.size % field.row_elements == 0
        assert 1 <= block.size // field.row_elements <= n_rows


@any_writer
@any_table
def test_the_field_says_what_a_row_is(
    write: Callable[[Matrix], Written], table: Matrix, name: str
) -> None:
    written = write(table)
    source = opened(written)
    (field,) = source.fields
    source.close()
    assert field.row_shape == (() if table.shape[1] == 1 else (table.shape[1],))
    assert field.row_elements == table.shape[1]
    assert field.columns == written.columns
    assert not field.is_scalar
    assert (source.path, source.format) == (str(written.path), WRITERS[name][0])
    assert source.n_rows in (len(table), None)


@any_writer
@any_table
def test_any_part_between_cuts_holds_just_its_rows(
    write: Callable[[Matrix], Written], table: Matrix
) -> None:
    source = opened(write(table))
    n = len(table)
    cuts = range(n + 1) if source.cuts is None else source.cuts or (0, n)
    assert (cuts[0], cuts[-1]) == (0, n)
    assert list(cuts) == sorted(cuts)
    try:
        for start, stop in itertools.combinations(cuts, 2):
            for n_rows in (1, 2, 1000):
                part = Part(start, stop)
                assert joined(delivered(source, part, n_rows)) == bits(table[start:stop].ravel())
    finally:
        source.close()


@any_writer
def test_a_part_without_a_stop_reads_on_to_the_end(write: Callable[[Matrix], Written]) -> None:
    table = TABLES["a column"]
    source = opened(write(table))
    try:
        assert joined(delivered(source, Part(0, None), 5)) == bits(table.ravel())
    finally:
        source.close()


@any_writer
def test_several_threads_may_read_at_the_same_time(write: Callable[[Matrix], Written]) -> None:
    table = np.arange(6000.0).reshape(3000, 2)
    source = opened(write(table))
    cuts = range(0, 3001, 250) if source.cuts is None else source.cuts[::50] or (0, 3000)
    parts = list(itertools.starmap(Part, itertools.pairwise([*cuts[:-1], 3000])))
    try:
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(lambda part: joined(delivered(source, part, 7)), parts * 3))
    finally:
        source.close()
    assert found == [bits(table[start:stop].ravel()) for start, stop in parts] * 3


@any_writer
def test_two_readers_may_take_turns(write: Callable[[Matrix], Written]) -> None:
    table = np.arange(40.0)[:, None]
    source = opened(write(table))
    try:
        turns = zip(source.blocks(whole(source), 3), source.blocks(whole(source), 3), strict=True)
        pairs = [
            (one.fields[0].values.copy(), other.fields[0].values.copy()) for one, other in turns
        ]
    finally:
        source.close()
    assert joined([one for one, _ in pairs]) == bits(table.ravel())
    assert joined([other for _, other in pairs]) == bits(table.ravel())


@any_writer
def test_a_reader_may_stop_in_the_middle(write: Callable[[Matrix], Written]) -> None:
    source = opened(write(np.arange(40.0)[:, None]))
    blocks = source.blocks(whole(source), 2)
    assert next(blocks).fields[0].values.tolist() == [0.0, 1.0]
    blocks.close()  # type: ignore[attr-defined]
    source.close()


@any_writer
def test_closing_again_is_harmless(write: Callable[[Matrix], Written]) -> None:
    source = opened(write(TABLES["a column"]))
    source.close()
    source.close()


@any_single_file
def test_a_file_that_is_replaced_while_open_is_read_as_it_was(
    write: Callable[[Matrix], Written], tmp_path: Path
) -> None:
    table = np.arange(40.0)[:, None]
    written = write(table)
    source = opened(written)
    blocks = source.blocks(whole(source), 2)
    first = next(blocks).fields[0].values.copy()
    (tmp_path / "new").write_bytes(b"x\n1\n")
    os.replace(tmp_path / "new", written.path)
    rest = [block.fields[0].values.copy() for block in blocks]
    source.close()
    assert joined([first, *rest]) == bits(table.ravel())


@any_read_in_place
def test_a_file_that_shrinks_while_being_read_is_an_error_that_names_it(
    write: Callable[[Matrix], Written], name: str
) -> None:
    in_groups = name in {"parquet in small groups", "parquet among nested"}
    in_batches = name in {"arrow", "arrow stream"}
    # Far more than what is read ahead, however slow this thread is.
    written = write(
        np.arange(3_000.0 if in_groups else 60_000.0 if in_batches else 700_000.0)[:, None]
    )
    data = written.path.read_bytes()
    for n_read in (0, 1):
        written.path.write_bytes(data)
        assert_refused_once_it_shrinks(written, n_read, 2 if in_groups else 4096)


def assert_refused_once_it_shrinks(written: Written, n_read: int, n_rows: int) -> None:
    source = opened(written)
    blocks = source.blocks(whole(source), n_rows)
    for _ in range(n_read):
        next(blocks)
    os.truncate(written.path, 2000)
    with pytest.raises(SmoothL1Error, match=str(written.path)):
        list(blocks)
    with suppress(SmoothL1Error):  # it may say the same
        source.close()


@pytest.mark.parametrize("name", [name for name in SINGLE_FILES if name != "arrow"])
def test_only_the_size_seen_at_opening_is_read_of_a_growing_file(
    write: Callable[[Matrix], Written],
) -> None:
    table = np.arange(40.0)[:, None]
    written = write(table)
    source = opened(written)
    with written.path.open("ab") as file:
        file.write(b"1.0\n" * 5)
    try:
        assert joined(delivered(source, whole(source), 7)) == bits(table.ravel())
    finally:
        source.close()


@any_writer
def test_an_empty_file_is_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"")
    options = ReadOptions(format=WRITERS[name][0])
    with pytest.raises(DataError, match=r"file: empty file \(0 bytes\)"):
        read(path, options=options)


TABULAR = [name for name, (kind, _) in WRITERS.items() if kind not in {"npy", "npz"}]
any_tabular = pytest.mark.parametrize("name", TABULAR)


@any_tabular
def test_columns_come_in_the_order_asked_for_and_as_often(
    write: Callable[[Matrix], Written],
) -> None:
    table = np.arange(15.0).reshape(5, 3)
    written = write(table)
    one, two, three = written.columns
    source = open_source(str(written.path), [(three, one), (two,), (one, one)])
    try:
        blocks = [
            tuple(a.values.tolist() for a in block.fields)
            for block in source.blocks(whole(source), 4)
        ]
    finally:
        source.close()
    expected = (table[:, [2, 0]], table[:, 1], table[:, [0, 0]])
    found = [list(itertools.chain.from_iterable(field)) for field in zip(*blocks, strict=True)]
    assert found == [part.ravel().tolist() for part in expected]


@any_tabular
def test_a_column_that_is_not_there_is_named_with_those_that_are(
    write: Callable[[Matrix], Written],
) -> None:
    written = write(np.arange(4.0).reshape(2, 2))
    with pytest.raises(DataError, match=rf"no column 'nope'; there are .*{written.columns[0]}"):
        read(written.path, "nope")


@any_tabular
def test_a_position_beyond_the_last_column_is_refused(write: Callable[[Matrix], Written]) -> None:
    written = write(np.arange(4.0).reshape(2, 2))
    with pytest.raises(DataError, match="no column @9"):
        read(written.path, "@9")


@any_tabular
def test_several_numeric_columns_are_not_chosen_from_by_guess(
    write: Callable[[Matrix], Written],
) -> None:
    written = write(np.arange(4.0).reshape(2, 2))
    with pytest.raises(DataError, match="several numeric columns"):
        read(written.path)


@pytest.mark.parametrize("name", ["csv", "csv, CRLF, BOM, quoted", "csv among text", "parquet"])
def test_the_only_numeric_column_need_not_be_named(write: Callable[[Matrix], Written]) -> None:
    table = TABLES["a column"]
    assert bits(read(write(table).path)) == bits(table.ravel())


@pytest.mark.parametrize("name", ["npy", "npy, Fortran order"])
def test_an_array_has_no_columns_to_choose(write: Callable[[Matrix], Written]) -> None:
    with pytest.raises(DataError, match="no columns"):
        read(write(TABLES["a column"]).path, "c0")


PAIRS = list(itertools.product(WRITERS, repeat=2))


@pytest.mark.parametrize(("pred", "target"), PAIRS, ids=[" | ".join(pair) for pair in PAIRS])
def test_the_result_does_not_depend_on_the_formats_of_the_two_sides(
    tmp_path: Path, pred: str, target: str
) -> None:
    rng = np.random.default_rng(7)
    x, y = rng.normal(size=(2, 23, 3)) * 10.0 ** rng.integers(-20, 20, (2, 23, 3))
    one = WRITERS[pred][1](tmp_path / "p", x)
    other = WRITERS[target][1](tmp_path / "t", y)
    d = [abs(a - b) for a, b in zip(x.ravel().tolist(), y.ravel().tolist(), strict=True)]
    losses = [min(v, 1.0) * (v - min(v, 1.0) / 2) for v in d]
    for execution in (Execution(1, 1), Execution(2, 4), Execution(3, 1000)):
        result = evaluate(
            one.path,
            other.path,
            pred=one.columns,
            target=other.columns,
            options=ReadOptions(key_check=False),  # the texts beside the numbers differ
            execution=execution,
        )
        assert result.tallies[0].n == 69
        assert result.tallies[0].sum == math.fsum(losses)
