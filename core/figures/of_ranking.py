"""Figures of a ranking: the models in their order, and how far each is from the best."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from smoothl1.errors import counted
from smoothl1.figures.contract import Axis, Figure, Mark, Ranges
from smoothl1.figures.heads import in_words, interval_columns, with_change
from smoothl1.figures.of_result import as_notes
from smoothl1.figures.scales import widened
from smoothl1.number_texts import as_typed, short
from smoothl1.results.columns import Column
from smoothl1.results.intervals import level_text
from smoothl1.results.overall import overall_ranking, ranking_columns_with_all
from smoothl1.results.ranking_sentence import best_places, n_clear

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.results.columns import Cell
    from smoothl1.results.model_losses import RankedModel
    from smoothl1.results.ranking import Ranking
    from smoothl1.tallies.group import Group

    _Row = tuple[str, float, float, float]

_SHOWN = (
    *("rank", "model", "mean", "difference", "low", "high", "p_value"),
    *("count", "rows", "clusters", "better", "worse", "ties"),
)
"""Columns of the table, besides those that name betas and groups."""

_ABOVE_BEST = "above best"

_MOST_NAMED = 5
"""Most models that a sentence names."""

_MOST_RANGES = 40
"""Most differences that are drawn."""


def numbers(found: Ranking, confidence: float) -> Figure:
    """The models of each beta and group, from the best to the worst."""
    columns = {column.name: column for column in ranking_columns_with_all(found, confidence)}
    begin = list(columns).index("rank")
    subjects = [name for name in list(columns)[:begin] if name != "beta" or _has_betas(found)]
    means, n = columns["mean"].cells, len(found.models)
    of_best = [means[i - i % n] for i in range(len(means))]
    for name in {"rows", "clusters"} & columns.keys():
        columns[name] = columns[name]._replace(cells=_with_best(columns[name].cells, n))
    shown = with_change([columns[name] for name in _SHOWN if name in columns], of_best)
    told = _told_of_one(found) if len(found.losses) == 1 else _told_of_many(found, confidence)
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


def _told_of_one(found: Ranking, of: str = "") -> str:
    """Which model is the best at one beta and for one group, of which the sentence begins."""
    best = found.losses[0].ranked()[0]
    if not best.is_best:
        return f"No verdict: none of {len(found.models)} models has a finite mean loss{of}."
    return (
        f"At beta {as_typed(found.settings.betas[0])}, {found.models[best.place]} has the "
        f"smallest mean loss of {len(found.models)} models{of}, {short(best.tally.mean)}."
    )


def _told_of_many(found: Ranking, confidence: float) -> str:
    """Which models are first in how many rankings, and in how many of these that is clear."""
    told = (
        f"{counted(len(found.losses), 'ranking')} of {len(found.models)} models by their mean loss."
    )
    whole = _whole(found)
    if whole is not None:
        told = f"{_told_of_one(whole, ' in all groups together')} {told}"
    bests = best_places(found)
    if not bests:
        return told
    listed = [f"{found.models[place]} in {n:,}" for place, n in bests.most_common(_MOST_NAMED)]
    n_others = bests.total() - sum(n for _, n in bests.most_common(_MOST_NAMED))
    listed += [f"others in {n_others:,}"] * bool(n_others)
    return (
        f"{told} The smallest is that of {', '.join(listed)}. By their {level_text(confidence)} "
        f"intervals, all other models are worse in {n_clear(found, confidence):,}."
    )


def _whole(found: Ranking) -> Ranking | None:
    """The ranking of all rows at one beta; None if there are several betas, or it is not known."""
    if _has_betas(found):
        return None
    return found if len(found.losses) == 1 else overall_ranking(found)


def differences(found: Ranking, confidence: float) -> Figure | None:
    """The difference of each model from the best, of all groups together.

    None for several betas, for groups that do not tell it, and if the best has no finite mean.
    """
    whole = _whole(found)
    if whole is None:
        return None
    best, *others = whole.losses[0].ranked()
    if not best.is_best:
        return None
    rows = [_range(found.models[model.place], model, confidence) for model in others]
    n_worse, name = sum(row[2] > 0 for row in rows), found.models[best.place]
    of = " in all groups together" if len(found.losses) > 1 else ""
    return Figure(
        "differences",
        f"Differences from the best model{of}",
        f"By their intervals, {n_worse} of {counted(len(rows), 'other model')} "
        f"{'is' if n_worse == 1 else 'are'} worse than {name}.",
        _table_of("model", rows, confidence),
        _drawing(rows, f"loss of a model - loss of {name}", confidence),
    )


def groups(found: Ranking, confidence: float) -> Figure | None:
    """The difference of each model from the best of each group; None for a single ranking."""
    if len(found.losses) < 2:
        return None
    rows = [
        _range(
            " / ".join([*_names(found, beta, group), found.models[model.place]]), model, confidence
        )
        for beta, group, (best, *others) in found.entries
        if best.is_best
        for model in others
    ]
    if not rows:
        return None
    n_worse, is_grouped = sum(row[2] > 0 for row in rows), found.settings.is_grouped
    heads = [*["beta"] * _has_betas(found), *found.settings.levels]
    heads += ["column"] * found.settings.by_column
    return Figure(
        "groups",
        f"Differences from the best model {'of each group' if is_grouped else 'at each beta'}",
        f"By their intervals, {n_worse:,} of {counted(len(rows), 'other model')} "
        f"{'is' if n_worse == 1 else 'are'} worse than the best.",
        _table_of(" / ".join([*heads, "model"]), rows, confidence),
        _drawing(rows[:_MOST_RANGES], "loss of a model - loss of the best", confidence),
        f"The drawing has the first {_MOST_RANGES}." if len(rows) > _MOST_RANGES else "",
    )


def _names(found: Ranking, beta: float, group: Group) -> list[str]:
    """The names that tell a ranking from the others."""
    return [*[f"beta {as_typed(beta)}"] * _has_betas(found), *group.named().values()]


def _table_of(head: str, rows: Sequence[_Row], confidence: float) -> list[Column]:
    """The numbers of a drawing, with a head for the names of its rows."""
    return [
        Column(head, "text", [row[0] for row in rows]),
        Column(_ABOVE_BEST, "number", [row[1] for row in rows]),
        *interval_columns([row[2] for row in rows], [row[3] for row in rows], confidence),
    ]


def _drawing(rows: Sequence[_Row], what: str, confidence: float) -> Ranges:
    """Differences with their intervals, beside a line at 0."""
    finite = [0.0, *(x for row in rows for x in row[1:] if math.isfinite(x))]
    label = f"{what}, with {level_text(confidence)} intervals"
    return Ranges(Axis(label, *widened(min(finite), max(finite))), rows, [Mark(0.0, "equal")])


def _has_betas(found: Ranking) -> bool:
    return len(found.settings.betas) > 1


def _note(found: Ranking) -> str:
    told = (
        f"Intervals and p allow for all {counted(found.n_pairs, 'pair')} of models: they hold "
        "together, whichever model is best."
    )
    return " ".join([told, *as_notes(found.small_samples() if len(found.losses) == 1 else [])])


def _range(name: str, model: RankedModel, confidence: float) -> _Row:
    """The difference of a model from the best, and the bounds of its interval."""
    told = model.numbers(confidence)
    ends = (told[key] for key in ("difference", "low", "high"))
    value, low, high = (math.nan if end is None else float(end) for end in ends)
    return name, value, low, high
