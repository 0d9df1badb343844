"""Figures of a ranking: the models in their order, and how far each is from the best."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

from smoothl1.errors import counted
from smoothl1.figures.contract import Axis, Figure, Mark, Ranges
from smoothl1.figures.heads import in_words, interval_columns, with_change
from smoothl1.figures.of_result import as_notes
from smoothl1.figures.scales import widened
from smoothl1.number_texts import as_typed, short
from smoothl1.results.columns import Column
from smoothl1.results.overall import ranking_columns_with_all

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.results.columns import Cell
    from smoothl1.results.model_losses import RankedModel
    from smoothl1.results.ranking import Ranking

_SHOWN = (
    *("rank", "model", "mean", "difference", "low", "high", "p_value"),
    *("count", "rows", "clusters", "better", "worse", "ties"),
)
"""Columns of the table, besides those that name betas and groups."""

_ABOVE_BEST = "above best"

_MOST_NAMED = 5
"""Most models that a sentence names."""


def numbers(found: Ranking, confidence: float) -> Figure:
    """The models of each beta and group, from the best to the worst."""
    columns = {column.name: column for column in ranking_columns_with_all(found, confidence)}
    begin = list(columns).index("rank")
    subjects = [name for name in list(columns)[:begin] if name != "beta" or _has_betas(found)]
    means, n = columns["mean"].cells, len(found.models)
    of_best = [means[i - i % n] for i in range(len(means))]
    rows = columns["rows"]
    columns["rows"] = rows._replace(cells=_with_best(rows.cells, n))
    shown = with_change([columns[name] for name in _SHOWN if name in columns], of_best)
    told = _told_of_many(found, confidence)
    if len(found.losses) == 1:
        best = found.losses[0].ranked()[0]
        told = (
            f"At beta {as_typed(found.settings.betas[0])}, {found.models[best.place]} has the "
            f"smallest mean loss of {len(found.models)} models, {short(best.tally.mean)}."
        )
        if not math.isfinite(best.tally.mean):
            told = f"No verdict: none of {len(found.models)} models has a finite mean loss."
    table = [columns[name] for name in subjects] + in_words(shown, _ABOVE_BEST, confidence)
    return Figure("result", "Result", told, table, None, _note(found))


def _with_best(rows: Sequence[Cell], n_models: int) -> list[Cell]:
    """The rows in which models were compared; those of the best, too, if it is the same in all.

    Args:
        rows: For each ranking those of its models, from the best, which has None.
        n_models: The number of models of each ranking.
    """
    cells = list(rows)
    for i in range(0, len(cells), n_models):
        others = set(cells[i + 1 : i + n_models])
        cells[i] = others.pop() if len(others) == 1 else None
    return cells


def _told_of_many(found: Ranking, confidence: float) -> str:
    """Which models are first in how many rankings, and in how many of these that is clear."""
    told = (
        f"{counted(len(found.losses), 'ranking')} of {len(found.models)} models by their mean loss"
    )
    all_ranked = [ranked for _, _, ranked in found.entries]
    firsts = (ranked[0] for ranked in all_ranked)
    counts = Counter(found.models[one.place] for one in firsts if math.isfinite(one.tally.mean))
    if not counts:
        return f"{told}."
    listed = [f"{name} in {n:,}" for name, n in counts.most_common(_MOST_NAMED)]
    n_others = counts.total() - sum(n for _, n in counts.most_common(_MOST_NAMED))
    listed += [f"others in {n_others:,}"] * bool(n_others)
    n_clear = sum(all(one.is_worse(confidence) for one in ranked[1:]) for ranked in all_ranked)
    return (
        f"{told}. The smallest is that of {', '.join(listed)}. By their {100 * confidence:g}% "
        f"intervals, all other models are worse in {n_clear:,}."
    )


def differences(found: Ranking, confidence: float) -> Figure | None:
    """The difference of each model from the best.

    None for several betas or groups, and if the best has no finite mean.
    """
    if len(found.losses) != 1:
        return None
    best, *others = found.losses[0].ranked()
    if not math.isfinite(best.tally.mean):
        return None
    rows = [_range(found, model, confidence) for model in others]
    finite = [0.0, *(x for row in rows for x in row[1:] if math.isfinite(x))]
    n_worse = sum(row[2] > 0 for row in rows)
    level, name = f"{100 * confidence:g}%", found.models[best.place]
    label = f"loss of a model - loss of {name}, with {level} intervals"
    return Figure(
        "differences",
        "Differences from the best model",
        f"By their intervals, {n_worse} of {counted(len(rows), 'other model')} "
        f"{'is' if n_worse == 1 else 'are'} worse than {name}.",
        [
            Column("model", "text", [row[0] for row in rows]),
            Column(_ABOVE_BEST, "number", [row[1] for row in rows]),
            *interval_columns([row[2] for row in rows], [row[3] for row in rows], confidence),
        ],
        Ranges(Axis(label, *widened(min(finite), max(finite))), rows, [Mark(0.0, "equal")]),
    )


def _has_betas(found: Ranking) -> bool:
    return len(found.settings.betas) > 1


def _note(found: Ranking) -> str:
    told = (
        f"Intervals and p allow for all {counted(found.n_pairs, 'pair')} of models: they hold "
        "together, whichever model is best."
    )
    return " ".join([told, *as_notes(found.small_samples() if len(found.losses) == 1 else [])])


def _range(
    found: Ranking, model: RankedModel, confidence: float
) -> tuple[str, float, float, float]:
    told = model.numbers(confidence)
    ends = (told[name] for name in ("difference", "low", "high"))
    value, low, high = (math.nan if end is None else float(end) for end in ends)
    return found.models[model.place], value, low, high
