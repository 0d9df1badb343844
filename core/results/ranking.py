"""Several models on the same targets, in the order of their mean losses.

Each model is compared with the best, pair by pair as two models are: see `comparison`. But which
model is the best is read off the same data, and several differences are told at once. So of n
models, all K = n * (n - 1) / 2 pairs are allowed for. An interval has confidence 1 - alpha / K in
place of 1 - alpha, and a p-value is multiplied by K. By Bonferroni's inequality the intervals of
all pairs then hold together with a probability of at least 1 - alpha, if each alone holds as often
as it states; so do those of the pairs that are chosen after looking at the data.

Source: O. J. Dunn, "Multiple comparisons among means", Journal of the American Statistical
Association 56(293), 1961, pages 52 to 64, doi:10.1080/01621459.1961.10482090.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

from smoothl1.results.columns import (
    DIFFERENCE_NAMES,
    ROW_NAMES,
    html_table,
    ranking_columns,
)
from smoothl1.results.comparison import CONFIDENCE
from smoothl1.results.few_rows import sentences_on_few_rows
from smoothl1.results.frames import to_arrow, to_pandas
from smoothl1.results.json_fields import (
    encode_input,
    encode_numbers,
    encode_run,
    encode_settings,
    ignored_count,
)
from smoothl1.results.single import check_single

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd
    import pyarrow as pa

    from smoothl1.decisions import Decision
    from smoothl1.files.digests import Digest
    from smoothl1.results.difference import Difference
    from smoothl1.results.input_summary import InputSummary
    from smoothl1.settings import EvalSettings
    from smoothl1.tallies.group import Group
    from smoothl1.tallies.tally import Tally

SCHEMA = "smoothl1.ranking/1"


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


@dataclass(frozen=True, slots=True, repr=False)
class Ranking:
    """Several models on the same targets, in order, at each beta and for each group.

    Attributes:
        settings: The settings that define the numbers.
        models: The name of each model, in the order in which the models were given.
        inputs: The predictions of each model in that order, then the targets.
        losses: The losses at each beta and for each group: beta by beta, in the order of the
            settings and of the groups.
        groups: The groups; without grouping, one group of all elements.
        decisions: The decisions about the data.
        backend: The backend that computed it. Not compared: it changes no number.
        engine: See `Result`. Not compared.
        digests: See `Result`. Not compared.
    """

    settings: EvalSettings
    models: tuple[str, ...]
    inputs: tuple[InputSummary, ...]
    losses: tuple[ModelLosses, ...]
    groups: Sequence[Group]
    decisions: tuple[Decision, ...] = ()
    backend: str = field(default="", compare=False)
    engine: str = field(default="", compare=False)
    digests: tuple[Digest, ...] = field(default=(), compare=False)

    @property
    def entries(self) -> Iterator[tuple[float, Group, list[RankedModel]]]:
        """The models from the best to the worst, with each beta and group."""
        cases = product(self.settings.betas, self.groups)
        for (beta, group), losses in zip(cases, self.losses, strict=True):
            yield beta, group, losses.ranked()

    @property
    def n_pairs(self) -> int:
        """The number of pairs of models, for which intervals and p-values allow."""
        return len(self.models) * (len(self.models) - 1) // 2

    @property
    def n(self) -> int:
        """The number of elements in all groups together."""
        return sum(losses.tallies[0].n for losses in self.losses[: len(self.groups)])

    @property
    def best(self) -> str:
        """The name of the model with the smallest mean loss, at one beta and without groups.

        Raises:
            SettingsError: There are several betas or groups; `entries` and `to_arrow` have all.
        """
        check_single(len(self.losses))
        return self.models[self.losses[0].ranked()[0].place]

    def __repr__(self) -> str:
        if len(self.losses) != 1:
            what = f"{len(self.models)} models, {len(self.losses):,} betas and groups"
        else:
            ranked = self.losses[0].ranked()
            what = ", ".join(f"{self.models[m.place]} {m.tally.mean!r}" for m in ranked[:_SHOWN])
            what += f" and {len(ranked) - _SHOWN} more" if len(ranked) > _SHOWN else ""
        return f"<{type(self).__name__}: {what}>"

    def _repr_html_(self) -> str:
        """The ranking as a table, for notebooks."""
        from smoothl1.results.overall import ranking_columns_with_all  # late: for notebooks alone

        n_rows = len(self.losses) * len(self.models)
        return html_table(ranking_columns_with_all(self, CONFIDENCE), n_rows)

    def small_samples(self) -> list[str]:
        """Sentences about groups that have too few rows for reliable intervals and p-values."""
        samples = []
        for group, losses in zip(self.groups, self.losses, strict=False):
            ratios = (pair.ratio for pair in losses.differences)
            samples.append((group, next((r for r in ratios if r is not None), None)))
        return sentences_on_few_rows(samples, "the comparison")

    def to_dict(self, confidence: float = CONFIDENCE) -> dict[str, Any]:
        """The same as `to_json`: the ranking as a dict of plain values."""
        return self.to_json(confidence)

    def to_arrow(self, confidence: float = CONFIDENCE) -> pa.Table:
        """The ranking as an Arrow table: a row for each model, beta and group.

        Args:
            confidence: The confidence with which the intervals of all pairs hold together.
        """
        return to_arrow(ranking_columns(self, confidence))

    def to_pandas(self, confidence: float = CONFIDENCE) -> pd.DataFrame:
        """The same as a table of pandas: see `to_arrow`.

        Raises:
            MissingExtraError: The package pandas is not installed.
        """
        return to_pandas(ranking_columns(self, confidence))

    def to_json(self, confidence: float = CONFIDENCE) -> dict[str, Any]:
        """The ranking as a JSON object of the schema `smoothl1.ranking/1`.

        Args:
            confidence: The confidence with which the intervals of all pairs hold together.
        """
        sides = zip(self.models, self.inputs, strict=False)
        return {
            "schema": SCHEMA,
            **encode_run(self),
            "settings": encode_settings(self.settings),
            "confidence": confidence,
            "pairs": self.n_pairs,
            "inputs": {
                "models": [{"model": name, **encode_input(side)} for name, side in sides],
                "target": encode_input(self.inputs[-1]),
            },
            "decisions": [decision._asdict() for decision in self.decisions],
            "results": [
                {
                    "beta": beta,
                    **group.fields(),
                    "models": [
                        self._encoded(model, confidence) | ignored_count(model.tally, self.settings)
                        for model in ranked
                    ],
                }
                for beta, group, ranked in self.entries
            ],
        }

    def _encoded(self, model: RankedModel, confidence: float) -> dict[str, Any]:
        numbers = encode_numbers(model.numbers(confidence, self.n_pairs))
        return {"rank": model.rank, "model": self.models[model.place], **numbers}


_SHOWN = 3
"""Most models in a representation."""
