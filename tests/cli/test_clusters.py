"""What commands print of clusters: standard errors, their number, and what has none."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.cli.terminals import on_terminal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

TABLE = "user,a,b,y\nann,1,1,0\nann,2,1,0\nbob,1,1,1\nbob,2,2,2\nbob,3,5,2\neve,5,3,1\n"
SIDES = ("--pred", "a", "--target", "y", "--cluster", "user")
PAIRED = ("--pred-a", "a", "--pred-b", "b", "--target", "y", "--cluster", "user")
STDERR = (12.5 / 22) ** 0.5
"""Of the sums 2, 1/2 and 7/2 of 2, 3 and 1 elements."""


@pytest.fixture(autouse=True)
def _tables(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(TABLE)


def test_a_table_has_the_standard_error_and_the_number_of_clusters(run: Run) -> None:
    done = run("eval", "t.csv", *SIDES, "-f", "csv")
    assert (done.returncode, done.stderr) == (0, "")
    heads, cells = (line.split(",") for line in done.stdout.splitlines())
    row = dict(zip(heads, cells, strict=True))
    assert (float(row["stderr"]), row["clusters"], row["count"]) == (STDERR, "3", "6")


def test_lines_of_values_are_as_ever_with_a_warning_that_they_show_nothing_new(run: Run) -> None:
    done = run("eval", "t.csv", *SIDES)
    assert (done.returncode, done.stdout) == (0, "1.0\n")
    assert done.stderr == (
        "smoothl1: warning: clusters change standard errors alone, and lines of values have none: "
        "-f tsv or --json shows them\n"
    )
    assert run("eval", "t.csv", *SIDES, "--quiet").stderr == ""
    assert "lines of values" not in run("eval", "t.csv", *SIDES, "--fail-above", "9").stdout


def test_a_gate_with_confidence_takes_clusters_as_the_units(run: Run) -> None:
    gate = ("--fail-above", "0.1", "--confidence", "0.7")
    assert run("eval", "t.csv", *SIDES[:4], *gate).returncode == 1
    done = run("eval", "t.csv", *SIDES, *gate)
    assert done.returncode == 0
    assert "2.57 effective clusters" in done.stderr


def test_terminals_show_the_number_of_clusters(tmp_path: Path) -> None:
    shown = on_terminal(["eval", "t.csv", *SIDES, "-b", "1", "-b", "2"], tmp_path)
    heads, first = (line.split() for line in shown.splitlines()[:2])
    assert heads[2:5] == ["std.", "error", "clusters"]
    assert first[2:4] == ["0.754", "3"]
    compared = on_terminal(["compare", "t.csv", *PAIRED], tmp_path)
    assert "95% interval of b - a over 3 clusters " in " ".join(compared.split())


def test_a_comparison_tells_the_number_of_clusters(run: Run) -> None:
    heads, cells = (
        line.split("\t") for line in run("compare", "t.csv", *PAIRED).stdout.splitlines()
    )
    assert dict(zip(heads, cells, strict=True))["clusters"] == "3"
    (entry,) = json.loads(run("compare", "t.csv", *PAIRED, "--json").stdout)["results"]
    assert (entry["clusters"], entry["rows"]) == (3, 6)


def test_a_ranking_tells_the_number_of_clusters(run: Run, tmp_path: Path) -> None:
    models = [f"--pred={name}" for name in "abc"]
    first, *rows = TABLE.splitlines()
    lines = [f"{first},c", *(f"{row},{7 + 2**i}" for i, row in enumerate(rows))]
    (tmp_path / "t.csv").write_text("\n".join(lines) + "\n")
    given = ("compare", "t.csv", *models, "--target", "y", "--cluster", "user")
    names, *cells = (line.split("\t") for line in run(*given).stdout.splitlines())
    assert [row[names.index("clusters")] for row in cells] == ["", "3", "3"]
    assert " clusters " in on_terminal([*given], tmp_path, COLUMNS="160").splitlines()[0]
    assert run(*given, "-f", "csv", "--columns", "model,clusters").returncode == 0


def test_results_of_parts_merge_into_that_of_the_whole(run: Run, tmp_path: Path) -> None:
    lines = TABLE.splitlines(keepends=True)
    for name, rows in (("1", lines[1:3] + lines[5:]), ("2", lines[3:5])):
        (tmp_path / f"{name}.csv").write_text("".join([lines[0], *rows]))
        assert run("eval", f"{name}.csv", *SIDES, "--json", "-o", f"{name}.json").returncode == 0
    merged = run("merge", "1.json", "2.json", "-f", "csv")
    assert merged.stdout == run("eval", "t.csv", *SIDES, "-f", "csv").stdout
    assert run("eval", "t.csv", *SIDES[:4], "--json", "-o", "rows.json").returncode == 0
    refused = run("merge", "1.json", "rows.json")
    assert (refused.returncode, refused.stdout) == (3, "")
    assert "results of different settings: cluster is 'user' and not set" in refused.stderr
    gated = run("eval", "t.csv", *SIDES, "--baseline", "rows.json", "--max-increase", "1%")
    assert gated.returncode == 3
    assert "made with other settings: cluster is not set there, 'user' here" in gated.stderr


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("-r", "none"), "--cluster is for mean and sum: the losses of elements have no stan"),
        (("--by", "user"), "column 'user' cannot be the groups and the clusters as well"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(
    run: Run, args: tuple[str, ...], said: str
) -> None:
    done = run("eval", "t.csv", *SIDES, *args)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert said in done.stderr
