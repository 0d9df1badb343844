"""A comparison as Markdown for a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.cli.views.comparison import cells_of, cells_of_all
from smoothl1.cli.views.markdown import (
    BEGINNING,
    left_out_of,
    marks_of,
    most_important,
    rest_of,
    table_of,
)
from smoothl1.cli.views.markdown_text import as_code, as_sentence, sides_of
from smoothl1.number_texts import as_typed
from smoothl1.results.comparison_sentence import sentence
from smoothl1.results.model_names import Pair, pair_of
from smoothl1.tallies.group import is_of_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1.cli.views.models import ComparisonReport
    from smoothl1.results.gates import Verdict


def comparison_markdown(report: ComparisonReport) -> str:
    """A comparison as Markdown: its inputs, the verdict, a row for each beta and group.

    At most 50 rows are shown, in their order. Rows whose gate failed have priority.

    Args:
        report: The report on the comparison.

    Returns:
        Text that ends with a line end.
    """
    found = report.comparison
    verdicts = {(verdict.beta, verdict.group): verdict for verdict in report.verdicts}
    judged = [verdicts.get((beta, group)) for beta, group, _ in found.entries]
    failed = [verdict is not None and not verdict.passed for verdict in judged]
    entries = list(found.entries)
    pair = pair_of(found.inputs, as_code)
    rows = [
        _named(cells_of(*entries[i], report.rule, pair), entries[i][0]) | _gates(judged[i])
        for i in most_important(failed)
    ]
    whole = cells_of_all(found, report.rule, pair)
    rows += [_named(cells, beta) for cells, beta in zip(whole, found.settings.betas, strict=False)]
    (a, b, target), table = sides_of(found.inputs)
    models = f"{b} (B) and {a} (A)" if pair == Pair() else f"{pair.b} and {pair.a}"
    blocks = [
        f"{BEGINNING} of {models} against {target}{table}",
        as_sentence(sentence(found, report.rule, as_code)),
        *_table(rows, found.settings.levels, has_betas=len(found.settings.betas) > 1),
        *rest_of(failed),
        *left_out_of(found.inputs),
    ]
    return "\n\n".join(blocks) + "\n"


def _named(cells: dict[str, str], beta: float) -> dict[str, str]:
    """The cells with the names of the group as code, and the beta in full."""
    names = {name: as_code(text) for name, text in cells.items() if is_of_names(name)}
    return cells | {"beta": as_typed(beta)} | names


def _gates(verdict: Verdict | None) -> dict[str, str]:
    return {} if verdict is None else {"gates": marks_of([verdict])}


def _table(rows: Sequence[dict[str, str]], levels: Sequence[str], *, has_betas: bool) -> list[str]:
    """The table, unless it would be empty."""
    names = [name for name in rows[0] if name != "beta" or has_betas] if rows else []
    return [table_of(names, rows, levels)] if names else []
