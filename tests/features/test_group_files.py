"""Groups in a file of their own: one label for each row of the predictions, in the same order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest

from smoothl1 import EvalSettings, ReadOptions, compare, evaluate, preview
from smoothl1.errors import DataError, DtypeError, SettingsError, ShapeError
from tests.grids import EXECUTIONS, cut_small
from tests.inside import called
from tests.tables import save_array, save_table

if TYPE_CHECKING:
    from pathlib import Path

    from smoothl1 import Result

SUM = EvalSettings((0.0,), "sum")
PRED = [1.0, 2.0, 4.0, 8.0, 16.0]
LABELS = ["b", "a", "b", "ä", "a"]
WANTED = {"a": 18.0, "b": 5.0, "ä": 8.0}


@pytest.fixture
def sides(tmp_path: Path) -> tuple[Path, Path]:
    return save_array(tmp_path / "p.npy", PRED), save_array(tmp_path / "t.npy", [0.0] * 5)


def found(result: Result) -> dict[Any, float]:
    return {g.group: v for g, v in zip(result.groups, result.values, strict=True)}


def file_of(folder: Path, kind: str, labels: Any = LABELS) -> Path:
    path = folder / f"labels.{kind.removeprefix('bytes.')}"
    if kind.endswith("npy"):
        array = np.array([x.encode() for x in labels] if kind.startswith("bytes") else labels)
        np.save(path, array)
        return path
    return save_table(path, {"region": labels}, 2)


def test_an_array_of_bytes_in_memory_has_labels() -> None:
    labels = np.array([label.encode() for label in LABELS])
    assert found(evaluate(PRED, [0.0] * 5, SUM, groups=labels)) == WANTED
    clustered = evaluate(PRED, [0.0] * 5, SUM, clusters=labels, statistics=True)
    assert len(clustered.clusters) > 0
    with pytest.raises(DataError, match=r"row 1, .*not UTF-8"):
        evaluate(PRED, [0.0] * 5, SUM, groups=np.array([b"\xff"] * 5))


@pytest.mark.parametrize("role", ["groups", "clusters"])
@pytest.mark.parametrize("kind", ["csv", "csv.gz", "parquet"])
def test_the_only_column_of_a_file_is_compared_with_that_of_the_predictions(
    tmp_path: Path, kind: str, role: str
) -> None:
    sites = [f"s{i % 8}" for i in range(24)]
    table = save_table(tmp_path / "t.csv", {"site": sites, "p": [1.5] * 24, "y": [2.0] * 24})
    labels = save_table(tmp_path / f"g.{kind}", {"site": sorted(sites)})
    for sides in ((table,), (table, save_array(tmp_path / "y.npy", [2.0] * 24))):
        with pytest.raises(DataError, match=r"'site' differs .* in another order") as refused:
            evaluate(*sides, pred="p", target="y" if len(sides) == 1 else (), **{role: labels})
        assert f"{role} must be in the order of the predictions" in str(refused.value.hint)
    others = save_table(tmp_path / f"others.{kind}", {"site": ["north", "south"] * 12})
    told: list[str] = []
    evaluate(table, pred="p", target="y", warn=told.append, **{role: others})
    assert len(told) == 1
    assert told[0].endswith(
        f"({role} must be in the order of the predictions, or a column of theirs)"
    )
    same = save_table(tmp_path / f"same.{kind}", {"site": sites})
    heard: list[str] = []
    found = evaluate(table, pred="p", target="y", warn=heard.append, **{role: same})
    assert (found.n, heard) == (24, [])


@pytest.mark.parametrize("kind", ["npy", "bytes.npy", "csv", "parquet", "arrows"])
def test_a_file_of_labels_groups_arrays_however_they_are_cut(
    tmp_path: Path, sides: tuple[Path, Path], kind: str
) -> None:
    groups = file_of(tmp_path, kind)
    with cut_small(2, 2):
        for execution in EXECUTIONS:
            result = evaluate(*sides, SUM, groups=groups, execution=execution)
            assert list(found(result).items()) == list(WANTED.items())
            assert result.settings.by == "groups"


@pytest.mark.parametrize("role", ["groups", "clusters"])
@pytest.mark.parametrize("labels", ["a,b,b,a,c,a", "a,b,b,c,c,a", '"é","a","b","c","c","é"'])
def test_a_first_row_that_is_a_label_below_may_be_a_header_or_data(
    tmp_path: Path, sides: tuple[Path, Path], role: Any, labels: str
) -> None:
    path = tmp_path / "labels.csv"
    path.write_text(labels.replace(",", "\n") + "\n")
    files: Any = {role: path}
    place = 3 if labels[4] == "b" and labels[6] == "a" else 5
    with pytest.raises(DataError, match=rf"row {place}, .* may be a header or data .--header or"):
        evaluate(*sides, SUM, statistics=True, **files)
    evaluate(*sides, SUM, statistics=True, options=ReadOptions(header=True), **files)
    with pytest.raises(ShapeError):
        evaluate(*sides, SUM, statistics=True, options=ReadOptions(header=False), **files)
    path.write_text("region\n" + "a\n" * 5)
    assert evaluate(*sides, SUM, statistics=True, **files).n == 5


@pytest.mark.parametrize("first", ["2024-01-01", "k1", '"b 7"'])
def test_a_first_row_like_the_label_below_may_be_a_header_or_data(
    tmp_path: Path, sides: tuple[Path, Path], first: str
) -> None:
    path = tmp_path / "labels.csv"
    labels = [first.replace("1", str(i)).replace("7", str(i)) for i in range(2, 7)]
    path.write_text("\n".join([first, *labels, ""]))
    with pytest.raises(DataError, match="is like the row below it, and may be a header or data"):
        evaluate(*sides, SUM, groups=path)
    assert len(found(evaluate(*sides, SUM, groups=path, options=ReadOptions(header=True)))) == 5
    path.write_text("\n".join(["region1", *labels, ""]))
    assert len(found(evaluate(*sides, SUM, groups=path))) == 5


def test_labels_without_a_header_are_named_where_one_is_lacking(
    tmp_path: Path, sides: tuple[Path, Path]
) -> None:
    path = tmp_path / "labels.csv"
    path.write_text("a\nb\nc\nd\ne\n")
    with pytest.raises(ShapeError, match=r"'a' counts as the header of .*labels.csv: if it is a"):
        evaluate(*sides, SUM, clusters=path, statistics=True)
    no_header = ReadOptions(header=False)
    assert len(found(evaluate(*sides, SUM, groups=path, options=no_header))) == 5


@pytest.mark.parametrize("dtype", ["<i8", ">i2", "u1", "?", "<U3", ">U3"])
def test_labels_of_every_dtype_are_read(
    tmp_path: Path, sides: tuple[Path, Path], dtype: str
) -> None:
    values = [1, 0, 1, 0, 0]
    groups = tmp_path / "g.npy"
    np.save(groups, np.array(values).astype(dtype))
    names = ("false", "true") if dtype == "?" else ("0", "1")
    assert found(evaluate(*sides, SUM, groups=groups)) == {names[0]: 26.0, names[1]: 5.0}


def test_a_column_of_several_is_named_by_by(tmp_path: Path, sides: tuple[Path, Path]) -> None:
    columns = {"region": LABELS, "year": [1, 1, 2, 2, 1]}
    groups = save_table(tmp_path / "g.csv", columns)
    with pytest.raises(DataError, match=r"several columns: 'region', 'year' \[choose with --by"):
        evaluate(*sides, SUM, groups=groups)
    assert found(evaluate(*sides, SUM, groups=groups, by="region")) == WANTED
    nested = evaluate(*sides, SUM, groups=groups, by=("year", "region"))
    assert found(nested)["1", "a"] == 18.0
    with pytest.raises(DataError, match="no column 'z'"):
        evaluate(*sides, SUM, groups=groups, by="z")


def test_labels_follow_the_predictions_where_a_key_reorders_the_targets(tmp_path: Path) -> None:
    pred = save_table(tmp_path / "p.csv", {"id": [*"abcde"], "p": PRED})
    target = save_table(tmp_path / "t.csv", {"id": [*"edcba"], "t": [0.0] * 5})
    groups = file_of(tmp_path, "npy")
    assert found(evaluate(pred, target, SUM, groups=groups, key="id")) == WANTED
    with_ids = save_table(tmp_path / "g.csv", {"id": [*"abcde"], "region": LABELS})
    assert found(evaluate(pred, target, SUM, groups=with_ids, key="id")) == WANTED
    save_table(with_ids, {"id": [*"bacde"], "region": LABELS})
    with pytest.raises(DataError, match="groups must be in the order of the predictions"):
        evaluate(pred, target, SUM, groups=with_ids, key="id")


def test_weights_and_groups_may_both_be_files(tmp_path: Path, sides: tuple[Path, Path]) -> None:
    groups = file_of(tmp_path, "parquet")
    weights = save_array(tmp_path / "w.npy", [1.0, 2.0, 3.0, 4.0, 5.0])
    result = evaluate(*sides, SUM, groups=groups, weights=weights)
    assert found(result) == {"a": 84.0, "b": 13.0, "ä": 32.0}
    beside = {"groups": groups, "weights": weights}
    compared = compare(sides[0], *sides, EvalSettings((0.0,)), warn=[].append, **beside)
    assert [group.group for group in compared.groups] == [*WANTED]
    assert compared.differences[0].a.sum == 84.0
    assert preview(*sides, groups=groups, weights=weights).pairs[1].pred == (2.0,)


@pytest.mark.parametrize("kind", ["npy", "csv", "parquet"])
def test_another_number_of_labels_is_refused(
    tmp_path: Path, sides: tuple[Path, Path], kind: str
) -> None:
    for labels in (LABELS[:-1], [*LABELS, "x"]):
        groups = file_of(tmp_path, kind, labels)
        with pytest.raises(ShapeError, match=rf"5 rows, but .*labels.* has {len(labels)}"):
            evaluate(*sides, SUM, groups=groups)


def test_a_first_label_is_not_taken_for_a_header(tmp_path: Path, sides: tuple[Path, Path]) -> None:
    groups = tmp_path / "g.csv"
    groups.write_text("".join(f"{label}\n" for label in LABELS))
    with pytest.raises(DataError, match="row 2, column 'b': the label is the same as the first"):
        evaluate(*sides, SUM, groups=groups)
    assert found(evaluate(*sides, SUM, groups=groups, options=ReadOptions(header=False))) == WANTED
    groups.write_text("".join(f"{label}\n" for label in "abcde"))
    with pytest.raises(ShapeError, match=r"5 rows, but .*g.csv has 4"):
        evaluate(*sides, SUM, groups=groups)
    groups.write_text("0\n1\n0\n1\n0\n")  # what counts from 0 may be a header: the rows settle it
    assert found(evaluate(*sides, SUM, groups=groups)) == {"0": 21.0, "1": 10.0}


def test_shards_of_labels_are_joined(tmp_path: Path, sides: tuple[Path, Path]) -> None:
    (tmp_path / "g").mkdir()
    for i, piece in enumerate((["b", "a"], ["b", "äää"], ["a"])):
        np.save(tmp_path / "g" / f"{i}.npy", np.array(piece))
    result = evaluate(*sides, SUM, groups=tmp_path / "g")
    assert found(result) == {"a": 18.0, "b": 5.0, "äää": 8.0}


def bad_utf8() -> Any:
    return np.array([b"a", b"b", b"\xff", b"a", b"a"])


def bad_unicode() -> Any:
    return np.array([97, 98, 0x110000, 97, 97], np.uint32).view("<U1")


@pytest.mark.parametrize(
    ("array", "error", "said"),
    [
        (np.full(5, 0.5), DataError, r"row 1: the label is 0.5, no whole .*; as text it can be a"),
        (
            np.array([1, 2, 2**24, 3, 4], "f4"),
            DataError,
            "row 3: the label is 16777216.0, no whole",
        ),
        (np.array([1, np.nan, 2, 3, 4]), DataError, r"row 2: the label is missing \(NaN\)"),
        (np.ones((5, 2), int), ShapeError, "labels of shape"),
        (np.array(1), ShapeError, "labels of shape"),
        (np.ones(5, complex), DtypeError, "complex numbers"),
        (bad_utf8(), DataError, "row 3: the label is no text in UTF-8"),
        (bad_unicode(), DataError, "row 3: the label is no text in Unicode"),
        (np.array([0xD800] * 5, np.uint32).view("<U1"), DataError, "row 1: the label is no text"),
    ],
)
def test_arrays_that_hold_no_labels_are_refused(
    tmp_path: Path, sides: tuple[Path, Path], array: Any, error: type[Exception], said: str
) -> None:
    np.save(tmp_path / "g.npy", array)
    with pytest.raises(error, match=said) as caught:
        evaluate(*sides, SUM, groups=tmp_path / "g.npy")
    assert "g.npy: " in str(caught.value)


BEYOND = {
    "D": (1 << 31, (1 << 31) - 1),
    "Y": (1 << 40, 5_000_000),
    "h": (1 << 60, 1 << 40),
    "m": (1 << 60, 1 << 50),
}
"""For units of dates: a date that Arrow does not hold, and one far away that it does."""


@pytest.mark.parametrize("unit", BEYOND)
def test_dates_out_of_range_are_refused_as_labels(
    tmp_path: Path, sides: tuple[Path, Path], unit: str
) -> None:
    """Hours and minutes must not wrap: 2**60 hours are not the day 0."""
    beyond, far = BEYOND[unit]
    dates = np.array([0, far, beyond, far, 0]).view(f"M8[{unit}]")
    np.save(tmp_path / "g.npy", dates)
    for role in ("groups", "clusters"):
        with pytest.raises(DataError, match=r"g.npy: row 3: the label is .*, a date out of range"):
            evaluate(*sides, SUM, **{role: tmp_path / "g.npy"})
        with pytest.raises(DataError, match=r"row 3: the label is .*, a date out of range"):
            evaluate(PRED, [0.0] * 5, SUM, **{role: dates})
    dates[2] = dates[0]
    np.save(tmp_path / "g.npy", dates)
    totals = found(evaluate(*sides, SUM, groups=tmp_path / "g.npy"))
    assert sorted(totals.values()) == [10.0, 21.0]
    assert found(evaluate(PRED, [0.0] * 5, SUM, groups=dates)) == totals


def test_text_is_still_no_number(tmp_path: Path, sides: tuple[Path, Path]) -> None:
    np.save(tmp_path / "g.npy", np.array(LABELS))
    np.savez(tmp_path / "g.npz", labels=np.array(LABELS))
    with pytest.raises(DtypeError, match=r"g.npy: .*'<U1' holds text; accepted are bool"):
        evaluate(tmp_path / "g.npy", sides[1])
    with pytest.raises(DataError, match=r"g.npz: no numeric column; there are 'labels'"):
        evaluate(tmp_path / "g.npz", sides[1])


def test_a_missing_label_is_refused_with_its_row(tmp_path: Path, sides: tuple[Path, Path]) -> None:
    groups = save_table(tmp_path / "g.parquet", {"g": pa.array(["a", None, "b", "a", "a"])})
    with pytest.raises(DataError, match="row 2, column 'g': the value is missing"):
        evaluate(*sides, SUM, groups=groups)


def test_inputs_without_rows_in_common_have_no_groups(tmp_path: Path) -> None:
    sides = [
        save_array(tmp_path / "p.npy", np.ones((2, 2))),
        save_array(tmp_path / "t.npy", np.ones(4)),
    ]
    with pytest.raises(SettingsError, match="no rows for weights or labels"):
        evaluate(*sides, SUM, groups=file_of(tmp_path, "npy"), options=ReadOptions(flatten=True))


def test_the_command_takes_a_file_of_groups(
    tmp_path: Path, sides: tuple[Path, Path], capfd: pytest.CaptureFixture[str]
) -> None:
    groups = file_of(tmp_path, "csv")
    args = ("eval", *sides, "-b", "0", "--groups", groups, "-r")
    assert called(capfd, *args, "sum") == "a\t18.0\nb\t5.0\nä\t8.0\n"
    with pytest.raises(SettingsError, match="--groups is for mean and sum"):
        called(capfd, *args, "none")
