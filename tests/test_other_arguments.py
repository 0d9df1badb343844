"""Every option of the command is an argument in Python, or the message says what there is."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import click
import pytest

from smoothl1 import compare, evaluate, plan_tasks, preview, report
from smoothl1.cli.main import main
from smoothl1.other_arguments import ARGUMENTS, OF_THE_COMMAND

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FUNCTIONS: dict[str, list[Callable[..., Any]]] = {
    "eval": [evaluate, plan_tasks],
    "compare": [compare],
    "report": [report],
    "inspect": [preview],
}


def names_of_options(command: str) -> Iterator[str]:
    """The long names of all options, as Python would have them."""
    found = main.get_command(click.Context(main), command)
    assert found is not None
    for option in found.params:
        for name in (*option.opts, *option.secondary_opts):
            if name.startswith("--"):
                yield name[2:].replace("-", "_")


@pytest.mark.parametrize("command", FUNCTIONS)
def test_every_option_is_an_argument_or_named_by_the_message(command: str) -> None:
    for function in FUNCTIONS[command]:
        known = inspect.signature(function).parameters
        for name in {*names_of_options(command)} - {*known, "help", "version"}:
            with pytest.raises(TypeError, match=f"^there is no argument '{name}': ."):
                function(*[[0.0]] * (3 if function is compare else 2), **{name: 1})


def test_the_table_has_names_of_options_alone() -> None:
    options = {name for command in FUNCTIONS for name in names_of_options(command)}
    assert {*OF_THE_COMMAND} <= options
    known = inspect.signature(evaluate).parameters
    assert not OF_THE_COMMAND.keys() & known.keys()


def test_the_arguments_that_are_no_settings_are_those_of_evaluate() -> None:
    assert {*ARGUMENTS} < {*inspect.signature(evaluate).parameters}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("on", "did you mean key='column'?"),
        ("y_true", "targets are given by their place, after the predictions"),
        ("targt", "did you mean target?"),
        ("weigths", "did you mean weights?"),
    ],
)
def test_names_of_other_software_and_typing_errors_are_answered(name: str, said: str) -> None:
    with pytest.raises(TypeError) as caught:
        evaluate([0.0], [1.0], **{name: "x"})  # type: ignore[call-overload, unused-ignore]
    assert str(caught.value) == f"there is no argument {name!r}: {said}"
