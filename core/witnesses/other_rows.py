"""Times and ids that differ in every row: the rows may be those of another day, or other samples.

Hours and weekdays are the same a week later, and rows and columns the same on another plate. So
columns that agree, and tell the rows of one table apart, need not say which rows these are.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from smoothl1.sources.columns import shown
from smoothl1.witnesses.other_labels import is_time
from smoothl1.witnesses.remedies import hint_about

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from smoothl1.witnesses.agreement import Agreement
    from smoothl1.witnesses.shared_column import SharedColumn

    Compared = tuple[SharedColumn, Agreement]

_PART = re.compile(
    r"(?:local|utc|date|time|timestamp|datetime)?"
    r"(?:is)?(?:hours?|hr|hh|minutes?|min|mi|seconds?|sec|ss|days?|dy|dd|weekday|wday|weekend|dow"
    r"|months?|mnth|mon|mo|mm|weeks?|wk|woy|quarter|qtr|season|holiday|doy|yday|dom|hod|tod|isoweek"
    r"|(?:minute|hour|time|day|week|month|second)of(?:hour|day|week|month|year|quarter)"
    r"|(?:day|weekday|month)name)",
)
"""Names of parts of a time that come again, in small letters without signs; a year does not."""

_OF_DATES = (
    {"year", "yr", "yyyy"},
    {"month", "mo", "mnth", "mon", "mm"},
    {"day", "dy", "dd", "dom", "dayofmonth"},
)
"""Names of the parts of a date, which do not come again together."""

_OF_WRITING = re.compile(
    r"walltime|(?:logged|inference|inserted|ingested|loaded|exported|processed|predicted|scored|written|saved)"
    r"(?:at|on|time|ts)"
)
"""Names of times at which a row was written, in small letters without signs: those of two runs
differ, whatever the rows are."""

_YEAR = re.compile(r"(?<![0-9.])[0-9]{4}")
"""What a value has that says which year it is, as a date, a year or a count from 1970 has."""

_CLOCK = re.compile(r"\s*[0-9]{1,2}:[0-9]{2}")

_N_SEEN = 16
"""Values of a column by which it is told what it holds."""


def without_recurring(found: Sequence[Compared]) -> Sequence[Compared]:
    """Leave out columns that agree and come again, such as hours, beside a time that differs.

    None is left out where no time differs in every row, nor of two inputs whose times agree, too.

    Args:
        found: The columns in common, and the comparison of each.
    """
    if not any(is_other_time(c, a) for c, a in found):
        return found
    certain = {(c.one, c.other) for c, a in found if a.agrees and _says_when(c, a)}
    agree: dict[tuple[int, int], list[SharedColumn]] = {}
    for c, a in found:
        if a.agrees:
            agree.setdefault((c.one, c.other), []).append(c)
    certain |= {pair for pair, columns in agree.items() if _are_date(columns)}
    return [
        (c, a)
        for c, a in found
        if (c.one, c.other) in certain or not (a.agrees and _recurs(c.name, a))
    ]


def is_other_time(column: SharedColumn, agreement: Agreement) -> bool:
    """Whether times tell many rows apart on both sides, and differ in every one.

    Numbers may be called times that are durations: these are times only if they rise or fall.
    """
    if not _are_other(column, agreement) or not _says_when(column, agreement):
        return False
    if _OF_WRITING.fullmatch(_plain(column.name)):
        return False
    return column.is_label or bool(agreement.order)


def warn_of_other_rows(
    found: Sequence[Compared],
    paths: Sequence[str],
    beside: Sequence[str],
    unsure: Collection[tuple[int, int]],
    warn: Callable[[str], None],
) -> None:
    """Warn of times and ids that differ in every row, where neither an id nor a time agrees.

    Args:
        found: The columns in common, and the comparison of each, as far as they may prove the rows.
        paths: The paths of the inputs.
        beside: What the last inputs hold that no key can match: "weights", "groups", "clusters".
        unsure: Pairs of inputs of which rows are proved by columns that are no ids.
        warn: Takes the warning.
    """
    for column, agreement in found:
        inputs = (column.one, column.other)
        if inputs not in unsure or not _is_other_row(column, agreement):
            continue
        agree = [(c, a) for c, a in found if (c.one, c.other) == inputs and a.agrees]
        if not (_are_days(agree) or any(_says_when(c, a) for c, a in agree)):
            hint = hint_about([column], len(paths) - len(beside), beside)
            what = f"only {shown(agree[0][0].name)} agrees" if len(agree) == 1 else ""
            warn(
                f"{paths[column.one]}: column {shown(column.name)} differs from that of "
                f"{paths[column.other]} in every row, and "
                f"{what or 'neither an id nor a time shows that rows match'} "
                f"({hint}; --no-key-check says that they match)"
            )


def _are_date(columns: Sequence[SharedColumn]) -> bool:
    """Whether columns are, by their names, the year, the month and the day of a date."""
    names = {_plain(column.name) for column in columns}
    return all(map(names.intersection, _OF_DATES))


def _are_days(agree: Sequence[Compared]) -> bool:
    """Whether columns that agree are the parts of more than one date."""
    parts = [(c, a) for c, a in agree if any(_plain(c.name) in names for names in _OF_DATES)]
    return _are_date([c for c, _ in parts]) and any(a.firsts.n_different(0) > 1 for _, a in parts)


def _is_other_row(column: SharedColumn, agreement: Agreement) -> bool:
    """Whether a column, by its name, says which row is which, and that these are others."""
    if not column.is_id or agreement.numbers_rows:
        return is_other_time(column, agreement)
    return _are_other(column, agreement)


def _are_other(column: SharedColumn, agreement: Agreement) -> bool:
    """Whether no value of many rows occurs twice on a side, and the sides differ in every row."""
    is_none = column.is_guessed or column.is_copy or column.side_of_files is not None
    if is_none or not agreement.is_comparable or agreement.is_misread:
        return False
    is_other = agreement.differs_everywhere and not (agreement.agrees or agreement.is_permuted)
    return is_other and agreement.are_many and agreement.begins_distinct


def _says_when(column: SharedColumn, agreement: Agreement) -> bool:
    """Whether a column holds more than one time, of which the year is known."""
    texts = _texts_of(agreement)
    if not (texts and is_time(column, agreement)) or agreement.firsts.n_different(0) == 1:
        return False
    return all(map(_YEAR.search, texts))


def _recurs(name: str, agreement: Agreement) -> bool:
    """Whether a column holds parts of times that come again: hours, weekdays, times of day."""
    texts = _texts_of(agreement)
    if texts and all(map(_CLOCK.match, texts)):
        return True
    is_part = _PART.fullmatch(_plain(name))
    return is_part is not None and not all(map(_YEAR.search, texts))


def _plain(name: str) -> str:
    """A name in small letters without signs."""
    return re.sub(r"[\W_]", "", name).lower()


def _texts_of(agreement: Agreement) -> list[str]:
    """The first values of one side that are there, as text."""
    import pyarrow as pa  # late: arrays share no columns
    from pyarrow import types

    found: list[str] = []
    for some in agreement.firsts.blocks(0):
        values = some.drop_null()[: _N_SEEN - len(found)]
        if types.is_timestamp(values.type):  # as Python's times they would have no nanoseconds
            values = values.cast(pa.timestamp(values.type.unit)).cast(pa.string())
        found += [
            v.decode(errors="replace") if isinstance(v, bytes) else str(v)
            for v in values.to_pylist()
        ]
    return found
