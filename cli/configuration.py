"""Settings of the environment and of `[tool.smoothl1]` in the nearest pyproject.toml.

They become the defaults of a command's options, by Click's `default_map`: an option on the command
line replaces them. The environment comes before the file.
"""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from smoothl1.cli.variables import check_variables, variable_of
from smoothl1.errors import SettingsError, SmoothL1Error, excerpt, storage_error
from smoothl1.lazy_patterns import lazy_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    Settings = dict[str, tuple[Any, str]]

_FLAG, _TEXT, _WHOLE = "true or false", "text", "a whole number"
_NUMBER, _NUMBERS, _TEXTS = "a number", "a number, or a list of numbers", "text, or a list of texts"

_SEVERAL = (_NUMBERS, _TEXTS)

KINDS = {
    "beta": _NUMBERS,
    "reduction": _TEXT,
    "nan": _TEXT,
    "precision": _WHOLE,
    "confidence": _NUMBER,
    "header": _FLAG,
    "delimiter": _TEXT,
    "decimal": _TEXT,
    "encoding": _TEXT,
    "comment": _TEXT,
    "missing-value": _TEXTS,
    "skip-rows": _WHOLE,
    "threads": _WHOLE,
    "chunk-size": _WHOLE,
    "store-timeout": _NUMBER,
    "device": _TEXT,
    "quiet": _FLAG,
    "progress": _FLAG,
}
"""The options that may be configured, and what each takes: those that say how to compute and show.

Options that name data, outputs and gates are not among them, nor those that accept what is refused
otherwise: these have to stand where a reader of the command sees them.
"""

_FILE = "pyproject.toml"
_TABLE = "[tool.smoothl1]"
_NAME = lazy_pattern(rb"smooth[-_]?[l1]")
_SEARCHED_BYTES = 1 << 26
"""Bytes in which the name is looked for."""
_TYPED = click.core.ParameterSource.COMMANDLINE
ORIGINS = "smoothl1.origins"
"""Key in the `meta` of a context: where each value comes from that was not typed, by parameter."""

ARGUMENTS, _FAULT = "smoothl1.arguments", "smoothl1.fault"
"""Keys in the `meta` of a context: the command's arguments, and what is wrong with settings."""


def options_of(command: click.Command) -> dict[str, click.Option]:
    """The options of a command that may be configured, by their keys."""
    shown = [p for p in command.params if isinstance(p, click.Option) and not p.hidden]
    found = {name: option for option in shown for name in option.opts}
    return {key: found[f"--{key}"] for key in KINDS if f"--{key}" in found}


def configure(ctx: click.Context, args: list[str]) -> SmoothL1Error | None:
    """Make the settings of file and environment the defaults of a command.

    Args:
        ctx: The context of the command, which is not parsed yet.
        args: Its arguments.

    Returns:
        The error, to be raised once it is known that no page of help is wanted: there is no such
        setting, its value is of another type, or the file cannot be read.
    """
    options = options_of(ctx.command)
    ctx.meta[ARGUMENTS], ctx.meta[_FAULT] = args, None
    ctx.default_map, ctx.meta[ORIGINS] = {}, {}
    try:
        if options:
            check_variables(ctx, args, KINDS)
        found = _of_file() | _of_environment() if options else {}
        for key, option in options.items():
            if key in found:
                ctx.default_map[str(option.name)], ctx.meta[ORIGINS][option.name] = found[key]
    except SmoothL1Error as error:
        ctx.meta[_FAULT] = error
        return error
    return None


@contextmanager
def naming_origins(ctx: click.Context) -> Iterator[None]:
    """Let the refusal of a value that was not typed name where it comes from.

    Raises:
        SettingsError: An option does not take the value of a file or the environment.
    """
    try:
        yield
    except click.BadParameter as error:
        name = None if error.param is None else error.param.name
        origin = ctx.meta[ORIGINS].get(name)
        if origin is None or ctx.get_parameter_source(str(name)) is _TYPED:
            raise
        options = options_of(ctx.command).items()
        key = next(key for key, option in options if option.name == name)
        said = error.message
        if KINDS[key] == _FLAG:  # of a variable: the type of one in a file is checked before
            said = f"{excerpt(os.environ[origin])} is not {_FLAG}"
        raise SettingsError(f"{key}: {said}", path=origin) from error


def is_configured(ctx: click.Context) -> bool:
    """Whether any value in force was configured, not typed."""
    return bool(ctx.meta.get(ORIGINS))


def is_typed(name: str) -> bool:
    """Whether a parameter of the running command stands on the command line.

    An option without effect is refused if it was typed. A setting for all commands is not: it waits
    for a command that uses it.
    """
    ctx = click.get_current_context(silent=True)
    return ctx is None or ctx.get_parameter_source(name) is _TYPED


def show_config() -> click.Option:
    """The option that prints all settings and where they come from, and ends."""
    return click.Option(
        ["--show-config"],
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_show,
        help="Print the settings that may be configured and where each comes from, and exit.",
    )


