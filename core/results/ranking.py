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

from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Any

from smoothl1.checks import check_confidence
from smoothl1.errors import DataError
from smoothl1.results.columns import ranking_columns
from smoothl1.results.few_rows import sample_of_differences, sentences_on_few_rows
from smoothl1.results.frames import to_arrow, to_pandas
from smoothl1.results.json_fields import (
    encode_input,
    encode_numbers,
    encode_run,
    encode_settings,
    ignored_count,
)
from smoothl1.results.model_losses import NAMES_OF_MODELS, RankedModel
from smoothl1.results.named import ByName
from smoothl1.results.single import check_single
from smoothl1.settings import CONFIDENCE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd
    import pyarrow as pa

    from smoothl1.decisions import Decision
    from smoothl1.files.digests import Digest
    from smoothl1.results.input_summary import InputSummary
    from smoothl1.results.model_losses import ModelLosses
    from smoothl1.results.named import Name
    from smoothl1.settings import EvalSettings
    from smoothl1.tallies.group import Group

SCHEMA = "smoothl1.ranking/1"


@dataclass(frozen=True, slots=True, repr=False)
class Ranking(ByName[dict[str, RankedModel]]):
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
        for (beta, group), losses in zip(self._cases, self.losses, strict=True):
            yield beta, group, losses.ranked()

    @property
    def _cases(self) -> Iterator[tuple[float, Group]]:
        return product(self.settings.betas, self.groups)

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
            DataError: No model has losses that are all finite.
        """
        check_single(len(self.losses), len(self.settings.betas))
        first = self.losses[0].ranked()[0]
        if not first.is_best:
            raise DataError("no model has losses that are all finite, and so none is the best")
        return self.models[first.place]

    @property
    def overall(self) -> dict[str, RankedModel]:
        """The models by name, from the best to the worst by the rows of all groups together.

        Raises:
            SettingsError: As of `Comparison.overall`.
        """
        from smoothl1.results.overall import only, overall_ranking  # late, since few ask for it

        whole = only(self, overall_ranking)
        return _by_model(whole.models, whole.losses[0])

    def __getitem__(self, name: Name) -> dict[str, RankedModel]:
        """The models of a group by name, from the best to the worst: see `ByName`."""
        if name in self.models and name not in self:
            raise KeyError(f"no group {name!r}: overall[{name!r}] is that model")
        return ByName.__getitem__(self, name)

    def _at(self, place: int) -> dict[str, RankedModel]:
        return _by_model(self.models, self.losses[place])

    def _numbers(self) -> tuple[str, ...]:
        return ()  # each model has its own

    def __getattr__(self, name: str) -> Any:
        """Nothing: the numbers are those of models, which the error says."""
        if name == "interval" or name in NAMES_OF_MODELS:
            raise AttributeError(self._of_models(name))
        return ByName.__getattr__(self, name)

    def __float__(self) -> float:
        """Nothing: each model has a mean, which the error says."""
        raise TypeError(self._of_models("mean"))

    def _of_models(self, name: str) -> str:
        what = f"a {type(self).__name__} has no {name}: each model has its own"
        return f"{what}, such as overall[{self.models[0]!r}].{name}"

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
        from smoothl1.results.html_tables import html_table  # late: for notebooks alone
        from smoothl1.results.overall import ranking_columns_with_all

        n_rows = len(self.losses) * len(self.models)
        return html_table(ranking_columns_with_all(self, CONFIDENCE), n_rows)

    def small_samples(self) -> list[str]:
        """Sentences about groups that have too few rows for reliable intervals and p-values."""
        samples = (
            sample_of_differences(group, pair.ratio)
            for (_, group), losses in zip(self._cases, self.losses, strict=True)
            for pair in losses.differences
        )
        unit = "row" if self.settings.cluster is None else "cluster"
        return sentences_on_few_rows(samples, "the comparison", unit)

    def verdict(self, confidence: float = CONFIDENCE) -> str:
        """Which model is best, and how sure that is, as the sentence that a terminal shows.

        Args:
            confidence: The confidence with which the intervals of all pairs hold together; above 0
                and below 1.

        Raises:
            SettingsError: The confidence is out of range.
        """
        from smoothl1.results.ranking_sentence import sentence  # late, since few ask for it

        check_confidence(confidence)
        return sentence(self, confidence)

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
        numbers = encode_numbers(model.numbers(confidence))
        return {"rank": model.rank, "model": self.models[model.place], **numbers}


_SHOWN = 3
"""Most models in a representation."""


def _by_model(models: Sequence[str], losses: ModelLosses) -> dict[str, RankedModel]:
    """The models by name, from the best to the worst."""
    return {models[model.place]: model for model in losses.ranked()}
