"""Metrics beside the loss on the command line: named lines, tables, JSON, merging, refusals."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

import click
import numpy as np
import pytest

from smoothl1.cli.eval import command as eval_command
from smoothl1.cli.merge import command as merge_command
from smoothl1.errors import DataError, SettingsError
from tests.tables import save

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

ASKED = ("--also", "mae, bias", "--also", "max", "--within", "1", "--quantile", "0.5")
LINES = {
    "mean": "1.8333333333333333",
    "mae": "2.3333333333333335",
    "bias": "1.0",
    "max_error": "4.0",
    "within_1.0": "1",
    "share_within_1.0": "0.3333333333333333",
    "quantile_0.5": "2.0",
}


@pytest.fixture
def table(tmp_path: Path) -> str:
    return save(str(tmp_path / "t.csv"), p=[1.0, 0.0, 4.0], y=[0.0, 2.0, 0.0], g=["a", "a", "b"])


class Shown:
    """Runs a command in this process, and gives what it writes to stdout."""

    def __init__(self, capture: pytest.CaptureFixture[str]) -> None:
        self._capture = capture

    def of(self, command: click.Command, *args: str) -> str:
        command.main(args, standalone_mode=False)
        return self._capture.readouterr().out

    def __call__(self, path: str, *more: str) -> str:
        return self.of(eval_command, path, "--pred", "p", "--target", "y", *more)


@pytest.fixture
def evaluated(capfd: pytest.CaptureFixture[str]) -> Shown:
    return Shown(capfd)


def test_each_number_has_a_line_with_its_name_the_loss_first(table: str, evaluated: Shown) -> None:
    lines = evaluated(table, *ASKED).splitlines()
    assert lines == [f"{name}\t{text}" for name, text in LINES.items()]
    assert evaluated(table, "-r", "sum", "--within", "1").splitlines()[0] == "sum\t5.5"


def test_beta_and_group_stand_before_the_name(table: str, evaluated: Shown) -> None:
    lines = evaluated(table, "--by", "g", "-b", "0.5", "-b", "1", "--also", "huber").splitlines()
    assert lines[2:5] == ["0.5\tb\tmean\t3.75", "0.5\tb\thuber\t1.875", "1.0\ta\tmean\t1.0"]


def test_without_metrics_the_output_is_what_it_was(table: str, evaluated: Shown) -> None:
    assert evaluated(table) == "1.8333333333333333\n"


def test_a_table_has_a_column_for_each_number(table: str, evaluated: Shown) -> None:
    head, row = csv.reader(evaluated(table, *ASKED, "-f", "csv").splitlines())
    cells = dict(zip(head, row, strict=True))
    assert {name: cells[name] for name in LINES} == LINES


def test_merged_results_show_the_same(table: str, tmp_path: Path, evaluated: Shown) -> None:
    (tmp_path / "a.json").write_text(evaluated(table, *ASKED, "--json"))
    document = json.loads((tmp_path / "a.json").read_text())
    assert document["settings"]["also"] == ["mae", "bias", "max"]
    assert evaluated.of(merge_command, str(tmp_path / "a.json")) == evaluated(table, *ASKED)


def test_a_report_for_a_pull_request_has_them(table: str, tmp_path: Path, evaluated: Shown) -> None:
    evaluated(table, *ASKED, "--markdown", str(tmp_path / "m.md"))
    text = (tmp_path / "m.md").read_text()
    assert "| mean | mae | bias | max_error | within_1.0 |" in text
    assert "| 2.33333 | 1 | 4 | 1 | 0.333333 | 2 |" in text


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--also", "mae,rmsee"), "'rmsee' is not one of 'mae', .*; did you mean rmse"),
        (("--also", "mae", "--also", "mae"), "a metric is given twice"),
        (("--within", "-1"), "within must be finite"),
        (("--quantile", "1.5"), "quantile must be from 0 to 1"),
    ],
)
def test_what_is_no_metric_is_refused(
    args: tuple[str, ...], message: str, table: str, evaluated: Shown
) -> None:
    with pytest.raises((SettingsError, click.BadParameter), match=message):
        evaluated(table, *args)


@pytest.mark.parametrize(
    "text",
    ["0.50000000000000000001", "0.1,0.99999999999999999999", "1e-400", "1e-9999999999999999999"],
)
def test_a_quantile_whose_digits_would_be_lost_is_refused(
    run: Run, samples: Path, text: str
) -> None:
    done = run("eval", samples / "preds.npy", samples / "targets.npy", "--quantile", text)
    assert (done.returncode, done.stdout) == (2, "")
    assert "has more digits than float64: write " in done.stderr
    same = ["0.5", "5e-1", " 0.50000000000000000000"]
    inputs = (samples / "preds.npy", samples / "targets.npy")
    assert len({run("eval", *inputs, "--quantile", q).stdout for q in same}) == 1


@pytest.mark.parametrize("option", ["--within", "--quantile", "-b"])
def test_numbers_are_separated_by_commas_or_repeated(
    table: str, evaluated: Shown, option: str
) -> None:
    several = evaluated(table, option, "0.5,1e0, 0.25", option, ".75")
    repeated = [word for number in ("0.5", "1", "0.25", "0.75") for word in (option, number)]
    assert several == evaluated(table, *repeated)
    assert len(several.splitlines()) >= 4


@pytest.mark.parametrize("text", ["0,5", "1,000", "1,000,000", "0.5,", ",1", "0.5,,1", "0.5;1"])
def test_numbers_that_may_be_one_or_several_are_refused(table: str, text: str) -> None:
    with pytest.raises(click.BadParameter):
        eval_command.main([table, "--within", text], standalone_mode=False)


def test_columns_are_not_separated_by_commas(table: str) -> None:
    for args, hint in (
        (["--pred", "p", "--by", "g,y"], "--by g --by y"),
        (["--pred", "p, g"], "--pred p --pred g"),
        (["--pred", "p", "--top", "1", "--keep", "p,g"], "--keep p --keep g"),
        (["--pred", "p", "--by", "g,x"], "a name may hold a comma: give each"),
    ):
        with pytest.raises(DataError, match=rf"no column '.,.*'; there are .*\[{hint}"):
            eval_command.main([table, "--target", "y", *args], standalone_mode=False)


def test_reports_and_merged_parts_name_a_target_that_stands_for_no_value(
    run: Run, tmp_path: Path
) -> None:
    np.save(tmp_path / "sp.npy", [1.0, 3.0, 4.0, 1.0, 3.0, 4.0])
    np.save(tmp_path / "sy.npy", [2.0, -999.0, -999.0, 2.0, -999.0, -999.0])
    for part in (1, 2):
        args = ("sp.npy", "sy.npy", "--top", "4", "--part", f"{part}/2", "--json")
        assert run("eval", *args, "-o", f"{part}.json").stderr == ""
    said = (
        "smoothl1: warning: 4 of the 4 worst rows have the target -999, which no prediction comes "
        "near: if it stands for no value, --ignore-target -999 leaves such pairs out\n"
    )
    assert run("merge", "1.json", "2.json").stderr == said
    assert run("eval", "sp.npy", "sy.npy", "--top", "4").stderr == said
    assert run("report", "sp.npy", "sy.npy", "--top", "4").stderr == said
    assert run("eval", "sp.npy", "sy.npy").stderr == ""
