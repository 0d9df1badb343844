"""Texts that mean the same in another spelling: with folders, in upper case, with zeros."""

from __future__ import annotations

import warnings
from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from smoothl1 import DataError, Execution, evaluate
from smoothl1.witnesses.base_names import ForeignTexts, base_hashes
from smoothl1.witnesses.hashes import hashes_of
from smoothl1.witnesses.text_bytes import in_lower_case
from tests.tables import save

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

N = 12
Y = [8.0 * i for i in range(N)]
FILES = [f"img{i * 7 % 13}.png" for i in range(N)]
COLUMNS: dict[str, Any] = {"pred": "pred", "target": "y"}


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("more", [{}, {"model": ["a"] * N}], ids=["alone", "beside another"])
@pytest.mark.parametrize(
    ("mine", "other"), [("/d/{}", "{}"), ("a\\b\\{}", "{}"), ("a/{}", "b/c/{}")]
)
def test_the_same_files_in_another_order_are_refused(
    tmp_path: Path, suffix: str, more: dict[str, Any], mine: str, other: str
) -> None:
    p = save(tmp_path / f"p{suffix}", 5, path=[mine.format(x) for x in FILES], **more, pred=Y)
    files = [other.format(x) for x in FILES[::-1]]
    t = save(tmp_path / f"t{suffix}", 5, filename=files, y=Y[::-1])
    with pytest.raises(DataError, match=r"differs from 'filename' of .* another order"):
        evaluate(p, t, **COLUMNS)


def test_one_name_with_other_folders_in_another_order_is_refused(tmp_path: Path) -> None:
    p = save(tmp_path / "p.csv", 5, path=[f"/a/{x}" for x in FILES], pred=Y)
    t = save(tmp_path / "t.csv", 5, path=[f"/b/{x}" for x in FILES[::-1]], y=Y[::-1])
    with pytest.raises(DataError, match="another order"):
        evaluate(p, t, **COLUMNS)


@pytest.mark.parametrize(
    "other",
    [FILES, [f"m/{x}" for x in FILES]],
    ids=["the same files", "in another folder"],
)
def test_files_in_the_same_order_are_paired(tmp_path: Path, other: list[str]) -> None:
    p = save(tmp_path / "p.csv", 5, path=[f"/data/{x}" for x in FILES], pred=Y)
    t = save(tmp_path / "t.csv", 5, filename=other, y=Y)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert evaluate(p, t, **COLUMNS).mean == 0


SPELLINGS: dict[str, tuple[str, str]] = {
    "case": ("Ab{:02}x", "AB{:02}X"),
    "case beyond ASCII": ("É{:02}A", "É{:02}a"),
    "blanks": ("a{:02}", " a{:02}  "),
    "zeros": ("{:05}", "{}"),
    "suffixes": ("Img{:02}.png", "img{:02}.nii.gz"),
    "a suffix": ("d/img{:02}.JPG", "img{:02}"),
    "a file and a number": ("{:012}.jpg", "{}"),
}


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("names", [("id", "id"), ("image", "sample_id")])
@pytest.mark.parametrize(("mine", "other"), SPELLINGS.values(), ids=SPELLINGS)
def test_another_spelling_is_the_same_text_in_any_order(
    tmp_path: Path, suffix: str, names: tuple[str, str], mine: str, other: str
) -> None:
    numbers = [5 + i * 7 % 13 for i in range(N)]
    p = save(tmp_path / f"p{suffix}", 5, **{names[0]: [mine.format(i) for i in numbers]}, pred=Y)
    others = [other.format(i) for i in numbers]
    same = save(tmp_path / f"s{suffix}", 5, **{names[1]: others}, y=Y)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = evaluate(p, same, **COLUMNS)
    assert found.mean == 0
    assert any("in every row" in decision.reason for decision in found.decisions)
    t = save(tmp_path / f"t{suffix}", 5, **{names[1]: others[::-1]}, y=Y[::-1])
    with pytest.raises(DataError, match="another order"):
        evaluate(p, t, **COLUMNS)


