"""A ranking of models as Markdown for a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.cli.views.markdown import (
    BEGINNING,
    left_out_of,
    most_important,
    rest_of,
    table_of,
)
from smoothl1.cli.views.markdown_text import as_code, as_sentence, sides_of
from smoothl1.cli.views.ranking import is_name, note, rows_of, rows_of_all
from smoothl1.results.ranking_sentence import sentence

if TYPE_CHECKING:
    from smoothl1.results.ranking import Ranking


def ranking_markdown(found: Ranking, confidence: float) -> str:
    """A ranking as Markdown: its inputs, the verdict, a row for each model of each beta and group.

    At most 50 rows are shown.

    Args:
        found: The ranking.
        confidence: The confidence with which the intervals of all pairs hold together.

    Returns:
        Text that ends with a line end.
    """
    rows, of_all = (
        [
            {name: as_code(cell) if is_name(name) else cell for name, cell in row.items()}
            for row in form(found, confidence)
        ]
        for form in (rows_of, rows_of_all)
    )
    none_failed = [False] * len(rows)
    shown = [*(rows[i] for i in most_important(none_failed)), *of_all]
    has_betas = len(found.settings.betas) > 1
    names = [name for name in (shown or [{}])[0] if name != "beta" or has_betas]
    (*models, target), table = sides_of(found.inputs)
    called = map(as_code, found.models)
    listed = ", ".join(
        name if table or side == name else f"{side} ({name})"
        for name, side in zip(called, models, strict=True)
    )
    blocks = [
        f"{BEGINNING} of {listed} against {target}{table}",
        as_sentence(sentence(found, confidence, as_code)),
        *([table_of(names, shown, found.settings.levels)] if shown else []),
        *rest_of(none_failed),
        *left_out_of(found.inputs),
        as_sentence(note(found, confidence)),
    ]
    return "\n\n".join(blocks) + "\n"
