"""The backends there are here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.backends.cpu import CpuBackend
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

CHOSEN_BY_NAME = [name for name in BACKENDS if name != "cuda-on-host"]
"""Those that the environment or a device can name."""
