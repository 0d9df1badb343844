"""Files of one name in the same folders in another order, however far above the name these are."""

from __future__ import annotations

import random
import warnings
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest

from smoothl1 import DataError, Execution, evaluate
from smoothl1.witnesses.folders_by_depth import FoldersByDepth

if TYPE_CHECKING:
    from smoothl1.witnesses.hash_sums import Sums

N = 12
SUBJECTS = random.Random(3).sample(range(2000, 9000), N)
ROTATED = [*SUBJECTS[5:], *SUBJECTS[:5]]

FORMS = {
    "three above": (
        "/data/images/sub-{}/ses-1/anat/T1w.nii.gz",
        "/data/labels/sub-{}/ses-1/anat/T1w.nii.gz",
    ),
    "six above": ("a/{}/1/2/3/4/5/x.png", "b/c/{}/1/2/3/4/5/x.txt"),
    "above folders of the sides": ("sub-{}/pred/seg.npy", "sub-{}/gt/seg.npy"),
    "above a folder of one side": ("d/{}/seg.npy", "d/{}/./seg.npy"),
    "of Windows": ("C:\\d\\P{}\\s1\\a\\seg.nii", "/mnt/p{}/s1/a/SEG.nii"),
    "without a suffix": ("d/sub-{}/ses-1/anat/T1w.nii.gz", "sub-{}/ses-1/anat/T1w"),
    "of an unknown format": ("pred/p{}/a/b/c/x.qzx", "gt/p{}/a/b/c/x.qzx"),
}


def heard(one: list[str], other: list[str]) -> list[str]:
    found: list[str] = []
    sides = (
        pa.table({"path": one, "pred": [0.5] * len(one)}),
        pa.table({"path": other, "y": [0.5] * len(one)}),
    )
    evaluate(*sides, pred="pred", target="y", execution=Execution(chunk_rows=5), warn=found.append)
    return found


@pytest.mark.parametrize(("one", "other"), FORMS.values(), ids=FORMS)
def test_the_same_folders_in_another_order_are_refused_at_any_depth(one: str, other: str) -> None:
    mine = [one.format(n) for n in SUBJECTS]
    assert heard(mine, [other.format(n) for n in SUBJECTS]) == []
    with pytest.raises(DataError, match=r"column 'path' differs .* another order"):
        heard(mine, [other.format(n) for n in ROTATED])


def test_folders_that_each_side_varies_in_its_own_way_are_no_other_order() -> None:
    one = [f"run{n}/x/{i * 7 % 13}.png" for i, n in enumerate(SUBJECTS)]
    other = [f"run{n}/job{i * 7}/{i * 7 % 13}.png" for i, n in enumerate(ROTATED)]
    assert heard(one, other) == []


def test_missing_paths_have_no_folders() -> None:
    one, other = FORMS["above folders of the sides"]
    mine = ["", *(one.format(n) for n in SUBJECTS)]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert heard(mine, ["", *(other.format(n) for n in SUBJECTS)]) == []
    with pytest.raises(DataError, match="another order"):
        heard(mine, ["", *(other.format(n) for n in ROTATED)])


def added(one: list[str], other: list[str], cuts: list[int]) -> Sums | None:
    """The sums of paths of one name that are added in parts, which are merged."""
    whole = FoldersByDepth()
    for begin, end in pairwise(cuts):
        part = FoldersByDepth()
        sides = [
            pa.array([p.encode() for p in some[begin:end]], pa.binary()) for some in (one, other)
        ]
        names = np.zeros(end - begin, np.uint64)
        part.add((sides[0], sides[1]), (names, names))
        whole.merge(part)
    return whole.deciding


@pytest.mark.parametrize("cuts", [[0, 4], [0, 1, 4], [0, 2, 3, 4], [0, 1, 2, 3, 4]])
def test_parts_may_have_one_folder_each(cuts: list[int]) -> None:
    one = ["r/a/p/x.png", "r/a/p/x.png", "r/b/p/x.png", "r/b/p/x.png"]
    other = ["s/b/t/x.png", "s/b/t/x.png", "s/a/t/x.png", "s/a/t/x.png"]
    sums = added(one, other, cuts)
    assert sums is not None
    assert sums.are_permuted
    assert added(one, [path.replace("/p/", "/t/") for path in one], cuts) is None


def test_what_is_held_is_bounded() -> None:
    found = FoldersByDepth()
    deep = "/".join(f"f{i}" for i in range(99))
    paths = pa.array([f"{deep}/{i}/x.png".encode() for i in range(N)], pa.binary())
    names = np.zeros(N, np.uint64)
    for _ in range(3):
        found.add((paths, paths), (names, names))
    assert len(found._depths) == 32
    assert all(len(some) <= 2 for depth in found._depths for some in depth._some)
