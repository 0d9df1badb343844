"""Commands and Python that the pages and the help show: all of it is run."""

from __future__ import annotations

import doctest
import json
import os
import re
import traceback
from collections import defaultdict
from typing import TYPE_CHECKING, cast

import click
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from markdown_it import MarkdownIt
from pyarrow import csv

from smoothl1.cli.main import main
from tests.cli.terminals import on_terminal
from tests.examples import ROOT, Block, blocks_of, run_in, shell

if TYPE_CHECKING:
    from pathlib import Path

PAGES = sorted(
    str(path.relative_to(ROOT))
    for pattern in ("*.md", "docs/*.md", "sample_data/*.md")
    for path in ROOT.glob(pattern)
)
NAMES = [name for name in main.list_commands(click.Context(main)) if name != "help"]
COMMANDS = {
    name: cast("click.Command", main.get_command(click.Context(main), name)) for name in NAMES
}

ELSEWHERE = {
    ("README.md", "Set up 1"): "needs the network: `.ci/run` runs it",
    ("README.md", "Set up 2"): "needs the network: `.ci/run` runs it",
    ("CONTRIBUTING.md", "Contributing 1"): "needs the network",
    ("CONTRIBUTING.md", "Contributing 2"): "runs all tests",
    ("docs/gpu.md", "On a GPU 1"): "needs the network: `tests/installing.py` resolves it",
    ("docs/gpu.md", "Arrays that are on a GPU 1"): "test_cuda_criterion.py runs it",
    ("docs/faq.md", "How do I convert other formats? 1"): "needs PyTorch",
    (
        "docs/stores.md",
        "Objects in stores 2",
    ): "needs a server: files/stores/test_writing.py runs it",
    ("docs/engines.md", "Dask 1"): "needs the network",
    **{
        ("docs/engines.md", f"{name} 1"): "test_engine_recipes.py runs it"
        for name in ("Executors", "Spark", "Ray")
    },
    ("sample_data/README.md", "Regenerating 1"): "needs scikit-learn",
}
"""Blocks of commands that are not run by tests, and why."""

RECIPES = {"docs/ci.md", "docs/scaling.md"}
"""Pages whose blocks `test_ci_recipes.py` and `test_scaling_recipes.py` run."""

MERGING = [
    block
    for block in blocks_of("docs/results.md")
    if block.name.startswith("Merging ") and not block.language
]
RUN_HERE = {
    ("sample_data/README.md", "Sample data 1"),
    ("docs/results.md", "Results 1"),
    *(("docs/results.md", block.name) for block in MERGING),
    ("docs/eval.md", "smoothl1 eval 1"),
    ("docs/compare.md", "smoothl1 compare 1"),
    ("docs/report.md", "The report 1"),
    ("docs/configuration.md", "Configuration 1"),
}


def block(page: str, name: str) -> Block:
    (found,) = (block for block in blocks_of(page) if block.name == name)
    return found


def is_of_commands(block: Block) -> bool:
    """Whether a block is more than a formula, a table or a drawing."""
    begins = r"(?m)^(smoothl1|python3?|pip|make|git|bash) "
    return bool(block.language) or re.search(begins, block.text) is not None


