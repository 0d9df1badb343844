"""Which columns that agree prove the rows of two inputs, and what such a proof outweighs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.sources.columns import shown
from smoothl1.witnesses.joint_proofs import joint_proofs
from smoothl1.witnesses.other_labels import identifies_rows
from smoothl1.witnesses.other_rows import is_other_time, without_recurring

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smoothl1.witnesses.agreement import Agreement
    from smoothl1.witnesses.shared_column import SharedColumn

    Proofs = dict[tuple[int, int], str]


def proofs_of(
    found: Sequence[tuple[SharedColumn, Agreement]], *, always: bool = False
) -> tuple[Proofs, Proofs]:
    """For each two inputs what proves the rows, and what is likely to, if anything does."""
    if not always and all(agreement.agrees for _, agreement in found):
        return {}, {}  # none is needed
    # Software that reorders rows keeps what pandas noted of them before.
    stored = [(c, a) for c, a in found if not (c.is_noted or c.is_of_issue)]
    sure, likely = joint_proofs(stored)
    sure |= {(c.one, c.other): _proof(c) for c, a in stored if a.agrees and a.tells_rows_apart}
    likely |= {(c.one, c.other): _proof(c) for c, a in stored if _is_likely_proof(c, a)}
    return _with_those_that_follow(sure), likely


def unsure_of(
    found: Sequence[tuple[SharedColumn, Agreement]], *, with_fractions: bool = True
) -> set[tuple[int, int]]:
    """The pairs of inputs whose rows are proved, but not by an id; fractions may be one."""
    proved = {pair for proofs in proofs_of(found) for pair in proofs}
    if not proved:
        return proved
    ids = [
        (c, a)
        for c, a in found
        if not a.agrees or identifies_rows(c, a, with_fractions=with_fractions)
    ]
    return proved - {pair for proofs in proofs_of(ids) for pair in proofs}


def proofs_against(
    found: Sequence[tuple[SharedColumn, Agreement]],
) -> Callable[[SharedColumn, Agreement], str | None]:
    """What tells which column proves the rows although another one differs, if any does."""
    proofs = proofs_of(found)
    lasting = without_recurring(found)
    of_times = proofs_of(lasting) if len(lasting) < len(found) else proofs

    def proof_against(column: SharedColumn, agreement: Agreement) -> str | None:
        if column.is_of_validity and column.is_guessed:
            return None
        sure, likely = of_times if is_other_time(column, agreement) else proofs
        proof = sure.get((column.one, column.other))
        if not agreement.is_permuted:
            return proof or likely.get((column.one, column.other))
        has_labels = agreement.has_texts and not column.are_numbers
        is_identifier = column.is_label or column.is_id or has_labels
        contradicts = agreement.begins_distinct and is_identifier
        return None if contradicts else proof

    return proof_against


def key_that_agrees(
    column: SharedColumn, found: Sequence[tuple[SharedColumn, Agreement]]
) -> str | None:
    """The column, an id if there is one, that agrees and may be the key where another differs."""
    keys = [
        c
        for c, a in found
        if (c.one, c.other) == (column.one, column.other)
        and c.may_be_key
        and not (c.are_numbers or c.is_copy or c.is_guessed or c.is_noted or c.is_of_issue)
        and _is_likely_proof(c, a)
    ]
    return min(keys, key=lambda c: not c.is_id).name if keys else None


def _proof(column: SharedColumn) -> str:
    return f"{shown(column.name)} agrees"


def _is_likely_proof(column: SharedColumn, agreement: Agreement) -> bool:
    """Whether a column that agrees outweighs others that differ, but are not in another order."""
    if column.is_id:
        is_believed = not agreement.repeats
    else:
        is_believed = not (agreement.may_count_rows or agreement.repeats or agreement.begins_again)
    return agreement.agrees and agreement.begins_distinct and is_believed


def _with_those_that_follow(proofs: dict[tuple[int, int], str]) -> dict[tuple[int, int], str]:
    """The proofs, and those that follow for two inputs that each have one with a third."""
    found = dict(proofs)
    for (one, other), name in proofs.items():
        for third, last in proofs:
            if third == one and other < last:
                found.setdefault((other, last), name)
    return found