def test_texts_that_differ_in_more_than_spelling_are_other_texts(tmp_path: Path) -> None:
    p = save(tmp_path / "p.csv", 5, id=[f"a{i:02}" for i in range(N)], pred=Y)
    t = save(tmp_path / "t.csv", 5, id=[f"b{i:02}" for i in range(N)][::-1], y=Y)
    with pytest.warns(match="column 'id' differs from that"):
        evaluate(p, t, **COLUMNS)


def test_missing_texts_stay_missing_in_any_case() -> None:
    texts = pa.array(["x", "Ab", None, "", "C"], pa.binary())[1:]
    assert in_lower_case(texts).to_pylist() == [b"ab", None, b"", b"c"]
    assert in_lower_case(texts[:0]).to_pylist() == []


@pytest.mark.parametrize(
    ("blocks", "are_there"),
    [
        ([(["a"], [1]), (["2"], [3])], True),
        ([(["a"], [1]), (["2"], ["3"])], False),
        ([(["5.png", ""], [1, 2]), (["2"], [3])], False),
    ],
)
def test_texts_that_are_no_integers_are_found_in_any_order_of_merging(
    blocks: list[tuple[list[Any], list[Any]]], are_there: bool
) -> None:
    for order in (blocks, blocks[::-1]):
        for sides in (0, 1), (1, 0):
            found = ForeignTexts()
            for block in order:
                one = ForeignTexts()
                one.add(*(array_of(block[side]) for side in sides))
                found.merge(one)
            assert found.are_there == are_there


def array_of(values: list[Any]) -> pa.Array:
    if isinstance(values[0], int):
        return pa.array(values, pa.int64())
    return pa.array([text.encode() for text in values], pa.binary())


PATHS = [f"{folder}/{i:03}.png" for folder in ("train", "val", "test") for i in range(4)]
SWAPPED = [*PATHS[8:], *PATHS[4:8], *PATHS[:4]]


@pytest.mark.parametrize("other_name", ["image", "file"])
@pytest.mark.parametrize("more", [{}, {"model": ["a"] * N}], ids=["alone", "beside another"])
@pytest.mark.parametrize(
    "spelled",
    [
        lambda path: path,
        lambda path: f"/data/{path}",
        lambda path: f"C:\\d\\{path[:-4]}.txt".replace("/", "\\").upper(),
        lambda path: f"/data/{path[:-4]}.flo",
    ],
    ids=["the same paths", "in a folder", "of Windows, with another suffix", "of flow"],
)
def test_files_of_one_name_in_other_folders_prove_nothing(
    other_name: str, more: dict[str, Any], spelled: Callable[[str], str]
) -> None:
    files = pa.table({"image": PATHS, **more, "pred": Y})
    others = pa.table({other_name: list(map(spelled, SWAPPED)), "y": Y})
    with pytest.raises(DataError, match=r"another order"):
        evaluate(files, others, **COLUMNS, execution=Execution(chunk_rows=5))
    same = pa.table({other_name: list(map(spelled, PATHS)), "y": Y})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert evaluate(files, same, **COLUMNS).mean == 0


def test_suffixes_of_texts_that_are_no_files_count_if_they_are_in_another_order() -> None:
    questions = [f"q{i // 4}.{'abcd'[i % 4]}" for i in range(N)]
    others = [f"q{i // 4}.{'DCBA'[i % 4]}" for i in range(N)]
    with pytest.raises(DataError, match=r"another order"):
        evaluate(pa.table({"q": questions, "p": Y}), pa.table({"q": others, "y": Y}))
    lower = [text.lower() for text in questions]
    assert evaluate(pa.table({"q": questions, "p": Y}), pa.table({"q": lower, "y": Y})).mean == 0


