"""Completion: the words that each shell gets, and the scripts in the shells themselves."""

from __future__ import annotations

import os
import pty
import select
import shlex
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from smoothl1.cli.completion import VARIABLE
from tests.forking import forks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.conftest import Run

SHELLS = ("bash", "zsh", "fish", "powershell")

TRAP = "$(touch${IFS}ran)"
"""The name of a column that bash would run as a command."""

ODD = ("a b", "*", "it's", "`id`", "é", "C:\\d", "-x", "a!!b", "\u2019q")
"""Further names, of which shells take some as they are."""


@pytest.fixture(autouse=True)
def _table(tmp_path: Path) -> None:
    numbers = ",".join("1" * (2 + len(ODD)))
    (tmp_path / "table.csv").write_text("id;y_hat;y\n1;2;3\n")
    (tmp_path / "plain.csv").write_text("id,y_hat,Δ\n1,2,3\n")
    (tmp_path / "trap.csv").write_text(f"{','.join([TRAP, 'p', *ODD])}\n{numbers}\n")
    (tmp_path / "broken.parquet").write_bytes(b"PAR1")


def words(run: Run, line: str, shell: str = "bash") -> list[str]:
    """The words that a shell gets for what is typed, of which the last is not complete."""
    typed = line.split(" ")
    environment = {
        VARIABLE: f"{shell}_complete",
        "COMP_WORDS": line.rsplit(" ", 1)[0] + " " if shell == "fish" else line,
        "COMP_CWORD": typed[-1] if shell == "fish" else str(len(typed) - 1),
        "COMP_LINE": line,
        "COMP_WORD": typed[-1],
    }
    done = run(env=environment)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def test_commands_and_options_are_completed(run: Run) -> None:
    assert words(run, "smoothl1 me") == ["plain,merge"]
    assert words(run, "smoothl1 eval --on-missing-b") == ["plain,--on-missing-baseline"]
    assert words(run, "smoothl1 eval -r s") == ["plain,sum"]
    assert words(run, "smoothl1 completion z") == ["plain,zsh"]
    assert words(run, "smoothl1 help me") == ["plain,merge"]
    assert len(words(run, "smoothl1 help ")) > 5


def test_metrics_are_completed_after_commas_too(run: Run) -> None:
    assert words(run, "smoothl1 eval p t --also b") == ["plain,bias"]
    found = [f"plain,bias,{name}" for name in ("mae", "mse", "max")]
    assert words(run, "smoothl1 eval p t --also bias,m") == found
    assert words(run, "smoothl1 report p t --also mae,mse,rmse,bias,max,") == [
        "plain,mae,mse,rmse,bias,max,huber"
    ]


def test_columns_of_results_are_completed_after_commas_too(run: Run) -> None:
    for line, found in (
        ("eval p t --columns mean,c", ["mean,count"]),
        ("eval p t --by region --also rmse --top 2 --columns r", ["region", "rmse", "row"]),
        ("compare a b t --columns di", ["difference"]),
        ("eval p t --clusters c.npy --columns cl", ["clusters"]),
        ("compare a b t --cluster c --columns cl", ["clusters"]),
        ("eval p t --groups g.npy --columns gr", ["groups"]),
        ("compare a b c t --columns mo", ["model"]),
        ("inspect p --columns c", ["compression", "column"]),
    ):
        assert words(run, f"smoothl1 {line}") == [f"plain,{name}" for name in found]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("smoothl1 eval plain.csv --pred y", ["y_hat"]),
        ("smoothl1 eval plain.csv --pred y_hat --target ", ["id", "y_hat", "Δ"]),
        ("smoothl1 compare plain.csv --pred-a ", ["id", "y_hat", "Δ"]),
        ("smoothl1 compare gone.csv gone.csv gone.csv plain.csv --pred y", ["y_hat"]),
        ("smoothl1 eval table.csv --delimiter ; --by i", ["id"]),
        ("smoothl1 eval gone.csv plain.csv -k i", ["id"]),
        ("smoothl1 inspect plain.csv --target Δ", ["Δ"]),
        ("smoothl1 eval broken.parquet --pred ", []),
        ("smoothl1 eval --pred ", []),
    ],
)
def test_columns_of_the_files_already_typed_are_completed(
    run: Run, line: str, found: list[str]
) -> None:
    assert words(run, line) == [f"plain,{name}" for name in found]


