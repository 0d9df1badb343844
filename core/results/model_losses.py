"""The losses of several models at one beta and for one group, and their places among each other."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from smoothl1.checks import check_confidence
from smoothl1.results.columns import DIFFERENCE_NAMES, MODEL_COUNTS, ROW_NAMES
from smoothl1.settings import CONFIDENCE

if TYPE_CHECKING:
    from smoothl1.results.difference import Difference
    from smoothl1.tallies.tally import Tally


@dataclass(frozen=True, slots=True, repr=False)
class RankedModel:
    """The place of one model among others, at one beta and for one group.

    Beside what is listed here, each number of the tables is an attribute: `stderr`, `p_value`,
    `count`. That of the difference from the best allows for all pairs of models; it is None for the
    best itself. `low` and `high` are at 95%.

    Attributes:
        rank: From 1, the best, to the number of models.
        place: Its place in the order in which the models were given, from 0.
        tally: Tally of its losses.
        from_best: Its losses beside those of the best, as a comparison of these two has them; None
            for the best itself.
        n_pairs: The number of pairs of models.
        are_clustered: Whether clusters of rows are the units of the differences.
    """

    rank: int
    place: int
    tally: Tally
    from_best: Difference | None
    n_pairs: int
    are_clustered: bool = False

    @property
    def mean(self) -> float:
        """The mean loss of the model."""
        return self.tally.mean

    @property
    def is_best(self) -> bool:
        """Whether it is the first, and its mean is finite: else no model is the best."""
        return self.rank == 1 and math.isfinite(self.mean)

    def interval(self, confidence: float = CONFIDENCE) -> tuple[float, float] | None:
        """The interval of the difference from the best; None for the best itself.

        Args:
            confidence: With which the intervals of all pairs of models hold together.
        """
        check_confidence(confidence)
        if self.from_best is None:
            return None
        return self.from_best.interval(simultaneous(confidence, self.n_pairs))

    def is_worse(self, confidence: float = CONFIDENCE) -> bool:
        """Whether the whole interval of the difference from the best is above 0.

        Args:
            confidence: With which the intervals of all pairs of models hold together.
        """
        ends = self.interval(confidence)
        return ends is not None and ends[0] > 0

    def numbers(self, confidence: float) -> dict[str, float | int | None]:
        """All that is told of the model, by the names of its JSON.

        The best is compared with no other: what is told of its difference is None.

        Args:
            confidence: The confidence with which the intervals of all pairs hold together.
        """
        told = {} if self.from_best is None else _numbers(self.from_best, confidence, self.n_pairs)
        clusters = {"clusters": told.get("clusters")} if self.are_clustered else {}
        return {
            "mean": self.tally.mean,
            **{name: told.get(name) for name in DIFFERENCE_NAMES},
            "count": self.tally.n,
            **{name: told.get(name) for name in ROW_NAMES},
            "nan": self.tally.n_nan,
            "missing": self.tally.n_missing,
            "omitted": self.tally.n_omitted,
            "zero_weight": self.tally.n_weightless,
            **clusters,
        }

    def __getattr__(self, name: str) -> float | int | None:
        """A number by its name in tables, such as `p_value`; `low` and `high` are at 95%."""
        if name not in self._names:
            raise AttributeError(f"a {type(self).__name__} has no attribute {name!r}")
        return self.numbers(CONFIDENCE)[name]

    def __dir__(self) -> list[str]:
        return sorted({*object.__dir__(self), *self._names})

    @property
    def _names(self) -> frozenset[str]:
        return NAMES_OF_MODELS | {"clusters"} if self.are_clustered else NAMES_OF_MODELS

    def __float__(self) -> float:
        """The mean loss of the model."""
        return self.mean

    def __format__(self, spec: str) -> str:
        """The mean as a format such as ".3f" says; else a short representation."""
        return format(self.mean, spec) if spec else str(self)

    def __repr__(self) -> str:
        names = ("mean", *(("difference", "p_value") if self.from_best else ()), "count")
        told = self.numbers(CONFIDENCE)
        return f"<rank {self.rank}: {', '.join(f'{name} {told[name]!r}' for name in names)}>"


NAMES_OF_MODELS = frozenset(["mean", *DIFFERENCE_NAMES, *MODEL_COUNTS])
"""The numbers that tables tell of each model."""


def _numbers(found: Difference, confidence: float, n_pairs: int) -> dict[str, float | int]:
    """The difference of a model from the best, with an interval among those of all pairs."""
    numbers = found.numbers(simultaneous(confidence, n_pairs))
    p_value = numbers["p_value"]
    return {
        **numbers,
        "p_value": p_value if math.isnan(p_value) else min(1.0, n_pairs * p_value),
        "better": found.n_b_better,
        "worse": found.n_a_better,
    }


def simultaneous(confidence: float, n_pairs: int) -> float:
    """The confidence of each interval, so that all hold together with the confidence asked for."""
    each = float(1 - (1 - Fraction(confidence)) / n_pairs)
    return min(each, math.nextafter(1.0, 0.0))


class ModelLosses(NamedTuple):
    """The losses of several models at one beta and for one group.

    Attributes:
        differences: The difference of each two models: of the first and the second, the first and
            the third, and so on, up to the last two.
    """

    differences: tuple[Difference, ...]

    @property
    def tallies(self) -> tuple[Tally, ...]:
        """The tally of each model, in the order in which the models were given."""
        n_others = round((math.sqrt(8 * len(self.differences) + 1) - 1) / 2)
        return (self.differences[0].a, *(pair.b for pair in self.differences[:n_others]))

    def difference(self, one: int, other: int) -> Difference:
        """The difference of two models, the other minus the one, as `compare` gives it.

        Args:
            one: The place of the model to beat, from 0.
            other: The place of the other model.
        """
        if one > other:
            return self.difference(other, one).reversed()
        n = len(self.tallies)
        return self.differences[one * (2 * n - one - 1) // 2 + other - one - 1]

    def ranked(self) -> list[RankedModel]:
        """The models from the best to the worst; of equal models, the one given first is first."""
        tallies = self.tallies
        best, *others = sorted(range(len(tallies)), key=lambda place: _goodness(tallies[place]))
        places = {best: None, **{place: self.difference(best, place) for place in others}}
        n_pairs, are_clustered = len(self.differences), self.differences[0].are_clustered
        return [
            RankedModel(i + 1, place, tallies[place], from_best, n_pairs, are_clustered)
            for i, (place, from_best) in enumerate(places.items())
        ]


def _goodness(tally: Tally) -> tuple[bool, bool, int]:
    """What models are sorted by: means, exactly; then infinite ones, and those that are NaN.

    Models whose losses are finite have as many elements or equal weights, so sums will do.
    """
    is_finite = tally.not_finite is None
    return math.isnan(tally.mean), not is_finite, tally.total.units if is_finite else 0
