"""The sweeps over damaged files, and the figures of them on the page of promises."""

from __future__ import annotations

import importlib.util
import sys
from typing import Any

import pytest

from tests.examples import ROOT

PROGRAM = "benchmarks/sweeps.py"
PAGE = (ROOT / "docs/promises.md").read_text(encoding="utf-8")

CHECKED = [".npz", "CSV in gzip", "CSV in zstd with a checksum", "CSV in xz", "CSV in bzip2"]
CHECKED += ["Parquet with checksums"]


@pytest.fixture
def script() -> Any:
    spec = importlib.util.spec_from_file_location("sweeps", ROOT / PROGRAM)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["sweeps"] = module  # named tuples look there for what their annotations name
    spec.loader.exec_module(module)
    del sys.modules["sweeps"]
    return module


def rows() -> dict[str, list[int]]:
    """The figures of the page by format."""
    table = PAGE[PAGE.index("| format |") :].split("\n\n")[0].splitlines()[2:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table]
    return {name: [int(cell.replace(",", "")) for cell in rest] for name, *rest in cells}


def test_the_page_has_the_table_of_every_format(script: Any) -> None:
    assert script.HEAD in PAGE
    assert list(rows()) == list(script.FORMATS)
    for name in CHECKED:
        assert [rows()[name][i] for i in (1, 2, 4, 5)] == [0] * 4, name


def test_the_sweep_over_an_array_gives_the_figures_of_the_page(script: Any) -> None:
    found = script.sweeps(script.FORMATS[".npy"])
    assert [count for one in found for count in one] == rows()[".npy"]
    assert found[1].n_silent <= len(script.BITS) * script.PRED.nbytes


def test_the_program_says_what_it_does(
    script: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert f"`python {PROGRAM}`" in PAGE
    monkeypatch.setattr(sys, "argv", ["sweeps.py", "--help"])
    with pytest.raises(SystemExit) as ended:
        script.main()
    assert ended.value.code == 0
    assert "one bit flipped" in capsys.readouterr().out
