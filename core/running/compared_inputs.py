"""The inputs of a comparison, as they are given one by one."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING

from smoothl1.errors import SettingsError
from smoothl1.files.suffixes import unpacked
from smoothl1.running.named_models import models_of, with_own_names
from smoothl1.settings import EvalSettings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from smoothl1.job import Data


def sides_of(
    given: Sequence[Any], settings: EvalSettings, *, both: bool
) -> tuple[tuple[Data, ...], EvalSettings]:
    """The inputs among the arguments by position, and the settings, which may be the last.

    Models in memory that have names of their own are `InMemory` values of these names.

    Args:
        given: The arguments; the first may be a dict of models by their names.
        settings: The settings, unless they are among the arguments.
        both: Whether a column is named for each of two models.

    Raises:
        SettingsError: There are too few inputs, or a name is none of a model.
    """
    if given and isinstance(given[-1], EvalSettings):
        *given, settings = given
    if given and isinstance(given[0], dict):
        if len(given) != 2:
            raise SettingsError(
                "the models of a dict are followed by the targets, and nothing else",
                hint="compare({'old': a, 'new': b}, targets); a table of all is no dict",
            )
        return (*models_of(given[0]), given[1]), settings
    first, *others = given or (None,)
    if first is not None and all(other is None for other in others):
        return (first,), settings
    if len(given) < 3 or any(side is None for side in given):
        hint = "the last file has the targets"
        raise SettingsError(
            "give the predictions of two models or more and the targets, or one table of all",
            hint=_given_twice(given, both=both) if len(given) == 2 else hint,
        )
    return (*with_own_names(given[:-1]), given[-1]), settings


def _given_twice(given: Sequence[Any], *, both: bool) -> str:
    """The hint about two inputs: a table may have two of the three sides, an array has one."""
    names = [shlex.quote(str(side)) for side in given if isinstance(side, str | os.PathLike)]
    if len(names) < 2:
        return "an input that has two of them is given twice: both models, or one and the targets"
    first, last = names
    if any({*"*?["} & {*str(side)} and not os.path.lexists(side) for side in given):
        return "a quoted pattern is one model in several files; without quotes each is a model"
    if any(unpacked(str(side)).lower().endswith(".npy") for side in given):
        return f"the targets are missing: {first} {last} TARGET; of one model eval gives the loss"
    if both:
        return f"give {first} twice if it has both models: {first} {first} {last}"
    return (
        f"the targets come last: {first} {last} {last} takes those in {last}, and "
        f"{first} {first} {last} with --pred-a and --pred-b compares two models in {first}"
    )
