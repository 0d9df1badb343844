"""A result is a value: tallies with the settings and inputs that they came from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

import smoothl1
from smoothl1.groups import Group

if TYPE_CHECKING:
    from collections.abc import Iterator

    from smoothl1.settings import EvalSettings
    from smoothl1.tally import Tally

SCHEMA = "smoothl1.result/1"


@dataclass(frozen=True, slots=True)
class InputSummary:
    """What one side was read from.

    Attributes:
        path: As the user typed it.
        format: Name of its format.
        shape: Of the predictions or targets in it.
        dtype: As stored, in NumPy's notation: "<f4".
        columns: Names of the columns used; empty where the format has none.
    """

    path: str
    format: str
    shape: tuple[int, ...]
    dtype: str
    columns: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return {
            "path": self.path,
            "format": self.format,
            "shape": list(self.shape),
            "dtype": self.dtype,
            "columns": list(self.columns),
        }


@dataclass(frozen=True, slots=True)
class Result:
    """The losses of one evaluation, for each beta and group.

    Attributes:
        settings: What defines the numbers.
        inputs: Predictions and targets.
        tallies: One for each of the settings' betas, in their order, and of each for every group.
        groups: What they are about; without groups, one that is all.
    """

    settings: EvalSettings
    inputs: tuple[InputSummary, InputSummary]
    tallies: tuple[Tally, ...]
    groups: tuple[Group, ...] = (Group(),)

    @property
    def entries(self) -> Iterator[tuple[float, Group, Tally]]:
        """Beta, group and tally of each result."""
        cases = product(self.settings.betas, self.groups)
        for (beta, group), tally in zip(cases, self.tallies, strict=True):
            yield beta, group, tally

    @property
    def values(self) -> tuple[float, ...]:
        """The reduced loss for each beta and group; the mean where the reduction is "none"."""
        if self.settings.reduction == "sum":
            return tuple(tally.sum for tally in self.tallies)
        return tuple(tally.mean for tally in self.tallies)

    @property
    def signature(self) -> str:
        """One line that names all that the numbers depend on, besides the data."""
        settings = self.settings
        betas = ",".join(map(repr, settings.betas))
        weighted = "yes" if settings.weighted else "no"
        by = [] if settings.by is None else [settings.by]
        by += ["column"] if settings.by_column else []
        n = sum(tally.n for tally in self.tallies[: len(self.groups)])
        return (
            f"smoothl1|beta:{betas}|red:{settings.reduction}|nan:{settings.nan}|w:{weighted}"
            f"{'|by:' * bool(by)}{','.join(by)}|n:{n}|version:{smoothl1.__version__}"
        )

    def to_json(self) -> dict[str, Any]:
        """As a JSON object of the schema `smoothl1.result/1`; nothing is rounded.

        A number that is not finite is null, beside a field with `_text` added to its name.
        """
        return {
            "schema": SCHEMA,
            "version": smoothl1.__version__,
            "signature": self.signature,
            "settings": {
                "betas": list(self.settings.betas),
                "reduction": self.settings.reduction,
                "nan": self.settings.nan,
                "weighted": self.settings.weighted,
                "by": self.settings.by,
                "by_column": self.settings.by_column,
            },
            "inputs": {
                name: side.to_json()
                for name, side in zip(("pred", "target"), self.inputs, strict=True)
            },
            "results": [_entry(beta, group, tally) for beta, group, tally in self.entries],
        }


def _entry(beta: float, group: Group, tally: Tally) -> dict[str, Any]:
    exact = {"total": hex(tally.total.units)}
    if tally.weight is not None:
        exact["weight"] = hex(tally.weight.units)
    return {
        "beta": beta,
        **{name: text for name, text in group._asdict().items() if text is not None},
        **_number("mean", tally.mean),
        **_number("sum", tally.sum),
        "count": tally.n,
        "nan": tally.n_nan,
        "inf": tally.n_inf,
        "missing": tally.n_missing,
        "omitted": tally.n_omitted,
        "zero_weight": tally.n_weightless,
        **_number("min", tally.min),
        **_number("max", tally.max),
        "quadratic": tally.n_quadratic,
        "exact": {**exact, "unit_exponent": -1074},
    }


def _number(name: str, value: float) -> dict[str, Any]:
    if math.isfinite(value):
        return {name: value}
    return {name: None, f"{name}_text": str(value)}
