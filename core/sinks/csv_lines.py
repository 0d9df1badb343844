"""Rows of texts as lines of CSV."""

from __future__ import annotations

import csv
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def csv_lines(rows: Iterable[Sequence[str]]) -> str:
    r"""Rows as RFC 4180 quotes them, each ending in "\n".

    A cell with a carriage return is quoted, too: before Python 3.13 the module csv does so only if
    lines end in one.
    """
    lines: list[str] = []
    file = cast("Any", SimpleNamespace(write=lines.append))
    csv.writer(file, lineterminator="\r\n").writerows(rows)
    return "".join(f"{line[:-2]}\n" for line in lines)
