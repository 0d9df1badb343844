"""Judges by the columns in common whether rows are paired wrongly, or may be."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from smoothl1.decisions import Decision
from smoothl1.errors import DataError
from smoothl1.sources.columns import matching, shown
from smoothl1.sources.ids import is_called_index, is_id
from smoothl1.sources.names import ENCODING_HINT, MISREAD_HINT, is_text
from smoothl1.witnesses.encodings import MISREAD
from smoothl1.witnesses.other_labels import identifies_rows, warn_of_other_labels

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from smoothl1.witnesses.agreement import Agreement
    from smoothl1.witnesses.shared_column import SharedColumn


def judge_shared(
    shared: Sequence[SharedColumn],
    agreements: Sequence[Agreement],
    paths: Sequence[str],
    beside: Sequence[str],
    warn: Callable[[str], None],
) -> Iterator[Decision]:
    """Judge the pairing of rows by the columns in common.

    Args:
        shared: The columns.
        agreements: The comparison of each column; empty if there were no rows.
        paths: The paths of the inputs.
        beside: What the last inputs hold that no key can match: "weights", "groups", "clusters".
        warn: Takes a warning about columns that differ and prove nothing.

    Yields:
        A decision for each column.

    Raises:
        DataError: Rows are paired wrongly.
    """
    n_sides = len(paths) - len(beside)
    found = list(zip(shared, agreements, strict=False))
    proofs, likely = _proofs(found)
    n_permuted = Counter((c.one, c.other) for c, agreement in found if agreement.is_permuted)
    n_levels = Counter((c.one, c.other) for c in shared if c.is_index)
    odd: dict[tuple[int, int], list[tuple[SharedColumn, Agreement]]] = {}
    for column, agreement in found:
        path, other = paths[column.one], paths[column.other]
        if agreement.agrees:
            reason = f"{_called(column)} {_verb(column, 'agree')} in every row"
            yield Decision("rows", other, "as they stand", reason)
            continue
        proof = proofs.get((column.one, column.other))
        if not agreement.is_permuted:
            proof = proof or likely.get((column.one, column.other))
        elif agreement.begins_distinct and (
            column.is_label or column.is_id or (agreement.has_texts and not column.are_numbers)
        ):
            proof = None  # both identify rows, and contradict each other
        if proof is None:
            _refuse_encodings(column, agreement, (path, other))
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
                hint=f"{_remedy(column, agreement, n_sides, beside)}"
                "--no-key-check pairs them as they stand",
            )
        yield Decision("rows", other, "as they stand", _why(column, agreement, proof))
        if proof is None and (
            _overlap_in_order(column, agreement) if column.is_guessed else not column.are_numbers
        ):
            odd.setdefault((column.one, column.other), []).append((column, agreement))
    for (one, other_one), columns in odd.items():
        _warn_of(columns, paths[one], paths[other_one], warn)
    unsure = _unsure(found), _unsure(found, with_fractions=False)
    warn_of_other_labels(found, paths, unsure, warn)


def refuse_differences(
    shared: Sequence[SharedColumn],
    agreements: Sequence[Agreement],
    paths: Sequence[str],
    beside: Sequence[str],
) -> None:
    """Refuse a part of the rows in which a column in common differs; see `judge_shared`.

    All rows would show whether its values are the same in another order. Some rows do not.

    Raises:
        DataError: A column differs.
    """
    for column, agreement in zip(shared, agreements, strict=False):
        if agreement.is_comparable and not agreement.agrees:
            differs = _differs(column, agreement, paths[column.other])
            remedy = _remedy(column, agreement, len(paths) - len(beside), beside)
            raise DataError(
                f"{differs}, and a part does not show whether rows are in another order",
                path=paths[column.one],
                hint=f"{remedy}--no-key-check pairs them as they stand",
            )


def _refuse_encodings(column: SharedColumn, agreement: Agreement, paths: tuple[str, str]) -> None:
    """Refuse text that cannot be compared with that of the other input, which is in UTF-8.

    Raises:
        DataError: The columns have one name, or the same texts but for letters beyond ASCII.
    """
    odd = agreement.encodings.odd_side
    if odd is None or (column.is_guessed and not agreement.firsts.shares_skeletons):
        return
    name = (column.name, column.other_name)[odd]
    encoding = agreement.encodings.of_odd_side
    raise DataError(
        f"column {shown(name)} is {encoding}, and cannot be compared with that of {paths[1 - odd]}",
        path=paths[odd],
        hint=f"{MISREAD_HINT if encoding == MISREAD else ENCODING_HINT}; --no-key-check pairs rows "
        "as they stand",
    )


def _proofs(
    found: Sequence[tuple[SharedColumn, Agreement]],
) -> tuple[dict[tuple[int, int], str], dict[tuple[int, int], str]]:
    """For each two inputs a column that proves the rows, and one that is likely to, if any."""
    if all(agreement.agrees for _, agreement in found):
        return {}, {}  # none is needed
    # Software that reorders rows keeps what pandas noted of them before.
    stored = [(column, agreement) for column, agreement in found if not column.is_noted]
    proofs = {(c.one, c.other): c.name for c, a in stored if a.agrees and a.tells_rows_apart}
    likely = {(c.one, c.other): c.name for c, a in stored if _is_likely_proof(c, a)}
    return _with_those_that_follow(proofs), likely


def _unsure(
    found: Sequence[tuple[SharedColumn, Agreement]], *, with_fractions: bool = True
) -> set[tuple[int, int]]:
    """The pairs of inputs whose rows are proved, but not by an id; fractions may be one."""
    proved = {pair for proofs in _proofs(found) for pair in proofs}
    if not proved:
        return proved
    ids = [
        (c, a)
        for c, a in found
        if not a.agrees or identifies_rows(c, a, with_fractions=with_fractions)
    ]
    return proved - {pair for proofs in _proofs(ids) for pair in proofs}


def _with_those_that_follow(proofs: dict[tuple[int, int], str]) -> dict[tuple[int, int], str]:
    """The proofs, and those that follow for two inputs that each have one with a third."""
    found = dict(proofs)
    for (one, other), name in proofs.items():
        for third, last in proofs:
            if third == one and other < last:
                found.setdefault((other, last), name)
    return found


def _warn_of(
    columns: Sequence[tuple[SharedColumn, Agreement]],
    path: str,
    other: str,
    warn: Callable[[str], None],
) -> None:
    """Warn of columns of two inputs that differ and prove nothing."""
    differ = [column for column in columns if column[1].is_comparable]
    if differ:
        names = [_key_name(column) for column, _ in differ if column.is_guessed]
        hint = matching(names[0]) if len(differ) == len(names) else "--key matches rows by a column"
        warn(f"{path}: {_differ(differ, other)} ({hint})")
    for column in (column for column, agreement in columns if not agreement.is_comparable):
        warn(f"{path}: column {shown(column.name)} cannot be compared with that of {other}")


def _is_likely_proof(column: SharedColumn, agreement: Agreement) -> bool:
    """Whether a column that agrees outweighs others that differ, but are not in another order."""
    if column.is_id:
        is_believed = not agreement.repeats
    else:
        is_believed = not (agreement.counts_rows or agreement.repeats or agreement.begins_again)
    return agreement.agrees and agreement.begins_distinct and is_believed


def _differ(columns: Sequence[tuple[SharedColumn, Agreement]], path: str) -> str:
    """The sentence that columns differ from those of another input, and from which row on."""
    if len(columns) == 1:
        return _differs(*columns[0], path)
    names = ", ".join(shown(column.name) for column, _ in columns)
    firsts = [a.first_difference for _, a in columns if a.first_difference is not None]
    return (
        f"columns {names} differ from those of {path}, the earliest from row {min(firsts) + 1} on"
    )


def _differs(column: SharedColumn, agreement: Agreement, path: str) -> str:
    """The sentence that a column differs from that of another input, and from which row on."""
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
    """Why a column that differs shows that rows are paired wrongly; None if it does not.

    Args:
        column: The column.
        agreement: The comparison of its values.
        n_permuted: How many columns of the two inputs have the same values in another order.
        n_levels: How many levels the index of the two inputs has.
        with_targets: Whether one of the inputs is the targets: two models may have different times.
    """
    # each shard may have its own index; each of several levels has values twice
    is_index = column.is_index and (agreement.begins_distinct or n_levels > 1)
    tells_rows_apart = (column.is_id or is_index) and not column.is_guessed
    if not agreement.is_comparable:
        return None
    side = column.index_side
    is_default = side is not None and agreement.side_counts_rows(side)
    if is_default and not is_called_index((column.other_name, column.name)[side or 0]):
        return None  # a default index knows nothing of ids
    if agreement.is_permuted and (tells_rows_apart or agreement.is_varied or n_permuted > 1):
        return "holds the same values in another order"
    if not agreement.order or (agreement.counts_rows and not column.is_id):
        return None  # each side may have been numbered by itself
    is_sure = not (column.are_numbers or column.is_guessed) and with_targets
    if tells_rows_apart or (agreement.are_many and is_sure):
        return f"{agreement.order}s on both sides, with other values"
    return None


def _overlap_in_order(column: SharedColumn, agreement: Agreement) -> bool:
    """Whether columns of different names are alike: both rise or fall, with values in common."""
    are_labels = column.is_label or (column.is_id and is_id(column.other_name))
    in_order = agreement.is_comparable and agreement.are_many and agreement.order
    if not (are_labels and in_order) or agreement.counts_rows:
        return False
    return agreement.firsts.shares_values


def _called(column: SharedColumn) -> str:
    """The column by its name, or by both if they differ."""
    if column.is_guessed:
        return f"columns {shown(column.name)} and {shown(column.other_name)}"
    return f"column {shown(column.name)}"


def _verb(column: SharedColumn, verb: str) -> str:
    return verb if column.is_guessed else f"{verb}s"


def _why(column: SharedColumn, agreement: Agreement, proof: str | None) -> str:
    """Why the rows are left as they are although a column does not agree."""
    differs = _verb(column, "differ") if agreement.is_comparable else "cannot be compared"
    nothing = f"{_verb(column, 'prove')} nothing"
    rest = nothing if proof is None else f"{shown(proof)} agrees in every row"
    return f"{_called(column)} {differs}, but {rest}"


def _key_name(column: SharedColumn) -> str:
    """The column as a value of --key."""
    one, other = column.name, column.other_name
    return one if one == other else f"{one}={other}"


def _remedy(column: SharedColumn, agreement: Agreement, n_sides: int, beside: Sequence[str]) -> str:
    if column.other >= n_sides:
        what = beside[column.other - n_sides]
        return f"{what} must be in the order of the predictions, or a column of theirs; "
    if not column.may_be_key:
        return ""
    if is_text(column.name) != is_text(column.other_name):
        return f"{ENCODING_HINT}; "
    name = _key_name(column)
    is_one = agreement.begins_distinct and (name == column.name or column.other == n_sides - 1)
    return f"{matching(name if is_one else None)}; "
