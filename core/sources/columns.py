"""Choosing the columns of a table by name or by position."""

from __future__ import annotations

from collections import Counter
from itertools import takewhile
from typing import TYPE_CHECKING

from smoothl1.errors import DataError, NoColumnError
from smoothl1.lazy_patterns import lazy_pattern
from smoothl1.sources.names import ENCODING_HINT, as_text, is_text, quoted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

LONG_HINT = (
    "if models stand below each other in one table, write the rows of each to a file of its own"
)
"""What to do about a table in long form."""

_MAX_NAMES_SHOWN = 12
_MAX_CHARACTERS_SHOWN = 40
_POSITION = lazy_pattern(r"@([1-9][0-9]{0,8})")
_UNNAMED = lazy_pattern(r"Unnamed: ([0-9]{1,9})(?:\.[0-9]+)*")
_LEVEL = lazy_pattern(r"__index_level_[0-9]+__")


def places_of(names: Sequence[str], asked: Collection[str] | None = None) -> dict[str, list[int]]:
    """The positions of each name, counted from 0: to find many columns of a wide table.

    Args:
        names: The names of all columns.
        asked: The names to look for; unset, all.
    """
    places: dict[str, list[int]] = {}
    for i, name in enumerate(names):
        if asked is None or name in asked:
            places.setdefault(name, []).append(i)
    return places


def index_columns(names: Sequence[str]) -> frozenset[int]:
    """Positions of the columns that are an index of rows, by their names.

    pandas and R write the index of a table as first columns without a name. pandas calls them
    `Unnamed: 0` when it reads them back, and `__index_level_0__` in Parquet, where they are last.
    An index that was saved again and again stands beside the older ones: `Unnamed: 0.1`,
    `Unnamed: 0`. The only column of a table is no index, unless it is called
    so.
    """
    if len(names) < 2:
        return frozenset()
    levels = [i for i, name in enumerate(names) if _LEVEL.fullmatch(name)]
    n_others = len(names) - len(levels)
    first = takewhile(lambda i: _is_unnamed(names[i], i), range(n_others - 1))
    return frozenset([*first, *levels])


def _is_unnamed(name: str, place: int) -> bool:
    """Whether a column has no name, or one that pandas gave it at this place or further left."""
    match = _UNNAMED.fullmatch(name)
    return name == "" or (match is not None and int(match[1]) <= place)


def position(name: str, names: Sequence[str], places: dict[str, list[int]] | None = None) -> int:
    """Find a column by its name, or by `@2` for the second.

    Args:
        name: The name of the column, or its position.
        names: The names of all columns.
        places: The positions of each name, if known.

    Raises:
        NoColumnError: The column does not exist.
        DataError: It is not unique.
    """
    if places is None:
        found = [i for i, candidate in enumerate(names) if candidate == name]
    else:
        found = places.get(name, [])
    if len(found) == 1:
        return found[0]
    if found:
        at = " and ".join(f"@{i + 1}" for i in found)
        raise DataError(
            f"column {shown(name)} is there {len(found)} times", hint=f"name it as {at}"
        )
    match = _POSITION.fullmatch(name)
    if match:
        if int(match[1]) <= len(names):
            return int(match[1]) - 1
        raise NoColumnError(f"no column {name}: there are {len(names)}", name=name)
    raise no_column(name, names, hint=hint_about_names(name, given_names(names)))


def no_column(
    name: str, names: Sequence[str], *, path: str | None = None, hint: str | None
) -> NoColumnError:
    """The error about a column that is not there.

    Args:
        name: The name that was asked for.
        names: The names of all columns.
        path: The input, if it is known.
        hint: What to do about it.
    """
    what = f"no column {shown(name)}; there are {shown_names(given_names(names))}"
    return NoColumnError(what, path=path, hint=hint, name=name)


def positions(names: Sequence[str], of_all: Sequence[str]) -> list[int]:
    """Find several columns: see `position`."""
    places = places_of(of_all)
    return [position(name, of_all, places) for name in names]


def hint_about_names(name: str, names: Sequence[str]) -> str | None:
    """The hint about a column that is not there: several names, a similar one, or the encoding."""
    if "," in name and any(part.strip() in names for part in name.split(",")):
        return "a name may hold a comma: give each column an option of its own"
    if not (name.isascii() or all(map(is_text, names))):
        return ENCODING_HINT
    from smoothl1.sources.sparse import is_sparse  # late: only for an error

    if is_sparse(name, names):
        return f"{shown(name)} is a sparse matrix: save it as a dense array (.toarray())"
    owner = owner_of(name, names)
    close = [other for other in close_names(name, names) if other != owner]
    if close:
        return f"did you mean {shown(close[0])}?"
    if owner is not None:
        return f"if {shown(owner)} holds records, save each of their fields by itself"
    return None


def owner_of(name: str, names: Sequence[str]) -> str | None:
    """The column that may hold records of which a name is a field: `scores` of `scores.judge`."""
    return next((other for other in names if name.startswith((f"{other}/", f"{other}."))), None)


def close_names(name: str, names: Sequence[str]) -> list[str]:
    """Names that may be meant by another one: the same but for case or order, or the most like."""
    from difflib import get_close_matches  # late: only for an error

    same = [candidate for candidate in names if candidate.casefold() == name.casefold()]
    if not same:  # two letters in another order are too short for difflib
        same = [candidate for candidate in names if sorted(candidate) == sorted(name)]
    return same or get_close_matches(name, names, n=1)


