"""The names of models in memory: the keys of a dict, or those of columns, such as a pandas Series.

A model with a name has it in place of a path: in messages, and in the comparison.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from smoothl1.errors import SettingsError
from smoothl1.job import InMemory

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from smoothl1.job import Data

_TAKEN = frozenset(["targets", "weights", "groups", "clusters"])
"""The names of other arguments."""


def models_of(named: Mapping[Any, Data]) -> list[Data]:
    """The models of a dict, by their names.

    Args:
        named: The predictions of each model in memory.

    Raises:
        SettingsError: There are fewer than two, one is a path, or a name is not a text of its own.
    """
    if len(named) < 2:
        what = "there is one model" if named else "there are no models"
        raise SettingsError(what, hint="a dict has the predictions of two or more")
    for name, values in named.items():
        if not (isinstance(name, str) and name.strip()):
            raise SettingsError(f"{name!r} is no name of a model", hint="name it by a text")
        if name in _TAKEN:
            raise SettingsError(f"{name!r} is the name of another argument", hint="choose another")
        if isinstance(values, str | os.PathLike):
            raise SettingsError(
                f"the model {name!r} is a path",
                hint="a dict has data in memory: give paths one by one, which name themselves",
            )
    return [InMemory.named(name, values) for name, values in named.items()]


def with_own_names(models: Sequence[Data]) -> list[Data]:
    """The models, each with the name that it has itself, if all in memory have one of their own.

    Args:
        models: Paths, or data in memory.
    """
    own = [None if isinstance(model, str | os.PathLike) else _name_of(model) for model in models]
    names = [name for name in own if name is not None]
    n_in_memory = sum(not isinstance(model, str | os.PathLike) for model in models)
    if len(set(names)) < n_in_memory or _TAKEN.intersection(names):
        return list(models)
    return [
        model if name is None else InMemory.named(name, model)
        for model, name in zip(models, own, strict=True)
    ]


def _name_of(values: Any) -> str | None:
    """The name of a column of pandas, Polars or xarray; None if it has none, or is no text.

    Users give these names, with `rename`. Those of other arrays are tokens (Dask), or paths in a
    file (h5py, Zarr).
    """
    name = getattr(values, "name", None) if hasattr(type(values), "rename") else None
    return name if isinstance(name, str) and name.strip() else None