def is_of_terminal(block: Block) -> bool:
    """Whether a block shows a command on a terminal, with a summary."""
    return block.language == "text" and block.text.startswith("$ smoothl1 ")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The files that examples name: models A and B, of which B is better, and parts of A."""
    y = np.arange(1000.0)
    old, new = y + 0.5 + y % 3, y + 0.25 + y % 2
    arrays = {"preds": old, "old": old, "new": new, "targets": y}
    for name, values in arrays.items():
        np.save(tmp_path / f"{name}.npy", values)
        for i, part in enumerate(np.split(values, [400]), start=1):
            np.save(tmp_path / f"{name}-{i}.npy", part)
    np.savez(tmp_path / "run.npz", preds=old, targets=y)
    table = pa.table({"y_hat": old, "y": y, "old": old, "new": new})
    pq.write_table(table, tmp_path / "run.parquet")
    pq.write_table(table.select(["y"]), tmp_path / "targets.parquet")
    csv.write_csv(table, tmp_path / "run.csv")
    csv.write_csv(table.select(["y_hat"]), tmp_path / "preds.csv")
    pair = ("preds.npy", "targets.npy")
    assert run_in(tmp_path, "smoothl1", "eval", *pair, "--json", "-o", "main.json").returncode == 0
    return tmp_path


def test_every_block_of_commands_is_run_by_some_test() -> None:
    found = {
        (page, block.name)
        for page in PAGES
        for block in blocks_of(page)
        if is_of_commands(block) and page not in RECIPES
        if block.language not in ("console", "pycon") and not is_of_terminal(block)
    }  # all others are run
    assert found == RUN_HERE | set(ELSEWHERE)


@pytest.mark.parametrize("page", PAGES)
def test_a_terminal_shows_what_the_page_says(page: str) -> None:
    rate = re.compile(r" in \d.*/s")  # of that machine
    for block in filter(is_of_terminal, blocks_of(page)):
        command, _, shown = block.text.partition("\n")
        args = command.removeprefix("$ smoothl1 ").split()
        seen = on_terminal(args, ROOT, COLUMNS="120")
        assert rate.sub("", seen).strip() == rate.sub("", shown).strip()


@pytest.mark.parametrize("page", PAGES)
def test_python_examples_hold(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sample_data").symlink_to(ROOT / "sample_data")
    monkeypatch.chdir(tmp_path)
    lines_of = traceback.format_exception_only  # doctest takes the last, which may be a note
    monkeypatch.setattr(
        traceback, "format_exception_only", lambda *error: ["".join(lines_of(*error))]
    )
    known: dict[str, object] = {}
    for block in blocks_of(page):
        if block.language == "pycon":
            test = doctest.DocTestParser().get_doctest(block.text, known, page, None, None)
            assert test.examples
            assert doctest.DocTestRunner().run(test, clear_globs=False).failed == 0
            known = test.globs


def test_the_pages_have_python_examples() -> None:
    pages = {page for page in PAGES for block in blocks_of(page) if block.language == "pycon"}
    named = ("compare", "faq", "results", "scaling", "tutorial", "why")
    assert pages == {"README.md", *(f"docs/{name}.md" for name in named)}


def test_both_commands_of_the_sample_readme_give_its_mean(tmp_path: Path) -> None:
    (tmp_path / "sample_data").symlink_to(ROOT / "sample_data")
    done = shell(tmp_path, block("sample_data/README.md", "Sample data 1").text)
    assert (done.stdout, done.stderr) == ("0.3694987305987734\n" * 2, "")
    assert "mean loss 0.3694987305987734" in (ROOT / "sample_data" / "README.md").read_text()


def test_the_page_of_settings_shows_settings_that_may_be_used(tmp_path: Path) -> None:
    text = block("docs/configuration.md", "Configuration 1").text
    (tmp_path / "pyproject.toml").write_text(text)
    done = run_in(tmp_path, "smoothl1", "eval", "--show-config")
    assert (done.returncode, done.stderr) == (0, "")
    in_force = re.findall(r"(?m)^(.*)  # pyproject\.toml$", done.stdout)
    assert in_force == text.replace("[0.1, 1]", "[0.1, 1.0]").splitlines()[1:]


@pytest.mark.grid
@pytest.mark.skipif(os.name != "posix", reason="the examples are written for a POSIX shell")
def test_results_are_written_and_merged_as_the_page_says(data: Path) -> None:
    command = block("docs/results.md", "Results 1").text
    names = {"PRED": "quarter-{i}.npy", "TARGET": "zeros.npy", "result.json": "part-{i}.json"}
    for name, file in names.items():
        assert name in command
        command = command.replace(name, file)
    np.save(data / "zeros.npy", np.zeros(10))
    for i in range(4):
        np.save(data / f"quarter-{i}.npy", np.full(10, 0.5 + i))
        assert shell(data, command.replace("{i}", str(i))).returncode == 0
    lines = [line for block in MERGING for line in block.text.splitlines()]
    for line in lines:
        done = shell(data, line)
        # The losses are 0.125, 1, 2 and 3, ten of each.
        assert done.stdout == ("" if " -o " in line else "1.53125\n"), line
        assert done.returncode == (1 if " --fail-above 0.3" in line else 0), line
    assert json.loads((data / "whole.json").read_text())["results"][0]["mean"] == 1.53125


def test_reports_are_written_as_the_page_says(data: Path) -> None:
    for line in block("docs/report.md", "The report 1").text.splitlines():
        done = run_in(data, *line.partition("#")[0].split())
        assert (done.returncode, done.stderr) == (0, "")
    assert (data / "report.html").read_text().endswith("</html>\n")
    assert (data / "figures" / "errors.svg").exists()


@pytest.mark.parametrize("name", ["eval", "compare"])
def test_a_page_shows_the_usage_of_its_command(name: str) -> None:
    usage = " ".join(run_in(ROOT, "smoothl1", name, "--help").stdout.splitlines()[0].split()[1:])
    first, *others = block(f"docs/{name}.md", f"smoothl1 {name} 1").text.splitlines()
    assert first.replace("[", "").replace("]", "") == usage.replace("[", "").replace("]", "")
    assert all(line.startswith(f"smoothl1 {name} [OPTIONS] ") for line in others)


@pytest.mark.grid
@pytest.mark.skipif(os.name != "posix", reason="the examples are written for a POSIX shell")
@pytest.mark.parametrize("name", NAMES)
def test_the_examples_of_the_help_run(
    name: str, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(data))
    monkeypatch.setenv("PROFILE", "profile.ps1")
    (data / ".config" / "fish" / "completions").mkdir(parents=True)
    epilog = COMMANDS[name].epilog or ""
    commands = [line.strip() for line in epilog.splitlines() if line.startswith("  ")]
    assert len(commands) >= 3
    help_text = run_in(data, "smoothl1", name, "--help").stdout
    for command in commands:
        assert command in help_text
        done = shell(data, command)
        assert (done.returncode, done.stderr) == (0, ""), command


def test_the_example_of_the_first_help_runs(data: Path) -> None:
    (command,) = re.findall(
        r"(?m)Example: (smoothl1 .*)$", run_in(data, "smoothl1", "--help").stdout
    )
    assert shell(data, command).returncode == 0


def inline_code() -> list[str]:
    """All code within sentences and cells of tables, of all pages."""
    parser = MarkdownIt().enable("table")
    spans = []
    for page in PAGES:
        for token in parser.parse((ROOT / page).read_text(encoding="utf-8")):
            spans += [part.content for part in token.children or [] if part.type == "code_inline"]
    return [" ".join(span.split()) for span in spans]


INLINE = inline_code()


@pytest.mark.parametrize(
    "command", sorted({c for c in INLINE if re.match(r"smoothl1 \w+ .*\.", c)})
)
def test_commands_within_sentences_run(command: str, data: Path) -> None:
    done = shell(data, command)
    assert (done.returncode, done.stderr) == (0, "")


def test_every_option_that_the_pages_name_exists() -> None:
    known = {"--version", "--traceback", "--help"}
    known |= {"--record", "--array"}  # of a benchmark, of Slurm
    known |= {"--runs", "--sample", "--seed", "--reached"}  # of modules of tests
    known |= {"--include", "--skip-covered"}  # of coverage.py
    known |= {"--inplace"}  # of rsync
    known |= {"--memory-limit"}  # of Dask
    for command in COMMANDS.values():
        known |= {opt for param in command.params for opt in (*param.opts, *param.secondary_opts)}
    named = {option for span in INLINE for option in re.findall(r"(?<!\S)--[a-z][a-z-]*", span)}
    assert len(named) > 30
    assert named <= known


def test_contributors_are_given_paths_and_extras_that_exist() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (extras,) = re.findall(r"install -e '\.\[(.*?)\]'", text)
    assert all(re.search(rf"(?m)^{extra} = ", project) for extra in extras.split(","))
    paths = re.findall(r"(?<![\w./])(?:core|cli|tests|docs|benchmarks|\.ci)/[\w/.]*\w", text)
    assert len(paths) >= 5
    assert all((ROOT / path).exists() for path in paths)


HELP_OF_EACH = """
import os, runpy, sys
for i, program in enumerate(sys.argv[1:]):
    if i:
        print(end="\\0")
    sys.argv = [program, "--help"]
    sys.path[0] = os.path.dirname(program)
    try:
        runpy.run_path(program, run_name="__main__")
    except SystemExit as end:
        if end.code:
            raise
