"""Dates in the names of shards that sort otherwise than the names, since the year is not first."""

from __future__ import annotations

import os
import re
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_YEAR = re.compile(r"(?<![0-9=])(?:19|20)[0-9]{2}(?![0-9])")
_MONTH = re.compile(
    r"(?<![a-z])(?:(jan)(?:uary)?|(feb)(?:ruary)?|(mar)(?:ch)?|(apr)(?:il)?|(may)|(jun)e?|(jul)y?|"
    r"(aug)(?:ust)?|(sep)(?:t|tember)?|(oct)(?:ober)?|(nov)(?:ember)?|(dec)(?:ember)?)(?![a-z])",
    re.IGNORECASE,
)


def doubt_of_dates(paths: Sequence[str]) -> str:
    """Why files may not be in the order of the dates in their names; "" if they are.

    Args:
        paths: The files, in the order of their names.
    """
    names = [os.path.basename(path) for path in paths]
    years = [found[-1] if (found := _YEAR.findall(name)) else "" for name in names]
    months = [match.lastindex if (match := _MONTH.search(name)) else None for name in names]
    if not all(years):
        years = [""] * len(names)
    if not all(months):
        months = [0] * len(names)
    dates = list(zip(years, months, strict=True))
    at = next((i for i, (one, other) in enumerate(pairwise(dates)) if one > other), None)
    if at is None:
        return ""
    what = "years" if years[at] != years[at + 1] else "months"
    return f"{names[at + 1]} and {names[at]} may be named by their {what}"
