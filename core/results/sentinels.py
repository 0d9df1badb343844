"""Targets among the worst rows that seem to stand for no value: -999, 9999, 1e20."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

from smoothl1.metrics.worst_rows import WorstRows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.results.result import Result

_FEWEST = 3
"""Rows with the same target that may be no coincidence."""

_RATIO = 10
"""How many times as far from 0 as any prediction beside it a target must be."""

_HUGE = 1e20
"""Numbers beyond are what formats fill gaps with: netCDF 9.97e36, CF 1e20."""

_LEAST_INTEGERS = (-32768.0, -2147483648.0)


def sentinel_warnings(result: Result) -> list[str]:
    """A sentence about each target that several of the worst rows have, and no prediction is near.

    Args:
        result: A result, perhaps with worst rows.

    Returns:
        The sentences, the commonest target first; none if the rows do not show it for certain.
    """
    rows = [row for of in result.metric_states if isinstance(of, WorstRows) for row in of.rows]
    counts = Counter(row.target for row in rows)
    said = []
    for target, n in counts.most_common():
        preds = [row.pred for row in rows if row.target == target]
        if n >= _FEWEST and _stands_for_nothing(target) and _are_far(preds, target):
            text = repr(float(target)).removesuffix(".0")
            said.append(
                f"{n} of the {len(rows)} worst rows have the target {text}, which no prediction "
                f"comes near: if it stands for no value, --ignore-target {text} leaves such pairs "
                "out"
            )
    return said


def _stands_for_nothing(target: float) -> bool:
    """Whether a number is nothing but nines, three at least, or one that formats fill gaps with."""
    digits = repr(float(target)).removesuffix(".0").lstrip("-")
    are_nines = len(digits) >= _FEWEST and not digits.strip("9")
    is_huge = _HUGE <= abs(target) < math.inf
    return are_nines or is_huge or target in _LEAST_INTEGERS


def _are_far(preds: Sequence[float], target: float) -> bool:
    return all(abs(pred) * _RATIO < abs(target) for pred in preds)
