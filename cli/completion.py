"""`smoothl1 completion`, and the answers to a shell that completes a command line.

The script that `completion` prints makes a shell call `smoothl1` with the words typed so far in the
environment. `answer` prints the words that may follow. Click does this for bash, zsh and fish.

Source: https://click.palletsprojects.com/en/stable/shell-completion/
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    split_arg_string,
)

from smoothl1.cli.choices import OneOf
from smoothl1.cli.parsing import StrictCommand

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

VARIABLE = "_SMOOTHL1_COMPLETE"
"""Environment variable that a shell sets when it asks for words: how, and with which of the
script's conventions."""

_BASH = """\
%(complete_func)s() {
    local completion response type value
    response=$(IFS=$'\\n'; env COMP_WORDS="${COMP_WORDS[*]}" COMP_CWORD=$COMP_CWORD \\
        %(complete_var)s=bash_complete $1)
    while IFS= read -r completion; do
        type=${completion%%%%,*} value=${completion#*,}
        if [[ $type == dir ]]; then
            COMPREPLY=()
            compopt -o dirnames
        elif [[ $type == file ]]; then
            COMPREPLY=()
            compopt -o default
        elif [[ $type == plain ]]; then
            COMPREPLY+=("$value")
        fi
    done <<< "$response"
}

complete -o nosort -F %(complete_func)s %(prog_name)s
"""
"""A script that takes each answer as it is. That of Click replaces patterns by names of files."""

_ZSH = ZshComplete.source_template.replace(
    "    compdef ",
    "    (( $+functions[compdef] )) || { autoload -Uz compinit && compinit -i }\n    compdef ",
)
"""Click's script, and before it zsh's own completion, which a new ~/.zshrc does not load."""

_POWERSHELL = """\
Register-ArgumentCompleter -Native -CommandName %(prog_name)s -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $env:COMP_LINE = $commandAst.ToString()
    $env:COMP_WORD = $wordToComplete
    $env:%(complete_var)s = 'powershell_complete'
    try {
        %(prog_name)s | ForEach-Object {
            $value, $help = $_ -split "`t", 2
            if (-not $help) { $help = $value }
            [System.Management.Automation.CompletionResult]::new(
                $value, $value, 'ParameterValue', $help)
        }
    } finally {
        Remove-Item Env:COMP_LINE, Env:COMP_WORD, Env:%(complete_var)s
    }
}
"""


class QuotingBashComplete(BashComplete):
    """Completion of bash, which inserts words as they come: they are quoted where it needs that."""

    source_template = _BASH

    def format_completion(self, item: CompletionItem) -> str:
        from smoothl1.cli.shell_words import bash_word, quote_left_open  # late: start-up is short

        return f"{item.type},{bash_word(item.value, quote_left_open(os.environ['COMP_WORDS']))}"


class LoadedZshComplete(ZshComplete):
    """Completion of zsh, whether its own completion is loaded or not."""

    source_template = _ZSH


class PowerShellComplete(ShellComplete):
    """Completion of PowerShell. Where there are no words, it completes names of files by itself."""

    name = "powershell"
    source_template = _POWERSHELL

    def get_completion_args(self) -> tuple[list[str], str]:
        words = split_arg_string(os.environ.get("COMP_LINE", ""))[1:]
        incomplete = os.environ.get("COMP_WORD", "")
        if incomplete.startswith(("'", '"')):
            incomplete = incomplete[1:]
        return (words[:-1] if incomplete else words), incomplete

    def format_completion(self, item: CompletionItem) -> str:
        from smoothl1.cli.shell_words import powershell_word  # late: start-up is short

        return f"{powershell_word(item.value)}\t{item.help or ''}"

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem]:
        found = super().get_completions(args, incomplete)
        return [item for item in found if item.type == "plain"]


_SHELLS: dict[str, type[ShellComplete]] = {
    shell.name: shell
    for shell in (QuotingBashComplete, LoadedZshComplete, FishComplete, PowerShellComplete)
}

