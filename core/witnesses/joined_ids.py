"""Two ids of one table that contradict each other: a join that went wrong, as `id_x` and `id_y`.

If tables are put side by side instead of joined by their id, each keeps its own id. These are the
same values in another order then, and what is evaluated in one row is not of one id.
"""

from __future__ import annotations

from itertools import chain, starmap
from typing import TYPE_CHECKING, NamedTuple

from smoothl1.errors import DataError
from smoothl1.files.shard_numbers import n_equal
from smoothl1.lazy_patterns import lazy_pattern
from smoothl1.sources.columns import as_option, places_of, shown
from smoothl1.sources.ids import is_id

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from smoothl1.pairing.input_roles import InputRoles
    from smoothl1.sources.table import Table
    from smoothl1.witnesses.agreement import Agreement
    from smoothl1.witnesses.free_columns import FreeColumn
    from smoothl1.witnesses.shared_column import SharedColumn

_ENDS = (
    ("_x", "_y"),
    ("_left", "_right"),
    *(("", end) for end in ("_1", ".1", ":1", "_left", "_right")),
)
"""What software adds to the names of two columns of which a join finds that they are the same."""

_LAST_ENDS = tuple(other for _, other in _ENDS)

_BEGUN_WORD = lazy_pattern(r"[^\W_]+\Z")

_FORECAST = lazy_pattern(r"(?i:forecast|fcst)")
"""What `forecast_date` begins with: the day on which a forecast was issued."""

_SIGNS = " _-.:/()[]"

_LABELS = frozenset({"text", "date"})


class _Affixes(NamedTuple):
    """What names of one side have before and after what both sides have in common."""

    begin: str
    end: str

    def stem_of(self, name: str) -> str:
        """A name without them; "" if it has not both, or nothing else."""
        fits = name.startswith(self.begin) and name.endswith(self.end)
        return name[len(self.begin) : len(name) - len(self.end)] if fits else ""

    def of(self, stem: str) -> str:
        """The name of the side for what both sides have."""
        return f"{self.begin}{stem}{self.end}"


def names_of_sides(assigned: Sequence[InputRoles]) -> list[tuple[str, str]]:
    """The first column of the predictions of each model, each with that of the targets.

    Args:
        assigned: The roles of the columns of inputs, of which none may be targets.
    """
    first = {
        role: columns[0]
        for of_input in assigned
        for role, columns in zip(of_input.roles, of_input.wanted.fields, strict=True)
        if columns
    }
    models = (name for role, name in first.items() if role not in ("target", "weight"))
    return [(name, first["target"]) for name in models if "target" in first]


def joined_columns(
    names: Sequence[str], of_sides: Sequence[tuple[str, str]] = ()
) -> Iterator[tuple[int, int, str]]:
    """Find columns of a table that may be one column of two tables that were joined.

    Args:
        names: The names of all columns.
        of_sides: Columns of predictions and of targets: `v_pred` and `v_true` show what a join may
            have added to the names of others.

    Yields:
        The positions of two columns, and the name that they had before.
    """
    places: dict[str, int] = {}  # the first of each name
    for i, name in enumerate(names):
        places.setdefault(name, i)
    in_groups: dict[str, list[int]] = {}
    if len(places) < len(names):
        twice = ((name, of) for name, of in places_of(names).items() if len(of) == 2)
        yield from ((of[0], of[1], name) for name, of in twice if name)
    for name, place in places.items():
        for one, other in _ENDS if name.endswith(_LAST_ENDS) else ():
            stem = name[: len(name) - len(other)]
            if stem and name.endswith(other) and stem + one in places:
                yield places[stem + one], place, stem
        if "/" in name:
            in_groups.setdefault(name.rpartition("/")[2], []).append(place)
    yield from ((of[0], of[1], name) for name, of in in_groups.items() if len(of) == 2)
    for of_pred, of_target in chain(*starmap(_affixes_of, dict.fromkeys(of_sides))):
        are_names = (of_pred.of(""), of_target.of("")) in of_sides
        stems = {name: stem for name in places if (stem := of_pred.stem_of(name))}
        pairs = ((name, of_target.of(stem), stem) for name, stem in stems.items())
        for one, other, stem in pairs:
            if other in places and (not are_names or _is_time_of(stem)):
                yield places[one], places[other], stem


def _affixes_of(pred: str, target: str) -> Iterator[tuple[_Affixes, _Affixes]]:
    """What two names of columns have beside the same words, or the names if these are none.

    `pred_date` and `obs_date` are the times of `pred` and `obs`.
    """
    if pred == target:
        return
    begin = _n_common(pred, target)
    end = _n_common(pred[::-1], target[::-1])
    if begin and begin >= end:
        yield _Affixes("", pred[begin:]), _Affixes("", target[begin:])
    elif end:
        yield _Affixes(pred[:-end], ""), _Affixes(target[:-end], "")
    elif not _FORECAST.match(pred):
        yield _Affixes(pred, ""), _Affixes(target, "")
        yield _Affixes("", pred), _Affixes("", target)


