"""Decisions about the data where another reader might have decided otherwise."""

from __future__ import annotations

from typing import NamedTuple

MISSING_NUMBERS = "missing numbers"
"""The subject of decisions that a cell which is a number stands for a missing value."""


MATCHED = "matched by key"
"""The choice of a decision that rows are matched by a key, which is its reason."""

LEFT_OUT = "rows left out"
"""The subject of decisions that count the rows which a policy has left out."""


class Decision(NamedTuple):
    """One decision about how inputs were read or paired.

    Attributes:
        subject: The matter: "header", "columns", "order of shards", "files skipped", "rows".
        input: The input concerned, as the user typed it; empty if all are.
        choice: The decision.
        reason: The reason for it.
    """

    subject: str
    input: str
    choice: str
    reason: str
