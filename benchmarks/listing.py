"""Measure how a folder of many objects is listed, against a local server of S3 (moto).

Prints the seconds and the requests of one listing, and the memory that it adds. The server is in
the same process, so that most of the time is its own.
"""

from __future__ import annotations

import argparse
import logging
import os
import resource
import time

from moto.core import DEFAULT_ACCOUNT_ID
from moto.s3.models import s3_backends
from moto.server import ThreadedMotoServer

from smoothl1.files.patterns import find_shards
from smoothl1.files.tree import tree_of
from smoothl1.files.uris import resolved

BUCKET = "bucket"


def peak_mib() -> float:
    """The most memory that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Measure once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--objects", type=int, default=100_000, help="how many there are")
    n_objects = parser.parse_args().objects
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    os.environ |= {
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    backend = s3_backends[DEFAULT_ACCOUNT_ID]["aws"]
    backend.create_bucket(BUCKET, "us-east-1")
    for i in range(n_objects):
        backend.put_object(BUCKET, f"run/part-{i:06}.npy", b"x")
    path, before = resolved(f"s3://{BUCKET}/run"), peak_mib()
    begin = time.perf_counter()
    found = find_shards(path, print, tree_of(path))
    seconds = time.perf_counter() - begin
    print(f"{len(found.paths):,} objects listed in {seconds:.1f} s, {peak_mib() - before:.0f} MiB")
    os._exit(0)  # the server would go on


if __name__ == "__main__":
    main()
