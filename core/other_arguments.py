"""What arguments are called elsewhere: options of the command, and arguments of other software.

Messages name options of the command. Those who call from Python are told what these are there.
"""

from __future__ import annotations

from numbers import Real

from smoothl1.checks import REDUCTIONS
from smoothl1.lazy_patterns import lazy_pattern
from smoothl1.read_options import ReadOptions

_GATES = "gates are of the command alone"
_BASELINES = f"{_GATES}; Result.from_json reads an earlier result to compare with"
_REPORTS = "reports for CI are of the command alone; verdict() and to_json() have what they say"

IN_PYTHON = {
    "beta": "betas=...",
    "checksum": "options=ReadOptions(checksums=[(PATH, SHA256)])",
    "chunk_size": "execution=Execution(chunk_rows=...)",
    "digest": "options=ReadOptions(digests=True)",
    "engine": "executor=..., of open_dask() or concurrent.futures",
    "engine_timeout": "executor=..., of open_dask(deadline_s=...)",
    "format_in": "options=ReadOptions(format=...)",
    "missing_value": "options=ReadOptions(missing_values=[...])",
    "no_header": "options=ReadOptions(header=False)",
    "no_key_check": "options=ReadOptions(key_check=False)",
    "per_row": "losses_to=..., with per_row",
    "quantile": "quantiles=...",
    "quiet": "warn=lambda _: None",
    "scheduler": "executor=..., of open_dask('tcp://...')",
    "store_timeout": "the variable SMOOTHL1_STORE_TIMEOUT of the environment",
    "workers": "executor=..., of open_dask(n_workers=...)",
}
"""Options of the command that are other arguments in Python. Options that are arguments by the same
name, or fields of `ReadOptions` and of `Execution`, are known as such."""

OF_THE_COMMAND = {
    "baseline": _BASELINES,
    "columns": "to_arrow().select([...]) chooses columns of the table, pred and target those read",
    "confidence": "interval(0.9) and verdict(0.9) take it, and to_arrow(0.9) of models",
    "delta": "Huber's delta is betas, and its loss delta times this",
    "fail_above": f"{_GATES}; result.mean is the number to judge",
    "fail_if": f"{_GATES}; compare(...).interval() has both bounds to judge",
    "format": "to_pandas() and to_arrow() are tables; ReadOptions(format=...) is that of inputs",
    "github": _REPORTS,
    "json": "to_json() of the result has all of it",
    "junit": _REPORTS,
    "margin": f"{_GATES}; compare(...).interval() has both bounds to judge",
    "markdown": _REPORTS,
    "max_increase": _BASELINES,
    "no_progress": "nothing is shown unless progress=... takes it",
    "no_quiet": "warn=... takes the warnings",
    "on_missing_baseline": _BASELINES,
    "on_missing_group": _BASELINES,
    "other_data": _BASELINES,
    "output": "to_json() and to_arrow() have all numbers, and losses_to takes those of elements",
    "plan": "plan_tasks(...) gives the plan",
    "precision": "numbers are in full, and f'{result:.3f}' rounds one",
    "show_config": "files of settings are read by the command alone",
}
"""Options of the command that no function has, and what there is in their place."""

_OF_OTHER_SOFTWARE = {
    **dict.fromkeys(("decimals", "digits", "ndigits", "round"), OF_THE_COMMAND["precision"]),
    "group": "did you mean groups=..., or by='column'?",
    "group_by": "did you mean by='column'?",
    "groupby": "did you mean by='column'?",
    "ignore_index": "did you mean ignore_target?",
    "metric": "did you mean also?",
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


SETTINGS = (
    *("betas", "reduction", "nan", "by", "by_column", "cluster", "also", "within", "quantiles"),
    *("top", "ignore_target", "unmatched", "duplicates", "weight_mean"),
)
"""Settings that functions take as arguments, too."""

_OF_MODELS = ("pred_a", "pred_b", "rows_before")
"""Arguments of `compare` and `report` that `evaluate` does not have."""

_OF_EXECUTION = ("threads", "chunk_rows")

_OPTION = lazy_pattern("(?<![a-z-])--([a-z][a-z-]*[a-z])")
"""An option of the command within a message."""


def meant(name: str) -> str:
    """What may be meant by an argument that a function does not have, as the end of a sentence.

    Args:
        name: The argument.
    """
    others = OF_THE_COMMAND | _OF_OTHER_SOFTWARE
    if name in others:
        return f": {others[name]}"
    if name in ARGUMENTS:
        return ": evaluate(...) has it"
    if (code := _in_python(name)) is not None:
        return f": it is {code}"
    from difflib import get_close_matches  # late: only where something is wrong

    close = get_close_matches(name, [*SETTINGS, *ARGUMENTS], 1, 0.75)
    return f": did you mean {close[0]}?" if close else ""


def meant_as_settings(value: object) -> str | None:
    """Which argument is meant by what stands in place of settings; None if that is not known."""
    if isinstance(value, bool):
        return None
    if isinstance(value, Real):
        return f"did you mean betas={value!r}?"
    if isinstance(value, str) and value in REDUCTIONS:
        return f"did you mean reduction={value!r}?"
    return "did you mean weights=...?" if hasattr(value, "__array__") else None


def _in_python(name: str) -> str | None:
    """The argument of functions that an option of the command is; None if it is none.

    Args:
        name: The name of the option, as Python would have it: `no_key_check`.
    """
    if name in IN_PYTHON:
        return IN_PYTHON[name]
    if name in (*SETTINGS, *ARGUMENTS, *_OF_MODELS):
        return f"{name}=..."
    if name in _OF_EXECUTION:
        return f"execution=Execution({name}=...)"
    if name in ReadOptions._fields and name not in OF_THE_COMMAND:
        is_switch = isinstance(ReadOptions._field_defaults[name], bool) or name == "header"
        return f"options=ReadOptions({name}={'True' if is_switch else '...'})"
    return None


def options_in_python(message: str) -> str | None:
    """What the options that a message names are in Python, as one sentence; None if it names none.

    Args:
        message: What an error or a warning says. It names options of the command.
    """
    names = dict.fromkeys(_OPTION.findall(message))
    codes = {name: _in_python(name.replace("-", "_")) for name in names}
    told = [f"--{name} is {code}" for name, code in codes.items() if code is not None]
    return f"in Python, {', '.join(told)}" if told else None
