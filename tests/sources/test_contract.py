"""What every source must do, whatever its format."""

from __future__ import annotations

import itertools
import math
import os
import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1 import Execution, SmoothL1Error, evaluate
from smoothl1.errors import DataError, StorageError
from smoothl1.files import rewritten
from smoothl1.read_options import ReadOptions
from smoothl1.sources.arrow import opened_parquet
from smoothl1.sources.contract import Part
from smoothl1.sources.csv import quotes
from smoothl1.sources.detection import formats
from tests.sources.files import AWKWARD, bits, open_source, read
from tests.sources.writers import SINGLE_FILES, WRITERS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from smoothl1.sources.contract import Source
    from tests.sources.writers import Matrix, Written


TABLES = {
    "a column": np.array(AWKWARD)[:, None],
    "several columns": np.array([*AWKWARD, 3.0, -7.5, 1e-300]).reshape(5, 3),
    "a row": np.array([[1.5, -2.5, 1e-310, 4.0]]),
}

any_writer = pytest.mark.parametrize("name", list(WRITERS))
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
    assert {kind for kind, _ in WRITERS.values()} == set(formats()) - {"raw", "hdf5"}


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
def test_blocks_are_whole_rows_and_no_more_of_them_than_asked(
    write: Callable[[Matrix], Written], table: Matrix
) -> None:
    sizes = (1, 2, 3, 5, 12, 1 << 31)
    source = opened(write(table))
    (field,) = source.fields
    try:
        found = [delivered(source, whole(source), n_rows) for n_rows in sizes]
    finally:
        source.close()
    for n_rows, blocks in zip(sizes, found, strict=True):
        assert joined(blocks) == bits(table.reshape(-1)), n_rows
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
    is_number = table.shape[1] == 1 and not name.endswith("lists")
    assert field.row_shape == (() if is_number else (table.shape[1],))
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


@pytest.mark.sampled
@any_writer
def test_several_threads_may_read_at_the_same_time(write: Callable[[Matrix], Written]) -> None:
    table = np.arange(1200.0).reshape(600, 2)
    source = opened(write(table))
    cuts = range(0, 601, 50) if source.cuts is None else source.cuts[::10] or (0, 600)
    parts = list(itertools.starmap(Part, itertools.pairwise([*cuts[:-1], 600])))
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


@pytest.mark.sampled
@pytest.mark.grid
@any_read_in_place
def test_a_file_that_shrinks_while_being_read_is_an_error_that_names_it(
    write: Callable[[Matrix], Written], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rewritten, "_BLOCK_BYTES", 1 << 14)
    monkeypatch.setattr(quotes, "CHUNK_BYTES", 1 << 14)
    monkeypatch.setattr(opened_parquet, "_SMALL_BYTES", 0)
    monkeypatch.setattr(opened_parquet, "_BUFFER_BYTES", 1 << 12)
    in_groups = name in {"parquet in small groups", "parquet among nested"}
    in_batches = name in {"arrow", "arrow stream", "arrow lists"}
    is_packed = name.endswith((".gz", ".zst", ".xz", ".bz2"))
    is_text = WRITERS[name][0] in {"csv", "jsonl"} and not is_packed
    # Far more than what is read ahead, however slow this thread is.
    n_rows = 3_000 if in_groups else 60_000 if in_batches or is_text else 350_000
    n_rows *= 1 + is_packed
    written = write(np.arange(float(n_rows))[:, None])
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
        with suppress(StorageError):  # a format of fixed length never grows
            source.close()


@any_writer
def test_an_empty_file_is_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"")
    options = ReadOptions(format=WRITERS[name][0])
    with pytest.raises(DataError, match=r"file: empty file \(0 bytes\)"):
        read(path, options=options)


TABULAR = [
    name
    for name, (kind, _) in WRITERS.items()
    if kind not in {"npy", "npz", "safetensors", "netcdf", "zarr"} and not name.endswith("lists")
]
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


OTHERS = list(itertools.product([name for name in WRITERS if name != "npy"], repeat=2))
PAIRS = [
    *(("npy", name) for name in WRITERS),
    *((name, "npy") for name in WRITERS if name != "npy"),
    *sorted(random.Random(1).sample(OTHERS, 40)),
]
"""Every format against `.npy`, both ways, and some of all others."""


@pytest.mark.sampled
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


@any_single_file
@pytest.mark.parametrize("n_others", [1, 4, 300])
def test_files_joined_byte_by_byte_are_refused_or_read_whole(
    name: str, tmp_path: Path, n_others: int
) -> None:
    """`cat a b`: a format that is read from its end must not take one of them for all."""
    write = WRITERS[name][1]
    other = write(tmp_path / "other", np.arange(float(n_others))[:, None])
    written = write(tmp_path / "file", np.array([[10.0], [20.0], [30.0], [40.0]]))
    written.path.write_bytes(other.path.read_bytes() + written.path.read_bytes())
    try:
        values = read(written.path, *written.columns)
    except DataError:
        return
    assert values.tolist() == [*range(n_others), 10.0, 20.0, 30.0, 40.0]
