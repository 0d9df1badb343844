"""Files of a set whose dtypes differ: read as the dtype that holds the numbers of all."""

from __future__ import annotations

import os
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq
import pytest

from smoothl1 import DataError, EvalSettings, ReadOptions, evaluate

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

PARTS = [
    np.array([1, -2, 2**53 + 2], np.int64),
    np.array([0.1, 2.5], np.float32),
    np.array([0.1, -7.25], np.float64),
]
TARGETS = np.array([1.5, -2.0, 2.0**53, 0.5, 2.5, 0.25, -8.0])
HALF = Fraction(1, 2)


def save(path: Path, form: str, **columns: Any) -> None:
    """One file of a set."""
    path.parent.mkdir(exist_ok=True)
    if form == "npy":
        np.save(f"{path}.npy", columns["y_hat"])
    elif form == "npz":
        np.savez(f"{path}.npz", **columns)
    elif form == "parquet":
        pq.write_table(pa.table(columns), f"{path}.parquet")
    else:
        pa.feather.write_feather(pa.table(columns), f"{path}.arrow")


def smooth_l1(pred: NDArray[Any], target: NDArray[Any]) -> Fraction:
    """The exact sum of the losses at beta 1, whose elements are rounded once, by hand."""
    total = Fraction(0)
    for x, y in zip(pred.tolist(), target.tolist(), strict=True):
        distance = abs(Fraction(x) - Fraction(y))
        distance = Fraction(float(distance))
        exact = distance * distance / 2 if distance < 1 else distance - HALF
        total += Fraction(float(exact))
    return total


@pytest.mark.parametrize("form", ["npy", "npz", "parquet", "arrow"])
def test_files_of_other_dtypes_are_widened_exactly(form: str, tmp_path: Path) -> None:
    for order in ((0, 1, 2), (2, 0, 1)):
        folder = tmp_path / "".join(map(str, order))
        for i in order:
            save(folder / f"{order.index(i)}", form, y_hat=PARTS[i])
        values = np.concatenate([PARTS[i].astype(np.float64) for i in order])
        np.save(tmp_path / "y.npy", TARGETS)
        name = () if form == "npy" else "y_hat"
        found = evaluate(folder, tmp_path / "y.npy", pred=name)
        assert found.sum == float(smooth_l1(values, TARGETS))
        (decision,) = (d for d in found.decisions if d.subject == "dtype")
        assert decision.choice == "read as float64"
        what = "the array" if form == "npy" else "'y_hat'"
        assert decision.reason == f"{what} is float32 in 1 of 3 files, float64 in 1, int64 in 1"


def test_integers_of_several_widths_stay_integers(tmp_path: Path) -> None:
    save(tmp_path / "x" / "0", "npy", y_hat=np.array([2**62 + 1], np.int64))
    save(tmp_path / "x" / "1", "npy", y_hat=np.array([200], np.uint8))
    np.save(tmp_path / "y.npy", np.array([2**62, 200]))
    assert evaluate(tmp_path / "x", tmp_path / "y.npy").sum == 0.5


@pytest.mark.parametrize("form", ["npy", "parquet"])
@pytest.mark.parametrize("kind", [np.int64, np.uint64])
def test_an_integer_that_is_no_float_is_refused_with_its_row(
    form: str, kind: type, tmp_path: Path
) -> None:
    save(tmp_path / "x" / "0", form, y_hat=np.array([0.5]))
    np.save(tmp_path / "y.npy", np.zeros(4))
    top = np.iinfo(kind).max
    save(tmp_path / "x" / "1", form, y_hat=np.array([2**53, 2**53 + 2, top], kind))
    with pytest.raises(DataError) as caught:
        evaluate(tmp_path / "x", tmp_path / "y.npy", pred=() if form == "npy" else "y_hat")
    column = "" if form == "npy" else ", column 'y_hat'"
    said = f"1.{form}: row 3{column}: the integer {top} is not exact in float64"
    assert said in str(caught.value)


def test_a_column_of_type_null_is_missing_in_its_file(tmp_path: Path) -> None:
    for i, column in enumerate([pa.nulls(2), pa.array([1, 3]), pa.nulls(1)]):
        save(tmp_path / "x" / f"{i}", "parquet", y_hat=column, y=[0.0] * len(column))
    heard: list[str] = []
    found = evaluate(tmp_path / "x", pred="y_hat", target="y", nan="omit", warn=heard.append)
    assert found.sum == 3.0
    assert heard == ["3 of 5 pairs were left out: NaN or missing (3 missing)"]
    with pytest.raises(DataError, match=r"0\.parquet: row 1, column 'y_hat': .* missing"):
        evaluate(tmp_path / "x", pred="y_hat", target="y")


def test_keys_of_several_widths_match(tmp_path: Path) -> None:
    save(tmp_path / "x" / "0", "parquet", k=pa.array([7, 5], pa.int8()), v=[1.0, 2.0])
    save(tmp_path / "x" / "1", "parquet", k=pa.array([2**40], pa.int64()), v=[4.0])
    keys = pa.array([2**40, 7, 5], pa.int64())
    save(tmp_path / "y", "parquet", k=keys, v=[4.0, 1.0, 1.0])
    found = evaluate(tmp_path / "x", tmp_path / "y.parquet", pred="v", target="v", key="k")
    assert found.sum == 0.5


