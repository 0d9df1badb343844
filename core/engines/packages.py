"""Packages of which all processes of a run must have the same versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Mapping

PACKAGES = ("smoothl1", "numpy", "pyarrow")


def own_versions() -> dict[str, str]:
    """The version of each of `PACKAGES` in this process."""
    from importlib.metadata import version  # late: takes as long as all of core

    return {name: version(name) for name in PACKAGES}


def check_versions(worker: str, theirs: Mapping[str, str | None], own: Mapping[str, str]) -> None:
    """Refuse a worker whose packages differ from those of the process that plans.

    Args:
        worker: The worker, in words.
        theirs: The versions that it has; None for a package that is missing.
        own: The versions that the process that plans has.

    Raises:
        StorageError: They differ.
    """
    differing = [
        f"{name} {theirs.get(name) or 'missing'}, not {wanted}"
        for name, wanted in own.items()
        if theirs.get(name) != wanted
    ]
    if differing:
        what = f"{worker} has {' and '.join(differing)}"
        raise StorageError(what, hint="install the same versions on all machines")
