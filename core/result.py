"""A result is a value: tallies with the settings and inputs that they came from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import smoothl1

if TYPE_CHECKING:
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
    """The losses of one evaluation, for each beta.

    Attributes:
        settings: What defines the numbers.
        inputs: Predictions and targets.
        tallies: One for each of the settings' betas, in their order.
    """

    settings: EvalSettings
    inputs: tuple[InputSummary, InputSummary]
    tallies: tuple[Tally, ...]

    @property
    def values(self) -> tuple[float, ...]:
        """The reduced loss for each beta; the mean where the reduction is "none"."""
        if self.settings.reduction == "sum":
            return tuple(tally.sum for tally in self.tallies)
        return tuple(tally.mean for tally in self.tallies)

    @property
    def signature(self) -> str:
        """One line that names all that the numbers depend on, besides the data."""
        betas = ",".join(map(repr, self.settings.betas))
        return (
            f"smoothl1|beta:{betas}|red:{self.settings.reduction}|nan:propagate|w:no"
            f"|n:{self.tallies[0].n}|version:{smoothl1.__version__}"
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
                "nan": "propagate",
                "weighted": False,
            },
            "inputs": {
                name: side.to_json()
                for name, side in zip(("pred", "target"), self.inputs, strict=True)
            },
            "results": [
                _entry(beta, tally)
                for beta, tally in zip(self.settings.betas, self.tallies, strict=True)
            ],
        }


def _entry(beta: float, tally: Tally) -> dict[str, Any]:
    return {
        "beta": beta,
        **_number("mean", tally.mean),
        **_number("sum", tally.sum),
        "count": tally.n,
        "nan": tally.n_nan,
        "inf": tally.n_inf,
        "missing": 0,
        "omitted": 0,
        **_number("min", tally.min),
        **_number("max", tally.max),
        "quadratic": tally.n_quadratic,
        "exact": {"total": hex(tally.total.units), "unit_exponent": -1074},
    }


def _number(name: str, value: float) -> dict[str, Any]:
    if math.isfinite(value):
        return {name: value}
    return {name: None, f"{name}_text": str(value)}
