"""The backends there are here."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

from smoothl1.backends.choice import new_backend
from smoothl1.backends.cpu import CpuBackend
from smoothl1.backends.cuda.device import open_device
from smoothl1.errors import MissingExtraError, StorageError
from tests.backends.cuda.host_device import COMPILER, cuda_on_host

if TYPE_CHECKING:
    from collections.abc import Callable

    from smoothl1.backends.contract import Backend

BACKENDS: dict[str, Callable[[], Backend]] = {"cpu": CpuBackend}
try:
    from smoothl1.backends.native import NativeBackend
except ImportError:
    pass  # test_choice.py knows whether it may be missing
else:
    BACKENDS["native"] = NativeBackend
if COMPILER is not None:
    BACKENDS["cuda-on-host"] = cuda_on_host

try:
    open_device(0)
except (MissingExtraError, StorageError):
    if os.environ.get("SMOOTHL1_REQUIRE_GPU") == "1":
        raise
else:
    BACKENDS["cuda"] = partial(new_backend, "cuda:0")

CHOSEN_BY_NAME = [name for name in BACKENDS if not name.startswith("cuda")]
"""Those that the environment can name."""


def native_versions() -> list[Callable[[], Backend]]:
    """The native backend at each set of instructions that this processor has."""
    if "native" not in BACKENDS:
        return []
    from smoothl1.backends import _native

    return [lambda name=name: NativeBackend(name) for name in _native.VERSIONS]
