"""Frames that are numbered alike in folders of other sequences, or of other sets of data."""

from __future__ import annotations

import pyarrow as pa
import pytest

from smoothl1 import compare, evaluate

N = 12


def table(form: str, value: str, **more: list[int | str]) -> pa.Table:
    return pa.table({"image": [form.format(i) for i in range(N)], **more, value: [0.5] * N})


def heard(one: str, other: str, **more: list[int | str]) -> list[str]:
    """The warnings about predictions and targets whose images have these paths."""
    found: list[str] = []
    sides = table(one, "p", **more), table(other, "t", **more)
    assert evaluate(*sides, pred="p", target="t", warn=found.append).n == N
    return found


@pytest.mark.parametrize(
    ("one", "other", "folders"),
    [
        ("seq01/{:06}.png", "seq02/{:06}.png", "'seq01' and 'seq02'"),
        ("00/image_2/{:06}.png", "01/image_2/{:06}.png", "'00' and '01'"),
        ("/out/pred/seq1/{}.png", "/data/gt/seq02/{}.png", "'seq1' and 'seq02'"),
        ("a\\1\\frame{}.jpg", "a\\2\\frame{}.png", "'1' and '2'"),
        ("train/{}.png", "val/{}.png", "'train' and 'val'"),
    ],
)
def test_frames_of_another_sequence_are_warned_of(one: str, other: str, folders: str) -> None:
    (warning,) = heard(one, other)
    assert f"in other folders in every row: {folders} (" in warning


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/data/pred/{:06}.png", "/data/gt/{:06}.png"),
        ("pred/seq01/{:06}.png", "gt/seq1/{:06}.png"),
        ("runs/exp12/{:06}.png", "{:06}.png"),
        ("left/{}.png", "right/{}.png"),
    ],
)
def test_folders_of_predictions_and_targets_may_have_other_names(one: str, other: str) -> None:
    assert heard(one, other) == []


def test_names_of_files_that_are_no_frames_say_which_row_it_is() -> None:
    names = [f"{i * 7919 % 1000}.png" for i in range(N)]
    one = pa.table({"image": [f"exp1/{name}" for name in names], "p": [0.5] * N})
    other = pa.table({"image": [f"exp2/{name}" for name in names], "t": [0.5] * N})
    found: list[str] = []
    evaluate(one, other, pred="p", target="t", warn=found.append)
    assert found == []


def test_another_column_that_proves_the_rows_outweighs_folders() -> None:
    ids: list[int | str] = [f"{i * 7919 % 1000:x}" for i in range(N)]
    assert heard("exp1/{}.png", "exp2/{}.png", id=ids) == []


def test_two_models_may_have_folders_of_their_own() -> None:
    found: list[str] = []
    models = table("exp1/{}.png", "p"), table("exp2/{}.png", "p")
    compare(*models, table("gt/{}.png", "t"), warn=found.append)
    assert found == []
