"""Objects of stores that are read by other processes: the same bits, and the same limit of time."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from smoothl1 import StorageError, evaluate, open_dask
from smoothl1.files.stores import requests
from tests.files.stores.servers import Proxy
from tests.files.stores.tables import columns, in_every_format

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from tests.files.stores.servers import Bucket

HOW: dict[str, Any] = {"pred": "p", "target": "t", "betas": (0.5, 2.0), "statistics": True}


def use(endpoint: str) -> None:
    os.environ["AWS_ENDPOINT_URL"] = endpoint


def put_shards(bucket: Bucket) -> str:
    """A folder of Parquet files. Returns its URI."""
    for i in range(3):
        bucket.put(f"run/{i}.parquet", in_every_format(pa.table(columns(i)))["x.parquet"])
    return f"{bucket.uri}/run/"


def processes(endpoint: str) -> ProcessPoolExecutor:
    context = get_context("spawn")
    return ProcessPoolExecutor(1, context, initializer=use, initargs=(endpoint,))


def test_other_processes_give_the_same_bits_and_heed_the_limit_of_time(
    bucket: Bucket, port: int
) -> None:
    stalls = threading.Event()
    proxy = Proxy(port, lambda _, line: stalls.is_set() and ".parquet" in line, "stall")
    uri = put_shards(bucket)
    with processes(f"http://127.0.0.1:{proxy.port}") as executor:
        assert evaluate(uri, **HOW, executor=executor) == evaluate(uri, **HOW)
        assert proxy.lines
        stalls.set()
        requests.limit_requests(0.75)
        with pytest.raises(StorageError, match=r"gave no answer within 0\.75 seconds"):
            evaluate(uri, **HOW, executor=executor)
        proxy.close()


@pytest.mark.xdist_group("dask")
def test_processes_of_dask_give_the_same_bits(bucket: Bucket) -> None:
    uri = put_shards(bucket)
    cluster: AbstractContextManager[Any] = open_dask(n_workers=1)
    with cluster as engine:
        assert evaluate(uri, **HOW, executor=engine) == evaluate(uri, **HOW)
