"""Measure how two folders of small objects are evaluated, if every answer of the store waits.

The store is moto, a local server of S3. A proxy before it adds the time. Prints the seconds of
each run of the command, and the requests that it made. From the root of the repository:
PYTHONPATH=. python benchmarks/small_objects.py
"""

from __future__ import annotations

import argparse
import io
import os
import subprocess
import time
from typing import Any

import numpy as np

from tests.files.stores.servers import Bucket, Proxy, serve


class SlowProxy(Proxy):
    """A proxy that waits before it passes a request on."""

    wait_s = 0.0

    def _exchange(self, *args: Any, **how: Any) -> None:
        time.sleep(self.wait_s)
        super()._exchange(*args, **how)


def main() -> None:
    """Measure three times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--objects", type=int, default=40, help="in each of two folders")
    parser.add_argument("--wait", type=float, default=0.05, help="seconds that each answer waits")
    given = parser.parse_args()
    os.environ |= {
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    port = serve()
    bucket = Bucket(port, "bucket")
    for i in range(given.objects):
        for side in ("preds", "targets"):
            file = io.BytesIO()
            np.save(file, np.random.default_rng(i).normal(size=20_000).astype(np.float32))
            bucket.put(f"{side}/{i}.npy", file.getvalue())
    proxy = SlowProxy(port)
    proxy.wait_s = given.wait
    os.environ["AWS_ENDPOINT_URL"] = f"http://127.0.0.1:{proxy.port}"
    for _ in range(3):
        proxy.lines.clear()
        begin = time.perf_counter()
        sides = [f"{bucket.uri}/{side}/" for side in ("preds", "targets")]
        subprocess.run(["smoothl1", "eval", *sides, "--threads", "2"], check=True)
        print(f" {time.perf_counter() - begin:.1f} s, {len(proxy.lines)} requests")
    os._exit(0)  # the server would go on


if __name__ == "__main__":
    main()
