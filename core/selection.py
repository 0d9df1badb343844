"""The columns that a user asked for: a frozen value, checked before any input is opened."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from itertools import takewhile
from typing import TYPE_CHECKING

from smoothl1.column_names import checked_column, checked_columns, checked_key, may_be_pattern
from smoothl1.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from smoothl1.sources.contract import Columns

    Keys = str | Sequence[str | tuple[str, str]] | Mapping[str, str]

MOST_MODELS = 32
"""Most models of a comparison: each pair of them is compared, and 32 are 496 pairs."""

MODEL_ROLES = ("pred", *(f"pred_{i}" for i in range(2, MOST_MODELS + 1)))
"""The roles of the predictions of the models, in their order."""


@dataclass(frozen=True, slots=True, init=False)
class Selection:
    """The columns that were asked for: names, or `@2` for the second column of a table.

    A single column may be given as its name alone.

    Attributes:
        pred: Columns of the predictions; empty, the only column that holds numbers.
        target: Columns of the targets; empty, the only column that holds numbers.
        others: Columns of the predictions of each further model, like `pred`; none without one.
        key: Columns by which rows are matched; `user=id`, or a pair of names, where the targets
            call it differently.
        weight: Column of the weights.
        by: Columns whose values are the groups, outermost first.
        cluster: Column whose values are the clusters of rows that depend on each other.
        keep: Columns that are written beside each row, without those that are written anyhow, of
            `key` and `by`; `pred:x` is the column `x` of the predictions where the targets have
            one, too, and `target:x` that of the targets; of two models, `pred_a:x` and `pred_b:x`.

    Raises:
        SettingsError: A column is asked for in two roles that exclude each other.
    """

    pred: Columns = ()
    target: Columns = ()
    others: tuple[Columns, ...] = ()
    key: Columns = ()
    weight: str | None = None
    by: Columns = ()
    cluster: str | None = None
    keep: Columns = ()

    def __init__(
        self,
        pred: str | Columns = (),
        target: str | Columns = (),
        others: Sequence[str | Columns] = (),
        key: Keys = (),
        weight: str | None = None,
        by: str | Columns | None = None,
        cluster: str | None = None,
        keep: str | Columns = (),
    ) -> None:
        if len(others) >= MOST_MODELS:
            raise SettingsError(
                f"{len(others) + 1:,} models: at most {MOST_MODELS} are compared at once",
                hint="`eval` of each tells the best, which can be compared then; "
                "a pattern for the files of one input must be quoted",
            )
        given = (pred, target, others, key, weight, by, cluster, keep)
        for field, value in zip(fields(self), given, strict=True):
            if field.name == "others":
                names: object = tuple(checked_columns(columns, "pred") for columns in others)
            elif field.name == "key":
                names = checked_key(value)
            else:
                is_one = field.name in ("weight", "cluster")
                names = (checked_column if is_one else checked_columns)(value, field.name)
            object.__setattr__(self, field.name, names)
        numbers = {name for columns in self.sides.values() for name in columns}
        for name in (*self.key, *self.by, *([] if self.cluster is None else [self.cluster])):
            if name in numbers:
                what = "cluster" if name == self.cluster else "key or group"
                raise SettingsError(
                    f"column {name!r} cannot be numbers and a {what} as well",
                    hint="write a copy of it under another name",
                )
        written = {*self.key, *self.by}  # they stand beside each row as it is
        kept = tuple(name for name in dict.fromkeys(self.keep) if name not in written)
        object.__setattr__(self, "keep", kept)

    @property
    def is_empty(self) -> bool:
        """Whether no column was asked for at all."""
        columns = (*self.sides.values(), self.key, self.by, self.keep)
        return not any(columns) and self.weight is None and self.cluster is None

    @property
    def named(self) -> frozenset[str] | None:
        """The names that may be meant; None if a side has none, or if one may be a pattern."""
        of_sides = (name for columns in self.sides.values() for name in columns)
        if not all(self.sides.values()) or any(map(may_be_pattern, of_sides)):
            return None
        return self.numbers | self.labels

    @property
    def numbers(self) -> frozenset[str]:
        """The names of the columns of numbers that were asked for, on any side."""
        weight = () if self.weight is None else (self.weight,)
        return frozenset([*(name for columns in self.sides.values() for name in columns), *weight])

    @property
    def labels(self) -> frozenset[str]:
        """The names of columns that are no numbers, and the halves of names such as `user=id`."""
        cluster = () if self.cluster is None else (self.cluster,)
        names = (*self.key, *self.by, *self.keep, *cluster)
        halves = [half for name in names for half in re.split("[=:]", name, maxsplit=1)]
        return frozenset([*names, *halves])

    @property
    def sides(self) -> dict[str, Columns]:
        """The columns asked for on each side, by its role, in the order of the inputs."""
        models = (self.pred, *self.others)
        return {**dict(zip(MODEL_ROLES, models, strict=False)), "target": self.target}

    @property
    def n_models(self) -> int:
        """The number of models."""
        return 1 + len(self.others)

    @property
    def options(self) -> dict[str, str]:
        """The option of the command line that names the columns of each side, by its role."""
        names = ["--pred-a", "--pred-b"] if self.n_models == 2 else ["--pred"] * self.n_models
        return dict(zip(self.sides, [*names, "--target"], strict=True))


def model_roles(roles: Collection[str]) -> list[str]:
    """Those of some roles that are predictions, in the order of the models."""
    return list(takewhile(roles.__contains__, MODEL_ROLES))
