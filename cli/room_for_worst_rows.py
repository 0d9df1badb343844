"""Which forms of a result have room for the worst rows: no single table such as CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.cli.forms import FOR_PEOPLE
from smoothl1.errors import SettingsError

if TYPE_CHECKING:
    from smoothl1.cli.arguments import Output
    from smoothl1.settings import EvalSettings


def has_room(output: Output) -> bool:
    """Whether the form of an output holds worst rows beside a result."""
    return output.table in (None, "json", *FOR_PEOPLE)


def check_room(output: Output, settings: EvalSettings) -> None:
    """Refuse worst rows beside a result whose form is one table of its own.

    Args:
        output: The output, with its form.
        settings: The settings of the evaluation.

    Raises:
        SettingsError: The form has no room for a second table.
    """
    if settings.top is not None and not has_room(output):
        raise SettingsError(
            f"--top is a second table, for which -f {output.table} has no room",
            hint="-f table, markdown, latex or --json has both; without -f, the rows follow the "
            "first empty line, tab-separated",
        )


def warning_of_no_room(output: Output) -> str:
    """The warning that an output, which has no room for them, lacks the worst rows."""
    return (
        f"-f {output.table} has no room for the worst rows, which are left out: "
        "-f table, markdown, latex or --json has them"
    )
