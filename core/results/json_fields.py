"""Fields that the JSON of results and of comparisons have in common."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from smoothl1.results.input_summary import InputSummary
    from smoothl1.settings import EvalSettings


def number(name: str, value: float) -> dict[str, Any]:
    """A number as JSON; if it is not finite, null and a second field with `_text` in its name."""
    if math.isfinite(value):
        return {name: value}
    return {name: None, f"{name}_text": str(value)}


def encode_settings(settings: EvalSettings) -> dict[str, Any]:
    """The settings that define the numbers, as JSON; clusters and metrics only if there are any."""
    several = {name: [*getattr(settings, name)] for name in ("also", "within", "quantiles")}
    metrics: dict[str, Any] = {**several, "top": settings.top}
    return {
        "betas": list(settings.betas),
        "reduction": settings.reduction,
        "nan": settings.nan,
        "weighted": settings.weighted,
        "by": list(settings.by) if isinstance(settings.by, tuple) else settings.by,
        "by_column": settings.by_column,
        **({} if settings.cluster is None else {"cluster": settings.cluster}),
        **{name: values for name, values in metrics.items() if values},
    }


def encode_input(side: InputSummary) -> dict[str, Any]:
    """The input of one side, as JSON."""
    path = {"path": side.paths[0]} if len(side.paths) == 1 else {"paths": list(side.paths)}
    return {
        **path,
        "format": side.format,
        "shape": None if side.shape is None else list(side.shape),
        "dtype": side.dtype,
        "columns": list(side.columns),
    }
