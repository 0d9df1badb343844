"""`smoothl1 help`: the help page of a command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from smoothl1.cli.advice import no_such_command
from smoothl1.cli.parsing import StrictCommand

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


def _names_of(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The commands that begin with what is typed."""
    from smoothl1.cli.main import main

    return main.shell_complete(ctx.parent or ctx, incomplete)


EXAMPLES = """\b
Examples:
  smoothl1 help eval
  smoothl1 help compare
"""


@click.command("help", cls=StrictCommand, epilog=EXAMPLES)
@click.argument("name", required=False, metavar="[COMMAND]", shell_complete=_names_of)
@click.pass_context
def command(ctx: click.Context, name: str | None) -> None:
    """Show the help page of COMMAND, as `smoothl1 COMMAND --help` does.

    An installation has manual pages, too: man smoothl1-eval.
    """
    from smoothl1.cli.main import main

    group = ctx.parent
    if group is None or name is None:
        click.echo(main.get_help(group or ctx))
        return
    found = main.get_command(group, name)
    if found is None:
        raise no_such_command(name, main.list_commands(group), ctx)
    with click.Context(found, info_name=name, parent=group) as inner:
        click.echo(found.get_help(inner))
