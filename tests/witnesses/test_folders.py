"""Files of one name in several folders, which say what a file is: a patient, a scene, a day."""

from __future__ import annotations

import random
from typing import Any

import pyarrow as pa
import pytest

from smoothl1 import DataError, evaluate
from smoothl1.witnesses.folders import are_in_other_folders

N = 12


def paths(form: str, first: int = 1) -> list[str]:
    return [form.format(first + i, frame=i % 3) for i in range(N)]


OTHERS = {
    "subjects": (paths("sub-{:02}/anat/T1w.nii.gz"), paths("sub-{:02}/anat/T1w.nii.gz", 51)),
    "digits that all have": (
        [f"sub-0{i}/T1w.nii" for i in range(1, 10)],
        [f"sub-5{i}/T1w.nii" for i in range(1, 10)],
    ),
    "the next one": (paths("/d/pred/run_{}/m.csv"), paths("/d/gt/run_{}/m.csv", 2)),
    "frames that begin again": (
        [f"MOT17-{n}/img1/{i:06}.jpg" for n in ("02", "04") for i in range(6)],
        [f"MOT17-{n}/img1/{i:06}.jpg" for n in ("05", "09") for i in range(6)],
    ),
    "days": (paths("2024-01-{:02}/{frame}.grib"), paths("2024-02-{:02}/{frame}.grib")),
    "without a suffix": (paths("sub-{:02}/T1w.nii.gz"), paths("sub-{:02}/T1w", 51)),
    "of Windows": (paths("D:\\a\\p{}\\seg.nii"), paths("p{}/seg.nii", 2)),
    "a path for several rows": (
        [f"p{i // 2}/seg.nii" for i in range(N)],
        [f"p{i // 2 + 5}/seg.nii" for i in range(N)],
    ),
}
SAME = {
    "in folders of the sides": (paths("/d/pred/p{}/a/seg.nii"), paths("gt/p{}/seg.nii")),
    "without a suffix": (paths("d/sub-{:02}/T1w.nii.gz"), paths("sub-{:02}/T1w")),
    "within folders": (paths("p{}/pred/seg.nii"), paths("p{}/gt/seg.nii")),
    "with a word": (paths("p{}_pred/seg.nii"), paths("p{}_gt/seg.nii")),
    "with zeros": (paths("sub-{:03}/T1w.nii.gz"), paths("SUB-{}/T1w.nii")),
    "names without folders": (paths("p{:02}/seg.nii"), ["seg.nii"] * N),
    "names that tell rows apart": (paths("exp1/x/{}.png"), paths("exp2/y/{}.png")),
    "folders that tell no more": (
        [f"{i % 7}/p{i}/seg.nii" for i in range(N)],
        [f"{i % 5}/p{i}/seg.nii" for i in range(N)],
    ),
    "some missing": (["", "a/x", *paths("p{}/m.csv")], ["", "b/x", *paths("p{}/m.csv")]),
    "none": ([], []),
}


@pytest.mark.parametrize(("one", "other"), OTHERS.values(), ids=OTHERS)
def test_folders_that_tell_rows_apart_count(one: list[str], other: list[str]) -> None:
    assert are_in_other_folders(one, other)
    assert are_in_other_folders(other, one)


@pytest.mark.parametrize(("one", "other"), SAME.values(), ids=SAME)
def test_other_folders_do_not_count(one: list[str], other: list[str]) -> None:
    assert not are_in_other_folders(one, other)
    assert not are_in_other_folders(other, one)


def tables(one: list[str], other: list[str], *more: tuple[str, list[Any], list[Any]]) -> Any:
    mine = {"path": one, **{name: values for name, values, _ in more}, "pred": [0.5] * len(one)}
    others = {"path": other, **{name: some for name, _, some in more}, "y": [0.5] * len(one)}
    return pa.table(mine), pa.table(others)


VISITS = random.Random(2).sample(range(2000, 9000), N)
SHUFFLED = random.Random(1).sample(range(N), N)
REORDERED = ("visit", VISITS, [*VISITS[5:], *VISITS[:5]])


def test_names_in_other_folders_do_not_outweigh_another_order() -> None:
    one, other = ([some[i] for i in SHUFFLED] for some in OTHERS["subjects"])
    with pytest.raises(DataError, match=r"column 'visit' .* another order"):
        evaluate(*tables(one, other, REORDERED), pred="pred", target="y")
    assert evaluate(*tables(one, one, REORDERED), pred="pred", target="y").n == N


def test_rows_of_the_next_folder_are_refused_as_files_of_the_next_number_are() -> None:
    sides = tables(paths("/d/sub-{:02}/m.csv"), paths("/d/sub-{:02}/m.csv", 2))
    with pytest.raises(DataError, match=r"column 'path' differs .* rises on both sides"):
        evaluate(*sides, pred="pred", target="y")


@pytest.mark.parametrize("name", ["path", "image_id"])
def test_files_in_other_folders_are_warned_of(name: str) -> None:
    one, other = ([some[i] for i in SHUFFLED] for some in OTHERS["subjects"])
    sides = pa.table({name: one, "pred": [0.5] * N}), pa.table({name: other, "y": [0.5] * N})
    with pytest.warns(UserWarning, match=f"column '{name}' differs"):
        evaluate(*sides, pred="pred", target="y")


def test_a_name_that_all_files_have_proves_nothing() -> None:
    sides = tables(*SAME["names without folders"], ("sex", ["m", "f"] * 6, ["f", "m"] * 6))
    with pytest.warns(UserWarning, match="column 'sex' differs"):
        evaluate(*sides, pred="pred", target="y")


def test_folders_that_agree_prove_the_rows() -> None:
    sides = tables(*SAME["within folders"], ("age", list(range(N)), [i * 7 % 5 for i in range(N)]))
    found: list[str] = []
    evaluate(*sides, pred="pred", target="y", warn=found.append)
    assert found == []
