"""The losses of several models at one beta and for one group, and their places among each other."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from smoothl1.results.columns import DIFFERENCE_NAMES, ROW_NAMES

if TYPE_CHECKING:
    from smoothl1.results.difference import Difference
    from smoothl1.tallies.tally import Tally


class RankedModel(NamedTuple):
    """The place of one model among others, at one beta and for one group.

    Attributes:
        rank: From 1, the best, to the number of models.
        place: Its place in the order in which the models were given, from 0.
        tally: Tally of its losses.
        difference: Its losses minus those of the best; None for the best itself.
    """

    rank: int
    place: int
    tally: Tally
    difference: Difference | None

    @property
    def mean(self) -> float:
        """The mean loss of the model."""
        return self.tally.mean

    def numbers(self, confidence: float, n_pairs: int) -> dict[str, float | int | None]:
        """All that is told of the model, by the names of its JSON.

        The best is compared with no other: what is told of its difference is None.

        Args:
            confidence: The confidence with which the intervals of all pairs hold together.
            n_pairs: The number of pairs of models.
        """
        told = {} if self.difference is None else _numbers(self.difference, confidence, n_pairs)
        return {
            "mean": self.tally.mean,
            **{name: told.get(name) for name in DIFFERENCE_NAMES},
            "count": self.tally.n,
            **{name: told.get(name) for name in ROW_NAMES},
            "nan": self.tally.n_nan,
            "missing": self.tally.n_missing,
            "omitted": self.tally.n_omitted,
            "zero_weight": self.tally.n_weightless,
        }


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
        order = sorted(range(len(tallies)), key=lambda place: _goodness(tallies[place]))
        best = order[0]
        return [
            RankedModel(i + 1, place, tallies[place], self.difference(best, place) if i else None)
            for i, place in enumerate(order)
        ]


def _goodness(tally: Tally) -> tuple[bool, bool, int]:
    """What models are sorted by: means, exactly; then infinite ones, and those that are NaN.

    Models whose losses are finite have as many elements or equal weights, so sums will do.
    """
    is_finite = tally.not_finite is None
    return math.isnan(tally.mean), not is_finite, tally.total.units if is_finite else 0
