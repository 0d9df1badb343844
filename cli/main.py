"""The group of commands. The module of a command is imported only when that command runs."""

from __future__ import annotations

from importlib import import_module
from typing import cast

import click

import smoothl1
from smoothl1.cli.advice import no_such_command
from smoothl1.cli.parsing import StrictCommand

_COMMANDS = {
    "eval": ("smoothl1.cli.eval:command", "Evaluate the loss of predictions against targets."),
    "compare": ("smoothl1.cli.compare:command", "Compare models on the same targets."),
    "merge": ("smoothl1.cli.merge:command", "Join the results of parts into that of the whole."),
    "report": ("smoothl1.cli.report:command", "Show where the loss comes from, in figures."),
    "inspect": ("smoothl1.cli.inspect:command", "Show what files hold, and how rows would pair."),
    "completion": (
        "smoothl1.cli.completion:command",
        "Print the script that a shell completes by.",
    ),
    "help": ("smoothl1.cli.help:command", "Show the help page of a command."),
}
"""Name, place and summary of each command. The summary is here so that help imports no command."""


class LazyGroup(StrictCommand, click.Group):
    """A group that knows its commands by name and imports only the one that is run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, _, attribute = _COMMANDS[cmd_name][0].partition(":")
        command = cast("click.Command", getattr(import_module(module), attribute))
        command.short_help = _COMMANDS[cmd_name][1]  # for shells and manual pages, too
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError:
            if args[0] in _COMMANDS or args[0].startswith("--"):
                raise
        raise no_such_command(args[0], self.list_commands(ctx), ctx)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands and the options, which are few enough for one heading."""
        self.format_commands(ctx, formatter)
        click.Command.format_options(self, ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in _COMMANDS.items()])


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Example: smoothl1 eval preds.npy targets.npy --beta 0.5",
)
@click.version_option(
    smoothl1.__version__,
    "-V",
    "--version",
    prog_name="smoothl1",
    message="%(prog)s %(version)s",
)
@click.option("--traceback", is_flag=True, help="Show where an unexpected error came from.")
def main(traceback: bool) -> None:
    """Smooth L1 loss of stored predictions, exact to the last bit."""
