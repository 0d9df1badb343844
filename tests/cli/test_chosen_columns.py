"""`--columns` chooses columns of every table, by their names, in the order that was typed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq
import pytest

from smoothl1.cli.main import main
from smoothl1.errors import SettingsError
from tests.cli.terminals import on_terminal
from tests.inside import called
from tests.tables import save_table

if TYPE_CHECKING:
    from pathlib import Path

ROWS = {"region": ["east", "east", "west"], "p": [1.0, 3.0, 5.0], "q": [2.0, 3.0, 9.0]}
SIDES = ("--pred", "p", "--target", "y", "--by", "region", "-b", "0")
MODELS = ("--pred-a", "p", "--pred-b", "q", *SIDES[2:])


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    save_table(tmp_path / "t.parquet", {**ROWS, "y": [0.0] * 3})
    return "t.parquet"


def test_every_form_has_the_chosen_columns_in_their_order(
    path: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    args = ("eval", path, *SIDES, "--columns", "count, region", "--columns", "mean")
    lines = "count\tregion\tmean\n2\teast\t2.0\n1\twest\t5.0\n"
    assert called(capfd, *args) == called(capfd, *args, "-f", "tsv") == lines
    assert called(capfd, *args, "-f", "csv") == lines.replace("\t", ",")
    assert called(capfd, *args, "-f", "table") == (
        "count  region  mean\n    2  east       2\n    1  west       5\n    3  all        3\n"
    )
    assert called(capfd, *args, "-f", "latex").splitlines()[2:6] == [
        r"count & region & mean \\",
        r"\midrule",
        r"2 & east & 2.0 \\",
        r"1 & west & 5.0 \\",
    ]
    for form, read in (("parquet", pq.read_table), ("arrow", pa.feather.read_table)):
        called(capfd, *args, "-o", f"r.{form}")
        assert read(tmp_path / f"r.{form}").to_pydict() == {
            "count": [2, 1],
            "region": ["east", "west"],
            "mean": [2.0, 5.0],
        }
    metrics = called(capfd, *args, "-f", "metrics")
    numbers = {"east": {"count": 2, "mean": 2.0}, "west": {"count": 1, "mean": 5.0}}
    numbers["all"] = {"count": 3, "mean": 3.0}
    assert json.loads(metrics) == numbers


def test_standard_errors_are_formed_where_they_are_chosen(
    path: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert called(capfd, "eval", path, *SIDES[:4], "-b", "0", "--columns", "stderr").split()[1] == (
        repr((4 / 3) ** 0.5)
    )


def test_labels_that_are_not_chosen_stand_first(
    path: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """Nobody could tell numbers of groups, betas and models apart without them."""
    args = ("eval", path, *SIDES, "--columns")
    assert called(capfd, *args, "mean") == "region\tmean\neast\t2.0\nwest\t5.0\n"
    assert called(capfd, *args, "mean", "-f", "markdown").splitlines()[2:] == [
        *("| `east` | 2.0 |", "| `west` | 5.0 |", "| `all` | 3.0 |")
    ]
    assert called(capfd, *args, "mean,region").splitlines()[1] == "2.0\teast"
    betas = ("eval", path, *SIDES[:4], "-b", "0", "-b", "2", "--columns", "mean")
    assert called(capfd, *betas).splitlines()[0] == "beta\tmean"
    ranked = ("compare", path, "--pred", "[pq]", *SIDES[2:], "--columns", "rank", "-f", "csv")
    assert called(capfd, *ranked).splitlines()[:2] == ["region,model,rank", "east,p,1"]


def test_comparisons_rankings_merged_results_and_inspections_have_it_too(
    path: str, capfd: pytest.CaptureFixture[str]
) -> None:
    columns = ("--columns", "region,difference", "-f", "csv")
    said = called(capfd, "compare", path, *MODELS, *columns)
    assert said == "region,difference\neast,0.5\nwest,4.0\n"
    ranked = ("compare", path, "--pred", "[pq]", *SIDES[2:4], "-b", "0")
    assert (
        called(capfd, *ranked, "--columns", "model,mean") == f"model\tmean\np\t3.0\nq\t{14 / 3}\n"
    )
    called(capfd, "eval", path, *SIDES, "--json", "-o", "part.json")
    merged = called(capfd, "merge", "part.json", "--columns", "mean,count", "-f", "csv")
    assert merged == "region,mean,count\neast,2.0,2\nwest,5.0,1\n"
    said = called(capfd, "inspect", path, "--columns", "column,type", "-f", "csv")
    assert said.splitlines()[:3] == ["column,type", "region,string", "p,double"]


def test_of_two_tables_those_are_written_of_which_an_own_column_is_named(
    path: str, capfd: pytest.CaptureFixture[str]
) -> None:
    args = ("eval", path, *SIDES, "--top", "1", "--columns")
    of_groups = "region\tmean\neast\t2.0\nwest\t5.0\n"
    assert called(capfd, *args, "region,mean") == of_groups
    assert called(capfd, *args, "region,mean,row") == f"{of_groups}\nregion\trow\nwest\t3\n"
    assert called(capfd, *args, "region") == "region\neast\nwest\n\nregion\nwest\n"
    assert called(capfd, *args, "row,pred", "-f", "markdown").splitlines() == [
        *("| row | pred |", "| ---: | ---: |", "| 3 | 5.0 |")
    ]
    assert called(capfd, *args, "loss,row,region", "-f", "csv") == "loss,row,region\n5.0,3,west\n"
    assert called(capfd, *args, "mean,region", "-f", "csv") == "mean,region\n2.0,east\n5.0,west\n"
    with pytest.raises(SettingsError, match="of the result and of its worst rows, and -f csv is"):
        called(capfd, *args, "mean,row", "-f", "csv")
    models = ("compare", path, *MODELS[:4], "--target", "y", "-b", "0", "--top", "1", "--columns")
    assert called(capfd, *models, "row,difference") == "row\tdifference\n3\t4.0\n"


def test_a_warning_names_what_was_asked_for_and_is_not_written(
    path: str, capfd: pytest.CaptureFixture[str]
) -> None:
    args = ("eval", path, *SIDES[:4], "-b", "0", "--top", "1")
    for more, said in (
        (["--columns", "mean"], "--top: the worst rows are not written"),
        (["--columns", "mean", "-f", "csv"], "--top: the worst rows are not written"),
        (["-f", "csv", "--also", "rmse"], "lacks the numbers of --also: -f markdown or --json"),
        (["-f", "csv"], ""),
        (["-f", "markdown", "--also", "rmse"], ""),
        (["--columns", "row"], ""),
        (["--columns", "row", "-f", "csv", "--also", "rmse"], ""),
    ):
        main.main([*args, *more], standalone_mode=False)
        told = capfd.readouterr().err
        assert said in told
        assert bool(said) == bool(told)


def test_a_number_in_a_name_may_be_written_otherwise(
    path: str, capfd: pytest.CaptureFixture[str]
) -> None:
    args = ("eval", path, *SIDES[:4], "--within", "5", "--quantile", "0.50", "--columns")
    for names in ("within_5,quantile_.5", "within_5.00,quantile_0.50"):
        assert "within_5.0\tquantile_0.5" in called(capfd, *args, names, "-f", "tsv")


def test_a_number_in_the_name_of_a_kept_column_is_part_of_it(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "versions.csv"
    table.write_text("p,y,v_1.10,seg_1\n1,2,a,b\n5,1,c,d\n")
    options = ("--pred", "p", "--target", "y", "--top", "2", "--keep", "v_1.10", "--keep", "seg_1")
    for name in ("v_1.1", "seg_01", "seg_1.0"):
        with pytest.raises(SettingsError, match=f"there is no column '{name}'"):
            called(capfd, "eval", str(table), *options, "--columns", f"row,{name}")


def test_names_that_no_table_has_are_refused_before_anything_is_read(
    path: str, capfd: pytest.CaptureFixture[str]
) -> None:
    for name, meant in (
        ("maen", "mean"),
        ("n", "count"),
        ("rgion", "region"),
        ("MEAN", "mean"),
        ("interval", "stderr"),
    ):
        with pytest.raises(SettingsError, match=f"no column {name!r} .did you mean {meant}.*There"):
            called(capfd, "eval", "no such file", *SIDES, "--columns", f"sum,{name}")
    for command, inputs in (("eval", [path, *SIDES]), ("compare", [path, *MODELS])):
        for more, what in (
            (["--columns", "mean,mean" if command == "eval" else "t,t"], "twice"),
            (["--columns", "count", "--json"], "JSON is the whole result"),
            (["--columns", "count", "-o", "x.html"], "is a page|drawn has no --columns"),
        ):
            with pytest.raises(SettingsError, match=what):
                called(capfd, command, *inputs, *more)
    with pytest.raises(SettingsError, match=r"--columns is for tables of mean and sum"):
        called(capfd, "eval", path, *SIDES[:4], "-r", "none", "--columns", "row")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("rmse", "smoothl1 eval --also rmse makes it"),
        ("max_error", "smoothl1 eval --also max makes it"),
        ("rsme", "did you mean rmse? smoothl1 eval --also rmse makes it"),
        ("quantile_0.9", "smoothl1 eval --quantile 0.9 makes it"),
        ("share_within_1", "smoothl1 eval --within 1 makes it"),
        ("row", "smoothl1 eval --top N makes it"),
        ("ignored", "smoothl1 eval --ignore-target VALUE makes it"),
    ],
)
def test_a_column_that_an_option_makes_is_answered_with_the_option(
    path: str, capfd: pytest.CaptureFixture[str], name: str, said: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        called(capfd, "eval", path, *SIDES, "--columns", name)
    assert caught.value.hint == said


def test_models_have_no_metrics_and_other_columns(
    path: str, capfd: pytest.CaptureFixture[str]
) -> None:
    ranked = ("compare", path, "--pred", "[pqy]", "--target", "y")
    for args, name, said in (
        (("compare", path, *MODELS), "margin", "smoothl1 compare --margin makes it"),
        (("compare", path, *MODELS), "rmse", "There are beta, region, mean_a"),
        (ranked, "row", "did you mean rows? There are beta, rank"),
    ):
        with pytest.raises(SettingsError) as caught:
            called(capfd, *args, "--columns", name)
        assert str(caught.value.hint).startswith(said)


def test_columns_of_the_first_pairs_are_told_from_those_of_the_files(
    path: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SettingsError, match=r"'row' is of the first pairs .leave out"):
        called(capfd, "inspect", path, *SIDES, "--columns", "row,pred")
    assert called(capfd, "inspect", path, *SIDES, "--columns", "rows").startswith("rows\n")


def test_names_with_commas_and_of_files_of_groups_are_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    save_table(tmp_path / "t.csv", {"a,b": ["x", "y"], "p": [1.0, 2.0], "y": [0.0, 0.0]})
    args = ("eval", "t.csv", "--pred", "p", "--target", "y", "-b", "0")
    said = called(capfd, *args, "--by", "a,b", "--columns", "a,b", "--columns", "mean,count")
    assert said == "a,b\tmean\tcount\nx\t1.0\t1\ny\t2.0\t1\n"
    np.save("g.npy", np.array(["s", "u"]))
    said = called(capfd, *args, "--groups", "g.npy", "--columns", "groups,mean")
    assert said == "groups\tmean\ns\t1.0\nu\t2.0\n"
    of_rows = ("--top", "1", "--keep", "@1", "--columns", "a,b", "--columns", "loss", "-f", "csv")
    assert called(capfd, *args, *of_rows) == '"a,b",loss\ny,2.0\n'


def test_a_file_of_clusters_makes_their_column(
    path: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    np.save(tmp_path / "c.npy", [4, 4, 9])
    beside = ("--clusters", "c.npy", "--columns", "clusters", "-b", "0")
    pred, target = ("--pred", "p"), ("--target", "y")
    assert called(capfd, "eval", path, *pred, *target, *beside) == "clusters\n2\n"
    models = ("--pred-a", "p", "--pred-b", "q")
    found = called(capfd, "compare", path, *models, *target, *beside, "-f", "csv")
    assert found == "clusters\n2\n"
    ranked = called(capfd, "compare", path, "--pred", "[pq]", *target, *beside)
    assert ranked == "model\tclusters\np\t\nq\t2\n"
    with pytest.raises(SettingsError, match="there is no column 'margin'") as caught:
        called(capfd, "compare", path, "--pred", "[pq]", *target, "--columns", "margin")
    assert str(caught.value.hint).startswith("There are beta, rank")


def test_a_terminal_shows_the_chosen_columns_as_wide_as_it_is(path: str, tmp_path: Path) -> None:
    args = ["eval", path, *SIDES, "--quiet", "--columns", "region,count,mean"]
    assert on_terminal(args, tmp_path).splitlines()[0] == "region  count  mean"
    narrow = on_terminal(args, tmp_path, COLUMNS="16").splitlines()
    assert narrow[:4] == ["region  east", "count   2", "mean    2", ""]
