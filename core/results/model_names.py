"""Short names of models: what tells their files or columns apart."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from smoothl1.files.shard_names import stem_of, without_common_folders

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smoothl1.results.input_summary import InputSummary


class Pair(NamedTuple):
    """What two models are called in sentences and in the heads of tables.

    Attributes:
        a: The model to beat.
        b: The other.
    """

    a: str = "A"
    b: str = "B"

    @property
    def difference(self) -> str:
        """What a difference of the two is called: "B - A"."""
        return f"{self.b} - {self.a}"

    @property
    def than_a(self) -> str:
        """What follows "better" and "worse": " than old"; nothing where A goes without saying."""
        return "" if self == Pair() else f" than {self.a}"


def pair_of(inputs: Sequence[InputSummary], shown: Callable[[str], str] = str) -> Pair:
    """What to call two models: by the names of columns in one table or of data in memory.

    Others are A and B: names of files are paths, which say too much or too little, and those of
    arguments say nothing.

    Args:
        inputs: The input of each model, and of the targets.
        shown: Shows a name.
    """
    models = inputs[:2]
    are_columns = models[0].paths == models[1].paths and all(side.names for side in models)
    have_names = all(side.name is not None for side in models)
    return Pair(*map(shown, names_of_models(models))) if are_columns or have_names else Pair()


def names_of_models(inputs: Sequence[InputSummary]) -> tuple[str, ...]:
    """A name for each model, all different.

    The models of one table have the names of their columns, and data in memory its own. Files have
    their names without folders and suffixes, or the shortest other part of their paths that tells
    them apart. A model that is given twice gets a number.

    Args:
        inputs: The input of each model.
    """
    paths = [side.paths[0] for side in inputs]
    columns = ["+".join(side.columns) for side in inputs]
    of_files = _names_of_files(inputs)
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


def _names_of_files(inputs: Sequence[InputSummary]) -> list[str]:
    """The shortest names that differ wherever the paths do."""
    paths = [side.paths[0] for side in inputs]
    in_memory = [side.in_memory for side in inputs]
    whole = [
        name or path.rstrip(os.sep) or path for name, path in zip(in_memory, paths, strict=True)
    ]
    files = [name or os.path.basename(path) for name, path in zip(in_memory, whole, strict=True)]
    stems = [name or stem_of(file) for name, file in zip(in_memory, files, strict=True)]
    different = sorted(set(whole))
    ends = _without_common_ends(without_common_folders(different))
    shortest = dict(zip(different, ends, strict=True))
    for names in (stems, files, [shortest[path] for path in whole]):
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
