"""The backends there are here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.backends.cpu import CpuBackend

if TYPE_CHECKING:
    from smoothl1.backends.contract import Backend

BACKENDS: dict[str, type[Backend]] = {"cpu": CpuBackend}
try:
    from smoothl1.backends.native import NativeBackend
except ImportError:
    pass  # test_choice.py knows whether it may be missing
else:
    BACKENDS["native"] = NativeBackend
