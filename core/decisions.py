"""What was decided about the data, where another reader might have decided otherwise."""

from __future__ import annotations

from typing import NamedTuple


class Decision(NamedTuple):
    """One decision about how inputs were read or paired.

    Attributes:
        subject: What was decided: "header", "columns", "order of shards", "files skipped", "rows".
        input: The input concerned, as the user typed it; empty where it is all of them.
        choice: What was decided.
        reason: Why.
    """

    subject: str
    input: str
    choice: str
    reason: str
