"""Which columns two inputs have in common that nobody asked for: witnesses of how rows pair."""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from smoothl1.decisions import Decision
from smoothl1.errors import DataError
from smoothl1.sources.columns import index_columns, matching, places_of, position, shown
from smoothl1.sources.ids import is_id
from smoothl1.witnesses.agreement import SharedColumn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from smoothl1.pairing.roles import InputRoles
    from smoothl1.sources.table import Table
    from smoothl1.witnesses.agreement import Agreement

_POSITION = re.compile(r"@[1-9][0-9]*")
"""What a column without a name is called: no name that two inputs have in common."""

_COMPARABLE = ({"integer"}, {"text"}, {"date"}, {"integer", "text"}, {"date", "text"})
_FRACTIONS = ({"fraction"}, {"fraction", "integer"}, {"fraction", "text"})
"""Kinds that mostly are features or scores. One such column is compared, the first: that tells
whether rows are in another order, and other ones would say the same."""


_LABELS = ("integer", "text", "date")

_GUESSED = "\0guessed"
"""What columns of different names are called that may be the same: nothing that has a name."""


class _Column(NamedTuple):
    """A column that is no number or group of this command."""

    name: str
    kind: str
    is_index: bool
    may_be_key: bool


def find_shared(
    tables: Sequence[Table], assigned: Sequence[InputRoles], pairs: Iterable[tuple[int, int]]
) -> tuple[SharedColumn, ...]:
    """Find the columns that two inputs have in common.

    Args:
        tables: The inputs.
        assigned: The parts they play; a column that is read as numbers or groups is no witness.
        pairs: Which two inputs are paired by position, in ascending order.

    Returns:
        For each further input that has a column the first one that has it. An index of rows is
        the same whatever it is called. Of fractions only the first column of two inputs. Where each
        has just one other column of text, whole numbers or dates, or one that is called an id,
        these may be the same under different names.
    """
    free = [
        _free_columns(table, of_input) for table, of_input in zip(tables, assigned, strict=True)
    ]
    found: dict[tuple[str, int], SharedColumn] = {}
    nameless = [tuple(map(_POSITION.fullmatch, table.names)) for table in tables]
    for one, other in pairs:
        # positions are names where all columns of both have no others, and are equally many
        by_position = all(nameless[one]) and all(nameless[other])
        by_position &= len(nameless[one]) == len(nameless[other])
        for called, pair in _in_common(free[one], free[other], by_position=by_position):
            mine, others = pair
            shared = SharedColumn(
                mine.name,
                others.name,
                one,
                other,
                mine.is_index,
                is_id(mine.name),
                mine.may_be_key and others.may_be_key,
                are_numbers={mine.kind, others.kind} in _FRACTIONS,
                is_guessed=called == _GUESSED,
                is_label={mine.kind, others.kind} <= {"text", "date"},
            )
            place = f"{called}{one}" if shared.is_guessed else called
            found.setdefault((place, other), shared)
    return tuple(found[place] for place in sorted(found))


def _in_common(
    one: dict[str, _Column], other: dict[str, _Column], *, by_position: bool
) -> Iterator[tuple[str, tuple[_Column, _Column]]]:
    """Columns that two inputs have in common, by what they are called."""
    rest = [{called: c for called, c in free.items() if c.kind in _LABELS} for free in (one, other)]
    has_fractions = False
    for called, mine in one.items():
        others = other.get(called)
        if others is None or (_POSITION.fullmatch(called) and not by_position):
            continue
        for free in rest:
            free.pop(called, None)
        kinds = {mine.kind, others.kind}
        if kinds in _COMPARABLE or (kinds in _FRACTIONS and not has_fractions):
            has_fractions |= kinds in _FRACTIONS
            yield called, (mine, others)
    lone = [_lone(list(free.values())) for free in rest]
    if lone[0] and lone[1] and {lone[0].kind, lone[1].kind} in _COMPARABLE:
        yield _GUESSED, (lone[0], lone[1])


