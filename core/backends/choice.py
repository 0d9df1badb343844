"""The choice of a backend: that of a device, the one that the environment names, or the fastest."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING

from smoothl1.checks import checked_device
from smoothl1.errors import MissingExtraError, SettingsError, SmoothL1Error
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
    name = name or os.environ.get(BACKEND_VARIABLE) or ("native" if has_native() else "cpu")
    if name not in NAMES:
        raise SettingsError(f"no backend {name!r}: {BACKEND_VARIABLE} is one of {', '.join(NAMES)}")
    if name == "native" and not has_native():
        raise MissingExtraError(
            "the native backend was not built", hint="install with a C compiler at hand"
        )
    return name


def backend_on(device: str, *, is_grouped: bool = False) -> str:
    """The name of the backend that computes on a device.

    Args:
        device: "cpu"; "cuda" or "cuda:N" for a GPU; "auto" for the first GPU, or the CPU if no GPU
            can be used.
        is_grouped: Whether there are groups or clusters, which the CPU tallies on every device.

    Returns:
        A name that `new_backend` takes: "cuda:N" for a GPU.

    Raises:
        SettingsError: No device has this name.
        MissingExtraError: The GPU needs a package that is not installed.
        StorageError: There is no driver, or no such GPU.
    """
    name = backend_name()
    if checked_device(device) == "cpu" or (device == "auto" and is_grouped):
        return name
    from smoothl1.backends.cuda.device import open_device  # late: most runs need no GPU

    try:
        found = open_device(_number_of(device)).name
    except SmoothL1Error:
        if device == "auto":
            return name
        raise
    return name if is_grouped else found


def new_backend(name: str | None = None) -> Backend:
    """Make a backend for one thread.

    Args:
        name: A result of `backend_on`; unset, the default of `backend_name`. Errors are those of
            these functions.
    """
    if name is not None and name.startswith("cuda"):
        from smoothl1.backends.cuda.backend import backend_of
        from smoothl1.backends.cuda.device import open_device

        return backend_of(open_device(_number_of(name)), new_backend)
    if backend_name(name) == "cpu":
        from smoothl1.backends.cpu import CpuBackend

        return CpuBackend()
    from smoothl1.backends.native import NativeBackend

    return NativeBackend()


def _number_of(device: str) -> int:
    return int(device.partition(":")[2] or 0)


@cache
def has_native() -> bool:
    """Whether the kernel was built for this machine."""
    try:
        import smoothl1.backends._native  # noqa: F401
    except ImportError:
        return False
    return True
