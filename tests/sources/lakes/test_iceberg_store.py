"""Tables of Iceberg in a bucket: read as those on a disk, and nothing else is asked for."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any

import pytest

from smoothl1 import DataError, StorageError, evaluate
from smoothl1.files.stores import requests
from tests.files.stores.conftest import bucket, port, via  # noqa: F401  fixtures
from tests.sources.lakes.packages import needs
from tests.sources.lakes.test_iceberg import COLUMNS, L1, rows, value_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.files.stores.conftest import Via
    from tests.files.stores.servers import Bucket

pytestmark = [
    needs("pyiceberg"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning"),
]


def written(warehouse: str) -> Any:
    """A table of which rows were deleted by writing files again."""
    from pyiceberg.catalog.sql import SqlCatalog

    endpoint = {"s3.endpoint": os.environ["AWS_ENDPOINT_URL"]}
    catalog = SqlCatalog("c", uri="sqlite:///:memory:", warehouse=warehouse, **endpoint)
    catalog.create_namespace("n")
    made = catalog.create_table("n.t", schema=rows(0).schema)
    made.append(rows(0, 1, 2, 3))
    before = made.metadata_location
    made.append(rows(4, 5))
    made.delete("id == 1 or id == 4")
    return before


def test_a_table_in_a_bucket_is_read_as_one_on_a_disk(
    bucket: Bucket,  # noqa: F811
    via: Via,  # noqa: F811
    tmp_path: Path,
) -> None:
    before = written(f"{bucket.uri}/w")
    uri = f"{bucket.uri}/w/n/t"
    written(f"file://{tmp_path}")
    here = evaluate(f"{tmp_path}/n/t", None, L1, by="r", **COLUMNS)
    found = evaluate(f"{uri}/", None, L1, by="r", **COLUMNS)
    assert (found.values, found.groups) == (here.values, here.groups) != ((), ())
    assert (value_of(uri), value_of(before)) == (1.0 + 9 + 27 + 243, 1.0 + 3 + 9 + 27)
    given = f"{uri}?endpoint_override={os.environ['AWS_ENDPOINT_URL'][7:]}&scheme=http"
    assert value_of(given) == 280.0
    stalls = threading.Event()
    via(lambda _, line: stalls.is_set() and ".avro" in line, "stall")
    stalls.set()
    requests.limit_requests(0.2)
    with pytest.raises(StorageError, match=r"\.avro: the store gave no answer"):
        value_of(uri)


def test_a_copy_of_a_table_asks_for_nothing_that_is_elsewhere(
    bucket: Bucket,  # noqa: F811
    via: Via,  # noqa: F811
    tmp_path: Path,
) -> None:
    written(f"{bucket.uri}/w")
    for key in sorted(bucket.keys()):
        path = tmp_path / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bucket.get(key))
        bucket.put(f"copy/{key}", bucket.get(key).replace(b"s3:", b"gs:"))
    proxy = via()
    said = rf"its files are elsewhere, {bucket.uri}/w/n/t/metadata/snap-.* \[give the table at"
    with pytest.raises(DataError, match=said):
        value_of(tmp_path / "w" / "n" / "t")
    assert not proxy.lines
    with pytest.raises(DataError, match="its files are elsewhere, gs://"):
        value_of(f"{bucket.uri}/copy/w/n/t")