EXAMPLES = """\b
Examples:
  smoothl1 completion bash >> ~/.bashrc
  smoothl1 completion zsh >> ~/.zshrc
  smoothl1 completion fish >> ~/.config/fish/config.fish
  smoothl1 completion powershell >> $PROFILE
"""


@click.command("completion", cls=StrictCommand, epilog=EXAMPLES, no_args_is_help=True)
@click.argument("shell", type=OneOf(tuple(_SHELLS)))
def command(shell: str) -> None:
    """Print the script that lets SHELL complete commands, options, files and column names.

    The examples append it to the file that each shell reads when it starts: open a new shell then.
    """
    click.echo(ShellComplete.source(_completer(shell)), nl=False)


def answer(request: str) -> int:
    """Print the words that may follow, a line for each, and return the exit code.

    Args:
        request: What the shell asks: its name, and `_complete`.

    Raises:
        click.UsageError: It is no such request.
        OSError: They cannot be written.
    """
    shell, _, instruction = request.partition("_")
    if shell not in _SHELLS or instruction != "complete":
        raise click.UsageError(f"{VARIABLE} is {request!r}, which is no request of a shell")
    lines: list[str] = []
    with suppress(Exception):  # a shell has no room for errors
        lines = list(_lines(_completer(shell)))
    for line in lines:
        click.echo(line)
    sys.stdout.flush()
    return 0


def columns_of(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The names of columns of the files that the command line names, those that fit what is typed.

    Files that cannot be read have none, since a shell has no room for errors. Names that are empty,
    or have control characters, are left out.
    """
    names: dict[str, None] = {}
    for path in _paths(ctx):
        with suppress(Exception):
            names |= dict.fromkeys(_columns(path, ctx))
    fitting = (name for name in names if name.startswith(incomplete))
    return [CompletionItem(name) for name in fitting if name and name.isprintable()]


def columns_of_result(ctx: click.Context, incomplete: str) -> list[CompletionItem]:
    """The names of columns of the table that a command writes, after commas, too.

    Args:
        ctx: The context of the command.
        incomplete: What is typed of the value.
    """
    from smoothl1.cli.known_columns import usual_columns

    n_inputs = len(ctx.params.get("inputs") or ctx.args)
    return one_more_of(usual_columns(str(ctx.info_name), ctx.params, n_inputs), incomplete)


def one_more_of(names: Iterable[str], incomplete: str) -> list[CompletionItem]:
    """The names that may follow in a list with commas, of which none is there twice.

    Args:
        names: All names.
        incomplete: What is typed of the list.
    """
    before, comma, last = incomplete.rpartition(",")
    given = {name.strip() for name in before.split(",")}
    found = [name for name in names if name not in given and name.startswith(last.strip())]
    return [CompletionItem(f"{before}{comma}{name}") for name in found]


def _completer(shell: str) -> ShellComplete:
    from smoothl1.cli.main import main

    return _SHELLS[shell](main, {}, "smoothl1", VARIABLE)


def _lines(completer: ShellComplete) -> Iterator[str]:
    args, incomplete = completer.get_completion_args()
    for item in completer.get_completions(args, incomplete):
        yield completer.format_completion(item)


def _paths(ctx: click.Context) -> Iterator[str]:
    """The regular files among the arguments of a command.

    Click leaves the arguments unparsed if the last option has no value yet.
    """
    names = ("pred", "target", "inputs", "files", "weights", "groups", "clusters")
    values = [ctx.params.get(name) for name in names]
    for value in (*values, tuple(ctx.args)):
        for path in value if isinstance(value, tuple) else (value,):
            if isinstance(path, str) and os.path.isfile(path):
                yield path


def _columns(path: str, ctx: click.Context) -> list[str]:
    from smoothl1.cli.reading import read_options
    from smoothl1.running.content import describe

    with ctx.scope():
        options = read_options(ctx.params)
    return [column.name for column in describe(path, options, lambda _: None).columns]
