"""Losses that Python writes to a path: in the format of its name, whole or not at all."""

from __future__ import annotations

import gzip
import io
import os
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import LossOutput, SettingsError, SmoothL1Error, StorageError, evaluate
from tests.inside import called

if TYPE_CHECKING:
    from pathlib import Path

    from smoothl1 import Result

TABLE = pa.table({"id": [7, 8, 9], "p": [1.0, 2.0, 3.0], "y": [1.0, 4.0, 3.5]})


def written(output: Any, table: pa.Table = TABLE, **how: Any) -> Result:
    """Evaluate a table, with the losses of elements to an output."""
    columns = {"pred": "p", "target": "y", "reduction": "none"}
    return evaluate(table, losses_to=output, **columns, **how)


def test_a_path_takes_the_losses_in_the_format_of_its_suffix(tmp_path: Path) -> None:
    path = tmp_path / "losses.parquet"
    assert written(path, keep="id").n == 3
    assert pq.read_table(path).to_pydict() == {"id": [7, 8, 9], "loss": [0.0, 1.5, 0.125]}
    written(str(tmp_path / "l.csv.gz"))
    assert gzip.decompress((tmp_path / "l.csv.gz").read_bytes()) == b"loss\n0.0\n1.5\n0.125\n"
    written(LossOutput(tmp_path / "losses", "text"))
    assert (tmp_path / "losses").read_text() == "0.0\n1.5\n0.125\n"


def test_a_file_of_losses_is_that_of_the_command(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    pq.write_table(TABLE, tmp_path / "t.parquet")
    for name in ("l.parquet", "l.arrow", "l.tsv.zst", "l.json"):
        ours, theirs = tmp_path / f"1{name}", tmp_path / f"2{name}"
        written(ours)
        sides = ("--pred", "p", "--target", "y", "-r", "none", "-o", str(theirs))
        called(capfd, "eval", tmp_path / "t.parquet", *sides)
        assert ours.read_bytes() == theirs.read_bytes()


def test_losses_of_a_failed_run_leave_a_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "losses.csv"
    path.write_text("before")
    with pytest.raises(SmoothL1Error, match="NaN"):
        written(path, pa.table({"p": [1.0, float("nan")], "y": [0.0, 0.0]}), nan="error")
    assert [file.name for file in tmp_path.iterdir()] == ["losses.csv"]
    assert path.read_text() == "before"


def test_a_path_may_be_an_input_which_is_read_before_it_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pq.write_table(TABLE, path)
    evaluate(path, pred="p", target="y", keep=("id", "p", "y"), losses_to=path)
    assert pq.read_table(path).to_pydict() == {**TABLE.to_pydict(), "loss": [0.0, 1.5, 0.125]}


@pytest.mark.skipif(os.name != "posix", reason="opens descriptors by their paths")
def test_an_open_file_that_is_an_input_is_refused_before_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("p,y\n1,1\n2,4\n")
    (tmp_path / "w.csv").hardlink_to(path)
    columns: dict[str, Any] = {"pred": "p", "target": "y"}
    with path.open("r+b") as file:
        by_path = LossOutput(f"/dev/fd/{file.fileno()}", "csv")
        for output, named in ((LossOutput(file, "csv"), "losses_to"), (by_path, by_path.file)):
            for beside in ({}, {"weights": tmp_path / "w.csv"}):
                with pytest.raises(SettingsError, match="written in place, and is an") as caught:
                    evaluate(TABLE if beside else path, **columns, **beside, losses_to=output)
                assert caught.value.path == named
    assert path.read_text() == "p,y\n1,1\n2,4\n"


@pytest.mark.skipif(os.name != "posix", reason="makes a named pipe")
def test_a_pipe_that_is_an_input_takes_no_losses(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    output = LossOutput(tmp_path / "pipe", "csv")
    with pytest.raises(SettingsError, match="losses_to and an input are the same pipe"):
        evaluate(tmp_path / "pipe", pred="p", target="y", losses_to=output)


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("losses", "losses: the suffix names no format"),
        ("losses.xlsx", "losses.xlsx: losses are not written as .xlsx"),
        ("losses.csv.bz2", "losses.csv.bz2: losses are not written as .bz2"),
        (LossOutput("losses.csv", "parquet"), "losses.csv: .csv is another format than parquet"),
        (LossOutput("losses.csv.bz2", "csv"), "losses.csv.bz2: .bz2 is another format than csv"),
        (LossOutput("l.XLSX.gz", "csv"), "l.XLSX.gz: .xlsx is another format than csv"),
        (LossOutput("losses.md", "text"), "losses.md: .md is another format than text"),
        ("losses.npy.gz", "losses.npy.gz: npy is not written inside gzip"),
    ],
)
def test_a_name_that_contradicts_the_format_is_refused(
    output: Any, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError, match=said):
        written(output)
    assert not [*tmp_path.iterdir()]


def test_an_open_file_needs_a_format_that_is_known() -> None:
    for name in ("", "xlsx"):
        said = (
            f"no such output format: '{name}'; there are text, csv, tsv, json, npy, parquet, arrow"
        )
        with pytest.raises(SettingsError, match=f"^{said}$"):
            written(LossOutput(io.BytesIO(), name))


def test_a_path_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"l\.csv"):
        written(tmp_path / "nosuch" / "l.csv")