NO_FILES = {
    "tags of control systems": ("FIC{}.PV", "FIC{}.SP"),
    "measuring points": ("boiler{}.temp", "boiler{}.hot"),
    "sensors": ("pump.s{}", "pump.s5{}"),
    "versions": ("model.v{}", "model.v9{}"),
    "hosts": ("host{}.de", "host{}.fr"),
    "mail": ("user{}@example.com", "user{}@example.org"),
    "a letter twice": ("X.a{0}.b{0}", "X.a9{0}.b9{0}"),
    "a file of a tag": ("FIC{}.PV.csv", "FIC{}.SP.csv"),
}


@pytest.mark.parametrize(("one", "other"), NO_FILES.values(), ids=NO_FILES)
def test_what_follows_a_point_is_part_of_a_name_unless_it_is_a_known_format(
    one: str, other: str
) -> None:
    lots = [i * 7919 % 1000 for i in range(N)]
    p = pa.table({"tag": [one.format(i) for i in range(N)], "lot": lots, "pred": Y})
    t = pa.table({"tag": [other.format(i) for i in range(N)], "lot": lots[5:] + lots[:5], "y": Y})
    with pytest.raises(DataError, match=r"column 'lot' .* another order"):
        evaluate(p, t, **COLUMNS)
    with pytest.warns(UserWarning, match="column 'tag' differs"):
        evaluate(p.drop(["lot"]), t.drop(["lot"]), **COLUMNS)


def test_currencies_of_prices_at_other_exchanges_are_warned_of() -> None:
    p = pa.table({"share": [f"S{i}.DE" for i in range(N)], "unit": ["EUR"] * N, "pred": Y})
    t = pa.table({"share": [f"S{i}.L" for i in range(N)], "unit": ["GBP"] * N, "y": Y})
    with pytest.warns(UserWarning, match="columns 'share', 'unit' differ"):
        evaluate(p, t, **COLUMNS)


def test_a_unit_of_other_sensors_is_warned_of_beside_names_that_are_no_files() -> None:
    tags = [f"pump.s{i * 7 % 13}" for i in range(N)]
    p = pa.table({"tag": tags, "unit": ["bar"] * N, "pred": Y})
    t = pa.table({"tag": tags, "unit": ["psi"] * N, "y": Y})
    with pytest.warns(UserWarning, match="column 'unit' differs .* only 'tag' agrees"):
        evaluate(p, t, **COLUMNS)


def test_a_format_without_a_name_is_a_text_of_its_own() -> None:
    texts = pa.array([b".png", b".jpg", b""], pa.binary())
    assert len({*base_hashes(texts, hashes_of(texts)).tolist()}) == 3


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("{}.jpg", "{}.json"),
        ("{}.pred.nii.gz", "{}.gt.NII"),
        ("a/{}.qx", "b/{}.qx"),
        ("a/{}.parquet", "b/{}.safetensors"),
        ("a/{}.GeoJSON", "{}"),
        ("{}.wav", "{}"),
        ("frame_{}.flo", "frame_{}.png"),
        ("{}.left.flo", "{}.LEFT.png"),
        ("{}.pred.trk.gz", "{}.gt.nii.gz"),
        ("a/{}.CR2", "b/c/{}.jpg"),
        ("{}.phn", "{}"),
        ("{}.flo5", "{}.flo"),
        ("{}.TextGrid", "{}.lab"),
        ("{}_mask.gif", "{}.jpg"),
        ("{}-pred.png", "{}_gt.png"),
        ("{}.depth.exr", "{}.rgb.png"),
        ("{}.pred", "{}.gt"),
        ("a/{}_pred.q7", "{}"),
        ("a/pred_{}.png", "b/gt_{}.png"),
        ("mask-{}.gif", "{}.jpg"),
    ],
)
@pytest.mark.parametrize("names", [("file", "file"), ("image", "path")])
def test_one_file_may_be_of_two_formats_of_which_one_is_known(
    one: str, other: str, names: tuple[str, str]
) -> None:
    files = [one.format(f"r{i * 7 % 13}") for i in range(N)]
    others = [other.format(f"r{i * 7 % 13}") for i in range(N)]
    for sides in (files, others), (others, files):
        p = pa.table({names[0]: sides[0], "pred": Y})
        t = pa.table({names[1]: sides[1], "y": Y})
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert evaluate(p, t, **COLUMNS, execution=Execution(chunk_rows=5)).mean == 0
        t = pa.table({names[1]: sides[1][::-1], "y": Y[::-1]})
        with pytest.raises(DataError, match="another order"):
            evaluate(p, t, **COLUMNS, execution=Execution(chunk_rows=5))


