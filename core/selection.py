"""The columns that a user asked for: a frozen value, checked before any input is opened."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from smoothl1.errors import SettingsError

if TYPE_CHECKING:
    from smoothl1.sources.contract import Columns


@dataclass(frozen=True, slots=True, init=False)
class Selection:
    """The columns that were asked for: names, or `@2` for the second column of a table.

    A single column may be given as its name alone.

    Attributes:
        pred: Columns of the predictions; empty, the only column that holds numbers.
        target: Columns of the targets; empty, the only column that holds numbers.
        pred_b: Columns of the predictions of a second model, like `pred`; None without one.
        key: Columns by which rows are matched; all sides must have them.
        weight: Column of the weights.
        by: Columns whose values are the groups, outermost first.
        keep: Columns that are written beside each row; `pred:x` is the column `x` of the
            predictions where the targets have one, too, and `target:x` that of the targets.

    Raises:
        SettingsError: A column is asked for in two roles that exclude each other.
    """

    pred: Columns = ()
    target: Columns = ()
    pred_b: Columns | None = None
    key: Columns = ()
    weight: str | None = None
    by: Columns = ()
    keep: Columns = ()

    def __init__(
        self,
        pred: str | Columns = (),
        target: str | Columns = (),
        pred_b: str | Columns | None = None,
        key: str | Columns = (),
        weight: str | None = None,
        by: str | Columns | None = None,
        keep: str | Columns = (),
    ) -> None:
        pred_b = None if pred_b is None else _columns(pred_b)
        labels = (_columns(key), weight, () if by is None else _columns(by), _columns(keep))
        names = (_columns(pred), _columns(target), pred_b, *labels)
        for field, value in zip(fields(self), names, strict=True):
            object.__setattr__(self, field.name, value)
        for name in (*self.key, *self.by):
            if name in {*self.pred, *self.target, *(self.pred_b or ())}:
                raise SettingsError(f"column {name!r} cannot be numbers and a key or group as well")
        for i, name in enumerate(self.keep):
            if name in {*self.key, *self.by, *self.keep[:i]}:
                raise SettingsError(f"column {name!r} is written once: leave out one --keep")

    @property
    def is_empty(self) -> bool:
        """Whether no column was asked for at all."""
        columns = (*self.pred, *self.target, *(self.pred_b or ()), *self.key, *self.by, *self.keep)
        return not columns and self.weight is None

    @property
    def sides(self) -> dict[str, Columns]:
        """The columns asked for on each side, by its role, in the order of the inputs."""
        pred_b = {} if self.pred_b is None else {"pred_b": self.pred_b}
        return {"pred": self.pred, **pred_b, "target": self.target}

    @property
    def options(self) -> dict[str, str]:
        """The option of the command line that names the columns of each side, by its role."""
        if self.pred_b is None:
            return {"pred": "--pred", "target": "--target"}
        return {"pred": "--pred-a", "pred_b": "--pred-b", "target": "--target"}


def _columns(names: str | Columns) -> Columns:
    """Names of columns, as a tuple even if there is one."""
    return (names,) if isinstance(names, str) else tuple(names)
