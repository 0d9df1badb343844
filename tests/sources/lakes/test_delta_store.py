"""Tables of Delta Lake in S3: the rows that count by the log, with the time and credentials of any
other object.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from smoothl1 import DataError, EvalSettings, ReadOptions, SettingsError, StorageError, evaluate
from smoothl1.files import uris
from smoothl1.files.stores import requests
from smoothl1.sources.lakes.delta import live_files
from smoothl1.sources.lakes.delta_store import storage_options
from tests.files.stores.conftest import bucket, port, via  # noqa: F401  fixtures
from tests.sources.lakes.packages import needs
from tests.sources.lakes.test_delta import COLUMNS, L1, LIVE, table

if TYPE_CHECKING:
    from pathlib import Path

    from tests.files.stores.conftest import Via
    from tests.files.stores.servers import Bucket

pytestmark = needs("deltalake")


@pytest.fixture
def uri(bucket: Bucket, tmp_path: Path) -> str:  # noqa: F811
    """A table in a bucket; the same is in the folder `table`."""
    root = tmp_path / "table"
    table(root, partition_by=["region"])
    for file in root.rglob("*"):
        if file.is_file():
            bucket.put(f"tables/x/{file.relative_to(root)}", file.read_bytes())
    return f"{bucket.uri}/tables/x"


def test_the_rows_that_count_are_read(uri: str, port: int, tmp_path: Path) -> None:  # noqa: F811
    assert evaluate(uri, settings=L1, **COLUMNS).sum == sum(3.0**i for i in LIVE)
    by_region = EvalSettings((0.0,), by="region")
    found = evaluate(f"{uri}/", settings=by_region, **COLUMNS)
    expected = evaluate(str(tmp_path / "table"), settings=by_region, **COLUMNS)
    assert (found.tallies, found.groups) == (expected.tallies, expected.groups)
    (chosen,) = [x for x in found.decisions if "Delta Lake" in str(x)]
    assert "version 3 of a table of Delta Lake" in str(chosen)


def test_a_checkpoint_whose_pages_are_not_as_its_footer_says_is_refused(
    uri: str,
    bucket: Bucket,  # noqa: F811
    tmp_path: Path,
) -> None:
    """deltalake would take the memory that they claim."""
    from deltalake import DeltaTable

    DeltaTable(str(tmp_path / "table")).create_checkpoint()
    (file,) = (tmp_path / "table/_delta_log").glob("*.checkpoint.parquet")
    whole = file.read_bytes()
    bucket.put(f"tables/x/_delta_log/{file.name}", whole)
    assert evaluate(uri, settings=L1, **COLUMNS).sum == sum(3.0**i for i in LIVE)
    bucket.put(f"tables/x/_delta_log/{file.name}", whole[:40] + b"\xac" * 8 + whole[40:])
    said = rf"{file.name}: .*(not as the footer says|before the beginning): damaged"
    with pytest.raises(DataError, match=said):
        evaluate(uri, settings=L1, **COLUMNS)


def test_a_table_without_rows_has_its_columns(uri: str, bucket: Bucket, tmp_path: Path) -> None:  # noqa: F811
    from deltalake import DeltaTable

    DeltaTable(str(tmp_path / "table")).delete()
    log = f"_delta_log/{4:020}.json"
    bucket.put(f"tables/x/{log}", (tmp_path / "table" / log).read_bytes())
    with pytest.raises(DataError, match=r"without files, at version 4 \[--allow-empty accepts"):
        evaluate(uri, settings=L1, **COLUMNS)
    found = evaluate(uri, settings=L1, options=ReadOptions(allow_empty=True), **COLUMNS)
    assert (found.n, found.sum) == (0, 0.0)


@pytest.mark.parametrize(
    ("end", "said"),
    [
        ("#2", "#"),
        ("%2", "%"),
        (" ", "blank at its end"),
        ("\t", "control character"),
        ("\x01", "control character"),
    ],
)
def test_a_key_that_deltalake_would_cut_is_refused(
    uri: str,
    bucket: Bucket,  # noqa: F811
    tmp_path: Path,
    end: str,
    said: str,
) -> None:
    """It would read the log of the table at `x`."""
    for file in (tmp_path / "table").rglob("*"):
        if file.is_file():
            name = file.relative_to(tmp_path / "table")
            bucket.put(f"tables/x{end}/{name}", file.read_bytes())
    for path in (f"{uri}{end}", f"{uri}{end}/"):
        with pytest.raises(DataError, match=f"name has a {said}, which deltalake does not find"):
            evaluate(path, settings=L1, **COLUMNS)


@pytest.mark.parametrize("place", ["y/../x", "./x"])
def test_a_key_that_is_resolved_as_a_path_by_deltalake_is_no_table_of_another_key(
    place: str,
) -> None:
    with pytest.raises(DataError, match=r"whose name has a \.\.?, which deltalake does not"):
        live_files(f"s3://bucket/tables/{place}")


def test_what_stands_in_a_uri_reaches_the_log(
    uri: str,
    port: int,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    given = uri.replace("s3://", "s3://user:hidden@")
    where = f"endpoint_override=127.0.0.1:{port}&scheme=http"
    assert evaluate(f"{given}?{where}", settings=L1, **COLUMNS).n == len(LIVE)
    monkeypatch.setattr(uris, "_given", {})
    with pytest.raises(SettingsError, match="takes no tls_ca_file_path"):
        storage_options(uris.resolved(f"{given}?{where}&tls_ca_file_path=/x"))


def test_a_log_that_is_not_given_or_is_damaged_is_refused_in_one_line(
    uri: str,
    bucket: Bucket,  # noqa: F811
    via: Via,  # noqa: F811
) -> None:
    is_of_log = "/_delta_log/0"
    via(lambda _, line: is_of_log in line, "drop")
    with pytest.raises(StorageError, match=rf"^{uri}: the connection broke"):
        evaluate(uri, settings=L1, **COLUMNS)
    via(lambda _, line: is_of_log in line, "stall")
    requests.limit_requests(0.2)
    with pytest.raises(StorageError, match="gave no answer"):
        evaluate(uri, settings=L1, **COLUMNS)
    via()
    requests.limit_requests(None)
    bucket.put("tables/x/_delta_log/00000000000000000000.json", b"{}{")
    with pytest.raises(DataError, match=r"the log of a table of Delta Lake cannot be read: .*\n?"):
        evaluate(uri, settings=L1, **COLUMNS)
