"""The evaluation of the composite action: inputs of `action.yml` as arguments of `smoothl1 eval`.

The action runs `python -m smoothl1.cli.action`. The inputs are environment variables, so that no
shell interprets them.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
from typing import TYPE_CHECKING, NoReturn

import smoothl1
from smoothl1.cli.boundary import run
from smoothl1.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

_HELP = re.compile(r"--help|-q*h.*", re.DOTALL)
"""Options that end with a page of help, and with exit code 0."""


def main() -> NoReturn:
    """Run the evaluation that the environment describes, and end the process with its exit code."""
    try:
        args = command_line(os.environ)
    except SettingsError as error:
        from smoothl1.cli import console
        from smoothl1.cli.views import github

        console.say(f"smoothl1: error: {console.printable(str(error))}")
        console.say(github.error_annotation(str(error)))
        sys.exit(error.exit_code)
    run(args)


def command_line(environment: Mapping[str, str]) -> list[str]:
    """The arguments of `smoothl1` that the inputs of the action stand for.

    Args:
        environment: The variables INPUT_PRED, INPUT_TARGET, INPUT_ARGS and INPUT_VERSION; all but
            the first may be empty or unset.

    Raises:
        SettingsError: The predictions are not named, the options are not quoted as in a shell, one
            asks for help, or this is another version than the input asks for.
    """
    pred, target, args, version = (
        environment.get(f"INPUT_{name}", "") for name in ("PRED", "TARGET", "ARGS", "VERSION")
    )
    if version not in ("", smoothl1.__version__):
        raise SettingsError(f"version: this action has {smoothl1.__version__}, not {version}")
    if not pred:  # the runner accepts an empty value even for a required input
        raise SettingsError("pred: it is empty", hint="name a file, a folder or a pattern")
    try:
        options = shlex.split(_joined(args))
    except ValueError as error:
        raise SettingsError(
            f"args: {str(error).lower()} in {args!r}", hint="quote options as in a shell"
        ) from error
    help_option = next((option for option in options if _HELP.fullmatch(option)), None)
    if help_option is not None:
        raise SettingsError(f"args: {help_option} shows help, and nothing is evaluated")
    # Files first: an option at the end that lacks its value is an error, and eats no file.
    return ["eval", "--github", *(_as_file(side) for side in (pred, target) if side), *options]


def _joined(args: str) -> str:
    """The options with lines joined that end with a backslash, as a shell joins them.

    It does not within single quotes, and not where the backslash is itself escaped.
    """
    joined, quote, is_escaped = [], "", False
    for c in args:
        if is_escaped:
            joined.append("" if c == "\n" else f"\\{c}")
            is_escaped = False
        elif c == "\\" and quote != "'":
            is_escaped = True
        else:
            joined.append(c)
            if c in "'\"" and quote in ("", c):
                quote = "" if quote else c
    return "".join(joined) + "\\" * is_escaped


def _as_file(path: str) -> str:
    """A path that no parser mistakes for an option; "-" is still standard input."""
    return f"./{path}" if path.startswith("-") and path != "-" else path


if __name__ == "__main__":
    main()