def test_what_cannot_be_joined_is_named_with_both_files(tmp_path: Path) -> None:
    folder = tmp_path / "x"
    save(folder / "0", "parquet", k=pa.array([7]), v=[1.0], w=[1.0])
    save(folder / "1", "parquet", k=pa.array(["7"]), v=[1.0], w=["1"])
    first = os.fspath(folder / "0.parquet")
    with pytest.raises(DataError) as caught:
        evaluate(folder, pred="w", target="v")
    assert f"column 'w' is string, not a number, unlike in {first} [if it is" in str(caught.value)
    with pytest.raises(DataError) as caught:
        evaluate(folder, pred="v", target="v", by="k")
    said = f"column 'k' is string here, but int64 in {first}; shards must agree"
    assert str(caught.value) == f"{folder / '1.parquet'}: {said}"


def test_files_without_rows_and_raw_bfloat16_are_among_the_decisions(tmp_path: Path) -> None:
    folder = tmp_path / "x"
    folder.mkdir()
    for name, text in {"0": "p,y\n1,1.5\n", "1": "p,y\n", "2": "p,y\n2,2.5\n"}.items():
        (folder / f"{name}.csv").write_text(text)
    save(tmp_path / "y" / "0", "parquet", p=pa.array([], pa.float32()), y=pa.array([], pa.int8()))
    save(tmp_path / "y" / "1", "parquet", p=[1.0, 2.0], y=[1.5, 2.5])
    for path, empty in ((folder, "1.csv"), (tmp_path / "y", "0.parquet")):
        found = evaluate(path, pred="p", target="y")
        left = [d for d in found.decisions if d.subject == "files left out"]
        assert [(d.choice, d.reason) for d in left] == [(empty, "they have no rows")]
        assert found.sum == 0.25
    items = np.array([0x3FC0, 0xC020], "u2").view("V2")
    for form in ("npz", "npy"):
        save(tmp_path / f"{form}s" / "0", form, y_hat=items, y=np.zeros(2))
        (path,) = (tmp_path / f"{form}s").iterdir()
        np.save(tmp_path / "y.npy", np.zeros(2))
        options = ReadOptions(dtype="bfloat16")
        columns = {"pred": "y_hat"} if form == "npz" else {}
        for given in (path, path.parent):
            found = evaluate(given, tmp_path / "y.npy", options=options, **columns)  # type: ignore[arg-type]
            choices = [d.choice for d in found.decisions if d.subject == "dtype"]
            assert (found.sum, choices) == (1.0 + 2.0, ["raw items are bfloat16"])


def test_groups_may_be_string_in_one_file_and_large_string_in_another(tmp_path: Path) -> None:
    kinds = (pa.string(), pa.large_string())
    for n, (one, other) in enumerate((kinds, kinds[::-1])):
        folder = tmp_path / str(n)
        save(folder / "0", "parquet", p=[1.0, 2.0], y=[0.0, 0.0], k=pa.array(["a", "b"], one))
        save(folder / "1", "parquet", p=[4.0, 8.0], y=[0.0, 0.0], k=pa.array(["b", "c"], other))
        settings = EvalSettings((0.0,), "sum")
        found = evaluate(folder, None, settings, pred="p", target="y", by="k")
        sums = [tally.sum for _, _, tally in found.entries]
        assert sums[-3:] == [1.0, 2.0 + 4.0, 8.0]
        evaluate(folder, None, settings, pred="p", target="y", cluster="k")


DAYS = [date(2024, 1, day) for day in range(1, 5)]


@pytest.mark.parametrize(
    "kinds",
    [
        (pa.timestamp("us"), pa.timestamp("ns")),
        (pa.timestamp("ns"), pa.timestamp("s")),
        (pa.date32(), pa.timestamp("us")),
        (pa.date64(), pa.date32()),
    ],
)
def test_times_of_several_units_are_joined(
    tmp_path: Path, kinds: tuple[pa.DataType, pa.DataType]
) -> None:
    for i, kind in enumerate(kinds):
        times = pa.array(DAYS[2 * i : 2 * i + 2]).cast(kind)
        save(tmp_path / "x" / f"{i}", "parquet", d=times, v=[2.0 * i + 1, 2.0 * i + 2])
    others = pa.array(DAYS[::-1]).cast(pa.timestamp("ms"))
    save(tmp_path / "y", "parquet", d=others, v=[4.0, 3.0, 2.0, 1.0])
    sides = (tmp_path / "x", tmp_path / "y.parquet")
    assert evaluate(*sides, pred="v", target="v", key="d").sum == 0
    groups = evaluate(tmp_path / "x", pred="v", target="v", by="d", warn=lambda _: None).entries
    assert [(group.group or "")[:10] for _, group, _ in groups] == list(map(str, DAYS))


def test_times_that_a_finer_unit_cannot_hold_are_refused(tmp_path: Path) -> None:
    far = pa.array([date(3024, 1, 1)]).cast(pa.timestamp("us"))
    save(tmp_path / "x" / "0", "parquet", d=far, v=[1.0])
    save(tmp_path / "x" / "1", "parquet", d=pa.array(DAYS[:1]).cast(pa.timestamp("ns")), v=[1.0])
    with pytest.raises(DataError, match=r"0\.parquet: column 'd' has a time that timestamp\[ns\]"):
        evaluate(tmp_path / "x", pred="v", target="v", by="d", warn=lambda _: None)


def test_times_with_a_zone_are_not_joined_with_others(tmp_path: Path) -> None:
    for i, kind in enumerate((pa.timestamp("us"), pa.timestamp("us", "UTC"))):
        save(tmp_path / "x" / f"{i}", "parquet", d=pa.array(DAYS[:1]).cast(kind), v=[1.0])
    with pytest.raises(DataError, match="shards must agree"):
        evaluate(tmp_path / "x", pred="v", target="v", by="d")
