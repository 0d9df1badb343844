"""Points that may part thousands: 1.234 and 987 of one column.

    Store;Forecast;Sales
    Wien;1.234;1.300
    Graz;987;950

No program writes fractions so: some of them end in zeros, so that all have three digits; but then
whole numbers have three digits behind the point, too. Spreadsheets write thousands so.
"""

from __future__ import annotations

from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any

from smoothl1.errors import DataError, naming
from smoothl1.lazy_patterns import lazy_pattern
from smoothl1.sources.columns import shown
from smoothl1.sources.csv.cells import is_number
from smoothl1.sources.written_numbers import Written, written

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from smoothl1.sources.contract import Columns, Wanted
    from smoothl1.sources.shard_source import Shard

SAMPLE_BYTES = 1 << 12
"""Bytes of the first rows that are looked at."""

HINT = "write numbers without separators if so; --decimal . if it is the decimal mark"

_GROUPED = lazy_pattern(r"[+-]?[1-9][0-9]{0,2}\.[0-9]{3}")
_BELOW_THOUSAND = lazy_pattern(r"[+-]?(?:0|[1-9][0-9]{0,2})")

_POINT = lazy_pattern(rb"(?<![0-9.])[1-9][0-9]{0,2}\.[0-9]{3}(?![0-9])")


def has_points(sample: bytes) -> bool:
    """Whether a point that may part thousands is in the first rows, given their bytes."""
    return _POINT.search(sample) is not None


def numbers_written(
    names: Columns, chosen: Iterable[int], rows: Iterable[Sequence[str]], missing: Sequence[str]
) -> tuple[Written, ...]:
    """How the numbers of each column are written in the first rows.

    Args:
        names: The names of all columns.
        chosen: Positions of the columns.
        rows: The cells of the first rows of data.
        missing: Cells that stand for a missing value, besides the usual ones.
    """
    columns: dict[int, tuple[list[str], list[str]]] = {i: ([], []) for i in chosen}
    others: set[int] = set()
    for row in rows:
        if len(others) == len(columns):
            break
        if len(row) != len(names):
            continue
        for i, (grouped, whole) in columns.items():
            text = row[i]
            if _GROUPED.fullmatch(text):
                grouped.append(text)
            elif _BELOW_THOUSAND.fullmatch(text) and text not in missing:
                whole.append(text)
            elif i not in others and text not in missing and is_number(text, "."):
                others.add(i)
    return tuple(written(names[i], *texts, has_others=i in others) for i, texts in columns.items())


def cells_of(sample: bytes, delimiter: str) -> Iterator[Sequence[str]]:
    """The cells of rows without quotes, which takes a tenth of the time that quotes take.

    Args:
        sample: The rows; a last one without its end is left out.
        delimiter: The separator of cells.
    """
    end = max(map(sample.rfind, (b"\n", b"\r")))
    for line in sample[: end + 1].splitlines():
        yield [cell.strip(" \t") for cell in line.decode("utf-8", "replace").split(delimiter)]


def refuse_thousands(columns: tuple[Written, ...]) -> tuple[Written, ...]:
    """Refuse columns whose points may part thousands.

    In such a column all numbers with a point have three digits behind it and one to three before
    it, and all others are whole and below 1000. Some of them end in zero behind the point, and two
    of the whole ones differ: a single one may stand for a missing value.

    Args:
        columns: How the numbers of columns are written whose decimal mark is a point, though nobody
            said so.

    Returns:
        The same, if their points may part thousands where other columns or files have whole
        numbers; else nothing.

    Raises:
        DataError: There are such columns.
    """
    found = [x for x in columns if x.grouped and x.whole and not x.has_others]
    counts = {text for x in found for text in x.counts}
    if len(counts) < 2 or not any(x.may_have_thousands for x in found):
        return columns if any(column.may_have_thousands for column in columns) else ()
    column, grouped, whole, *_ = found[0]
    raise DataError(
        f"column {shown(column)} has {shown(grouped[0])} and {shown(whole[0])}: "
        "a point before three digits may part thousands",
        hint=HINT,
    )


def refuse_thousands_in_set(path: str, shards: Sequence[Shard]) -> tuple[Written, ...]:
    """Refuse columns whose points may part thousands in all files of a set together.

    Small numbers may be in one file, and large ones in another.

    Args:
        path: The path of the set, as the user typed it.
        shards: Its CSV files. Those in which no point may part thousands are opened once more.

    Returns:
        How the numbers of all files are written.

    Raises:
        DataError: There are such columns.
    """
    known = [shard.details.numbers for shard in shards if shard.details.numbers]
    columns = _joined(known)
    rest = [shard.path for shard in shards if not shard.details.numbers]
    look = partial(_written_in_file, shards[0].wanted)
    with closing(shards[0].open.each(look, rest)) as files:
        for of_file in files:
            if all(column.has_others for column in columns):
                return columns
            columns = _joined([columns, of_file])
    with naming(path):
        refuse_thousands(columns)
    return columns


def _joined(files: Sequence[tuple[Written, ...]]) -> tuple[Written, ...]:
    """How the numbers of columns are written in several files."""
    columns, *others = files
    for of_file in others:
        pairs = zip(columns, of_file, strict=True)
        columns = tuple(one.and_more(more) for one, more in pairs)
    return columns


def _written_in_file(wanted: Wanted, table: Any) -> tuple[Written, ...]:
    found: tuple[Written, ...] = table.numbers_in(wanted)
    return found