def _lone(columns: list[_Column]) -> _Column | None:
    """The only column, or the only one that is called an id; not an index, which counts rows."""
    columns = [column for column in columns if not column.is_index]
    if len(columns) > 1:
        columns = [column for column in columns if is_id(column.name)]
    return columns[0] if len(columns) == 1 else None


def _free_columns(table: Table, of_input: InputRoles) -> dict[str, _Column]:
    """The columns that are no number or group, by what they are called.

    An index that has no name of its own is the same column whatever pandas or R calls it. Databases
    write names in upper case, or in lower case: these are the same.
    """
    folded = [name.strip().casefold() for name in table.names]
    counts = Counter(folded)
    labels = zip(of_input.label_roles, of_input.wanted.labels, strict=True)
    groups = [name for role, name in labels if role == "by"]
    numbers = (name for field in of_input.wanted.fields for name in field)
    taken, places = set(), places_of(table.names)
    for name in (*groups, *numbers):
        with contextlib.suppress(DataError):  # a column that is not there is told when it is chosen
            taken.add(position(name, table.names, places))
    unnamed = sorted(index_columns(table.names))
    found = {}
    for i, (name, info) in enumerate(zip(table.names, table.columns, strict=True)):
        is_unique = counts[folded[i]] == 1
        called = folded[i]
        if i in unnamed:  # the levels of an index, in their order
            called, is_unique = f"\0index {unnamed.index(i)}", True
            name = name if len(places[name]) == 1 else f"@{i + 1}"  # noqa: PLW2901
        if info.kind and is_unique and i not in taken:
            found[called] = _Column(name, info.kind, info.is_index, info.may_be_key)
    return found


def judge_shared(
    shared: Sequence[SharedColumn],
    agreements: Sequence[Agreement],
    paths: Sequence[str],
    n_sides: int,
    warn: Callable[[str], None],
) -> Iterator[Decision]:
    """Say what the columns in common tell of the rows.

    Args:
        shared: The columns.
        agreements: What the pass learned of each; none if there were no rows.
        paths: Those of the inputs.
        n_sides: How many of these are sides, which a key can match; weights follow them.
        warn: Is told where a column differs that proves nothing.

    Yields:
        A decision for each column.

    Raises:
        DataError: Rows are not paired as they should be.
    """
    found = list(zip(shared, agreements, strict=False))
    proofs = {(c.one, c.other): c.name for c, a in found if a.agrees and a.tells_rows_apart}
    likely = {(c.one, c.other): c.name for c, a in found if _is_likely_proof(c, a)}
    n_permuted = Counter((c.one, c.other) for c, agreement in found if agreement.is_permuted)
    n_levels = Counter((c.one, c.other) for c in shared if c.is_index)
    odd: dict[tuple[int, int], list[tuple[SharedColumn, Agreement]]] = {}
    for column, agreement in found:
        name, path, other = shown(column.name), paths[column.one], paths[column.other]
        if agreement.agrees:
            yield Decision("rows", other, "as they stand", f"column {name} agrees in every row")
            continue
        proof = proofs.get((column.one, column.other))
        if not agreement.is_permuted:
            proof = proof or likely.get((column.one, column.other))
        elif agreement.begins_distinct and (column.is_label or column.is_id):
            proof = None  # each tells rows apart, and they contradict each other
        fault = _fault(
            column,
            agreement,
            n_permuted[column.one, column.other],
            n_levels[column.one, column.other],
            with_targets=column.other >= n_sides - 1,
        )
        if fault and proof is None:
            raise DataError(
                f"{_differs(column, agreement, other)}, and {fault}: rows are not paired as they "
                "should be",
                path=path,
                hint=f"{_remedy(column, agreement, n_sides)}"
                "--no-key-check pairs them as they stand",
            )
        yield Decision("rows", other, "as they stand", f"column {name} {_why(agreement, proof)}")
        if proof is None and not (column.are_numbers or column.is_guessed):
            odd.setdefault((column.one, column.other), []).append((column, agreement))
    for (one, other_one), columns in odd.items():
        _warn_of(columns, paths[one], paths[other_one], warn)


