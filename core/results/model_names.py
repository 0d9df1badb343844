"""Short names of models: what tells their files or columns apart."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from smoothl1.files.shard_names import stem_of, without_common_folders

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.results.input_summary import InputSummary


def names_of_models(inputs: Sequence[InputSummary]) -> tuple[str, ...]:
    """A name for each model, all different.

    The models of one table have the names of their columns. Files have their names without folders
    and suffixes, or the shortest other part of their paths that tells them apart. A model that is
    given twice gets a number.

    Args:
        inputs: The input of each model.
    """
    paths = [side.paths[0] for side in inputs]
    columns = ["+".join(side.columns) for side in inputs]
    of_files = _names_of_paths(paths)
    if len(set(paths)) == 1 and all(columns):
        names = columns
    elif len(set(of_files)) == len(of_files):
        names = of_files
    else:
        both = zip(of_files, columns, strict=True)
        names = [f"{path}:{column}" if column else path for path, column in both]
    return _numbered(names)


def name_of_targets(inputs: Sequence[InputSummary]) -> str:
    """The name of the targets, which tells them from the models: see `names_of_models`.

    Args:
        inputs: The input of each model, and of the targets.
    """
    return names_of_models(inputs)[-1]


def _names_of_paths(paths: Sequence[str]) -> list[str]:
    """The shortest names that differ wherever the paths do."""
    whole = [
        path.strip("<>") if path.startswith("<") else path.rstrip(os.sep) or path  # or in memory
        for path in paths
    ]
    files = list(map(os.path.basename, whole))
    different = sorted(set(whole))
    ends = _without_common_ends(without_common_folders(different))
    shortest = dict(zip(different, ends, strict=True))
    for names in (list(map(stem_of, files)), files, [shortest[path] for path in whole]):
        if len(set(names)) == len(different) and all(names):
            return names
    return whole


def _without_common_ends(paths: Sequence[str]) -> list[str]:
    """Paths without the last components that all share: `a/p.npy` and `b/p.npy` are a and b."""
    components = [path.split(os.sep) for path in paths]
    while min(map(len, components)) > 1 and len({parts[-1] for parts in components}) == 1:
        components = [parts[:-1] for parts in components]
    return [os.sep.join(parts) for parts in components]


def _numbered(names: Sequence[str]) -> tuple[str, ...]:
    """The names, of which those that occur before get a number that makes them new."""
    found: list[str] = []
    for name in names:
        new, n = name, 1
        while new in found:
            n += 1
            new = f"{name} ({n})"
        found.append(new)
    return tuple(found)
