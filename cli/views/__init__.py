"""Views of results, a module for each reader: people, pull requests, CI servers.

A view takes values, such as a `Report`, and gives text or bytes. `github` appends them to the files
of its runner; all others leave writing to the command.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.results.gates import Verdict
    from smoothl1.results.result import Result


class Report(NamedTuple):
    """The content of a report on an evaluation.

    Attributes:
        result: The result of the evaluation.
        verdicts: The verdicts of the gates; empty without gates.
        baseline: The result that the losses were compared with, if any.
    """

    result: Result
    verdicts: Sequence[Verdict] = ()
    baseline: Result | None = None

    @property
    def passed(self) -> bool:
        """Whether no gate failed."""
        return all(verdict.passed for verdict in self.verdicts)