def test_a_suffix_that_is_no_known_format_counts_unless_all_names_of_a_side_have_it() -> None:
    lots = [f"r{i}" for i in range(N)]
    p = pa.table({"file": [f"{lot}.{'ab'[i > 8]}" for i, lot in enumerate(lots)], "pred": Y})
    t = pa.table({"file": [f"{lot}.png" for lot in lots], "y": Y})
    for n_rows in (3, 9, 100):
        with pytest.warns(UserWarning, match="column 'file' differs"):
            evaluate(p, t, **COLUMNS, execution=Execution(chunk_rows=n_rows))


def test_cameras_of_two_formats_go_with_one() -> None:
    p = pa.table({"file": [f"i{i}.{('CR2', 'NEF')[i % 3 == 0]}" for i in range(N)], "pred": Y})
    t = pa.table({"file": [f"i{i}.png" for i in range(N)], "y": Y})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert evaluate(p, t, **COLUMNS).mean == 0
    with pytest.raises(DataError, match="another order"):
        evaluate(p, t.take([*range(1, N), 0]), **COLUMNS)


def test_a_word_that_some_names_have_stays_where_the_other_side_has_one_in_all() -> None:
    ones = [f"i{i}{end}" for i in range(3) for end in ("", "_rgb", "_mask")]
    p = pa.table({"f": [*(f"{name}.png" for name in ones), ""], "p": Y[: len(ones) + 1]})
    t = pa.table({"f": [*(f"{name}.gt.png" for name in ones), ""], "y": Y[: len(ones) + 1]})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert evaluate(p, t, pred="p", target="y", execution=Execution(chunk_rows=4)).mean == 0
    moved = t.take([*range(3, len(ones) + 1), 0, 1, 2])
    with pytest.raises(DataError, match="another order"):
        evaluate(p, moved, pred="p", target="y", execution=Execution(chunk_rows=4))


@pytest.mark.parametrize("word", ["_mask", ".pred", "-depth"])
@pytest.mark.parametrize("suffix", ["png", "jpg"])
def test_a_file_and_its_mask_in_one_column_are_two(word: str, suffix: str) -> None:
    names = [f"{i}{end}.png" for i in range(N // 2) for end in ("", word)]
    swapped = [names[i ^ 1].replace("png", suffix) for i in range(len(names))]
    y = Y[: len(names)]
    assert evaluate(pa.table({"f": names, "p": y}), pa.table({"f": names, "y": y})).mean == 0
    with pytest.raises(DataError, match="another order"):
        evaluate(pa.table({"f": names, "p": y}), pa.table({"f": swapped, "y": y}))


BARE_PATHS = {
    "in one folder": ("imgs/img_{:04}.jpg", "imgs/img_{:04}"),
    "numbers": ("imgs/{:04}.jpg", "imgs/{:04}"),
    "words": ("d/r{}.jpg", "d/r{}"),
    "no folder beside": ("img_{:04}.jpg", "imgs/img_{:04}"),
    "digits in every folder": ("2011_09_26/image_02/{:010}.png", "2011_09_26/image_02/{:010}"),
    "fewer folders": ("/d/cat/{:04}.jpg", "cat/{:04}"),
    "of Windows": ("D:\\a\\X{}.JPG", "b\\x{}"),
    "a long suffix": ("d/x{}.parquet", "d/x{}"),
    "a point in the name": ("d/x_0.{}.png", "d/x_0.{}"),
}


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("names", [("path", "path"), ("path", "file")])
@pytest.mark.parametrize(("one", "other"), BARE_PATHS.values(), ids=BARE_PATHS)
def test_paths_without_a_suffix_are_those_of_files_in_any_order(
    tmp_path: Path, suffix: str, names: tuple[str, str], one: str, other: str
) -> None:
    numbers = [5 + i * 7 % 13 for i in range(N)]
    sides = [[form.format(i) for i in numbers] for form in (one, other)]
    for mine, others in (sides, sides[::-1]):
        p = save(tmp_path / f"p{suffix}", 5, **{names[0]: mine}, pred=Y)
        t = save(tmp_path / f"t{suffix}", 5, **{names[1]: others}, y=Y)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert evaluate(p, t, **COLUMNS).mean == 0
        t = save(tmp_path / f"r{suffix}", 5, **{names[1]: others[::-1]}, y=Y[::-1])
        with pytest.raises(DataError, match="another order"):
            evaluate(p, t, **COLUMNS)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("{}/2/2024", "2024.csv"),
        ("d/FIC{}", "FIC{}.PV"),
        ("km{}/h", "m{}/h"),
        ("d/a{}", "e/a{}"),
        ("imgs/a{}", "imgs/b{}.png"),
    ],
)
def test_texts_with_slashes_have_no_folders_elsewhere(one: str, other: str) -> None:
    p = pa.table({"id": [one.format(1 + i) for i in range(N)], "pred": Y})
    t = pa.table({"id": [other.format(1 + i) for i in range(N)], "y": Y})
    with pytest.warns(UserWarning, match="column 'id' differs"):
        evaluate(p, t, **COLUMNS)


