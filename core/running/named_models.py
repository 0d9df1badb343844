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
    return [InMemory(f"<{name}>", values) for name, values in named.items()]


def with_own_names(models: Sequence[Data]) -> list[Data]:
    """The models, each with the name that it has itself, if all in memory have one of their own.

    Args:
        models: Paths, or data in memory.
    """
    names = [_name_of(model) for model in models if not isinstance(model, str | os.PathLike)]
    if None in names or len(set(names)) < len(names) or _TAKEN.intersection(names):
        return list(models)
    return [
        model if isinstance(model, str | os.PathLike) else InMemory(f"<{_name_of(model)}>", model)
        for model in models
    ]


def _name_of(values: Any) -> str | None:
    """The name of a column of pandas, Polars or xarray; None if it has none, or is no text."""
    name = None if hasattr(values, "read") else getattr(values, "name", None)
    return name if isinstance(name, str) and name.strip() else None