def has_column(name: str, names: Sequence[str]) -> bool:
    """Whether a table has a column of this name, perhaps several, or at this position: `@2`."""
    return name in names or _is_place(name, len(names))


def has_columns(asked: Iterable[str], names: Sequence[str]) -> bool:
    """Whether a table, perhaps a wide one, has all of these columns: see `has_column`."""
    known = frozenset(names)
    return all(name in known or _is_place(name, len(names)) for name in asked)


def _is_place(name: str, n_columns: int) -> bool:
    """Whether this is the position of a column of a table."""
    match = _POSITION.fullmatch(name)
    return match is not None and int(match[1]) <= n_columns


def key_columns(key: Sequence[str], names: Sequence[str], *, is_target: bool) -> tuple[str, ...]:
    """The key columns of one side.

    Args:
        key: Names that all sides have; or `user=id`, the first name for predictions and the second
            for targets.
        names: The names of all columns of the side; a key that is one of them is taken as it is.
        is_target: Whether the side is the targets.
    """
    return tuple(name if has_column(name, names) else names_of_key(name)[is_target] for name in key)


def names_of_key(key: str) -> tuple[str, str]:
    """What a key is called in predictions and in targets: `user=id` has a name for each."""
    first, _, last = key.partition("=")
    return first or key, last or key


LABEL_HINT = "keys, groups and clusters need a value in each row: write one, or leave the row out"
MISSING_HINT = "--nan omit leaves out pairs of which a side is missing"
"""The hint for an error about a missing number."""


def names_at(positions: Sequence[int], names: Sequence[str]) -> tuple[str, ...]:
    """The names of some columns; if several are equal, with their positions added.

    Args:
        positions: The positions of these columns, counted from 0.
        names: The names of all columns of the table.

    Returns:
        Different names for different columns: x@1 and x@3 if both are called x.
    """
    chosen = dict.fromkeys(positions)
    counts = Counter(names[i] for i in chosen)
    taken = {name for name, count in counts.items() if count == 1}
    found = {}
    for i in chosen:
        name = names[i]
        while counts[names[i]] > 1 and (name == names[i] or name in taken):
            name += f"@{i + 1}"
        taken.add(name)
        found[i] = name
    return tuple(found[i] for i in positions)


def only_numeric(names: Sequence[str], numeric: Sequence[bool]) -> int:
    """The position of the only numeric column.

    Raises:
        DataError: There is none, or several.
    """
    indexes = index_columns(names)
    found = [i for i, is_number in enumerate(numeric) if is_number and i not in indexes]
    if len(found) == 1:
        return found[0]
    if not found:
        what = f"no numeric column; there are {shown_names(given_names(names))}"
        raise DataError(what, hint="smoothl1 inspect shows what they hold")
    raise DataError(f"several numeric columns: {shown_names([names[i] for i in found])}")


def given_names(names: Sequence[str]) -> Sequence[str]:
    """The names that somebody gave: without those of an index without a name, beside others."""
    indexes = index_columns(names)
    return [name for i, name in enumerate(names) if i not in indexes] or names


def is_level(name: str) -> bool:
    """Whether pandas called a column so, which is an index without a name."""
    return _LEVEL.fullmatch(name) is not None


def shown_names(names: Sequence[str]) -> str:
    """A list of names for an error message, not too long."""
    listed = ", ".join(shown(name) for name in names[:_MAX_NAMES_SHOWN])
    more = len(names) - _MAX_NAMES_SHOWN
    return f"{listed} and {more} more" if more > 0 else listed or "none"


def shown(text: str) -> str:
    """A name or cell for an error message, quoted and shortened."""
    cut = len(text) > _MAX_CHARACTERS_SHOWN
    return quoted(text[:_MAX_CHARACTERS_SHOWN] + "..." if cut else text)


def as_option(name: str) -> str:
    """A name as the value of an option in a message, in quotes if a shell needs them."""
    import shlex  # late: only for an error

    text = as_text(name)
    encoding = "" if text == name else " --encoding cp1252"
    return (text if text.replace("=", "_", 1).isidentifier() else shlex.quote(text)) + encoding


def matching(name: str | None) -> str:
    """The hint that --key matches rows by a column, or by several if no name is given."""
    if name is None:
        return "--key, once for each column that tells rows apart, matches rows by them"
    return f"--key {as_option(name)} matches rows by it"


def matching_either(agreeing: str, name: str | None) -> str:
    """The hint that --key matches rows by a column that agrees, or by the one that differs.

    Which of the two says what row it is, only the user knows.

    Args:
        agreeing: The column that agrees in every row.
        name: The column that differs; None if it has a value twice, so that it cannot be the key.
    """
    hint = f"--key {as_option(agreeing)} matches rows by a column that agrees in every row"
    return hint if name is None else f"{hint}, --key {as_option(name)} by the one that differs"


def choosing(options: Sequence[str]) -> str:
    """The hint that some options, at least two different ones, choose columns."""
    *first, last = dict.fromkeys(options)
    return f"{', '.join(first)} and {last} choose"


def is_utf8(text: bytes) -> bool:
    """Whether bytes are text in UTF-8."""
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True
