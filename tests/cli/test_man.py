"""Manual pages: one for each command, with all that its help says, and without faults."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from importlib import metadata
from typing import TYPE_CHECKING

import click
import pytest

from smoothl1.cli import man
from smoothl1.cli.main import main
from tests.examples import ROOT

if TYPE_CHECKING:
    from pathlib import Path

CONTEXT = click.Context(main)
NAMES = main.list_commands(CONTEXT)
PAGES = man.pages()


def plain(page: str) -> str:
    """A page without the marks of its language."""
    text = re.sub(r"(?m)^\.\w+ ?", "", page)
    text = re.sub(r"\\f[BIR]|\\&", "", text).replace(r"\-", "-").replace(r"\(aq", "'")
    return " ".join(text.replace(r"\(ga", "`").replace(r"\e", "\\").split())


def test_the_program_and_every_command_have_a_page(tmp_path: Path) -> None:
    assert set(PAGES) == {"smoothl1.1", *(f"smoothl1-{name}.1" for name in NAMES)}
    written = man.write(tmp_path / "new" / "man1")
    assert {path.name: path.read_text(encoding="ascii") for path in written} == PAGES


@pytest.mark.parametrize("name", NAMES)
def test_a_page_has_every_option_that_the_help_shows(name: str) -> None:
    command = main.get_command(CONTEXT, name)
    assert command is not None
    page = PAGES[f"smoothl1-{name}.1"]
    text, heads = plain(page), re.findall(r"(?m)^\.TP\n(.+)$", page)
    shown = {word.strip(",") for head in heads for word in plain(head).split()}
    for option in command.params:
        if isinstance(option, click.Option):
            assert (option.opts[-1] in shown) != option.hidden, option.opts
            if not option.hidden:
                assert " ".join((option.help or "").split()) in text
    assert " ".join((command.help or "").split()) in text


def test_no_heading_is_wider_than_a_terminal_and_its_values_stand_in_the_text() -> None:
    for page in PAGES.values():
        for head in re.findall(r"(?m)^\.TP\n(.+)$", page):
            assert len(plain(head)) <= 60
    dtype = plain(PAGES["smoothl1-eval.1"]).split("--dtype ")[1]
    assert re.match(r"NAME What items .* NAME is bfloat16, .* or float8_e8m0fnu\. ", dtype)
    assert "--nan [propagate|" in plain(PAGES["smoothl1-eval.1"])  # is short enough


def test_the_pages_name_the_exit_codes_of_the_documentation() -> None:
    table = (ROOT / "docs" / "eval.md").read_text(encoding="utf-8").split("## Exit codes")[1]
    codes = re.findall(r"(?m)^\| (\d[^|]*) \|", table.split("\n## ")[0])
    assert list(man.EXIT_CODES) == codes


def test_the_day_is_that_of_the_build(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    assert '"1970-01-02"' in man.pages()["smoothl1.1"].splitlines()[0]


@pytest.mark.skipif(shutil.which("mandoc") is None, reason="mandoc is not installed")
def test_mandoc_finds_no_fault(tmp_path: Path) -> None:
    paths = man.write(tmp_path)
    command = ["mandoc", "-Tlint", "-Wwarning", *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_an_installation_that_is_not_editable_has_the_pages() -> None:
    files = metadata.files("smoothl1") or []
    if not any(path.match("smoothl1/cli/eval.py") for path in files):
        pytest.skip("an editable installation has no data")
    found = [path for path in files if path.suffix == ".1"]
    assert {path.name for path in found} == set(PAGES)
    assert all(path.parts[-3:-1] == ("man", "man1") for path in found)


def test_faults_end_in_one_line_and_the_code_of_other_commands(tmp_path: Path) -> None:
    def run(*args: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "smoothl1.cli.man", *args]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    (tmp_path / "p.csv").write_text("old")
    done = run(str(tmp_path / "p.csv"))
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr == f"smoothl1: error: {tmp_path}/p.csv: file exists\n"
    assert run().returncode == 2
    assert run(str(tmp_path / "man1")).returncode == 0
    assert len(list((tmp_path / "man1").iterdir())) == len(PAGES)