@pytest.mark.parametrize(
    ("typed", "in_bash", "in_powershell"),
    [
        ("ta", "'task name'", "'task name'"),
        ('"ta', '"task name"', "'task name'"),
        ("it", "'it'\"'\"'s'", "'it''s'"),
        ("$", "'$x'", "'$x'"),
    ],
)
def test_names_are_quoted_where_the_shell_needs_it(
    run: Run, tmp_path: Path, typed: str, in_bash: str, in_powershell: str
) -> None:
    (tmp_path / "names.csv").write_text("task name,it's,$x\n1,2,3\n")
    line = f"smoothl1 eval names.csv --by {typed}"
    assert words(run, line) == [f"plain,{in_bash}"]
    assert words(run, line, "powershell") == [f"{in_powershell}\t"]


def test_every_shell_gets_its_own_form(run: Run) -> None:
    line = "smoothl1 eval plain.csv --pred y"
    assert words(run, line, "zsh") == ["plain", "y_hat", "_"]
    assert any("y_hat" in word for word in words(run, line, "fish"))
    assert words(run, line, "powershell") == ["y_hat\t"]
    assert words(run, "smoothl1 eval p", "powershell") == []  # it knows files by itself


@pytest.mark.parametrize("request_", ["tcsh_complete", "bash_", "x", "fish_source"])
def test_an_unknown_question_is_no_command(run: Run, request_: str) -> None:
    done = run("eval", "plain.csv", env={VARIABLE: request_})
    assert (done.returncode, done.stdout) == (2, "")
    said = f"smoothl1: error: {VARIABLE} is {request_!r}, which is no request of a shell\n"
    assert done.stderr == said


