"""Titles of reports: what was evaluated against what, by names that tell all inputs apart."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from smoothl1.files.shard_names import without_common_folders

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.results.input_summary import InputSummary

_MOST_COLUMNS = 3
"""Most columns of a side that a title names."""


def title_of_result(inputs: Sequence[InputSummary]) -> str:
    """The title of an evaluation.

    Args:
        inputs: The inputs of the predictions and of the targets.
    """
    (pred, target), table = _names_of(inputs)
    is_one_file = inputs[0].paths == inputs[1].paths and not any(side.columns for side in inputs)
    return f"Smooth L1 loss of {pred}{'' if is_one_file else f' against {target}'}{table}"


def title_of_comparison(inputs: Sequence[InputSummary]) -> str:
    """The title of a comparison of two models.

    Args:
        inputs: The input of each model, and of the targets.
    """
    (a, b, target), table = _names_of(inputs)
    return f"{a} and {b} against {target}{table}"


def title_of_ranking(inputs: Sequence[InputSummary]) -> str:
    """The title of a ranking, which only counts its models.

    Args:
        inputs: The input of each model, and of the targets.
    """
    names, table = _names_of(inputs)
    return f"{len(inputs) - 1} models against {names[-1]}{table}"


def _names_of(inputs: Sequence[InputSummary]) -> tuple[list[str], str]:
    """What a title calls the inputs; and its end, the table if all of them are columns of one."""
    files = _names_of_files(inputs)
    columns = [_listed(side.columns) for side in inputs]
    if all(columns) and len({side.paths for side in inputs}) == 1:
        return columns, f" in {files[0]}"
    pairs = zip(columns, files, strict=True)
    return [f"{names} in {file}" if names else file for names, file in pairs], ""


def _names_of_files(inputs: Sequence[InputSummary]) -> list[str]:
    """The last part of the path of each input, or as much of it as tells all inputs apart."""
    whole = [side.in_memory or side.paths[0].rstrip(os.sep) or side.paths[0] for side in inputs]
    ends = [
        side.in_memory or os.path.basename(path) for side, path in zip(inputs, whole, strict=True)
    ]
    for firsts in (ends, without_common_folders(whole), whole):
        names = [
            _counted(first or path, side)
            for first, path, side in zip(firsts, whole, inputs, strict=True)
        ]
        if len(set(names)) == len({side.paths for side in inputs}):
            break
    return names


def _counted(first: str, side: InputSummary) -> str:
    """The name of the first path, and how many others there are; data in memory by their role."""
    more = len(side.paths) - 1
    return f"{side.in_memory or first}{f' and {more} more' if more else ''}"


def _listed(columns: Sequence[str]) -> str:
    """The names of the first columns, and how many others there are."""
    more = len(columns) - _MOST_COLUMNS
    return ", ".join(columns[:_MOST_COLUMNS]) + (f" and {more:,} more" if more > 0 else "")
