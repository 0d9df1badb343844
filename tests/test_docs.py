"""What the docs say is run, and compared."""

from __future__ import annotations

import doctest
import inspect
import json
import os
import re
from fractions import Fraction
from importlib import import_module
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from markdown_it import MarkdownIt

import smoothl1
from smoothl1 import EvalSettings, evaluate
from tests.examples import ROOT, blocks_of, shell

if TYPE_CHECKING:
    from pathlib import Path

MODULES_WITH_EXAMPLES = [
    ".".join(("smoothl1", *path.relative_to(ROOT / "core").with_suffix("").parts))
    for path in sorted((ROOT / "core").rglob("*.py"))
    if ">>> " in path.read_text(encoding="utf-8")
]


PAGES_WITH_CONSOLES = [
    page
    for page in sorted(["README.md", *(f"docs/{path.name}" for path in ROOT.glob("docs/*.md"))])
    if any(block.language == "console" for block in blocks_of(page))
]


def console_examples(page: str) -> list[tuple[str, str]]:
    """Each command of the console blocks of a page, and what should come out."""
    blocks = [block.text for block in blocks_of(page) if block.language == "console"]
    examples = [example for block in blocks for example in block.split("$ ") if example]
    return [(command, output) for command, _, output in (e.partition("\n") for e in examples)]


def test_there_are_console_examples() -> None:
    assert len(console_examples("README.md")) >= 7


@pytest.mark.grid
@pytest.mark.skipif(os.name != "posix", reason="the examples are written for a POSIX shell")
@pytest.mark.parametrize("page", PAGES_WITH_CONSOLES)
def test_console_examples_print_what_the_page_shows(page: str, tmp_path: Path) -> None:
    (tmp_path / "sample_data").symlink_to(ROOT / "sample_data")
    status = 0
    for command, expected in console_examples(page):
        done = shell(tmp_path, f"{{ {command.replace('$?', str(status))}\n}} 2>&1", ["bash"])
        status = done.returncode
        assert done.stdout == expected, command
    assert (tmp_path / "losses.npy").exists() == (page == "README.md")


def test_examples_in_docstrings_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert len(MODULES_WITH_EXAMPLES) >= 4
    for name in MODULES_WITH_EXAMPLES:
        module = import_module(name)
        own = {  # doctest takes functions with a decorator of another module for imported ones
            key: found.__wrapped__
            for key, found in vars(module).items()
            if hasattr(found, "__wrapped__") and found.__module__ == name
        }
        monkeypatch.setattr(module, "__test__", own, raising=False)
        done = doctest.testmod(module, extraglobs=vars(module))
        assert done.attempted > 0, name
        assert done.failed == 0, name


def test_every_link_leads_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("sample_data/*.md")]
    for page in pages:
        for link in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / link).exists(), f"{page.name}: {link}"


def test_the_set_up_commands_are_there_once_each() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert text.count("python3 -m venv .venv && .venv/bin/pip install . && ") == 1
    assert text.count("python3 -m venv .venv && .venv/bin/pip install '.[test]' && ") == 1


def test_the_readme_defines_the_loss_and_its_beta_before_the_first_command() -> None:
    before = (ROOT / "README.md").read_text(encoding="utf-8").partition("```console")[0]
    default = inspect.signature(smoothl1.smooth_l1_loss).parameters["beta"].default
    assert "0.5·d²/beta if d < beta" in before
    assert f"`beta` is {default:g} unless" in before


def test_the_readme_names_the_extra_that_each_format_needs() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    set_up = text.partition("## Set up")[2].partition("## Use")[0]
    extras = re.findall(
        r"^(h5py|zarr|delta|iceberg) = ", (ROOT / "pyproject.toml").read_text(), re.MULTILINE
    )
    assert len(extras) == 4
    assert all(f"`{extra}`" in set_up for extra in extras)


def test_every_public_name_is_there() -> None:
    for name in smoothl1.__all__:
        assert getattr(smoothl1, name) is not None
    assert set(smoothl1.__all__) == set(smoothl1._HOMES) | {"__version__"}
    with pytest.raises(AttributeError, match="no attribute 'nosuch'"):
        smoothl1.nosuch  # noqa: B018


PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_pages_import_public_names_only(page: Path) -> None:
    text = page.read_text()
    assert not re.search(r"(?:from|import) smoothl1\.", text)
    for line in re.findall(r"from smoothl1 import (.*)", text):
        assert set(line.split(", ")) <= set(smoothl1.__all__)


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_tables_have_as_many_cells_in_every_row(page: Path) -> None:
    lines = [re.sub(r"`[^`]*`", "", line) for line in page.read_text().splitlines()]
    for above, line in pairwise(lines):
        if above.startswith("|") and line.startswith("|"):
            assert line.count("|") == above.count("|"), line


EXPECTED = json.loads((ROOT / "sample_data" / "expected.json").read_text())


@pytest.mark.parametrize("case", EXPECTED, ids=lambda c: f"{c['pred']}-{c['beta']}")
def test_the_sample_data_have_their_expected_losses(case: dict[str, object]) -> None:
    suffixes = ["npy"] if "boxes" in str(case["pred"]) else ["npy", "csv", "parquet"]
    for suffix in suffixes:
        pred, target = (
            str(ROOT / "sample_data" / str(case[side]).replace("npy", suffix))
            for side in ("pred", "target")
        )
        (tally,) = evaluate(pred, target, EvalSettings((float(str(case["beta"])),))).tallies
        found = {"n": tally.n, "mean": tally.mean, "sum": tally.sum, "quadratic": tally.n_quadratic}
        assert found == {name: case[name] for name in found}


def test_the_sample_readme_shows_the_expected_losses() -> None:
    text = (ROOT / "sample_data" / "README.md").read_text(encoding="utf-8")
    for case in EXPECTED:
        assert f"| {case['mean']!r} | {case['sum']!r} | {case['quadratic']} |" in text


@pytest.mark.parametrize("beta", [0.0, 0.5, 1.0, 2.0])
def test_the_sample_readme_shows_the_losses_of_the_ridge(beta: float) -> None:
    pred, target = (np.load(ROOT / "sample_data" / f"{name}.npy") for name in ("ridge", "targets"))
    distances = [abs(x - y) for x, y in zip(pred.tolist(), target.tolist(), strict=True)]
    losses = [(min(d, beta) / beta) * (d - min(d, beta) / 2) if beta else d for d in distances]
    total = sum(map(Fraction, losses))
    inside = sum(d < beta for d in distances)
    row = f"| {beta:g} | {float(total / len(losses))!r} | {float(total)!r} | {inside} |"
    assert row in (ROOT / "sample_data" / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["preds", "targets"])
def test_the_sample_parts_are_the_whole_cut_in_two(name: str) -> None:
    parts = [np.load(ROOT / "sample_data" / "parts" / f"{name}-{i}.npy") for i in (1, 2)]
    assert [len(part) for part in parts] == [300, 142]
    whole = np.load(ROOT / "sample_data" / f"{name}.npy")
    np.testing.assert_array_equal(np.concatenate(parts), whole, strict=True)


@pytest.mark.parametrize("page", [*PAGES, ROOT / "benchmarks/RESULTS.md"], ids=lambda p: p.name)
def test_no_power_of_two_makes_text_bold(page: Path) -> None:
    for token in MarkdownIt().parse(page.read_text(encoding="utf-8")):
        for before, part in pairwise(token.children or []):
            if part.type in ("strong_open", "em_open"):
                assert not re.search(r"[\w)]$", before.content), before.content[-30:]
