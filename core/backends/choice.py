"""The choice of a backend: the one that the environment names, else the fastest available."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING

from smoothl1.errors import MissingExtraError, SettingsError
from smoothl1.settings import BACKEND_VARIABLE

if TYPE_CHECKING:
    from smoothl1.backends.contract import Backend

NAMES = ("cpu", "native")


def backend_name(name: str | None = None) -> str:
    """The name of the backend that computes.

    Args:
        name: One of `NAMES`; unset, the one that the environment names, else the fastest.

    Raises:
        SettingsError: No backend has this name.
        MissingExtraError: The native kernel was asked for, and was not built.
    """
    name = name or os.environ.get(BACKEND_VARIABLE) or ("native" if _has_native() else "cpu")
    if name not in NAMES:
        raise SettingsError(f"no backend {name!r}: {BACKEND_VARIABLE} is one of {', '.join(NAMES)}")
    if name == "native" and not _has_native():
        raise MissingExtraError(
            "the native backend was not built", hint="install with a C compiler at hand"
        )
    return name


def new_backend(name: str | None = None) -> Backend:
    """Make a backend for one thread. Arguments and errors are those of `backend_name`."""
    if backend_name(name) == "cpu":
        from smoothl1.backends.cpu import CpuBackend

        return CpuBackend()
    from smoothl1.backends.native import NativeBackend

    return NativeBackend()


@cache
def _has_native() -> bool:
    """Whether the kernel was built for this machine."""
    try:
        import smoothl1.backends._native  # noqa: F401
    except ImportError:
        return False
    return True