def test_files_of_one_name_in_folders_of_both_sides_alone_agree() -> None:
    one = pa.table({"image": [f"left/{i}.png" for i in range(N)], "p": Y})
    other = pa.table({"image": [f"right/{i}.png" for i in range(N)], "y": Y})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert evaluate(one, other).mean == 0


@pytest.mark.parametrize("names", [("image", "image"), ("image", "file"), ("path", "name")])
@pytest.mark.parametrize("more", [{}, {"model": ["a"] * N}], ids=["alone", "beside another"])
@pytest.mark.parametrize("spelled", ["/d/{}", "{}.gz", "{}"], ids=["folder", "suffix", "alike"])
def test_a_key_is_advised_only_where_it_matches(
    names: tuple[str, str], more: dict[str, Any], spelled: str
) -> None:
    one, other = names
    p = pa.table({one: [spelled.format(file) for file in FILES], **more, "pred": Y})
    t = pa.table({other: FILES[::-1], "y": Y[::-1]})
    with pytest.raises(DataError, match=r"another order") as caught:
        evaluate(p, t, **COLUMNS)
    hint = str(caught.value.hint)
    assert ("--key " in hint) == (spelled == "{}")
    assert hint.startswith("write both alike in folders, suffixes") == (spelled != "{}")


@pytest.mark.parametrize(
    ("day", "other"),
    [
        ("{0:%Y%m%d}", "{0.month}/{0.day}/{0.year}"),
        ("{0:%Y-%m-%d}", "{0.month}/{0.day}/{0.year}"),
        ("{0:%Y-%m-%d}", "{0:%d.%m.%Y}"),
        ("{0:%Y-%m-%d}", "{0:%Y/%m/%d}"),
        ("{0:%Y-%m-%d 17:30:00}", "{0:%d.%m.%Y 5:30 PM}"),
    ],
)
def test_dates_have_no_folders_suffixes_or_case(day: str, other: str) -> None:
    days = [date(2024, 1 + i % 12, 1 + i) for i in range(N)]
    p = pa.table({"day": [other.format(d) for d in days], "pred": Y})
    t = pa.table({"day": [day.format(d) for d in days[::-1]], "y": Y[::-1]})
    with pytest.raises(DataError, match=r"another order") as caught:
        evaluate(p, t, **COLUMNS)
    assert str(caught.value.hint).startswith("write both alike, as keys must be; ")