def _warn_of(
    columns: Sequence[tuple[SharedColumn, Agreement]],
    path: str,
    other: str,
    warn: Callable[[str], None],
) -> None:
    """Warn of columns of two inputs that differ and prove nothing."""
    differ = [column for column in columns if column[1].is_comparable]
    if differ:
        warn(f"{path}: {_differ(differ, other)} (--key matches rows by a column)")
    for column in (column for column, agreement in columns if not agreement.is_comparable):
        warn(f"{path}: column {shown(column.name)} cannot be compared with that of {other}")


def _is_likely_proof(column: SharedColumn, agreement: Agreement) -> bool:
    """Whether a column that agrees is believed against others that differ, if not in order."""
    is_believed = column.is_id or not agreement.counts_rows
    return is_believed and agreement.agrees and agreement.begins_distinct


def _differ(columns: Sequence[tuple[SharedColumn, Agreement]], path: str) -> str:
    """That columns differ from those of another input, and from where on."""
    if len(columns) == 1:
        return _differs(*columns[0], path)
    names = ", ".join(shown(column.name) for column, _ in columns)
    firsts = [a.first_difference for _, a in columns if a.first_difference is not None]
    return (
        f"columns {names} differ from those of {path}, the earliest from row {min(firsts) + 1} on"
    )


def _differs(column: SharedColumn, agreement: Agreement, path: str) -> str:
    """That a column differs from that of another input, and from where on."""
    row = (agreement.first_difference or 0) + 1
    other = shown(column.other_name) if column.is_guessed else "that"
    return f"column {shown(column.name)} differs from {other} of {path} from row {row} on"


def _fault(
    column: SharedColumn,
    agreement: Agreement,
    n_permuted: int,
    n_levels: int,
    *,
    with_targets: bool,
) -> str | None:
    """Why a column that differs says that rows are paired wrongly; None if it does not.

    Args:
        column: It.
        agreement: What was learned of it.
        n_permuted: How many columns of the two inputs have the same values in another order.
        n_levels: How many levels their index has.
        with_targets: Whether one of them is the targets: two models may note times of their own.
    """
    # the index of shards may begin anew; of several levels each has values twice
    is_index = column.is_index and (agreement.begins_distinct or n_levels > 1)
    tells_rows_apart = (column.is_id or is_index) and not column.is_guessed
    if not agreement.is_comparable:
        return None
    if agreement.is_permuted and (tells_rows_apart or agreement.is_varied or n_permuted > 1):
        return "holds the same values in another order"
    if not agreement.order or (agreement.counts_rows and not column.is_id):
        return None  # each side may have been numbered by itself
    is_sure = not (column.are_numbers or column.is_guessed) and with_targets
    if tells_rows_apart or (agreement.are_many and is_sure):
        return f"{agreement.order}s on both sides, with other values"
    return None


def _why(agreement: Agreement, proof: str | None) -> str:
    """Why the rows are left as they are, though a column does not agree."""
    differs = "differs" if agreement.is_comparable else "cannot be compared"
    rest = "proves nothing" if proof is None else f"{shown(proof)} agrees in every row"
    return f"{differs}, but {rest}"


def _remedy(column: SharedColumn, agreement: Agreement, n_sides: int) -> str:
    if column.other >= n_sides:
        return "weights must be in the order of the predictions, or a column of theirs; "
    if not column.may_be_key:
        return ""
    name = column.name
    if name != column.other_name and not column.is_index:
        name = f"{name}={column.other_name}"
    is_one = agreement.begins_distinct and (name == column.name or column.other == n_sides - 1)
    return f"{matching(name if is_one else None)}; "
