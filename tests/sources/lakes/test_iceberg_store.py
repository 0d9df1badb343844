"""Tables of Iceberg in a bucket: read as those on a disk, and nothing else is asked for."""

from __future__ import annotations

import os
import re
import threading
from typing import TYPE_CHECKING

import pytest

from smoothl1 import DataError, ReadOptions, StorageError, evaluate
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


def written(warehouse: str) -> str:
    """Write a table, of which rows were deleted by writing files again.

    Returns:
        The first metadata file that has rows, 0 to 3.
    """
    from pyiceberg.catalog.sql import SqlCatalog

    server = {"s3.endpoint": os.environ["AWS_ENDPOINT_URL"], "s3.region": "us-east-1"}
    catalog = SqlCatalog("c", uri="sqlite:///:memory:", warehouse=warehouse, **server)
    catalog.create_namespace("n")
    made = catalog.create_table("n.t", schema=rows(0).schema)
    made.append(rows(0, 1, 2, 3))
    before: str = made.metadata_location
    made.append(rows(4, 5))
    made.delete("id == 1 or id == 4")
    return before


def test_a_table_without_rows_has_its_columns(bucket: Bucket) -> None:  # noqa: F811
    written(f"{bucket.uri}/w")
    first = min(filter(re.compile(r".*/00000-.*\.metadata\.json").fullmatch, bucket.keys()))
    path = f"{bucket.uri}/{first}"
    with pytest.raises(DataError, match=r"Iceberg without files.* \[--allow-empty accepts"):
        value_of(path)
    assert value_of(path, options=ReadOptions(allow_empty=True)) == 0.0


def test_a_table_in_a_bucket_is_read_and_nothing_that_is_elsewhere(
    bucket: Bucket,  # noqa: F811
    via: Via,  # noqa: F811
    tmp_path: Path,
) -> None:
    before = written(f"{bucket.uri}/w")
    uri = f"{bucket.uri}/w/n/t"
    found = evaluate(f"{uri}/", None, L1, by="r", **COLUMNS)
    sums = dict(zip((group.group for group in found.groups), found.values, strict=True))
    assert sums == {"b": 10.0, "a/ä %": 270.0}  # of rows 0 and 2, and of 3 and 5
    assert (value_of(uri), value_of(before)) == (1.0 + 9 + 27 + 243, 1.0 + 3 + 9 + 27)
    given = f"{uri}?endpoint_override={os.environ['AWS_ENDPOINT_URL'][7:]}&scheme=http"
    assert value_of(given) == 280.0
    stalls = threading.Event()
    via(lambda _, line: stalls.is_set() and ".avro" in line, "stall")
    stalls.set()
    requests.limit_requests(0.2)
    with pytest.raises(StorageError, match=r"\.avro: the store gave no answer"):
        value_of(uri)
    requests.limit_requests(None)
    for key in sorted(bucket.keys()):
        path = tmp_path / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bucket.get(key))
        bucket.put(f"copy/{key}", bucket.get(key).replace(b"s3:", b"gs:"))
        bucket.put(f"same/{key}", bucket.get(key))
    proxy = via()
    said = rf"its files are elsewhere, {bucket.uri}/w/n/t/metadata/snap-.* \[give the table at"
    with pytest.raises(DataError, match=said):
        value_of(tmp_path / "w" / "n" / "t")
    assert not proxy.lines
    via()
    with pytest.raises(DataError, match="its files are elsewhere, gs://"):
        value_of(f"{bucket.uri}/copy/w/n/t")
    with pytest.raises(DataError, match=rf"its files are elsewhere, {bucket.uri}/w/n/t "):
        value_of(f"{bucket.uri}/same/w/n/t")
