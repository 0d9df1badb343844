"""Help, and the hints of messages: both speak of the command that was run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import click
import pytest

from smoothl1.cli.help_page import HEADINGS
from smoothl1.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

CONTEXT = click.Context(main)
COMMANDS = [name for name in main.list_commands(CONTEXT) if name not in ("completion", "help")]
"""The commands that have options."""


def test_the_page_of_the_program_lists_every_command(run: Run) -> None:
    page = run("--help").stdout
    commands = page.split("Commands:\n")[1].split("\nOptions:\n")[0]
    assert [line.split()[0] for line in commands.splitlines()] == main.list_commands(CONTEXT)
    assert run("help").stdout == page


@pytest.mark.parametrize("command", main.list_commands(CONTEXT))
def test_help_is_a_command_too(run: Run, command: str) -> None:
    assert run("help", command).stdout == run(command, "--help").stdout != ""


def test_the_help_of_no_command_is_an_error(run: Run) -> None:
    done = run("help", "xyzzy")
    assert (done.returncode, done.stdout) == (2, "")
    assert "no such command: 'xyzzy'; there are eval, compare" in done.stderr


def test_the_version_has_a_short_name(run: Run) -> None:
    assert run("-V").stdout == run("--version").stdout


def test_the_package_is_a_command(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "smoothl1", "help"],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    assert "Commands:" in done.stdout


def parameters_of(name: str) -> list[click.Parameter]:
    command = main.get_command(CONTEXT, name)
    assert command is not None
    return command.params


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_stands_under_one_heading(run: Run, command: str) -> None:
    of_all = [name for names in HEADINGS.values() for name in names]
    assert len(of_all) == len(set(of_all))
    page = run(command, "--help").stdout
    assert "\nOptions:" not in page
    for parameter in parameters_of(command):
        if isinstance(parameter, click.Option) and not parameter.hidden:
            assert len(set(parameter.opts) & set(of_all)) == 1, parameter.opts


@pytest.mark.parametrize("columns", ["20", "40", "80"])
@pytest.mark.parametrize("command", COMMANDS)
def test_headings_come_in_one_order_at_any_width(run: Run, command: str, columns: str) -> None:
    page = run(command, "--help", env={"COLUMNS": columns}).stdout
    found = re.findall(r"^([A-Z][A-Za-z ]*):$", page, re.MULTILINE)
    headings = [name for name in found if name in HEADINGS]
    assert headings == [name for name in HEADINGS if name in headings]
    assert len(headings) > 4
    assert headings[-1] == "Running"


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_an_option_stands_by_itself(command: str) -> None:
    for parameter in parameters_of(command):
        text = getattr(parameter, "help", None)
        if text is not None:
            sentences = re.split(r"(?<=\.) (?=[A-Z])", text)
            assert not any(s.startswith(("Nor ", "And ", "As above")) for s in sentences), text


def test_the_help_of_a_comparison_speaks_of_its_own_inputs() -> None:
    for parameter in parameters_of("compare"):
        text = getattr(parameter, "help", None) or ""
        assert not re.search(r"\bPRED\b|\bboth\b", text), text


@pytest.mark.parametrize("columns", ["20", "80"])
@pytest.mark.parametrize("command", ["report", "inspect"])
def test_options_that_choose_data_are_named_and_explained_by_eval_alone(
    run: Run, command: str, columns: str
) -> None:
    page = run(command, "--help", env={"COLUMNS": columns}).stdout
    shown = [p for p in parameters_of(command) if isinstance(p, click.Option) and not p.hidden]
    words = {word.strip(",/") for word in page.split()}
    assert {option.opts[-1] for option in shown} <= words
    says = {option.opts[-1]: " ".join((option.help or "").split()) for option in shown}
    text = " ".join(page.split())
    of_data = ("--key", "--nan", "--delimiter", "--checksum", "--by", "--store-timeout")
    assert not [name for name in of_data if says[name] in text]
    assert all(says[name] in text for name in ("--output", "--json"))


TABLE = "a,b\n1.5,2.5\n2.5,3.5\n"
ONE = "y\n1\n2\n"


@pytest.mark.parametrize(
    ("command", "inputs", "option"),
    [
        ("compare", "table", "--pred-a"),
        ("compare", "table one one", "--pred-a"),
        ("compare", "one table one", "--pred-b"),
        ("compare", "one one table", "--target"),
        ("compare", "table --pred-a a", "--pred-b"),
        ("compare", "table --pred-a a --pred-b b", "--target"),
        ("eval", "table one", "--pred"),
        ("eval", "one table", "--target"),
        ("inspect", "table one", "--pred"),
    ],
)
def test_a_hint_names_the_option_of_the_command(
    run: Run, tmp_path: Path, command: str, inputs: str, option: str
) -> None:
    (tmp_path / "table").write_text(TABLE)
    (tmp_path / "one").write_text(ONE)
    done = run(command, *inputs.split(), "--separate")
    assert done.returncode == 3
    message = done.stderr.splitlines()[-1]
    assert "several numeric columns: 'a', 'b'" in message
    assert re.findall(r"--[a-z-]+", message) == [option]
    assert any(option in parameter.opts for parameter in parameters_of(command))


@pytest.mark.parametrize("width", [24, 49])
@pytest.mark.parametrize("command", ["", "eval", "compare", "merge", "completion"])
def test_a_page_fits_a_narrow_terminal_and_no_word_is_cut(
    command: str, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def page(columns: int) -> str:
        monkeypatch.setenv("COLUMNS", str(columns))
        found = main.get_command(CONTEXT, command) if command else main
        assert found is not None
        return found.get_help(click.Context(found, info_name=command))

    narrow, wide = page(width).replace(" \\\n", "\n"), page(80)
    assert "".join(narrow.split()) == "".join(wide.split())
    assert all(len(line) <= 80 for line in wide.split("\n"))
    words = {*wide.split(), *wide.replace("|", " ").split()}
    assert {word for word in narrow.split() if "|" not in word} <= words
    assert all(len(line) <= width or " " not in line.strip() for line in narrow.split("\n"))


@pytest.mark.parametrize("command", ["eval", "compare", "merge", "report", "inspect"])
def test_a_command_that_is_given_nothing_shows_its_usage_and_two_examples(
    run: Run, command: str
) -> None:
    done = run(command)
    usage, *examples, more = [line for line in done.stderr.splitlines() if line]
    assert (done.returncode, done.stdout) == (2, "")
    assert usage.startswith(f"Usage: smoothl1 {command} [OPTIONS] ")
    assert len(examples) == 2
    assert all(line in run(command, "--help").stdout for line in examples)
    assert more == f"smoothl1 {command} --help says more."


def test_a_page_beside_an_error_is_as_wide_as_stderr(monkeypatch: pytest.MonkeyPatch) -> None:
    def size(descriptor: int) -> os.terminal_size:
        if descriptor != 2:
            raise OSError
        return os.terminal_size((40, 20))

    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setattr("os.get_terminal_size", size)
    for line in main.get_help(click.Context(main, info_name="smoothl1")).splitlines():
        assert len(line) <= 40


def test_every_command_has_one_summary_everywhere() -> None:
    page = main.get_help(CONTEXT)
    for name in main.list_commands(CONTEXT):
        command = main.get_command(CONTEXT, name)
        assert command is not None
        assert f"{name:<11} {command.get_short_help_str(80)}\n" in page


def test_every_command_ends_its_help_with_examples() -> None:
    for name in main.list_commands(CONTEXT):
        command = main.get_command(CONTEXT, name)
        assert command is not None
        examples = (command.epilog or "").splitlines()
        assert examples[:2] == ["\b", "Examples:"], name
        assert any(line.startswith(f"  smoothl1 {name} ") for line in examples[2:]), name


def test_help_offers_the_forms_that_the_command_writes(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("p,y\n1,2\n")
    page = " ".join(run("inspect", "--help").stdout.split())
    assert "[table|tsv|csv|json|markdown|latex|parquet|arrow]" in page
    args = ("a.csv", "--pred", "p", "--target", "y", "-r", "none", "-f", "npy")
    assert run("inspect", *args).returncode == 0  # the word alone changes from that of eval
    refused = run("inspect", "a.csv", "-f", "yaml").stderr
    assert "'yaml' is not one of 'table'," in refused
    assert "npy" not in refused
    for command in ("compare", "merge"):
        assert ".html is a report" in " ".join(run(command, "--help").stdout.split())
