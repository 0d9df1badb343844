"""Strict parsing of the command line, where Click alone would guess silently, or wrongly."""

from __future__ import annotations

import copy
import math
from typing import Any

import click

from smoothl1.cli import advice, configuration
from smoothl1.lazy_patterns import lazy_pattern

_MOST_SECONDS = 1e6

_MOST_DIGITS = 10
"""Digits that no number of a part has."""

_TAKE_PERCENTAGES = ("--max-increase", "--margin")
"""The options that take a percentage: a command has one of them at most."""

ANNOTATE = "smoothl1.github"
"""Key in the `meta` of a context; it is there if errors are wanted as annotations, too."""


class StrictCommand(click.Command):
    """A command that refuses what Click would take.

    That is an option with one value given twice, of which Click takes the last, and an empty path,
    such as a shell makes of a variable that is not set. Whether a file may be read is left to who
    opens it: that is no fault of the command line. Options that are not given have the values of
    `configuration`.

    Args:
        args: See `click.Command`.
        explained_by: The command whose help explains the options that both have, if not its own.
        kwargs: See `click.Command`.
    """

    def __init__(self, *args: Any, explained_by: str | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._explained_by = explained_by
        for param in self.params:
            if isinstance(param.type, click.Path):
                param.type.readable = False
        if configuration.options_of(self):
            self.params.append(configuration.show_config())

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        given = list(args)
        takes_rest, ctx.allow_extra_args = ctx.allow_extra_args, True
        fault = configuration.configure(ctx, given)
        if not ctx.resilient_parsing:
            advice.refuse_one_dash(ctx, self.get_params(ctx), given)
        try:
            with configuration.naming_origins(ctx):
                rest = super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            raise advice.no_such_option(error.option_name, ctx) from None
        except click.BadOptionUsage as error:
            from smoothl1.cli import flag_values  # late: only for a mistake, like all advice below

            raise flag_values.attached(error, given, ctx) from None
        except click.MissingParameter as error:
            from smoothl1.cli import misplaced

            raise misplaced.missing(error, given) from None
        if not ctx.resilient_parsing:
            if fault is not None:  # only now: help is shown whatever else is wrong
                raise fault
            self._refuse_repeated(ctx, given)
            self._refuse_empty_paths(ctx)
            if rest and not takes_rest:
                from smoothl1.cli import misplaced

                raise misplaced.too_many(rest, given, ctx)
        return rest

    def get_help(self, ctx: click.Context) -> str:
        """The page of help, for the width of the terminal."""
        from smoothl1.cli.narrow_help import formatter_of  # late: only for help

        formatter = formatter_of(ctx)
        self.format_help(ctx, formatter)
        return formatter.getvalue().rstrip("\n")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options under headings."""
        from smoothl1.cli.help_page import write_options  # late: only for help

        write_options(self.get_params(ctx), ctx, formatter, self._explained_by)

    def _refuse_repeated(self, ctx: click.Context, args: list[str]) -> None:
        options = [param for param in self.get_params(ctx) if isinstance(param, click.Option)]
        values = self._all_values(ctx, args)
        for option in options:
            found = values.get(str(option.name), [])
            if option.is_flag and len(set(found)) > 1:
                both = " and ".join((option.opts[-1], option.secondary_opts[-1]))
                raise click.UsageError(f"{both} exclude each other", ctx)
            if len(found) > 1 and not (option.is_flag or option.multiple or option.count):
                times = "twice" if len(found) == 2 else f"{len(found)} times"
                name = "/".join(option.opts)
                raise click.UsageError(f"{name} is given {times}: it takes one value", ctx)

    def _refuse_empty_paths(self, ctx: click.Context) -> None:
        for param in self.params:
            value = ctx.params.get(str(param.name))
            paths = value if isinstance(value, tuple) else (value,)
            if isinstance(param.type, click.Path) and "" in paths:
                raise click.BadParameter("the path is empty", ctx, param)

    def _all_values(self, ctx: click.Context, args: list[str]) -> dict[str, list[Any]]:
        """All given values of each option. Click's parser keeps all if an option may repeat."""
        params = [copy.copy(param) for param in self.get_params(ctx)]
        for param in params:
            if isinstance(param, click.Option):
                param.multiple, param.count = True, False
        parser = click.Command(self.name, params=params, add_help_option=False).make_parser(ctx)
        values: dict[str, Any] = parser.parse_args([*args])[0]  # it empties its list
        return {str(p.name): values.get(str(p.name)) or [] for p in params}


_ONE_OR_SEVERAL = lazy_pattern(r"[+-]?(\d+,\d+|\d{1,3}(,\d{3})+)")
"""Whole numbers separated by commas, or one number with a decimal comma, or one in thousands."""


class Number(click.types.FloatParamType):
    """A float in the notation of CSV cells: ASCII, without digit separators."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        _refuse_separators(self, value, param, ctx)
        if isinstance(value, str) and value.strip().endswith("%"):
            self.fail(f"{value!r} is a percentage: write a number{_but(ctx)}", param, ctx)
        try:
            return float(value)
        except ValueError:
            self.fail(f"{value!r} is no number", param, ctx)


class Numbers(click.ParamType[tuple[float, ...]]):
    """One number, or several separated by commas."""

    name = Number.name
    _one = Number()

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[float, ...]:
        if not (isinstance(value, str) and "," in value):
            return (self._one.convert(value, param, ctx),)
        if _ONE_OR_SEVERAL.fullmatch(value.strip()):
            is_typed = param is None or configuration.is_typed(str(param.name))
            way = "give each an option of its own" if is_typed else "separate them by blanks"
            what = f"{value!r} may be one number or several: write a point, or {way}"
            self.fail(what, param, ctx)
        return tuple(self._one.convert(part, param, ctx) for part in value.split(","))


class Decimals(Numbers):
    """Numbers that count as the decimal that is written, so that none of its digits may be lost."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[float, ...]:
        found = super().convert(value, param, ctx)
        if isinstance(value, str):
            for text, number in zip(value.split(","), found, strict=True):
                if not _is_as_written(text.strip(), number):
                    what = f"{text.strip()!r} has more digits than float64: write {number!r}"
                    self.fail(what, param, ctx)
        return found


def _is_as_written(text: str, number: float) -> bool:
    """Whether a number's shortest decimal is that of the text; also if it is not finite."""
    from decimal import Decimal, InvalidOperation  # late: few runs have such a number

    try:
        return not math.isfinite(number) or Decimal(text) == Decimal(repr(number))
    except InvalidOperation:  # an exponent of too many digits
        return False


def joined(
    _: click.Context, __: click.Parameter, values: tuple[tuple[float, ...], ...]
) -> tuple[float, ...]:
    """The numbers of an option that may be repeated, in order."""
    return tuple(number for some in values for number in some)


def _but(ctx: click.Context | None) -> str:
    """Which option of the command takes a percentage, if any does."""
    params = [] if ctx is None else ctx.command.params
    takers = [name for p in params for name in p.opts if name in _TAKE_PERCENTAGES]
    return f" (only {takers[0]} takes a percentage)" if takers else ""


class WholeNumber(click.IntRange):
    """An integer in a range, in ASCII digits without separators."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        _refuse_separators(self, value, param, ctx)
        try:
            number = int(value)
        except ValueError:
            self.fail(f"{value!r} is no whole number", param, ctx)
        return super().convert(number, param, ctx)


def _refuse_separators(
    kind: Number | WholeNumber,
    value: object,
    param: click.Parameter | None,
    ctx: click.Context | None,
) -> None:
    """Refuse numbers that only Python reads: 1_0 is 10 there, and digits may be of any script."""
    if isinstance(value, str) and ("_" in value or not value.isascii()):
        kind.fail(f"{value!r} is no number: write ASCII digits without separators", param, ctx)


class DeviceName(click.ParamType[str]):
    """The name of a device."""

    name = "device"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        from smoothl1.checks import checked_device
        from smoothl1.errors import SettingsError  # late: `--help` needs neither

        try:
            return checked_device(str(value))
        except SettingsError as error:
            self.fail(str(error), param, ctx)


class PartOfRun(click.ParamType[tuple[int, int]]):
    """A part of a run, i/n: its number, from 1, and the number of all parts."""

    name = "part"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        from smoothl1.checks import checked_part
        from smoothl1.errors import SettingsError  # late, as above

        index, _, n_parts = str(value).partition("/")
        numbers = (index, n_parts)
        if not all(n.isascii() and n.isdecimal() and len(n) < _MOST_DIGITS for n in numbers):
            self.fail(f"{str(value)[:40]!r} is no part: write i/n, such as 3/16", param, ctx)
        try:
            return checked_part((int(index), int(n_parts)))
        except SettingsError as error:
            self.fail(str(error), param, ctx)


def seconds(ctx: click.Context, param: click.Parameter, value: float | None) -> float | None:
    """A time above 0, if one is given."""
    if value is not None and not 0 < value <= _MOST_SECONDS:
        what = f"{value:g} is not a time above 0, and at most {_MOST_SECONDS:g} seconds"
        raise click.BadParameter(what, ctx, param)
    return value


def annotate(ctx: click.Context, param: click.Parameter, value: bool) -> bool:
    """Remember in the context that errors are wanted as annotations, too."""
    if value:
        ctx.meta[ANNOTATE] = True
    return value