def _show(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        if ctx.meta[_FAULT] is not None:
            raise ctx.meta[_FAULT]
        from smoothl1.cli.shown_settings import lines_of  # late: most runs show none

        lines = lines_of(ctx, options_of(ctx.command), ctx.meta[ARGUMENTS], ctx.meta[ORIGINS])
        click.echo(f"{_TABLE}\n" + "\n".join(lines))
        ctx.exit()


def _of_environment() -> Settings:
    """The settings of the environment. An empty variable is none."""
    found: Settings = {}
    for key, kind in KINDS.items():
        variable = variable_of(key)
        if text := os.environ.get(variable):
            found[key] = ({_NUMBERS: _split(text), _TEXTS: [text]}.get(kind, text), variable)
    return found


def _split(text: str) -> list[str]:
    """The numbers of a text between blanks. Those between commas stay together, as in an option."""
    return ",".join(part.strip() for part in text.split(",")).split()


def _of_file() -> Settings:
    """The settings of the nearest pyproject.toml, which is parsed only if it names the program.

    Raises:
        SettingsError: The file is damaged, or no file, or a key or a value is not one of a setting.
        StorageError: The file cannot be read.
    """
    path = _nearest_file()
    if path is None:
        return {}
    try:
        with open(path, "rb") as file:
            data = file.read(_SEARCHED_BYTES + 1)
    except OSError as error:
        raise storage_error(error, path) from error
    if len(data) <= _SEARCHED_BYTES and not _NAME.search(data.lower()) and not _is_hidden_in(data):
        return {}
    return {
        key: (value if KINDS[key] not in _SEVERAL or isinstance(value, list) else [value], path)
        for key, value in _table_of(data, path).items()
    }


def _nearest_file() -> str | None:
    """The pyproject.toml of this folder, or of the nearest one above it that has one.

    A folder of that name has no settings. What else is no file may have some that cannot be read.

    Raises:
        SettingsError: It is a pipe, a socket, or a device other than /dev/null.
        StorageError: It is a link that leads nowhere.
    """
    try:
        depth = os.getcwd().count(os.sep)
    except OSError:  # the folder was removed
        return None
    for i in range(depth + 1):
        path = f"{os.pardir}{os.sep}" * i + _FILE
        try:
            mode = os.stat(path).st_mode
        except OSError as error:
            if os.path.islink(path):
                raise storage_error(error, path) from error
            continue
        if stat.S_ISREG(mode):
            return path
        if not stat.S_ISDIR(mode):
            return _without_settings(path)
    return None


def _without_settings(path: str) -> str | None:
    """No file: /dev/null in its place says that there are no settings.

    Raises:
        SettingsError: It is something else, which may have some.
    """
    if os.path.samefile(path, os.devnull):
        return None
    what = f"no regular file, so its {_TABLE} cannot be read"
    raise SettingsError(what, path=path, hint="put a file in its place")


def _is_hidden_in(data: bytes) -> bool:
    """Whether the name of the program is in TOML as escapes, or in text of UTF-16 or UTF-32."""
    if b"\0" not in data and b"\\" not in data:
        return False
    from smoothl1.cli.toml_files import as_plain_text  # late: few have such characters

    return _NAME.search(as_plain_text(data).lower()) is not None


def _table_of(data: bytes, path: str) -> dict[str, Any]:
    """The table of this program, whose keys and types are checked."""
    from smoothl1.cli.toml_files import (
        may_have_table,
        parsed,
    )  # late: few have a table

    if len(data) <= _SEARCHED_BYTES and not may_have_table(data):
        return {}
    project = parsed(data, path, f"its {_TABLE}")
    tools = project.get("tool")
    tools = tools if isinstance(tools, dict) else {}
    for name in tools:
        if name.lower().startswith("smooth") and name != "smoothl1":
            from smoothl1.cli.unknown_settings import refuse_like  # late: only for a mistake

            refuse_like(name, path)
    table = tools.get("smoothl1", {})
    if not isinstance(table, dict):
        hint = f"write {_TABLE} in a line of its own, in single brackets, and the settings below it"
        raise SettingsError(f"{_TABLE} is no table", path=path, hint=hint)
    for key, value in table.items():
        if key not in KINDS:
            from smoothl1.cli.unknown_settings import unknown_setting  # late: only for a mistake

            raise unknown_setting(key, _TABLE, KINDS, path)
        if not _is_of(KINDS[key], value):
            what = f"{_TABLE} {key} must be {KINDS[key]}, not {excerpt(value)}"
            raise SettingsError(what, path=path)
    return table


def _is_of(kind: str, value: object) -> bool:
    """Whether a value of TOML is of a kind."""
    if kind is _NUMBERS and isinstance(value, list):
        return bool(value) and all(map(_is_number, value))
    if kind is _TEXTS and isinstance(value, list):
        return bool(value) and all(isinstance(text, str) for text in value)
    if kind in (_NUMBER, _NUMBERS):
        return _is_number(value)
    if kind is _WHOLE:
        return isinstance(value, int) and _is_number(value)
    return type(value) is {_FLAG: bool, _TEXT: str, _TEXTS: str}[kind]


def _is_number(value: object) -> bool:
    """Whether a value of TOML, where integers may have any number of digits, is a binary64."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value.bit_length() <= 1023
    return isinstance(value, float)