"""
"""One process shows the help of several programs, which import the same packages."""


def test_the_measurements_name_programs_and_arguments_that_exist() -> None:
    text = (ROOT / "benchmarks/RESULTS.md").read_text()
    arguments: dict[str, set[str]] = defaultdict(set)
    for command in re.findall(r"(?m)^    python (benchmarks/.*)$", text):
        program, *args = command.split()
        arguments[program] |= {arg for arg in args if not arg.isdecimal()}
    assert len(arguments) > 5
    done = run_in(ROOT, "python", "-c", HELP_OF_EACH, *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    pages = done.stdout.split("\0")
    for (program, named), page in zip(arguments.items(), pages, strict=True):
        assert page.strip(), program
        assert all(arg in page for arg in named), program


def test_the_design_names_files_that_exist() -> None:
    drawing = block("docs/design.md", "Design 1").text
    paths = re.findall(r"\b(?:core|cli)/[\w/.]+", drawing)
    assert len(paths) > 12
    assert all((ROOT / path).exists() for path in paths)


def test_the_page_that_compares_with_numpy_has_figures_that_were_measured() -> None:
    measured = (ROOT / "benchmarks/RESULTS.md").read_text(encoding="utf-8").splitlines()
    rows = re.findall(r"(?m)^(\|.*\d \|)$", (ROOT / "docs/why.md").read_text(encoding="utf-8"))
    assert len(rows) == 5
    assert all(any(line.startswith(row) for line in measured) for row in rows)
