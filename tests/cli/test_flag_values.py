from __future__ import annotations

from typing import TYPE_CHECKING

import click
import pytest

from smoothl1.cli import flag_values
from smoothl1.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Run

COLUMNS = ("--pred", "p", "--target", "y")
GONE = ": no such file or directory"


def refusal(*args: str) -> str:
    with pytest.raises(click.UsageError) as caught:
        main.main(list(args), "smoothl1", standalone_mode=False)
    return caught.value.format_message()


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ("--json out.json", "--json takes no value: -o out.json names the file"),
        ("--json out", "--json takes no value: -o out names the file"),
        ("--github s.md", "--github takes no value: --markdown s.md writes a table into a file"),
        ("--by-column task", "--by-column takes no value: --by task names a column of groups"),
        ("--no-key-check id", "--no-key-check takes no value: --key id names a column"),
        ("--separate ,", "--separate takes no value: --delimiter , separates cells"),
        ("--header true", "--header takes no value: it is on where it stands"),
        ("--header 0", "--header takes no value; its opposite is --no-header"),
        ("--no-progress false", "--no-progress takes no value; its opposite is --progress"),
        ("--flatten false", "--flatten takes no value: leave it out"),
        ("-q 1", "-q takes no value: it is on where it stands"),
    ],
)
def test_a_value_behind_an_option_that_takes_none_is_no_input(
    run: Run, tmp_path: Path, args: str, said: str
) -> None:
    (tmp_path / "t.csv").write_text("p,y\n1,2\n")
    words = args.split()
    assert (
        refusal("eval", "p.npy", "t.npy", *words)
        == f"unexpected extra argument: {words[1]}; {said}"
    )
    assert refusal("eval", "p.npy", *words, "t.npy") == f"unexpected extra argument: t.npy; {said}"
    done = run("eval", "t.csv", *COLUMNS, *words)
    assert done.stderr.startswith(f"smoothl1: error: {words[1]}{GONE} [{said}]\n")


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ("--json=out.json", "--json takes no value: -o out.json names the file"),
        ("--json=", "--json takes no value"),
        ("--header=False", "--header takes no value; its opposite is --no-header"),
        ("-q=1", "-q takes no value: it is on where it stands"),
        ("--markdown", "Option '--markdown' requires an argument."),
    ],
)
def test_a_value_that_is_joined_to_an_option_is_refused_with_the_same_words(
    args: str, said: str
) -> None:
    assert refusal("eval", "p.npy", "t.npy", args) == said
    assert (
        refusal("--traceback=1", "eval") == "--traceback takes no value: it is on where it stands"
    )


def test_every_command_tells_of_a_value_behind_a_flag(run: Run, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("p,q,y\n1,2,2\n")
    (tmp_path / "out1.json").touch()  # one with nearly its name is not meant
    for args in (
        ("eval", "t.csv", *COLUMNS),
        ("compare", "t.csv", "t.csv", "--pred", "q", *COLUMNS),
        ("merge",),
        ("report", "t.csv", *COLUMNS),
        ("inspect", "t.csv"),
    ):
        done = run(*args, "--json", "out.json")
        said = f"{GONE} [--json takes no value: -o out.json names the file]\n"
        assert done.stderr == f"smoothl1: error: out.json{said}"
    said = "smoothl1: error: --json takes no value: -o out.json names the file [see"
    assert run("compare", "t.csv", "--json", "out.json").stderr.startswith(said)


def test_what_stands_behind_a_flag_may_be_an_input(run: Run, tmp_path: Path) -> None:
    for name in ("a", "b", "c", "preds.json"):
        (tmp_path / name).touch()
    assert run("eval", "--json", "x.npy", "t.npy").stderr.endswith(f"x.npy{GONE}\n")
    assert run("eval", "--json", "pred.jsonl", "b").stderr.endswith(" mean preds.json?]\n")
    assert run("inspect", "--", "--json", "x.json").stderr.endswith(f"--json{GONE}\n")
    for args in (("a", "b", "--json", "c"), ("--json", "preds.json", "a", "b")):
        assert "; several models are for" in run("eval", *args).stderr


def test_options_that_are_named_exist() -> None:
    params = [p for name in main.list_commands(None) for p in main.get_command(None, name).params]
    flags = {*flag_values.flags_of(params)}
    assert {*flag_values._ENDS_OF_FILES, *flag_values._OTHER_WAYS} <= flags
    options = {name for param in params for name in param.opts} - flags
    assert {way.split()[0] for way in flag_values._OTHER_WAYS.values()} <= options
