"""The same two columns give the same bits, whatever way they come in."""

from __future__ import annotations

import gzip
import json
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests import oracle

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

N = 10_007
BETA = 0.75
NAMED = ("--pred", "p", "--target", "t")


def data() -> pa.Table:
    """A key in no order, and numbers of all magnitudes in full precision."""
    rng = np.random.default_rng(20)
    values = rng.normal(size=(2, N)) * np.exp(rng.uniform(-40, 40, (2, N)))
    return pa.table({"id": rng.permutation(N), "p": values[0], "t": values[1]})


DATA = data()
EXPECTED = oracle.tally(DATA["p"].to_numpy(), DATA["t"].to_numpy(), BETA)


def check(run: Run, *args: str | Path, **options: object) -> None:
    done = run("eval", *args, "--beta", str(BETA), "--json", **options)
    assert done.stderr == b"" if isinstance(done.stderr, bytes) else done.stderr == ""
    (entry,) = json.loads(done.stdout)["results"]
    assert oracle.exact(entry["exact"]["total"]) == EXPECTED.total
    assert entry["count"] == N
    assert entry["mean"] == float(EXPECTED.total / N)


def csv_bytes(table: pa.Table = DATA) -> bytes:
    rows = zip(*(table[name].to_pylist() for name in table.column_names), strict=True)
    lines = [",".join(table.column_names), *(",".join(map(repr, row)) for row in rows), ""]
    return "\n".join(lines).encode()


def ipc_bytes(table: pa.Table = DATA, *, stream: bool) -> bytes:
    sink = pa.BufferOutputStream()
    new = pa.ipc.new_stream if stream else pa.ipc.new_file
    with new(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=1000)
    return sink.getvalue().to_pybytes()  # type: ignore[no-any-return]


def parquet_bytes(table: pa.Table = DATA, group_rows: int = 997) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, row_group_size=group_rows)
    return sink.getvalue().to_pybytes()  # type: ignore[no-any-return]


TABLES = {
    "csv": csv_bytes(),
    "csv.gz": gzip.compress(csv_bytes()),
    "csv.zst": pa.compress(csv_bytes(), codec="zstd", asbytes=True),
    "parquet": parquet_bytes(group_rows=N),
    "parquet, row groups of 997": parquet_bytes(),
    "arrow file": ipc_bytes(stream=False),
    "arrow stream": ipc_bytes(stream=True),
}
any_table = pytest.mark.parametrize("name", list(TABLES))


@pytest.mark.grid
@any_table
def test_a_table_as_a_file(run: Run, tmp_path: Path, name: str) -> None:
    (tmp_path / "table").write_bytes(TABLES[name])
    check(run, "table", *NAMED)


@pytest.mark.grid
@any_table
def test_a_table_on_standard_input(run: Run, name: str) -> None:
    check(run, "-", *NAMED, input=TABLES[name], text=False)


@pytest.mark.grid
@any_table
def test_a_table_with_its_rows_shuffled_and_matched_by_key(
    run: Run, tmp_path: Path, name: str
) -> None:
    order = np.random.default_rng(21).permutation(N)
    (tmp_path / "preds").write_bytes(TABLES[name])
    (tmp_path / "targets.parquet").write_bytes(parquet_bytes(DATA.take(pa.array(order))))
    check(run, "preds", "targets.parquet", "--key", "id", *NAMED)
    check(run, "targets.parquet", "preds", "--key", "id", *NAMED)


@pytest.mark.grid
def test_arrays(run: Run, tmp_path: Path) -> None:
    for name in ("p", "t"):
        np.save(tmp_path / f"{name}.npy", DATA[name].to_numpy())
    check(run, "p.npy", "t.npy")
    check(run, "-", "t.npy", input=(tmp_path / "p.npy").read_bytes(), text=False)
    np.savez(tmp_path / "both.npz", p=DATA["p"].to_numpy(), t=DATA["t"].to_numpy())
    check(run, "both.npz", *NAMED)


@pytest.mark.grid
@pytest.mark.parametrize("n_cuts", [1, 6])
def test_shards_cut_at_different_places_on_the_two_sides(
    run: Run, tmp_path: Path, n_cuts: int
) -> None:
    rng = np.random.default_rng(n_cuts)
    for name, write in (("p", parquet_bytes), ("t", csv_bytes)):
        (tmp_path / name).mkdir()
        bounds = [0, *np.sort(rng.integers(1, N, n_cuts)).tolist(), N]
        for i, (start, stop) in enumerate(pairwise(bounds)):
            (tmp_path / name / f"{i:03}").write_bytes(write(DATA.slice(start, stop - start)))
    check(run, "p", "t", *NAMED)
    check(run, "p", "t", "--key", "id", *NAMED)
