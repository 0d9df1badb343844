"""What the columns that inputs have in common show of the rows that were read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.witnesses.agreement import Agreement
from smoothl1.witnesses.joined_ids import refuse_contradictions
from smoothl1.witnesses.joined_labels import warn_of_joined_labels
from smoothl1.witnesses.judgement import judge_shared, refuse_differences
from smoothl1.witnesses.matched_sides import warn_of_matched
from smoothl1.witnesses.numbering import Numbering, warn_of_numbered
from smoothl1.witnesses.proofs import proofs_of
from smoothl1.witnesses.reordered_guesses import refuse_reorderings
from smoothl1.witnesses.reordering import Reordering
from smoothl1.witnesses.rows_left_out import repeat_no_key
from smoothl1.witnesses.unproved_rows import warn_of_unproved

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smoothl1.decisions import Decision
    from smoothl1.pairing.chunks import Pairing
    from smoothl1.sources.contract import Columns
    from smoothl1.witnesses.shared_column import SharedColumn
    from smoothl1.witnesses.shared_values import Comparison


def judged_columns(
    pairing: Pairing,
    agreements: Sequence[Comparison],
    key: Columns,
    warn: Callable[[str], None],
    *,
    is_part: bool,
) -> tuple[Decision, ...]:
    """Judge the pairing of rows by the columns in common.

    Args:
        pairing: The sides, and the columns that they have in common.
        agreements: What is known of each of these columns; empty if there were no rows.
        key: The key columns of the predictions by which rows are matched, if they are.
        warn: Takes a warning.
        is_part: Whether these are some of all rows.

    Returns:
        The decisions about the columns.

    Raises:
        DataError: A column shows that rows are paired wrongly.
    """
    paths = [side.source.path for side in pairing.sides]
    beside = [side.held for side in pairing.sides if not side.has_pairs]
    compared = list(zip(pairing.shared, agreements, strict=False))
    known = [(column, a) for column, a in compared if isinstance(a, Agreement)]
    joined = [(c, a) for c, a in known if c.is_joined]
    refuse_contradictions(joined, paths)
    warn_of_joined_labels(joined, paths, warn)
    found = [(c, a) for c, a in known if not c.is_joined]
    if pairing.key:
        last = len(paths) - len(beside) - 1
        have_repeats = [side.left_out.duplicates > 0 for side in pairing.sides]
        of_sides = [(c, a) for c, a in found if c.other <= last]
        warn_of_matched(of_sides, paths[: last + 1], have_repeats, warn)
        found = _without_moved([(c, a) for c, a in found if c.other > last], last)
    if is_part:
        refuse_differences(found, paths, beside, "a part does not show")
    elif any(any(side.left_out) for side in pairing.sides):
        of_keys = _of_keys(found, pairing, key)
        refuse_differences(of_keys, paths, beside, "the rows that are left do not show")
    said: list[str] = []
    plain = [(c, a) for c, a in found if not c.is_of_issue]
    judged = tuple(judge_shared(plain, paths, beside, said.append))
    for what in said:
        warn(what)
    if pairing.checks_files:
        from smoothl1.pairing.rows_of_files import check_rows_of_files  # late: seldom needed

        check_rows_of_files(
            pairing, {pair for some in proofs_of(found, always=True) for pair in some}
        )
    many = [(column, a) for column, a in compared if isinstance(a, Reordering)]
    refuse_reorderings(many, found, paths, beside)
    if not (said or pairing.key):
        warn_of_unproved(found, many, paths[: len(paths) - len(beside)], warn)
    alone = [(column, a) for column, a in compared if isinstance(a, Numbering)]
    warn_of_numbered(alone, found, paths, warn)
    return judged


def _of_keys(
    found: Sequence[tuple[SharedColumn, Agreement]], pairing: Pairing, key: Columns
) -> list[tuple[SharedColumn, Agreement]]:
    """The key columns beside those of weights, groups or clusters, as far as these may be keys."""
    n_sides = sum(side.has_pairs for side in pairing.sides)
    left_out = pairing.sides[0].left_out

    def is_no_key(agreement: Agreement) -> bool:
        repeats = len(key) == 1 and repeat_no_key(agreement.firsts, left_out.duplicates)
        values = agreement.firsts.values_left
        is_other = values is not None and values.are_others(sum(left_out))
        return repeats or is_other or agreement.foreign_texts.are_apart

    of_keys = [(c, a) for c, a in found if c.other >= n_sides and c.name in key]
    return [(c, a) for c, a in of_keys if not (c.is_guessed and is_no_key(a))]


def _without_moved(
    found: Sequence[tuple[SharedColumn, Agreement]], last: int
) -> list[tuple[SharedColumn, Agreement]]:
    """Those columns that count where a key matches the sides.

    If a column of the first side proves the rows of what is beside the sides, those of sides that
    were put in its order tell no more.

    Args:
        found: The columns, and the comparison of each.
        last: Position of the last side.
    """
    proved = {pair for proofs in proofs_of(found, always=True) for pair in proofs}
    return [
        (c, a) for c, a in found if not (0 < c.one <= last < c.other and (0, c.other) in proved)
    ]
