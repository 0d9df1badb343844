"""Objects of stores that are read by other processes: the same bits, and the same limit of time."""

from __future__ import annotations

import io
import os
import threading
from concurrent.futures import ProcessPoolExecutor
from importlib.util import find_spec
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from smoothl1 import StorageError, answer, evaluate, open_dask, plan_tasks
from smoothl1.files.stores import requests
from smoothl1.running.evaluate import LossOutput
from tests.files.stores.servers import Proxy
from tests.files.stores.tables import columns, in_every_format

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from tests.files.stores.conftest import Via
    from tests.files.stores.servers import Bucket

HOW: dict[str, Any] = {"pred": "p", "target": "t", "betas": (0.5, 2.0), "statistics": True}


def use(endpoint: str) -> None:
    os.environ["AWS_ENDPOINT_URL"] = endpoint


def put_shards(bucket: Bucket) -> str:
    """A folder of Parquet files. Returns its URI."""
    for i in range(3):
        bucket.put(f"run/{i}.parquet", in_every_format(pa.table(columns(i)))["x.parquet"])
    return f"{bucket.uri}/run/"


def put_delta(bucket: Bucket) -> str:
    """A table of Delta Lake, of which some rows were deleted. Returns its URI."""
    deltalake = pytest.importorskip("deltalake", reason="pip install '.[test-lakes]'")
    uri = f"{bucket.uri}/table"
    options = {"AWS_ENDPOINT_URL": os.environ["AWS_ENDPOINT_URL"], "AWS_ALLOW_HTTP": "true"}
    for i in range(3):
        rows = pa.table(columns(i)).select(["p", "t"])
        deltalake.write_deltalake(uri, rows, mode="append", storage_options=options)
    deltalake.DeltaTable(uri, storage_options=options).delete("p > 1000")
    return uri


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


def test_the_limit_of_time_of_a_plan_ends_with_it(bucket: Bucket) -> None:
    uri = put_shards(bucket)
    requests.limit_requests(33.0)
    plan = plan_tasks(uri, **HOW)
    requests.limit_requests(44.0)
    answers = [answer(task) for task in plan.tasks]
    assert requests.timeout_s() == 33.0  # the inputs are open for further tasks
    assert plan.put_together(answers) == evaluate(uri, **HOW)
    assert requests.timeout_s() == 44.0


def test_an_object_that_is_replaced_between_two_tasks_is_refused_by_the_answer(
    bucket: Bucket, via: Via
) -> None:
    rows = in_every_format(pa.table(columns(0)))["x.parquet"]
    uri = bucket.put("x.parquet", rows)
    proxy = via()
    plan = plan_tasks(uri, **HOW)
    answers = [answer(task) for task in plan.tasks]
    n_requests = len(proxy.lines)
    assert answer(plan.tasks[0]).number == 0  # held as a whole, so that one request is the check
    assert [line.split()[0] for line in proxy.lines[n_requests:]] == ["HEAD"]
    bucket.put("x.parquet", in_every_format(pa.table(columns(1)))["x.parquet"])
    with pytest.raises(
        StorageError,
        match=r"x\.parquet: the file changed while being read \[run again when no program",
    ):
        answer(plan.tasks[0])
    bucket.put("x.parquet", rows)
    assert evaluate(uri, **HOW).n == sum(one.value.tally.n_seen for one in answers)


@pytest.mark.xdist_group("dask")
def test_processes_of_dask_give_the_same_bits(bucket: Bucket) -> None:
    uri = put_shards(bucket)
    sums = io.BytesIO(), io.BytesIO()
    cluster: AbstractContextManager[Any] = open_dask(n_workers=1)
    with cluster as engine:
        assert evaluate(uri, **HOW, executor=engine) == evaluate(uri, **HOW)
        if find_spec("deltalake"):
            table = put_delta(bucket)
            assert evaluate(table, **HOW, executor=engine) == evaluate(table, **HOW)
        for file, executor in zip(sums, (engine, None), strict=True):
            how = {**HOW, "betas": 2.0, "losses_to": LossOutput(file, "csv"), "reduction": "none"}
            evaluate(uri, **how, executor=executor)
        assert sums[0].getvalue() == sums[1].getvalue() != b""


def test_a_table_of_delta_lake_in_a_store_gives_other_processes_the_same_bits(
    bucket: Bucket,
) -> None:
    uri = put_delta(bucket)
    expected = evaluate(uri, **HOW)
    assert expected.n < 9000
    with processes(os.environ["AWS_ENDPOINT_URL"]) as executor:
        assert evaluate(uri, **HOW, executor=executor) == expected
