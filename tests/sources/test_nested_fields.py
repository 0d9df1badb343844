"""Names of fields of records, and the commands that make columns of these."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import DataError, evaluate

if TYPE_CHECKING:
    from pathlib import Path

RECORDS = [{"judge": 1.5, "human": 2.0}, {"judge": 3.0, "human": 2.0}]
NAMES = ("scores.judge", "scores.human")


def command_for(path: str, key: str | None = None) -> str:
    """The command in the error about names of fields; or about a key of such a name."""
    pred, target = NAMES if key is None else ("id", "id")
    with pytest.raises(DataError, match=r"no column 'scores\.") as caught:
        evaluate(path, path, pred=pred, target=target, key=key or ())
    assert caught.value.hint is not None
    begin, _, command = caught.value.hint.partition(": ")
    assert begin == "'scores' holds records; this makes columns of their fields"
    return command


@pytest.mark.parametrize("key", [None, "scores.judge"])
def test_the_command_for_json_lines_makes_columns_of_fields(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str | None
) -> None:
    monkeypatch.chdir(tmp_path)
    rows = [{"id": i, "scores": record} for i, record in enumerate(RECORDS)]
    text = "".join(f"{json.dumps(row)}\n" for row in [*rows, {"id": 3, "scores": None}])
    (tmp_path / "x.jsonl").write_text(text)
    command = command_for("x.jsonl", key)
    program = """. + (.scores // {} | with_entries(.key |= "scores." + .))"""
    assert command == f"jq -c '{program}' x.jsonl > x_new.jsonl"
    if shutil.which("jq"):
        subprocess.run(["sh", "-c", command], check=True)
        columns = {"pred": NAMES[0], "target": NAMES[1]}
        result = evaluate("x_new.jsonl", betas=0, nan="omit", warn=print, **columns)
        assert (result.n, result.mean) == (2, 0.75)


def test_the_command_for_parquet_makes_columns_of_fields(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    pq.write_table(pa.table({"id": [1, 2], "scores": RECORDS}), "x.parquet")
    command = command_for("x.parquet")
    assert command == command_for("x.parquet", key="scores.judge")
    assert command.startswith('python -c "')
    subprocess.run([sys.executable, "-c", command.split('"')[1]], check=True)
    assert evaluate("x_new.parquet", pred=NAMES[0], target=NAMES[1], betas=0).mean == 0.75


def test_a_pattern_of_fields_has_the_command_of_a_field(tmp_path: Path) -> None:
    pq.write_table(pa.table({"id": [1, 2], "scores": RECORDS}), tmp_path / "x.parquet")
    hints = []
    for pred in ("scores.judge", "scores.*"):
        with pytest.raises(DataError, match=r"no column .*'scores\.") as caught:
            evaluate(tmp_path / "x.parquet", pred=pred, target="id")
        hints.append(caught.value.hint)
    assert hints[0] == hints[1]
    assert str(hints[0]).startswith("'scores' holds records; this makes columns")


@pytest.mark.parametrize("suffix", ["parquet", "jsonl"])
@pytest.mark.parametrize("n_files", [1, 2])
def test_no_command_adds_a_file_to_a_folder(tmp_path: Path, suffix: str, n_files: int) -> None:
    for i in range(n_files):
        if suffix == "parquet":
            pq.write_table(pa.table({"id": [i], "scores": RECORDS[:1]}), tmp_path / f"{i}.parquet")
        else:
            (tmp_path / f"{i}.jsonl").write_text(json.dumps({"id": i, "scores": RECORDS[0]}) + "\n")
    for path in (tmp_path, tmp_path / f"*.{suffix}"):
        with pytest.raises(DataError, match=r"no column 'scores\.judge'") as caught:
            evaluate(path, pred=NAMES[0], target=NAMES[1])
        said = "'scores' holds records; save each of their fields by itself, in another folder"
        assert caught.value.hint == said


@pytest.mark.parametrize("scores", ["text", ["a", "b"], 1.5])
def test_a_column_without_records_has_no_command(tmp_path: Path, scores: object) -> None:
    row = json.dumps({"id": 1, "scores": scores})
    (tmp_path / "x.jsonl").write_text(f"{row}\n{row}\n")
    with pytest.raises(DataError) as caught:
        evaluate(tmp_path / "x.jsonl", pred=NAMES[0], target=NAMES[1])
    said = "if 'scores' holds records, save each of their fields by itself"
    assert caught.value.hint == said
