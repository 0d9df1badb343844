"""Arguments that no function in Python has: what the command or other software calls them."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from smoothl1.read_options import ReadOptions

if TYPE_CHECKING:
    from collections.abc import Iterable

_GATES = "gates are of the command alone"
_REPORTS = "reports for CI are of the command alone; verdict() and to_json() have what they say"
_CLUSTER = "executor takes what open_dask(...) gives"

OF_THE_COMMAND = {
    "baseline": f"{_GATES}; Result.from_json reads an earlier result to compare with",
    "beta": "did you mean betas?",
    "checksum": "it is a field of ReadOptions, options=ReadOptions(checksums=[(PATH, SHA256)])",
    "chunk_size": "Execution has it, execution=Execution(chunk_rows=...)",
    "columns": "to_arrow().select([...]) chooses columns of the table, pred and target those read",
    "confidence": "interval(0.9) and verdict(0.9) take it, and to_arrow(0.9) of models",
    "delta": "Huber's delta is betas, and its loss delta times this",
    "digest": "it is a field of ReadOptions, options=ReadOptions(digests=True)",
    "engine": _CLUSTER,
    "engine_timeout": f"{_CLUSTER}, as open_dask(deadline_s=...)",
    "fail_above": f"{_GATES}; result.mean is the number to judge",
    "fail_if": f"{_GATES}; compare(...).interval() has both bounds to judge",
    "format": "to_pandas() and to_arrow() are tables; ReadOptions(format=...) is that of inputs",
    "format_in": "it is a field of ReadOptions, options=ReadOptions(format=...)",
    "github": _REPORTS,
    "json": "to_json() of the result has all of it",
    "junit": _REPORTS,
    "margin": f"{_GATES}; compare(...).interval() has both bounds to judge",
    "markdown": _REPORTS,
    "max_increase": f"{_GATES}; Result.from_json reads an earlier result to compare with",
    "missing_value": "it is a field of ReadOptions, options=ReadOptions(missing_values=[...])",
    "no_header": "it is a field of ReadOptions, options=ReadOptions(header=False)",
    "no_key_check": "it is a field of ReadOptions, options=ReadOptions(key_check=False)",
    "no_progress": "nothing is shown unless progress=... takes it",
    "no_quiet": "warn=... takes the warnings",
    "on_missing_baseline": f"{_GATES}; Result.from_json reads an earlier result to compare with",
    "other_data": f"{_GATES}; Result.from_json reads an earlier result to compare with",
    "output": "to_json() and to_arrow() have all numbers, and losses_to takes those of elements",
    "per_row": "the losses of rows are those of losses_to with per_row",
    "plan": "plan_tasks(...) gives the plan",
    "precision": "numbers are in full, and f'{result:.3f}' rounds one",
    "quantile": "did you mean quantiles?",
    "quiet": "warn=lambda _: None takes the warnings",
    "scheduler": f"{_CLUSTER}, as open_dask('tcp://...')",
    "show_config": "files of settings are read by the command alone",
    "store_timeout": "the variable SMOOTHL1_STORE_TIMEOUT of the environment sets it",
    "workers": f"{_CLUSTER}, as open_dask(n_workers=...)",
}
"""Options of the command that have another name in Python, and what they are there. Options that
are fields of `ReadOptions` and of `Execution` are known as such."""

_OF_OTHER_SOFTWARE = {
    "group": "did you mean groups=..., or by='column'?",
    "group_by": "did you mean by='column'?",
    "groupby": "did you mean by='column'?",
    "metrics": "did you mean also?",
    "n_jobs": "Execution has it, execution=Execution(threads=...)",
    "on": "did you mean key='column'?",
    "predictions": "they are given by their place, before the targets",
    "sample_weight": "did you mean weights=..., or weight='column'?",
    "stats": "did you mean statistics?",
    "stderr": "did you mean statistics=True?",
    "targets": "they are given by their place, after the predictions",
    "y_pred": "predictions are given by their place, before the targets",
    "y_true": "targets are given by their place, after the predictions",
}

ARGUMENTS = (
    *("pred", "target", "key", "weight", "weights", "groups", "clusters", "keep", "options"),
    *("execution", "device", "executor", "losses_to", "statistics", "part", "warn", "progress"),
)
"""Arguments of `evaluate` that are no settings; other functions have most of them."""


def meant(name: str, settings: Iterable[str], execution: Iterable[str]) -> str:
    """What may be meant by an argument that a function does not have, as the end of a sentence.

    Args:
        name: The argument.
        settings: The fields of `EvalSettings`, which functions take as arguments, too.
        execution: The fields of `Execution`.
    """
    known = OF_THE_COMMAND | _OF_OTHER_SOFTWARE
    if name in known:
        return f": {known[name]}"
    if name in ReadOptions._fields:
        return f": it is a field of ReadOptions, options=ReadOptions({name}=...)"
    if name in execution:
        return f": it is a field of Execution, execution=Execution({name}=...)"
    if name in ARGUMENTS:
        return ": it is one of evaluate(...)"
    close = get_close_matches(name, [*settings, *ARGUMENTS], 1, 0.75)
    return f": did you mean {close[0]}?" if close else ""
