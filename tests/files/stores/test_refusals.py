"""What a store says when it refuses is told, also where its answer reaches nobody."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import numpy as np
import pytest

import smoothl1
from smoothl1.errors import StorageError
from smoothl1.files.stores.faults import store_error
from tests.few_files import with_few_files
from tests.files.stores.servers import answer, refusal
from tests.files.stores.test_requests import npy_of

if TYPE_CHECKING:
    from tests.files.stores.conftest import Via
    from tests.files.stores.servers import Bucket

CSV = b"p,t\n1,4\n"
"""So short that no words of a store fit into a buffer for it."""

REFUSALS = {
    "expired": (
        refusal("400 Bad Request", "ExpiredToken"),
        r"the credentials have expired \[renew them, and run again\]",
    ),
    "denied": (
        refusal("403 Forbidden", "AccessDenied"),
        r"access denied \[check the credentials, .*\]",
    ),
    "clock": (
        refusal("403 Forbidden", "RequestTimeTooSkewed"),
        r"the store's clock and that of this machine differ \[set the clock\]",
    ),
    "moved": (
        refusal("301 Moved Permanently", "PermanentRedirect", "x-amz-bucket-region: eu-west-1"),
        r"the bucket is in another region, eu-west-1 \[\?region=eu-west-1 at the end .* or AWS.*",
    ),
    "region": (
        refusal("400 Bad", "AuthorizationHeaderMalformed", message="expecting 'eu-west-1'"),
        "the bucket is in another region, eu-west-1 .*",
    ),
    "unknown region": (
        refusal("301 Moved Permanently", "PermanentRedirect"),
        r"the bucket is in another region \[\?region=NAME at the end of the URI, .*",
    ),
}


@pytest.mark.parametrize("why", REFUSALS)
@pytest.mark.parametrize("n_before", [0, 2])
def test_a_store_that_refuses_from_some_request_on_says_why(
    bucket: Bucket, via: Via, why: str, n_before: int
) -> None:
    """Requests are HEAD and GET, for a small object and for a folder with a larger one."""
    said, words = REFUSALS[why]
    bucket.put("run/0.npy", npy_of(np.zeros(1000)))
    uri = bucket.put("x.csv", CSV)
    for path, how in ((uri, {"pred": "p", "target": "t"}), (f"{bucket.uri}/run/", {})):
        via(lambda number, _: number > n_before, said)
        with pytest.raises(StorageError, match=rf"^{re.escape(path.rstrip('/'))}.*: {words}$"):
            smoothl1.evaluate(path, None if how else path, **how)


def test_a_small_object_that_is_refused_now_and_then_is_read(bucket: Bucket, via: Via) -> None:
    uri = bucket.put("x.csv", CSV)
    said = refusal("503 Slow Down", "SlowDown", message="x" * 100)
    proxy = via(lambda number, line: line.startswith("GET") and number == 3, said)
    assert smoothl1.evaluate(uri, pred="p", target="t").mean == 2.5
    assert [line.split()[0] for line in proxy.lines].count("GET") == 2


def test_a_small_object_that_is_never_sent_is_told(bucket: Bucket, via: Via) -> None:
    uri = bucket.put("x.csv", CSV)
    via(lambda _, line: line.startswith("GET"), refusal("403 Forbidden", "InvalidObjectState"))
    with pytest.raises(StorageError, match=r"does not send the content .* \[see whether it is ar"):
        smoothl1.evaluate(uri, pred="p", target="t")
    error = OSError(
        "AWS Error [code 136]: The operation is not valid for the object's storage class"
    )
    assert "in an archive" in str(store_error(error, uri))


def test_a_small_object_that_is_gone_or_shorter_while_it_is_read_is_told(
    bucket: Bucket, via: Via
) -> None:
    for change, words in ((None, r": it is gone \[put it back"), (b"p,t\n", r" \[")):
        uri = bucket.put("x.csv", CSV)

        def changes(number: int, line: str, change: bytes | None = change) -> bool:
            if line.startswith("GET") and number == 3:
                bucket.remove("x.csv") if change is None else bucket.put("x.csv", change)
            return False

        via(changes, "503")
        with pytest.raises(StorageError, match=f"the file changed while being read{words}"):
            smoothl1.evaluate(uri, pred="p", target="t")


CUT = '<?xml version="1.0"?><ListBucketResult><Contents><Key>run/0.npy</Key><Las'


def test_a_listing_that_was_cut_is_asked_for_again(bucket: Bucket, via: Via) -> None:
    bucket.put("run/0.npy", npy_of(np.zeros(10)))
    target = bucket.put("t.npy", npy_of(np.full(10, 3.0)))
    n_cut = [2]

    def is_cut(_: int, line: str) -> bool:
        n_cut[0] -= "list-type" in line
        return "list-type" in line and n_cut[0] >= 0

    run = f"{bucket.uri}/run/"
    via(is_cut, answer("200 OK", CUT))
    assert smoothl1.evaluate(run, target).mean == 2.5
    assert n_cut[0] < 0
    via(lambda _, line: "list-type" in line, answer("200 OK", CUT))
    words = r"the answer was cut or is none of S3, also after several tries \[check the endpoint"
    with pytest.raises(StorageError, match=words):
        smoothl1.evaluate(run, target)


@pytest.mark.parametrize(
    "said",
    [
        "AWS Error NO_SUCH_KEY during GetObject operation: none (Request ID: exizSsLwFImSGU4JEY8Y)",
        "AWS Error NO_SUCH_KEY during GetObject operation: none (HostId: AccessDenied4+x/y=SSL0)",
        "When reading 'SSL/certificate.npy' in bucket 'forbidden': AWS Error NO_SUCH_KEY",
        "forbidden/SSL/certificate.npy: no such key, NoSuchKey",
    ],
)
def test_names_and_ids_are_no_words_of_a_fault(said: str) -> None:
    """The ids of requests are random letters, and hold SSL now and then."""
    error = store_error(OSError(said), "s3://forbidden/SSL/certificate.npy")
    assert str(error).endswith(": no such object")


def test_a_connection_that_is_not_trusted_is_told() -> None:
    for said in ("curlCode: 60, x", "[SSL: CERTIFICATE_VERIFY_FAILED] x", "SSLError: x"):
        assert "no trusted connection (TLS)" in str(store_error(OSError(said), "s3://b/x"))


@pytest.mark.skipif(os.name != "posix", reason="limits of POSIX")
@pytest.mark.parametrize(
    "said", ["curlCode: 6, x", "curlCode: 7, x", "curlCode: 77", "curlCode: 56"]
)
@pytest.mark.parametrize("n_left", [0, 5])
def test_a_connection_that_there_is_no_descriptor_for_is_not_called_refused(
    said: str, n_left: int
) -> None:
    before = "from smoothl1.files.stores.faults import store_error"
    shown = with_few_files(n_left, before, f"print(store_error(OSError('{said}'), 's3://b/x'))")
    assert shown == (
        "s3://b/x: the connection failed, and this process may open few more files: "
        f"{n_left} [allow this process more files (ulimit -n), or check the endpoint and the "
        "network]\n"
    )


def test_a_refused_connection_is_called_so_where_files_may_be_opened() -> None:
    shown = str(store_error(OSError("curlCode: 7, x"), "s3://b/x"))
    assert shown == "s3://b/x: connection refused [check the endpoint and the network]"
    words = "Cannot connect to host x [Too many open files]"
    assert ": too many open files [allow" in str(store_error(OSError(words), "s3://b/x"))


@pytest.mark.skipif(os.name != "posix", reason="limits of POSIX")
def test_objects_are_read_with_few_files_or_their_number_is_told(bucket: Bucket) -> None:
    for i in range(24):
        bucket.put(f"run/{i}.npy", npy_of(np.zeros(10)))
    before = (
        f'import smoothl1; smoothl1.evaluate("{bucket.uri}/run/0.npy", "{bucket.uri}/run/1.npy")'
    )
    then = f"""
try:
    print(smoothl1.evaluate("{bucket.uri}/run/", "{bucket.uri}/run/").mean)
except smoothl1.errors.StorageError as error:
    print(error)
"""
    shown = with_few_files(3, before, then)
    assert re.search(r"^0\.0$|may open few more files|too many open files", shown), shown
