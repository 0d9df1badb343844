"""How often a request to a store is tried again, and how long each try may take."""

from __future__ import annotations

from typing import Any

from pyarrow import fs as arrow_fs

from smoothl1.files.stores.requests import timeout_s

TRIES = 3
"""Times that S3 is asked, if it is overloaded or the connection breaks."""


def retry_options() -> dict[str, Any]:
    """The options of pyarrow's file system for S3: so many tries within the time of a request."""
    return {
        "retry_strategy": arrow_fs.AwsStandardS3RetryStrategy(max_attempts=TRIES),
        "request_timeout": timeout_s() / TRIES,  # 3 s otherwise, and less for a try to connect
    }
