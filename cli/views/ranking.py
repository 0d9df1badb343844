"""A ranking of models: as lines for programs, and as a table and sentences for people."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from smoothl1.cli.console import escaped, width_of_stdout
from smoothl1.cli.views.aligned import fitted
from smoothl1.cli.views.lines import prefixes
from smoothl1.cli.views.tables import DIFFERENCE_DIGITS, rounded, text_of
from smoothl1.number_texts import as_typed
from smoothl1.results.changes import change_text
from smoothl1.results.columns import group_names
from smoothl1.results.intervals import level_text
from smoothl1.results.overall import name_of_all, overall_ranking
from smoothl1.results.ranking_sentence import sentence
from smoothl1.tallies.group import is_of_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from smoothl1.results.model_losses import RankedModel
    from smoothl1.results.ranking import Ranking
    from smoothl1.tallies.group import Group

_NUMBERS = (
    *("mean", "difference", "low", "high", "t", "p_value"),
    *("better", "worse", "ties"),
)

_LEAST_WANTED = (("ties",), ("better", "worse"), ("change",), ("p",), ("rank",))
"""Columns that a narrow terminal does without, in this order. All are in `-f table`. The interval,
which the ranking is judged by, is none of them."""


def ranking_lines(found: Ranking, confidence: float, precision: int | None) -> str:
    """A header row, and a row for each model of each beta and group, from the best to the worst.

    Args:
        found: The ranking that is shown.
        confidence: The confidence with which the intervals of all pairs hold together.
        precision: Significant digits; None for the shortest text that reads back to the same
            number.

    Returns:
        Tab-separated cells in lines, each with its line end. What is told of the difference from
        the best is empty for the best.
    """
    told = _NUMBERS if found.settings.cluster is None else (*_NUMBERS, "clusters")
    others = ("rank", "model", *told)
    names = [*map(escaped, group_names(found.settings.levels, others))]
    names += ["column"] * found.settings.by_column
    lines = ["\t".join(["beta", *names, "rank", "model", *told])]
    for beta, group, ranked in found.entries:
        subject = [repr(beta), *map(escaped, group.named().values())]
        for model in ranked:
            numbers = model.numbers(confidence)
            shown = (text_of(numbers[name], precision) for name in told)
            name = escaped(found.models[model.place])
            lines.append("\t".join([*subject, str(model.rank), name, *shown]))
    return "".join(f"{line}\n" for line in lines)


def value_lines(found: Ranking, precision: int | None) -> str:
    """A line for each model of each beta and group, the best first: its name and its mean loss."""
    return "".join(
        f"{prefix}{escaped(found.models[model.place])}\t{text_of(model.tally.mean, precision)}\n"
        for prefix, (_, _, ranked) in zip(prefixes(found), found.entries, strict=True)
        for model in ranked
    )


def best_lines(found: Ranking) -> str:
    """A line for each beta and group: the name of the best model; empty where none is finite."""
    return "".join(
        f"{prefix}{escaped(found.models[ranked[0].place]) if ranked[0].is_best else ''}\n"
        for prefix, (_, _, ranked) in zip(prefixes(found), found.entries, strict=True)
    )


def ranking_table(found: Ranking, confidence: float, precision: int | None) -> str:
    """A ranking as a table for people, as wide as the terminal that stdout is.

    Args:
        found: The ranking that is shown.
        confidence: The confidence with which the intervals of all pairs hold together.
        precision: Significant digits of losses; None for six.

    Returns:
        Lines, each with its line end.
    """
    rows = [*rows_of(found, confidence, precision), *rows_of_all(found, confidence, precision)]
    if len(found.settings.betas) == 1:
        rows = [{head: cell for head, cell in row.items() if head != "beta"} for row in rows]
    return fitted(rows, _LEAST_WANTED, width_of_stdout(), is_name, found.settings.levels)


def rows_of(
    found: Ranking, confidence: float, precision: int | None = None
) -> Iterator[dict[str, str]]:
    """The cells of each model of each beta and group, by the heads of their columns.

    Args:
        found: The ranking.
        confidence: The confidence with which the intervals of all pairs hold together.
        precision: Significant digits of losses; None for six.
    """
    for beta, group, ranked in found.entries:
        for model in ranked:
            yield {
                **_subject(beta, group),
                "rank": str(model.rank),
                "model": escaped(found.models[model.place]),
                **_cells(model, ranked[0], confidence, precision),
            }


def rows_of_all(
    found: Ranking, confidence: float, precision: int | None = None
) -> list[dict[str, str]]:
    """The cells of all groups together at each beta, if they can be formed: see `rows_of`."""
    whole = overall_ranking(found)
    if whole is None:
        return []
    named = {next(iter(found.groups[0].named())): escaped(name_of_all(found.groups))}
    return [named | row for row in rows_of(whole, confidence, precision)]


def is_name(head: str) -> bool:
    """Whether a column of the table is text, by its head."""
    return head == "model" or is_of_names(head)


def sentences(found: Ranking, confidence: float) -> list[str]:
    """What a terminal shows below the table; nothing if there are no groups.

    Args:
        found: The ranking.
        confidence: The confidence with which the intervals of all pairs hold together.
    """
    from smoothl1.results.model_names import name_of_targets  # late: only for terminals

    if not found.losses:
        return []
    targets = f"{len(found.models)} models against {escaped(name_of_targets(found.inputs))}"
    return [targets, note(found, confidence), sentence(found, confidence, escaped)]


def note(found: Ranking, confidence: float) -> str:
    """What the intervals and p-values allow for, as one sentence."""
    return (
        f"intervals and p allow for all {found.n_pairs:,} pairs of models: together the intervals "
        f"hold at the {level_text(confidence)} level, whichever model is best"
    )


def _interval_heads(confidence: float) -> tuple[str, str]:
    return f"{level_text(confidence)} from", "to"


def _subject(beta: float, group: Group) -> dict[str, str]:
    return {"beta": as_typed(beta), **{name: escaped(text) for name, text in group.named().items()}}


def _cells(
    model: RankedModel, best: RankedModel, confidence: float, precision: int | None
) -> dict[str, str]:
    numbers, base = model.numbers(confidence), best.tally.mean
    difference = numbers["difference"]
    has_change = base and difference is not None and math.isfinite(difference)
    start, end = _interval_heads(confidence)
    heads = {"above best": "difference", start: "low", end: "high"}
    clusters = ("clusters",) if model.are_clustered else ()
    counts = {name: numbers[name] for name in (*clusters, "better", "worse", "ties")}
    return {
        "mean": rounded(numbers["mean"], precision),
        **{
            head: rounded(numbers[name], precision, DIFFERENCE_DIGITS)
            for head, name in heads.items()
        },
        "change": change_text(difference or 0.0, base) if has_change else "",
        "p": rounded(numbers["p_value"], None, 3),
        **{name: "" if n is None else f"{n:,}" for name, n in counts.items()},
    }