def _is_time_of(stem: str) -> bool:
    """Whether a name that the name of a column begins, or ends, is that of a time: `_date`.

    Other columns may be predicted as well: `pred_id`, `pred_class`.
    """
    from smoothl1.witnesses.other_labels import is_called_time  # late: few names are such

    is_apart = {stem[0], stem[-1]} & {*_SIGNS} or stem[0].isupper()
    return bool(is_apart) and is_called_time(stem)


def _n_common(one: str, other: str) -> int:
    """The length of the words with which two names begin, without a sign after them."""
    n = n_equal((one, other))
    nexts = [name[n : n + 1] for name in (one, other)]
    is_camel_case = one[n - 1 : n].islower() and all(map(str.isupper, nexts))
    if any(map(str.isalnum, nexts)) and not is_camel_case:
        return len(_BEGUN_WORD.sub("", one[:n]).rstrip(_SIGNS))
    return len(one[:n].rstrip(_SIGNS))


def joined_ids(
    tables: Sequence[Table],
    assigned: Sequence[InputRoles],
    free: Sequence[dict[str, FreeColumn]],
    by_position: Collection[int],
) -> Iterator[tuple[int, FreeColumn, FreeColumn, bool]]:
    """Find ids of a table that holds predictions and targets, which may be those of a join.

    Args:
        tables: The inputs; a table may be given for each side.
        assigned: The roles of their columns.
        free: The columns of each input.
        by_position: Which inputs are paired by position.

    Yields:
        The input, two of its columns, and whether each stands with one of what is evaluated, as
        in tables that were put side by side.
    """
    for path in dict.fromkeys(tables[i].path for i in by_position):
        inputs = [i for i in by_position if tables[i].path == path]
        first, names = inputs[0], tables[inputs[0]].names
        groups = {
            role: _group_of("".join(columns[:1]))
            for i in inputs
            for role, columns in zip(assigned[i].roles, assigned[i].wanted.fields, strict=True)
        }
        if not {"pred", "target"} <= {*groups}:
            continue
        of_sides = {groups["pred"], groups["target"]}
        places, sides = places_of(names), names_of_sides([assigned[i] for i in inputs])
        chosen = {name for i in inputs for field in assigned[i].wanted.fields for name in field}
        evaluated = [at for name in chosen if (at := _place_of(name, places)) is not None]
        for one, other, name in joined_columns(names, sides):
            found = [_column_at(place, names, places, free[first]) for place in (one, other)]
            heads = {_group_of(names[place]) for place in (one, other)}
            if len(heads) > 1 and heads != of_sides:
                continue
            are_ids = len(heads) > 1 or is_id(name)
            if found[0] and found[1] and _may_be_one(found[0], found[1], are_ids=are_ids):
                yield first, found[0], found[1], _are_apart((one, other), evaluated)


def _place_of(name: str, places: Mapping[str, Sequence[int]]) -> int | None:
    """The position of a chosen column; None if there is none, which is refused later."""
    if name in places:
        return places[name][0]
    return int(name[1:]) - 1 if name[:1] == "@" and name[1:].isdecimal() else None


def _are_apart(places: tuple[int, int], evaluated: Sequence[int]) -> bool:
    """Whether a table may have been two: each with one of two columns, and part of the others.

    A table that is joined twice has both of them before, or behind, what is evaluated.
    """
    ends = min(evaluated, default=0), max(evaluated, default=0)
    return max(min(places), ends[0]) < min(max(places), ends[1])


def _group_of(name: str) -> str:
    return name.rpartition("/")[0]


def _column_at(
    place: int,
    names: Sequence[str],
    places: Mapping[str, Sequence[int]],
    free: Mapping[str, FreeColumn],
) -> FreeColumn | None:
    """The column at a position, which is its name where another one has its name."""
    return free.get(names[place] if len(places[names[place]]) == 1 else f"@{place + 1}")


def _may_be_one(one: FreeColumn, other: FreeColumn, *, are_ids: bool) -> bool:
    """Whether two columns may hold one id: texts or dates, or whole numbers that may be ids."""
    kinds = {one.kind, other.kind}
    if one.is_evaluated or other.is_evaluated or one.is_index or other.is_index:
        return False
    return kinds <= _LABELS or (are_ids and kinds <= {*_LABELS, "integer"})


def refuse_contradictions(
    found: Sequence[tuple[SharedColumn, Agreement]], paths: Sequence[str]
) -> None:
    """Refuse a table whose two ids are the same values in another order.

    Each value occurs once: pairs of users that are compared have each user twice. Numbers from 0 or
    1 on are rows of two tables that were counted before they were joined by something else.

    Args:
        found: The columns that `joined_ids` found, and the comparison of each.
        paths: The paths of all inputs.

    Raises:
        DataError: Two ids contradict each other.
    """
    for column, agreement in found:
        is_other_order = agreement.is_permuted and agreement.begins_distinct
        if not (is_other_order and agreement.are_many) or agreement.numbers_rows:
            continue
        key = as_option(column.key_name)
        raise DataError(
            f"columns {shown(column.name)} and {shown(column.other_name)} differ from row "
            f"{(agreement.first_difference or 0) + 1} on, and hold the same values in another "
            "order: predictions and targets of a row are not of one id",
            path=paths[column.one],
            hint=f"--key {key} matches rows, with this file given for each side; --no-key-check "
            "pairs them as they stand",
        )
