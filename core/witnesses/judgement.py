"""Judges by the columns in common whether rows are paired wrongly, or may be."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from smoothl1.decisions import Decision
from smoothl1.errors import DataError
from smoothl1.sources.columns import shown
from smoothl1.sources.names import ENCODING_HINT, MISREAD_HINT
from smoothl1.witnesses.copies import warn_of_copies
from smoothl1.witnesses.encodings import MISREAD
from smoothl1.witnesses.numbered_folders import warn_of_numbered_folders
from smoothl1.witnesses.other_labels import warn_of_other_labels
from smoothl1.witnesses.other_rows import warn_of_other_rows, without_recurring
from smoothl1.witnesses.proofs import key_that_agrees, proofs_against, proofs_of, unsure_of
from smoothl1.witnesses.remedies import hint_about, remedy_for
from smoothl1.witnesses.what_differences_prove import fault_of, is_odd

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from smoothl1.witnesses.agreement import Agreement
    from smoothl1.witnesses.shared_column import SharedColumn


def judge_shared(
    found: Sequence[tuple[SharedColumn, Agreement]],
    paths: Sequence[str],
    beside: Sequence[str],
    warn: Callable[[str], None],
) -> Iterator[Decision]:
    """Judge the pairing of rows by the columns in common.

    Args:
        found: The columns, and the comparison of each; empty if there were no rows.
        paths: The paths of the inputs.
        beside: What the last inputs hold that no key can match: "weights", "groups", "clusters".
        warn: Takes a warning about columns that differ and prove nothing.

    Yields:
        A decision for each column.

    Raises:
        DataError: Rows are paired wrongly.
    """
    n_sides = len(paths) - len(beside)
    proof_against = proofs_against(found)
    n_permuted = Counter(
        (c.one, c.other)
        for c, a in found
        if a.is_permuted and not (c.is_guessed or c.is_copy or c.are_flags)
    )
    n_levels = Counter((c.one, c.other) for c, _ in found if c.is_index)
    odd: dict[tuple[int, int], list[tuple[SharedColumn, Agreement]]] = {}
    for column, agreement in sorted(found, key=_is_poor_key):
        path, other = paths[column.one], paths[column.other]
        if agreement.agrees:
            yield Decision("rows", other, "as they stand", _agrees(column, agreement))
            continue
        proof = proof_against(column, agreement)
        if proof is None:
            _refuse_encodings(column, agreement, (path, other))
        fault = fault_of(
            column,
            agreement,
            n_permuted[column.one, column.other],
            n_levels[column.one, column.other],
            with_targets=_is_of_targets(column, found, n_sides - 1),
        )
        if fault and proof is None:
            agreeing = key_that_agrees(column, found)
            raise DataError(
                f"{_differs(column, agreement, other)}, and {fault}: rows are not paired as they "
                "should be",
                path=path,
                hint=f"{remedy_for(column, agreement, n_sides, beside, agreeing)}"
                "--no-key-check pairs them as they stand",
            )
        yield Decision("rows", other, "as they stand", _why(column, agreement, proof))
        if (proof is None or column.is_of_validity) and is_odd(column, agreement):
            odd.setdefault((column.one, column.other), []).append((column, agreement))
    for (one, other_one), columns in odd.items():
        _warn_of(columns, (paths[one], paths[other_one]), n_sides, beside, warn)
    _warn_further(found, paths, beside, warn)


def _warn_further(
    found: Sequence[tuple[SharedColumn, Agreement]],
    paths: Sequence[str],
    beside: Sequence[str],
    warn: Callable[[str], None],
) -> None:
    """Warn of columns that differ although others prove the rows."""
    n_sides = len(paths) - len(beside)
    warn_of_copies(
        found, paths[:n_sides], {pair for some in proofs_of(found) for pair in some}, warn
    )
    unsure = unsure_of(found), unsure_of(found, with_fractions=False)
    warn_of_other_labels(found, paths, unsure, warn)
    lasting = without_recurring(found)
    of_targets = [
        (c, a) for c, a in lasting if a.agrees or _is_of_targets(c, found, n_sides - 1)
    ]  # two models may have different times
    warn_of_numbered_folders(found, paths, n_sides - 1, warn)
    warn_of_other_rows(of_targets, paths, beside, unsure_of(lasting), warn)


def _is_poor_key(compared: tuple[SharedColumn, Agreement]) -> tuple[bool, bool]:
    """Whether a hint would better name another column, the worst last.

    A copy or a feature is no key. An index, or a column with values twice, is seldom a good one.
    """
    column, agreement = compared
    return not column.may_be_key, column.is_index or not agreement.begins_distinct


def _is_of_targets(
    column: SharedColumn, found: Sequence[tuple[SharedColumn, Agreement]], last: int
) -> bool:
    """Whether one input has the targets, or the first agrees with the targets in this column."""
    of_one = (column.one, column.name)
    return column.other >= last or any(
        c.other == last and (c.one, c.name) == of_one and a.agrees for c, a in found
    )


def refuse_differences(
    found: Sequence[tuple[SharedColumn, Agreement]],
    paths: Sequence[str],
    beside: Sequence[str],
    why: str,
) -> None:
    """Refuse some of the rows in which a column in common differs; see `judge_shared`.

    All rows would show whether its values are the same in another order. Some rows do not, but for
    a guess of texts and integers in which a text is none. A guess with what is read as groups is
    none.

    Args:
        found: See `judge_shared`.
        paths: See `judge_shared`.
        beside: See `judge_shared`.
        why: Which rows they are, and that they do not show it.

    Raises:
        DataError: A column differs.
    """
    for column, agreement in found:
        is_odd = agreement.is_comparable and not agreement.agrees
        is_none = column.is_guessed and (column.is_of_groups or agreement.foreign_texts.are_there)
        if is_odd and not (column.is_copy or is_none):
            differs = _differs(column, agreement, paths[column.other])
            n_sides = len(paths) - len(beside)
            agreeing = key_that_agrees(column, found)
            remedy = remedy_for(column, agreement, n_sides, beside, agreeing)
            raise DataError(
                f"{differs}, and {why} whether rows are in another order",
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


def _warn_of(
    columns: Sequence[tuple[SharedColumn, Agreement]],
    of_both: tuple[str, str],
    n_sides: int,
    beside: Sequence[str],
    warn: Callable[[str], None],
) -> None:
    """Warn of columns of two inputs, of these paths, that differ and prove nothing."""
    path, other = of_both
    differ = [found for found in columns if found[1].is_comparable and not found[1].is_misread]
    if differ:
        hint = hint_about([column for column, _ in differ], n_sides, beside)
        warn(f"{path}: {_differ(differ, other)} ({hint})")
    for column in (found[0] for found in columns if found not in differ):
        warn(f"{path}: column {shown(column.name)} cannot be compared with that of {other}")


def _agrees(column: SharedColumn, agreement: Agreement) -> str:
    rest = ", but for what one side has cut or rounded" if agreement.are_cut else ""
    if agreement.first_difference is None:
        rest = ""
    elif not rest:
        rest = ", but for the spelling"
    return f"{_called(column)} {_verb(column, 'agree')} in every row{rest}"


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
    if column.side_of_files is not None:
        what = (
            f"the name of a file differs from column {shown(column.name)}",
            f"{_called(column)} differs from the name of a file",
        )[column.side_of_files]
        return f"{what} of {path} from row {row} on"
    other = shown(column.other_name) if column.is_guessed else "that"
    return f"column {shown(column.name)} differs from {other} of {path} from row {row} on"


def _called(column: SharedColumn) -> str:
    """The column by its name, or by both if they differ."""
    if column.is_guessed:
        return f"columns {shown(column.name)} and {shown(column.other_name)}"
    return f"column {shown(column.name)}"


def _verb(column: SharedColumn, verb: str) -> str:
    return verb if column.is_guessed else f"{verb}s"


def _why(column: SharedColumn, agreement: Agreement, proof: str | None) -> str:
    """Why the rows are left as they are although a column does not agree."""
    differs = _verb(column, "differ")
    if agreement.is_misread or not agreement.is_comparable:
        differs = "cannot be compared"
    nothing = f"{_verb(column, 'prove')} nothing"
    rest = nothing if proof is None else f"{proof} in every row"
    return f"{_called(column)} {differs}, but {rest}"
