"""How command lines are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
import pytest

from smoothl1.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.conftest import Run

ARGUMENTS = {
    "smoothl1": [],
    "eval": ["p", "t"],
    "compare": ["a", "b", "t"],
    "merge": ["r"],
    "report": ["p", "t"],
    "inspect": ["p"],
}


def commands() -> Iterator[click.Command]:
    yield main
    context = click.Context(main)
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        assert command is not None
        yield command


def options() -> Iterator[tuple[click.Command, click.Option]]:
    for command in commands():
        for param in command.get_params(click.Context(command)):
            if isinstance(param, click.Option):
                yield command, param


def value_for(option: click.Option) -> str:
    """Some value that the option accepts."""
    if isinstance(option.type, click.Choice):
        return str(option.type.choices[0])
    named = {"device": "cuda:7", "part": "3/7", "raw": "float32", "also": "mae"}
    named["checksums"] = f"x.csv=sha256:{'0' * 64}"
    for name in (option.type.name, str(option.name)):
        if name in named:
            return named[name]
    return "7" if option.type.name in ("integer", "float", "integer range") else "x"


def parsed(command: click.Command, *args: str) -> dict[str, Any]:
    name = "smoothl1" if command is main else str(command.name)
    return command.make_context(name, [*args, *ARGUMENTS[name]]).params


SINGLE = [(c, o) for c, o in options() if not (o.is_flag or o.multiple or o.name == "delta")]


@pytest.mark.parametrize("name", sorted({str(command.name) for command, _ in SINGLE}))
def test_an_option_of_one_value_is_refused_if_it_is_given_twice(name: str) -> None:
    for command, option in (one for one in SINGLE if one[0].name == name):
        value = value_for(option)
        assert parsed(command, option.opts[0], value)[str(option.name)] is not None
        for first in option.opts:
            for again in (option.opts[-1], f"{option.opts[-1]}={value}"):
                args = [first, value, again, value] if "=" not in again else [first, value, again]
                with pytest.raises(click.UsageError, match="is given twice: it takes one value"):
                    parsed(command, *args)


@pytest.mark.parametrize(
    ("command", "option"), [(c, o) for c, o in options() if o.multiple], ids=lambda p: str(p.name)
)
def test_an_option_of_several_values_keeps_all(
    command: click.Command, option: click.Option
) -> None:
    value = value_for(option)
    found = parsed(command, option.opts[0], value, option.opts[-1], value)
    assert len(found[str(option.name)]) == 2


@pytest.mark.parametrize(
    ("command", "option"),
    [(c, o) for c, o in options() if o.is_flag and not o.is_eager],
    ids=lambda p: str(p.name),
)
def test_a_flag_may_be_repeated_and_not_contradicted(
    command: click.Command, option: click.Option
) -> None:
    assert parsed(command, option.opts[0], option.opts[-1])[str(option.name)] is True
    if option.secondary_opts:
        for args in ((option.opts[0], option.secondary_opts[0]), (option.secondary_opts[0],)):
            if len(args) == 2:
                with pytest.raises(click.UsageError, match="exclude each other"):
                    parsed(command, *args)
            else:
                assert parsed(command, *args * 2)[str(option.name)] is False


def test_every_option_is_single_repeatable_or_a_flag() -> None:
    """So that the tests above have met each of them; help and version end the program."""
    others = {o.name for c, o in options() if not (o.multiple or o.is_flag or (c, o) in SINGLE)}
    assert others == {"delta"}
    assert {c.name for c, _ in SINGLE} == {"eval", "compare", "merge", "report", "inspect"}


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("eval", "p", "t", "-o", "a", "--output", "b"), "-o/--output is given twice"),
        (("eval", "p", "t", "--nan", "omit", "--nan=error"), "--nan is given twice"),
        (("eval", "p", "t", "--by", "a", "--by", "b", "--by", "a"), "groups is given twice"),
        (("eval", "p", "t", "-rsum", "-r", "mean"), "-r/--reduction is given twice"),
        (("merge", "r", "--fail-above", "1", "--fail-above", "2"), "--fail-above is given twice"),
        (("compare", "a", "b", "t", "--confidence", ".9", "--confidence", ".9"), "given twice"),
        (("eval", "p", "t", "--header", "--no-header"), "--header and --no-header exclude"),
    ],
)
def test_a_wrong_command_line_is_refused_with_what_is_meant(
    run: Run, args: tuple[str, ...], said: str
) -> None:
    done = run(*args)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("smoothl1: error: ")
    assert done.stderr.count("\n") == 1
    assert said in done.stderr


NUMBERS = [
    (c, o)
    for c, o in options()
    if o.type.name in {"float", "integer", "integer range"} and not (o.is_flag or o.count)
]


@pytest.mark.parametrize(("command", "option"), NUMBERS, ids=lambda part: str(part.name))
def test_numbers_are_written_in_ascii_digits_without_separators(
    command: click.Command, option: click.Option
) -> None:
    assert parsed(command, option.opts[0], "7")[str(option.name)] in {7, (7.0,)}
    for value in ("1_0", "1_000", "\u0663", "\uff11"):
        with pytest.raises(click.BadParameter, match="is no number: write ASCII digits"):
            parsed(command, option.opts[0], value)


@pytest.mark.parametrize("args", [("--beta", "1_0"), ("--fail-above", "1_000"), ("-b", "0.1_5")])
def test_a_digit_separator_is_a_wrong_command_line(run: Run, args: tuple[str, ...]) -> None:
    done = run("eval", "p", "t", *args)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert f"{args[1]!r} is no number: write ASCII digits without separators" in done.stderr


def test_help_is_shown_whatever_else_is_wrong(run: Run) -> None:
    done = run("eval", "--by", "a", "--by", "b", "--help")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("option", ["--fail-above", "--beta", "--confidence"])
def test_a_percentage_is_refused_with_the_reason(run: Run, option: str) -> None:
    done = run("eval", "p", "t", option, "5%")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "'5%' is a percentage: write a number (only --max-increase takes" in done.stderr


@pytest.mark.parametrize(
    ("command", "but"), [("compare", " (only --margin takes a "), ("report", " [")]
)
def test_the_option_that_takes_a_percentage_is_one_of_the_command(
    run: Run, command: str, but: str
) -> None:
    done = run(command, "p", "t", "--beta", "5%")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert f"'5%' is a percentage: write a number{but}" in done.stderr


@pytest.mark.parametrize(
    "args",
    [
        ("eval", "--github", "p.npy", "t.npy", "--nosuch"),
        ("eval", "--nosuch", "p.npy", "t.npy", "--github"),
        ("merge", "--github", "p.json", "--fail-above"),
        ("evaluate", "p.npy", "--github"),
    ],
)
def test_a_command_line_that_cannot_be_parsed_is_annotated_too(
    run: Run, args: tuple[str, ...]
) -> None:
    done = run(*args)
    said, annotation = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (2, "")
    assert annotation == said.replace("smoothl1: error: ", "::error title=smoothl1::")


@pytest.mark.parametrize(
    "args",
    [
        ("eval", "", "t.npy"),
        ("eval", "p.npy", ""),
        ("eval", "p.npy", "t.npy", "--weights", ""),
        ("eval", "p.npy", "t.npy", "-o", ""),
        ("eval", "p.npy", "t.npy", "--output="),
        ("eval", "p.npy", "t.npy", "--junit", ""),
        ("eval", "p.npy", "t.npy", "--markdown", ""),
        ("eval", "p.npy", "t.npy", "--baseline", "", "--max-increase", "0"),
        ("merge", "part.json", "--baseline=", "--max-increase=1%", "--on-missing-baseline=pass"),
        ("merge", ""),
        ("merge", "part.json", ""),
        ("inspect", "p.npy", ""),
        ("compare", "p.npy", "", "t.npy"),
    ],
)
def test_an_empty_path_is_a_variable_that_is_not_set(run: Run, args: tuple[str, ...]) -> None:
    done = run(*args)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("smoothl1: error: Invalid value for '")
    assert "': the path is empty" in done.stderr
