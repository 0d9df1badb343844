"""Names that are commands to a terminal or to GitHub's runner, on stdout and in files."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.cli.terminals import on_terminal
from tests.forking import forks

if TYPE_CHECKING:
    from pathlib import Path

TITLE = "\x1b]0;title\x07\x9b31mred\x7f"
SHOWN_TITLE = r"\x1b]0;title\x07\x9b31mred\x7f"
FORGED = ["::stop-commands::x", "a ##[add-mask]0"]
BY = ("eval", "g.parquet", "--pred", "p", "--target", "t", "--by", "g")
LOSSES = (*BY[:-2], "-r", "none", "--keep", "g")


def write_groups(path: Path, names: list[str]) -> None:
    n_rows = 2 * len(names)
    numbers = {"p": [float(i) for i in range(n_rows)], "t": [1.0] * n_rows}
    pq.write_table(pa.table({"g": [name for name in names for _ in "pt"], **numbers}), path)


def in_pipe(
    args: tuple[str, ...], folder: Path, code: int = 0, **environment: str
) -> tuple[bytes, bytes]:
    """What a command writes to pipes."""
    variables = {name: text for name, text in os.environ.items() if name != "GITHUB_ACTIONS"}
    done = subprocess.run(
        [forks().script, *args],
        cwd=folder,
        env=variables | environment,
        capture_output=True,
        check=False,
    )
    assert done.returncode == code, done.stderr
    return done.stdout, done.stderr


@pytest.mark.parametrize("args", [BY, (*BY, "-f", "csv"), (*BY, "-f", "csv", "--top", "2"), LOSSES])
def test_a_terminal_gets_no_control_characters_of_names(
    args: tuple[str, ...], tmp_path: Path
) -> None:
    write_groups(tmp_path / "g.parquet", [TITLE, "b"])
    seen = on_terminal([*args, "-q"], tmp_path, COLUMNS="200")
    assert SHOWN_TITLE in seen
    assert not set(seen) & set("\x1b\x07\x9b\x7f")


@pytest.mark.parametrize("args", [("inspect", "c.parquet"), ("inspect", "c.parquet", "-f", "csv")])
def test_a_terminal_gets_none_of_the_names_of_columns(args: list[str], tmp_path: Path) -> None:
    pq.write_table(pa.table({TITLE: [1.0]}), tmp_path / "c.parquet")
    seen = on_terminal([*args, "-q"], tmp_path, COLUMNS="200")
    assert SHOWN_TITLE in seen
    assert not set(seen) & set("\x1b\x07\x9b\x7f")


def test_a_pipe_and_a_file_get_the_bytes_of_names(tmp_path: Path) -> None:
    write_groups(tmp_path / "g.parquet", [TITLE, "b"])
    stdout, _ = in_pipe((*BY, "-f", "csv"), tmp_path, GITHUB_ACTIONS="true")
    in_pipe((*BY, "-o", "g.csv"), tmp_path)
    assert stdout == (tmp_path / "g.csv").read_bytes()
    assert TITLE.encode() in stdout


@pytest.mark.parametrize("form", ["lines", "tsv", "table", "markdown", "json", "losses"])
def test_the_runner_of_github_finds_no_command_in_names(form: str, tmp_path: Path) -> None:
    write_groups(tmp_path / "g.parquet", FORGED)
    args = {"losses": LOSSES, "lines": BY}.get(form, (*BY, "-f", form))
    stdout, _ = in_pipe(args, tmp_path, GITHUB_ACTIONS="true")
    assert_no_command(stdout)


def test_nor_in_a_run_that_writes_annotations(tmp_path: Path) -> None:
    write_groups(tmp_path / "g.parquet", FORGED)
    stdout, _ = in_pipe((*BY, "--github", "--fail-above", "9"), tmp_path)
    assert_no_command(stdout)


def assert_no_command(stdout: bytes) -> None:
    text = stdout.decode()
    assert not any(line.lstrip().startswith("::") for line in text.splitlines())
    assert "##[" not in text
    assert r"\u0023#[add-mask]0" in text


def test_json_with_escapes_for_the_runner_has_the_names(tmp_path: Path) -> None:
    write_groups(tmp_path / "g.parquet", FORGED)
    stdout, _ = in_pipe((*BY, "--json"), tmp_path, GITHUB_ACTIONS="true")
    assert all(name in str(json.loads(stdout)) for name in FORGED)


def test_the_runner_finds_no_command_in_messages(tmp_path: Path) -> None:
    pq.write_table(pa.table({"p": [1.0], "t": [1.0]}), tmp_path / "g.parquet")
    args = ("inspect", "g.parquet", "--pred", "##[error]x", "--target", "t")
    _, stderr = in_pipe(args, tmp_path, code=3, GITHUB_ACTIONS="true")
    assert rb"\u0023#[error]x" in stderr
    assert b"##[" not in stderr


def test_a_file_gets_names_as_they_are_under_github(tmp_path: Path) -> None:
    write_groups(tmp_path / "g.parquet", FORGED)
    plain, _ = in_pipe(BY, tmp_path)
    assert plain.startswith(b"::stop-commands::x\t")
    with (tmp_path / "out.tsv").open("wb") as file:
        environment = {**os.environ, "GITHUB_ACTIONS": "true"}
        subprocess.run(
            [forks().script, *BY], cwd=tmp_path, env=environment, stdout=file, check=True
        )
    assert (tmp_path / "out.tsv").read_bytes() == plain
