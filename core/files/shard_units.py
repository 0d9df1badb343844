"""Numbers with units in names of shards, which sort otherwise: `1h` and `30min`, `1M` and `10k`."""

from __future__ import annotations

import os
from itertools import pairwise
from typing import TYPE_CHECKING

from smoothl1.files.shard_kinds import of_the_kind
from smoothl1.lazy_patterns import lazy_pattern

if TYPE_CHECKING:
    import re
    from collections.abc import Sequence

_MEASURED = lazy_pattern(r"(?<![^\W_])(?<![0-9]\.)([0-9]+(?:\.[0-9]+)?)([a-z]*)(?![^\W_])")
"""A number with its unit, if it has one, in lower case."""

_COUNTS = {"": 1.0, "k": 1e3, "m": 1e6, "g": 1e9, "b": 1e9}
_HOURS = {"h": 3600.0, "hr": 3600.0, "hour": 3600.0, "d": 86400.0, "day": 86400.0}
_TIMES = {"ms": 1e-3, "s": 1.0, "sec": 1.0, "m": 60.0, "min": 60.0, **_HOURS}
_BYTES = {"kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12}
_LENGTHS = {"mm": 1e-3, "cm": 1e-2, "m": 1.0, "km": 1e3}

_SIZES = {"s", "m"}
"""Units of times that mean small and medium, too."""


def doubt_of_units(paths: Sequence[str]) -> str:
    """Why files may not be in the order of numbers with units in their names; "" if they are.

    Args:
        paths: The files, in the order of their names.
    """
    names = [os.path.basename(path) for path in paths]
    names = [names[i] for i in of_the_kind(names, lambda name: _MEASURED.search(name.lower()))]
    places = zip(*([*_MEASURED.finditer(name.lower())] for name in names), strict=False)
    at = next((at for matches in places if (at := _fallen_at(matches)) is not None), None)
    return "" if at is None else f"{names[at + 1]} and {names[at]} may be named by different units"


def _fallen_at(matches: Sequence[re.Match[str]]) -> int | None:
    """Where a number with a unit is more than the next one; None if there is no such place.

    Args:
        matches: The numbers at one place of the names. Only those after the same text compare.
    """
    units = {match[2] for match in matches}
    if len(units) < 2 or len({match[1] for match in matches}) < 2 or units == _SIZES:
        return None
    scales = next((of for of in (_COUNTS, _TIMES, _BYTES, _LENGTHS) if units <= {*of}), None)
    if scales is None or ("" in units and "k" not in units):  # 1, 2, 2b
        return None
    ranks: dict[str, int] = {}
    values = []
    for match in matches:
        rank = ranks.setdefault(match.string[: match.start()], len(ranks))
        values.append((rank, float(match[1]) * scales[match[2]]))
    return next((i for i, (one, other) in enumerate(pairwise(values)) if one > other), None)
