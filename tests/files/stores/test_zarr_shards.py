"""How much is asked of a store for the chunks of Zarr that lie together in shards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest

import smoothl1
from smoothl1 import Execution
from smoothl1.sources.containers.zarr import shards

if TYPE_CHECKING:
    from pathlib import Path

    from tests.files.stores.conftest import Via
    from tests.files.stores.servers import Bucket, Proxy

zarr: Any = pytest.importorskip("zarr")

_HEADER_BYTES = 500
"""Bytes of an answer beside its content, about: more than moto's headers have."""


class Asked(NamedTuple):
    """What was asked for: the mean, the requests of content, and all bytes that came."""

    mean: float
    n_gets: int
    n_bytes: int


def put(bucket: Bucket, folder: Path) -> int:
    """Put a store into the bucket. Returns the bytes of its shards."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    for path in files:
        bucket.put(str(path.relative_to(folder.parent)), path.read_bytes())
    return sum(path.stat().st_size for path in files)


def asked(proxy: Proxy, uri: str, n_rows: int | None = None) -> Asked:
    execution = Execution(1, n_rows)
    result = smoothl1.evaluate(uri, pred="p", target="t", execution=execution)
    gets = [line for line in proxy.lines if line.startswith("GET") and "/c/" in line]
    n_bytes = proxy.n_bytes - _HEADER_BYTES * len(proxy.lines)
    assert result.mean is not None
    return Asked(result.mean, len(gets), n_bytes)


def saved(folder: Path, shape: tuple[int, ...], **known: Any) -> Path:
    """A store of predictions, and of targets that are 3 larger."""
    group = zarr.open_group(folder / "x.zarr", mode="w", zarr_format=3)
    values = np.random.default_rng(0).normal(size=shape).round(2)
    for name, numbers in (("p", values), ("t", values + 3)):
        known = {"compressors": None, **known}
        group.create_array(name, shape=shape, dtype="f8", **known)[:] = numbers
    return folder / "x.zarr"


@pytest.mark.parametrize("n", [20_000, 400_000])
def test_the_chunks_of_a_shard_are_read_together_and_no_byte_twice(
    bucket: Bucket, via: Via, tmp_path: Path, n: int
) -> None:
    """Whether the shard is small, so that other objects of its size are read as a whole, or not."""
    n_bytes = put(bucket, saved(tmp_path, (n,), chunks=(n // 40,), shards=(n // 2,)))
    proxy = via()
    found = asked(proxy, f"{bucket.uri}/x.zarr")
    assert found.mean == pytest.approx(2.5)
    assert found.n_gets == 8  # for each of four shards: the index, and the chunks
    assert found.n_bytes < 1.1 * n_bytes


def test_shards_that_are_cut_across_are_read_by_the_ranges_of_their_chunks(
    bucket: Bucket, via: Via, tmp_path: Path
) -> None:
    """A row of chunks lies in two shards, which zarr writes in an order of its own.

    So at most each chunk takes a request, and none takes the chunks between.
    """
    n_bytes = put(bucket, saved(tmp_path, (64, 600), chunks=(16, 50), shards=(64, 300)))
    found = asked(via(), f"{bucket.uri}/x.zarr", n_rows=16)
    assert found.mean == pytest.approx(2.5)
    assert found.n_gets <= 4 * (1 + 4 * 6)
    assert found.n_bytes < 1.1 * n_bytes


def test_a_shard_of_many_chunks_is_read_in_pieces_of_bounded_size(
    bucket: Bucket, via: Via, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shards, "RUN_BYTES", 10_000)
    monkeypatch.setattr("smoothl1.sources.containers.zarr.chunks.RUN_BYTES", 10_000)
    n_bytes = put(bucket, saved(tmp_path, (20_000,), chunks=(500,), shards=(20_000,)))
    found = asked(via(), f"{bucket.uri}/x.zarr")
    assert found.mean == pytest.approx(2.5)
    assert found.n_gets == 2 * (1 + 20)  # two chunks of 4,000 bytes at a time
    assert found.n_bytes < 1.1 * n_bytes


def test_indices_that_are_forgotten_are_read_again(
    bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shards, "_MOST_KEPT_BYTES", 1000)
    folder = saved(tmp_path, (120, 40), chunks=(10, 4), shards=(20, 40))
    for path in (str(folder), f"{bucket.uri}/x.zarr"):
        put(bucket, folder)
        for n_threads in (1, 4):
            execution = Execution(n_threads, 30)
            found = smoothl1.evaluate(path, pred="p", target="t", execution=execution)
            assert (found.n, found.mean) == (4_800, pytest.approx(2.5))
