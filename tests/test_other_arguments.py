"""Every option of the command is an argument in Python, or the message says what there is."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import click
import pytest

from smoothl1 import SmoothL1Error, compare, evaluate, plan_tasks, preview, report
from smoothl1.callers import default_warn
from smoothl1.cli.main import main
from smoothl1.other_arguments import (
    ARGUMENTS,
    IN_PYTHON,
    OF_THE_COMMAND,
    SETTINGS,
    options_in_python,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

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
    assert {*OF_THE_COMMAND, *IN_PYTHON} <= options
    known = inspect.signature(evaluate).parameters
    assert not (OF_THE_COMMAND | IN_PYTHON).keys() & known.keys()


def test_arguments_and_settings_are_those_of_evaluate() -> None:
    given = {"predictions", "targets", "settings"}
    assert {*ARGUMENTS, *SETTINGS} | given == {*inspect.signature(evaluate).parameters}


def test_every_option_that_an_error_may_name_is_known_in_python_or_has_no_like_there() -> None:
    """The options of gates, reports and forms are those of the command alone."""
    options = {name for command in FUNCTIONS for name in names_of_options(command)}
    unknown = {
        name for name in options if options_in_python(f"--{name.replace('_', '-')} says") is None
    }
    assert unknown == {*OF_THE_COMMAND}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("digits", "numbers are in full, and f'{result:.3f}' rounds one"),
        ("on", "did you mean key='column'?"),
        ("y_true", "targets are given by their place, after the predictions"),
        ("beta", "it is betas=..."),
        ("chunk_size", "it is execution=Execution(chunk_rows=...)"),
        ("targetz", "did you mean target?"),
        ("losses_too", "did you mean losses_to?"),
    ],
)
def test_names_of_other_software_and_typing_errors_are_answered(name: str, said: str) -> None:
    with pytest.raises(TypeError) as caught:
        evaluate([0.0], [1.0], **{name: "x"})  # type: ignore[call-overload, unused-ignore]
    assert str(caught.value) == f"there is no argument {name!r}: {said}"


def notes_of(*given: Any, **named: Any) -> list[str]:
    with pytest.raises(SmoothL1Error) as caught:
        evaluate(*given, **named)
    assert "in Python" not in str(caught.value)
    return getattr(caught.value, "__notes__", [])


def test_an_error_notes_what_the_options_that_it_names_are_in_python(tmp_path: Path) -> None:
    a, b = (tmp_path / name for name in ("a.csv", "b.csv"))
    a.write_text("id,p\n1,1.5\n2,2.5\n3,3.5\n")
    b.write_text("id,y\n3,1.0\n1,2.0\n2,3.0\n")
    assert notes_of(a, b, pred="p", target="y") == [
        "in Python, --key is key=..., --no-key-check is options=ReadOptions(key_check=False)"
    ]
    assert notes_of([[1.0]], [1.0]) == ["in Python, --flatten is options=ReadOptions(flatten=True)"]
    assert notes_of(a, None, pred="q", target="p") == []


def test_a_warning_says_what_the_options_that_it_names_are_in_python() -> None:
    with pytest.warns(UserWarning, match="--key") as caught:
        default_warn("are the rows the same? (--key matches rows by a column)")
    (warning,) = caught
    assert warning.filename == __file__
    assert str(warning.message) == (
        "are the rows the same? (--key matches rows by a column) (in Python, --key is key=...)"
    )
    with pytest.warns(UserWarning, match="^the losses of one row$"):
        default_warn("the losses of one row")
