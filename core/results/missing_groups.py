"""Groups that only one of a result and its baseline has: such as the newest and the oldest week."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.errors import counted
from smoothl1.results.gate_sentences import NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from smoothl1.results.gates import Verdict
    from smoothl1.results.result import Result

_HINT = "--on-missing-group pass judges the groups of both"

NONE_IN_COMMON = f"the result and its baseline have no group in common, so {NOTHING}"

Levels = tuple[str, ...]
"""The value of each group column, outermost first."""


def missing_groups(result: Result, baseline: Result) -> list[Levels]:
    """The groups that only one of two results has, by the values of their columns.

    A column of predictions is no group: one that is missing is a change of the data.

    Args:
        result: The new one; its groups come first.
        baseline: The earlier one, whose groups have the names of the result.
    """
    new, old = (dict.fromkeys(group.levels for group in of.groups) for of in (result, baseline))
    found = [levels for levels in new if levels not in old]
    found += [levels for levels in old if levels not in new]
    return [levels for levels in found if levels]


def not_judged(verdicts: Iterable[Verdict]) -> list[str]:
    """A sentence about the groups that `--on-missing-group pass` leaves out, if there are any.

    Args:
        verdicts: The verdicts of all gates.
    """
    missing = list(dict.fromkeys(of.group.levels for of in verdicts if of.is_left_out))
    if not missing:
        return []
    such = ", ".join(map(repr, missing[0]))
    are = "is" if len(missing) == 1 else "are"
    which = f"{counted(len(missing), 'group')} that only the result or its baseline has"
    return [f"{which}, such as {such}, {are} not compared (--on-missing-group pass)"]


def missing_text(message: str, *, passes: bool) -> str:
    """The message about a group that only one side has, with what is done about it.

    Args:
        message: Which side lacks the group.
        passes: Whether the gate passes.
    """
    return f"{message}: --on-missing-group pass" if passes else f"{message} [{_HINT}]"