def test_an_empty_question_is_none(run: Run) -> None:
    done = run("eval", "plain.csv", "--pred", "y_hat", "--target", "id", env={VARIABLE: ""})
    assert (done.returncode, done.stdout, done.stderr) == (0, "0.5\n", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_words_that_cannot_be_written_are_an_error_of_one_line(tmp_path: Path) -> None:
    environment = {VARIABLE: "bash_complete", "COMP_WORDS": "smoothl1 ev", "COMP_CWORD": "1"}
    command = [sys.executable, "-m", "smoothl1.cli"]
    for redirection in (">/dev/full", ">&-"):
        script = " ".join(map(shlex.quote, command)) + f" {redirection}"
        done = subprocess.run(
            ["sh", "-c", script],
            cwd=tmp_path,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 4
        assert done.stderr.startswith("smoothl1: error: ")
        assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("shell", SHELLS)
def test_every_script_names_the_command_and_is_whole(run: Run, shell: str) -> None:
    done = run("completion", shell)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{shell}_complete" in done.stdout
    assert done.stdout.endswith("\n")


def test_names_of_columns_are_quoted_where_a_shell_would_not_take_them(run: Run) -> None:
    line = "smoothl1 eval trap.csv --target p --pred "
    found = [word.removeprefix("plain,") for word in words(run, line)]
    assert [shlex.split(word) for word in found] == [[name] for name in (TRAP, "p", *ODD)]
    assert [word for word in found if "'" not in word] == ["p", "é", "-x"]
    assert words(run, f"{line}it", "powershell") == ["'it''s'\t"]
    assert words(run, f"{line}\u2019", "powershell") == ["'\u2019\u2019q'\t"]
    assert words(run, f"{line}é", "powershell") == ["é\t"]


@pytest.mark.parametrize("shell", SHELLS)
def test_names_that_could_steer_a_terminal_are_left_out(
    run: Run, tmp_path: Path, shell: str
) -> None:
    """A line end within a name would be an answer of its own."""
    header = '"x\nfile,",,a\x1b[2J,b\x9b,c\u202e,y_hat\n1,2,3,4,5,6\n'
    (tmp_path / "plain.csv").write_text(header, encoding="utf-8")
    found = words(run, "smoothl1 eval plain.csv --pred ", shell)
    assert "y_hat" in "\n".join(found)
    assert len(found) == (3 if shell == "zsh" else 1)


def test_bash_takes_every_name_as_it_is(tmp_path: Path) -> None:
    """`*` is no pattern, and no name is a command."""
    script = """eval "$(smoothl1 completion bash)"
        COMP_WORDS=(smoothl1 eval trap.csv --target p --pred '') COMP_CWORD=6
        _smoothl1_completion smoothl1
        eval "printf '%s\\n' -- ${COMPREPLY[*]}"
    """
    folder = str(forks().script.parent)
    done = subprocess.run(
        ["bash", "--norc", "-c", script],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env={**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"},
    )
    assert done.stdout.splitlines() == ["--", TRAP, "p", *ODD]
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("quote", ["", "'", '"'])
def test_a_name_of_a_column_runs_nothing_in_bash(tmp_path: Path, quote: str) -> None:
    """Behind a quote that is open, too."""
    with terminal(tmp_path, "bash") as leader:
        os.write(leader, f"smoothl1 eval trap.csv --target p --pred {quote}$\t".encode())
        assert "ran)" in seen_until(leader, "ran)")
        os.write(leader, b"\necho $?'en''ded'\n")
        assert "0ended" in seen_until(leader, "ended")
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_the_shell_itself_completes(tmp_path: Path, shell: str) -> None:
    with terminal(tmp_path, shell) as leader:
        os.write(leader, b"smoothl1 eval plain.csv --pred y\t")
        assert "y_hat" in seen_until(leader, "y_hat")


@contextmanager
def terminal(tmp_path: Path, shell: str) -> Iterator[int]:
    """A shell in a terminal, with the script that lets it complete."""
    path = shutil.which(shell)
    if path is None:
        pytest.skip(f"{shell} is not installed")
    start = {"bash": ["--norc", "--noprofile", "-i"], "zsh": ["-f", "-i"]}[shell]
    leader, follower = pty.openpty()
    folder = str(forks().script.parent)
    process = subprocess.Popen(
        [path, *start],
        cwd=tmp_path,
        stdin=follower,
        stdout=follower,
        stderr=follower,
        start_new_session=True,
        env={
            **os.environ,
            "HOME": str(tmp_path),
            "TERM": "dumb",
            "PATH": f"{folder}:{os.environ['PATH']}",
        },
    )
    os.close(follower)
    try:
        os.write(leader, f"eval \"$(smoothl1 completion {shell})\"; echo 're''ady'\n".encode())
        assert "ready" in seen_until(leader, "ready")
        yield leader
    finally:
        process.kill()
        process.wait()
        os.close(leader)


def seen_until(terminal: int, text: str) -> str:
    """What a terminal shows until a text comes, or nothing more comes for a long time."""
    seen = ""
    while text not in seen and select.select([terminal], [], [], 60)[0]:
        seen += os.read(terminal, 4096).decode(errors="replace")
    return seen


def test_fish_itself_completes(tmp_path: Path) -> None:
    path = shutil.which("fish")
    if path is None:
        pytest.skip("fish is not installed")
    script = "smoothl1 completion fish | source; complete -C 'smoothl1 eval plain.csv --pred y'"
    folder = str(forks().script.parent)
    done = subprocess.run(
        [path, "--no-config", "-c", script],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env={**os.environ, "PATH": f"{folder}:{os.environ['PATH']}", "HOME": str(tmp_path)},
    )
    assert "y_hat" in done.stdout.split()
