"""Frames that are numbered alike in folders of other sequences, or of other sets of data."""

from __future__ import annotations

import pyarrow as pa
import pytest

from smoothl1 import compare, evaluate
from smoothl1.witnesses.numbered_folders import other_folders

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
        ("seq01/{:06}.png", "seq02/{:06}", "'seq01' and 'seq02'"),
        ("train/{}", "val/{}.png", "'train' and 'val'"),
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


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/home/user1/data/{:06}.png", "/home/user2/data/{:06}.png"),
        ("C:\\Users\\s017\\d\\{}.png", "C:\\Users\\s018\\d\\{}.png"),
        ("/mnt/disk1/d/{:06}.png", "/mnt/disk2/d/{:06}.png"),
        ("/media/me/ssd_1/{:06}.png", "/media/me/ssd_2/{:06}.png"),
        ("/scratch/12345/{:06}.png", "/scratch/12346/{:06}.png"),
        ("/data/images_512/{:06}.png", "/data/images_1024/{:06}.png"),
        ("d/224x224/{}.jpg", "d/448x448/{}.jpg"),
        ("512/{}.png", "1024/{}.png"),
    ],
)
def test_places_of_machines_and_sizes_of_images_say_nothing_of_sequences(
    one: str, other: str
) -> None:
    assert heard(one, other) == []


@pytest.mark.parametrize(
    ("one", "other", "folders"),
    [
        ("/home/user1/seq1/{}.png", "/home/user2/seq2/{}.png", "'seq1' and 'seq2'"),
        ("/mnt/d/seq128/{}.png", "/mnt/d/seq256/{}.png", "'seq128' and 'seq256'"),
        ("image_2/{}.png", "image_3/{}.png", "'image_2' and 'image_3'"),
        ("images_101/{}.png", "images_102/{}.png", "'images_101' and 'images_102'"),
        ("064/{}.png", "128/{}.png", "'064' and '128'"),
        ("/mnt/seq01/{}.png", "/mnt/seq02/{}.png", "'seq01' and 'seq02'"),
        ("/mnt/train/{}.png", "/mnt/val/{}.png", "'train' and 'val'"),
    ],
)
def test_other_numbers_near_these_are_those_of_sequences(
    one: str, other: str, folders: str
) -> None:
    (warning,) = heard(one, other)
    assert f"in other folders in every row: {folders} (" in warning


def test_persons_that_vary_within_a_side_say_which_files_they_are() -> None:
    one, other = (
        [f"/home/u{n}/d/{i}.png" for n in some for i in range(6)] for some in ((1, 2), (3, 4))
    )
    assert other_folders(one, other) == ("u1", "u3")
    assert other_folders(one[:6], other[:6]) is None


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


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("frame_id", [*range(N)]),
        ("id", [*range(1, N + 1)]),
        ("idx", [f"frame {i}" for i in range(N)]),
        ("frame_id", [*range(100, 100 + 5 * N, 5)]),
        ("file", [f"{i}.jpg" for i in range(100, 100 + 5 * N, 5)]),
    ],
)
def test_an_id_that_numbers_frames_as_their_names_do_proves_nothing(
    name: str, values: list[int | str]
) -> None:
    numbers = range(N) if values[0] in (0, 1, "frame 0") else range(100, 100 + 5 * N, 5)
    sides = [
        pa.table({"image": [form.format(i) for i in numbers], name: values, value: [0.5] * N})
        for form, value in (("seq01/{:06}.png", "p"), ("seq02/{:06}.png", "t"))
    ]
    found: list[str] = []
    evaluate(*sides, pred="p", target="t", warn=found.append)
    assert len(found) == 1
    assert "in other folders in every row: 'seq01' and 'seq02' (" in found[0]


def test_two_columns_of_paths_are_no_proof_of_one_another_unless_one_has_the_same_folders() -> None:
    one, other = table("seq01/{}.png", "p"), table("seq02/{}.png", "t")
    masks = [[f"{seq}/mask{i}.png" for i in range(N)] for seq in ("seq01", "seq02")]
    found: list[str] = []
    sides = one.append_column("mask", [masks[0]]), other.append_column("mask", [masks[1]])
    evaluate(*sides, pred="p", target="t", warn=found.append)
    assert sorted(text.split("'")[1] for text in found) == ["image", "mask"]
    assert heard("exp1/{}.png", "exp2/{}.png", mask=list(masks[0])) == []


def test_days_prove_rows_although_names_of_files_have_their_numbers() -> None:
    days: list[int | str] = [f"2024-03-{i + 1:02}" for i in range(N)]
    assert heard("exp1/{}.png", "exp2/{}.png", day=days) == []
    assert heard("exp1/{}.png", "exp2/{}.png", at=[1_700_000_000 + i for i in range(N)]) == []


def test_two_models_may_have_folders_of_their_own() -> None:
    found: list[str] = []
    models = table("exp1/{}.png", "p"), table("exp2/{}.png", "p")
    compare(*models, table("gt/{}.png", "t"), warn=found.append)
    assert found == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (["seq1/cam0", "seq1/cam1"], ["seq2/cam0", "seq2/cam1"]),
        (["2024/01/30", "2024/01/31"], ["2024/02/30", "2024/02/31"]),
    ],
)
def test_frames_may_begin_again_in_the_next_folder(one: list[str], other: list[str]) -> None:
    mine, others = (
        [f"{folder}/{i:02}.grib" for folder in some for i in range(4)] for some in (one, other)
    )
    preds, targets = (
        pa.table({"file": mine, "p": [0.5] * 8}),
        pa.table({"file": others, "t": [0.5] * 8}),
    )
    found: list[str] = []
    evaluate(preds, targets, pred="p", target="t", warn=found.append)
    assert any("in other folders in every row" in warning for warning in found)
