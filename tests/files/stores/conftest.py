from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import pytest

from smoothl1.files import uris
from smoothl1.files.stores import blocks, opening, requests
from smoothl1.files.stores import object as stored
from tests.files.stores.servers import Bucket, Proxy, serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Via = Callable[..., Proxy]

_NUMBERS = count()


@pytest.fixture(scope="session")
def port() -> int:
    """The port of a server that runs as long as the tests of this process."""
    return serve()


@pytest.fixture
def bucket(port: int, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    """A new bucket, of the server that the environment names."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "hidden",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
    }.items():
        monkeypatch.setenv(name, value)
    _forget(monkeypatch)
    return Bucket(port, f"bucket-{next(_NUMBERS)}")


@pytest.fixture
def via(port: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[Via]:
    """Put a proxy before the server, from here on."""

    proxies: list[Proxy] = []

    def put(*how: object) -> Proxy:
        proxy = Proxy(port, *how)  # type: ignore[arg-type]
        proxies.append(proxy)
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{proxy.port}")
        _forget(monkeypatch)
        return proxy

    yield put
    for proxy in proxies:
        proxy.close()


@pytest.fixture
def small_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests so small that the files of tests take many."""
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 20_000)
    monkeypatch.setattr(stored, "_WHOLE_BYTES", 2000)
    monkeypatch.setattr(stored, "_EDGE_BYTES", 900)


def _forget(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget all stores that are open, and what was given with them."""
    opening._store_of.cache_clear()
    monkeypatch.setattr(uris, "_given", {})
    monkeypatch.setattr(requests, "_chosen_s", [])
