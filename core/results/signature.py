"""The line that names all that numbers depend on, besides the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from smoothl1.settings import EvalSettings


def signature_of(settings: EvalSettings, n: int, version: str) -> str:
    """One line that names all that the numbers depend on, besides the data.

    Args:
        settings: The settings.
        n: The number of elements.
        version: The version of smoothl1.
    """
    betas = ",".join(map(repr, settings.betas))
    weighted = "count" if settings.by_count else "yes" if settings.weighted else "no"
    by = [*map(_plain, settings.levels), *["column"] * settings.by_column]
    cluster = "" if settings.cluster is None else f"|cluster:{_plain(settings.cluster)}"
    ignored = ",".join(map(repr, settings.ignore_target))
    policies = "".join(
        f"|{name}:{policy}"
        for name in ("unmatched", "duplicates")
        if (policy := getattr(settings, name)) != "error"
    )
    return (
        f"smoothl1|beta:{betas}|red:{settings.reduction}|nan:{settings.nan}"
        f"{'|ignore:' * bool(ignored)}{ignored}{policies}|w:{weighted}"
        f"{'|by:' * bool(by)}{','.join(by)}{cluster}|n:{n}|version:{version}"
    )


def _plain(name: str) -> str:
    """A name without characters that have a meaning in a signature, or end its line."""
    return "".join(c if c.isprintable() and c not in "|:,%" else f"%{ord(c):02X}" for c in name)
