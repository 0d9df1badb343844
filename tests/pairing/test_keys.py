"""Rows matched by key: the same numbers as in one order, and no row guessed, lost or doubled."""

from __future__ import annotations

import csv
import io
import itertools
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smoothl1 import DataError, EvalSettings, Execution, ReadOptions, Result, compare, evaluate
from smoothl1.errors import DtypeError, SettingsError, SmoothL1Error
from smoothl1.pairing import keys
from smoothl1.running.evaluate import LossOutput
from smoothl1.sources import lockstep
from smoothl1.sources.arrow.long_texts import shortened
from tests import oracle
from tests.labels.kinds import FORMATS, TYPED, VALUES, save
from tests.oracle import INTEGERS, UNIT
from tests.sampling import in_turn, marked
from tests.tables import cell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smoothl1 import Tally

SIDES = list(itertools.product(FORMATS, repeat=2))
NEIGHBOURS = set(itertools.pairwise([*FORMATS, FORMATS[0]]))
BETA = 0.5
SMALL = Execution(2, 2)
UNMATCHED = "--unmatched omit leaves out rows without a match"
DUPLICATES = (
    "--duplicates first keeps the first row of each key, identical drops rows that are the same"
)
ONE_FOR_MANY = (
    "each key may stand once on a side; if that row belongs to each of these, write its values to "
    "all of them first, as pandas.merge does, and evaluate that table"
)
EXECUTIONS = [Execution(1, 1), SMALL, Execution(2, 5), Execution()]
PRED = [0.1, 0.2, 1e16, -3.5, 0.30000000000000004, 1e-310, 7.25, 2.0, 1e300, -0.0, 0.7, 1.0]
TARGET = [0.3, 0.1, 1.0, -3.25, 5.0, 0.0, 7.0, 1e-5, 1.0, 0.0, -0.7, 1.0]
ORDER = [5, 11, 0, 3, 8, 1, 10, 2, 7, 4, 9, 6]
NAMES = [f"k{i:02}" for i in range(12)]
EACH = [oracle.loss(x, y, BETA) for x, y in zip(PRED, TARGET, strict=True)]

any_sides = pytest.mark.parametrize("sides", SIDES, ids="-".join)
each_format = pytest.mark.parametrize("sides", marked(SIDES, NEIGHBOURS), ids="-".join)
"""Each format once on each side, where what is read of one side is what counts."""
any_execution = pytest.mark.parametrize("execution", EXECUTIONS, ids=["1-1", "2-2", "2-5", "auto"])


class Ran(NamedTuple):
    result: Result
    out: bytes
    heard: list[str]

    @property
    def tally(self) -> Tally:
        (tally,) = self.result.tallies
        return tally

    @property
    def lines(self) -> list[list[str]]:
        return [line.split("\t") for line in self.out.decode().splitlines()]


def run(
    predictions: Path,
    targets: Path,
    key: tuple[str, ...] = ("k",),
    format: str | None = "text",
    execution: Execution = SMALL,
    nan: str = "propagate",
    by: str | None = None,
    **more: Any,
) -> Ran:
    """Losses of elements in a format, or, without one, reduced."""
    out, heard = io.BytesIO(), []
    result = evaluate(
        predictions,
        targets,
        EvalSettings((BETA,), "mean" if format is None else "none", nan, by=by),
        key=key,
        execution=execution,
        losses_to=None if format is None else LossOutput(out, format),
        warn=heard.append,
        **more,
    )
    return Ran(result, out.getvalue(), heard)


def taken(values: Any, order: Sequence[int]) -> Any:
    array = values if isinstance(values, pa.Array) else pa.array(values)
    if pa.types.is_dictionary(array.type):
        return array.dictionary_decode().take(pa.array(order)).dictionary_encode()
    return array.take(pa.array(order))


def save_sides(
    folder: Path,
    sides: tuple[str, str] = ("parquet", "parquet"),
    order: Sequence[int] = ORDER,
    key: Any = NAMES,
) -> tuple[Path, Path]:
    """Predictions in the order of their numbers, targets in another one."""
    pred = save(folder / f"p.{sides[0]}", {"k": key, "v": PRED[: len(key)]})
    target = {"k": taken(key, order), "v": taken(TARGET, order)}
    return pred, save(folder / f"t.{sides[1]}", target)


def assert_sums(tally: Tally, each: list[float]) -> None:
    assert tally.n == len(each)
    assert Fraction(tally.total.units) * UNIT == oracle.exact_sum(each)
    assert tally.mean == oracle.reduced(each, "mean")
    assert tally.sum == oracle.reduced(each, "sum")


def message(caught: pytest.ExceptionInfo[SmoothL1Error]) -> str:
    return str(caught.value)


# The same numbers, whatever the order


@each_format
@pytest.mark.parametrize("order", [range(12), ORDER, range(11, -1, -1)], ids=["same", "mix", "rev"])
def test_losses_are_those_of_equal_keys_in_the_order_of_the_predictions(
    sides: tuple[str, str], order: Sequence[int], tmp_path: Path
) -> None:
    ran = run(*save_sides(tmp_path, sides, order))
    assert ran.lines == [[k, repr(loss)] for k, loss in zip(NAMES, EACH, strict=True)]
    assert_sums(ran.tally, EACH)
    assert ran.heard == []


@any_execution
@pytest.mark.parametrize("sides", [("parquet", "parquet"), ("csv", "arrows")], ids="-".join)
def test_threads_and_chunks_change_nothing(
    sides: tuple[str, str], execution: Execution, tmp_path: Path
) -> None:
    paths = save_sides(tmp_path, sides)
    assert_sums(run(*paths, format=None, execution=execution).tally, EACH)
    assert run(*paths, execution=execution).out == run(*paths).out


@any_sides
def test_a_join_gives_the_bits_of_pairing_by_position(
    sides: tuple[str, str], tmp_path: Path
) -> None:
    pred, target = save_sides(tmp_path, sides)
    np.save(tmp_path / "p.npy", PRED)
    np.save(tmp_path / "t.npy", TARGET)
    by_position = evaluate(tmp_path / "p.npy", tmp_path / "t.npy", EvalSettings((BETA,)))
    assert run(pred, target, format=None).result.tallies == by_position.tallies


@pytest.mark.parametrize(("i", "execution"), in_turn(range(11), EXECUTIONS))
def test_two_rows_that_changed_places_are_found_anywhere(
    i: int, execution: Execution, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lockstep, "PART_ROWS", 3)
    order = [*range(i), i + 1, i, *range(i + 2, 12)]
    ran = run(*save_sides(tmp_path, order=order), execution=execution)
    assert ran.lines == [[k, repr(loss)] for k, loss in zip(NAMES, EACH, strict=True)]


@any_execution
@pytest.mark.parametrize("sides", [("parquet", "parquet"), ("arrow", "csv")], ids="-".join)
@pytest.mark.parametrize("part_rows", [1, 3, 4, 1000])
def test_ascending_keys_in_the_same_order_are_not_held_in_memory(
    sides: tuple[str, str],
    part_rows: int,
    execution: Execution,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lockstep, "PART_ROWS", part_rows)
    monkeypatch.delattr(keys, "_by_codes")
    assert_sums(run(*save_sides(tmp_path, sides, range(12)), execution=execution).tally, EACH)


@any_execution
@pytest.mark.parametrize("sides", [("parquet", "parquet"), ("arrow", "csv")], ids="-".join)
@pytest.mark.parametrize("part_rows", [3, 1000])
def test_several_columns_ascend_by_the_first_in_which_rows_differ(
    sides: tuple[str, str],
    part_rows: int,
    execution: Execution,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lockstep, "PART_ROWS", part_rows)
    monkeypatch.delattr(keys, "_by_codes")
    columns = {"a": [1] * 5 + [2] * 7, "b": ["x"] * 3 + ["y"] * 6 + ["z"] * 3}
    columns["c"] = [7, 8, 9, 1, 2, 0, 3, 4, 5, 0, 1, 2]
    pred = save(tmp_path / f"p.{sides[0]}", {**columns, "v": PRED})
    target = save(tmp_path / f"t.{sides[1]}", {**columns, "v": TARGET})
    more: dict[str, Any] = {"pred": ("v",), "target": ("v",)}
    ran = run(pred, target, ("a", "b", "c"), None, execution, **more)
    assert_sums(ran.tally, EACH)


@any_execution
def test_unique_keys_that_do_not_ascend_may_be_in_the_same_order(
    execution: Execution, tmp_path: Path
) -> None:
    pred = save(tmp_path / "p.parquet", {"k": taken(NAMES, ORDER), "v": PRED})
    target = save(tmp_path / "t.parquet", {"k": taken(NAMES, ORDER), "v": TARGET})
    assert_sums(run(pred, target, format=None, execution=execution).tally, EACH)


@pytest.mark.parametrize(
    ("name", "suffix"), [("by position", "csv"), ("by position", "parquet"), ("name", "csv")]
)
def test_a_key_may_be_named_by_its_position(name: str, suffix: str, tmp_path: Path) -> None:
    pred, target = save_sides(tmp_path, (suffix, suffix))
    if name == "name":  # a CSV without a header
        for path in (pred, target):
            lines = path.read_text().splitlines(keepends=True)[1:]
            path.write_text("".join(lines).replace("k", ""))
    ran = run(pred, target, ("@1",), options=ReadOptions(header=None if name != "name" else False))
    assert [float(line[1]) for line in ran.lines] == EACH


# Every kind of key


def save_kind(
    folder: Path, sides: tuple[str, str], values: pa.Array, order: Sequence[int]
) -> tuple[Path, Path]:
    n = len(values)
    pred = save(folder / f"p.{sides[0]}", {"k": values, "v": [float(i) for i in range(n)]})
    target = {"k": taken(values, order), "v": [float(i) + 1 for i in order]}
    return pred, save(folder / f"t.{sides[1]}", target)


def distinct(values: pa.Array) -> pa.Array:
    return pa.array(dict.fromkeys(values.to_pylist()), plain(values.type))


def plain(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


@each_format
def test_a_key_may_have_another_name_in_the_targets(sides: tuple[str, str], tmp_path: Path) -> None:
    p = save(tmp_path / f"p.{sides[0]}", {"user": NAMES, "v": PRED})
    t = save(tmp_path / f"t.{sides[1]}", {"id": taken(NAMES, ORDER), "v": taken(TARGET, ORDER)})
    ran = run(p, t, ("user=id",))
    assert_sums(ran.tally, EACH)
    assert [line[0] for line in ran.lines] == NAMES
    with pytest.raises(DataError, match=r"no column 'user'.*--key user=NAME where names"):
        run(p, t, ("user",))
    with pytest.raises(DataError, match=r"no column 'id'.*--key NAME=id where names"):
        run(p, t, ("id",))


def test_keys_of_one_table_are_there_each_once(tmp_path: Path) -> None:
    def of(*ids: int | None, **how: Any) -> Any:
        rows = {"id": list(ids), "x": [3.0, 4.0, 5.0], "y": [1.0] * 3}
        pq.write_table(pa.table(rows), tmp_path / "t.parquet")
        return evaluate(tmp_path / "t.parquet", pred="x", target="y", key="id", **how)

    for ids in ((1, 2, 3), (3, 1, 2)):
        assert of(*ids).sum == 1.5 + 2.5 + 3.5
    with pytest.raises(DataError, match="key '7' stands there 2 times, first in row 1") as caught:
        of(7, 2, 7)
    assert caught.value.hint is not None
    assert caught.value.hint.endswith("; --keep COL only shows a column")
    with pytest.raises(DataError, match="row 2, column 'id'"):
        of(7, None, 8)
    table = pa.table({"id": [7, 7], "a": [1.0, 2], "b": [1.0, 2], "y": [1.0, 2]})
    with pytest.raises(DataError, match="key '7' stands there 2 times"):
        compare(table, pred_a="a", pred_b="b", target="y", key="id")
    assert of(7, 2, 7, settings=EvalSettings(duplicates="first"), warn=str).sum == 1.5 + 2.5


def test_a_name_with_an_equals_sign_is_a_name_where_it_is_there(tmp_path: Path) -> None:
    p = save(tmp_path / "p.csv", {"a=b": NAMES, "v": PRED})
    t = save(tmp_path / "t.csv", {"a=b": taken(NAMES, ORDER), "v": taken(TARGET, ORDER)})
    assert_sums(run(p, t, ("a=b",)).tally, EACH)


def test_names_in_another_case_are_advised_as_a_key(tmp_path: Path) -> None:
    p = save(tmp_path / "p.csv", {"ID": NAMES, "v": PRED})
    t = save(tmp_path / "t.csv", {"id": taken(NAMES, ORDER), "v": taken(TARGET, ORDER)})
    with pytest.raises(DataError, match="--key ID=id where names differ"):
        run(p, t, ("ID",))
    assert_sums(run(p, t, ("ID=id",)).tally, EACH)


@pytest.mark.parametrize(
    ("names", "key", "hint"),
    [
        (("id", "id"), "", "NAME=@1"),
        (("id", "id"), "=id", "NAME=id"),
        (("", "id"), "", "@1=NAME"),
        (("", "id"), "=id", "@1=id"),
        (("", "id"), "id", "@1=id"),
        (("id", ""), "id=", "id=@1"),
        (("id", ""), "id", "id=@1"),
        (("id", ""), "", "NAME=@1"),
    ],
)
def test_a_column_without_a_name_is_hinted_at_by_its_position(
    tmp_path: Path, names: tuple[str, str], key: str, hint: str
) -> None:
    (tmp_path / "p.csv").write_text(f"{names[0]},p\na,1.5\nb,2.5\n")
    (tmp_path / "t.csv").write_text(f"{names[1]},t\nb,2.0\na,1.0\n")
    paths = (tmp_path / "p.csv", tmp_path / "t.csv")
    with pytest.raises(DataError, match=f"--key {hint} where names differ"):
        evaluate(*paths, key=(key,))
    followed = hint.replace("NAME", "id")
    assert evaluate(*paths, EvalSettings((0.0,), "sum"), key=(followed,)).values == (1.0,)


@pytest.mark.parametrize("kind", VALUES)
@pytest.mark.parametrize("sides", list(itertools.product(TYPED, repeat=2)), ids="-".join)
def test_keys_of_every_kind_are_matched(kind: str, sides: tuple[str, str], tmp_path: Path) -> None:
    values = distinct(VALUES[kind])
    if "dictionary" in kind:
        values = values.dictionary_encode()
    n = len(values)
    for order in (range(n), range(n - 1, -1, -1), [*range(1, n), 0]):
        paths = save_kind(tmp_path, sides, values, order)
        assert_sums(run(*paths, format=None).tally, [0.75] * n)


@pytest.mark.parametrize(
    "kind", ["text", "large text", "bool", "int8", "uint64", "int64", "date", "time"]
)
@pytest.mark.parametrize("sides", [("csv", "parquet"), ("arrows", "csv.gz")], ids="-".join)
def test_text_in_a_csv_is_matched_with_what_it_stands_for(
    kind: str, sides: tuple[str, str], tmp_path: Path
) -> None:
    values = distinct(VALUES[kind])
    n = len(values)
    for order in (range(n), range(n - 1, -1, -1)):
        paths = save_kind(tmp_path, sides, values, order)
        assert_sums(run(*paths, format=None).tally, [0.75] * n)


@pytest.mark.parametrize("sides", [("csv", "parquet"), ("arrow", "csv")], ids="-".join)
def test_text_that_cannot_be_read_as_the_kind_of_the_other_side_is_refused(
    sides: tuple[str, str], tmp_path: Path
) -> None:
    durations = VALUES["duration"]
    paths = save_kind(tmp_path, sides, durations, range(len(durations)))
    with pytest.raises(DataError, match="column 'k'"):
        run(*paths)


@pytest.mark.parametrize("cell", ["x", "1.5", "99999999999999999999", "NA", "", "1e2"])
@pytest.mark.parametrize("swap", [False, True])
def test_a_cell_that_is_no_integer_is_refused_against_integers(
    cell: str, swap: bool, tmp_path: Path
) -> None:
    text = save(tmp_path / "x.csv", {"k": ["1", cell, "3"], "v": [0.0] * 3})
    whole = save(tmp_path / "n.parquet", {"k": [1, 2, 3], "v": [0.0] * 3})
    with pytest.raises(DataError, match="column 'k'") as caught:
        run(*((whole, text) if swap else (text, whole)))
    assert message(caught).startswith(f"{text}: ")
    assert cell in message(caught)


WRITTEN = {
    "zeros in front": ("{:03}", "{}"),
    "what pandas makes of missing ids": ("{}.0", "{}"),
    "blanks": (" {} ", "{}"),
    "dates and times": ("2024-01-{:02}", "2024-01-{:02}T00:00:00"),
    "blank and T": ("2024-01-01 {:02}:00", "2024-01-01T{:02}:00"),
}


@pytest.mark.parametrize("ways", WRITTEN.values(), ids=WRITTEN)
def test_keys_that_are_written_in_two_ways_match(ways: tuple[str, str], tmp_path: Path) -> None:
    one, other = ([way.format(i) for i in range(1, 13)] for way in ways)
    p = save(tmp_path / "p.csv", {"k": one, "v": PRED})
    for order in (ORDER, range(12)):
        t = save(tmp_path / "t.csv", {"k": taken(other, order), "v": taken(TARGET, order)})
        assert_sums(run(p, t).tally, EACH)
    t = save(tmp_path / "t.csv", {"k": taken(one, ORDER), "v": taken(TARGET, ORDER)})
    assert_sums(run(p, t).tally, EACH)


@pytest.mark.parametrize("keys", [["1", "01"], ["1.0", "1"], ["a", " a"]])
def test_keys_that_only_differ_in_how_they_are_written_stay_apart(
    keys: list[str], tmp_path: Path
) -> None:
    p = save(tmp_path / "p.csv", {"k": keys, "v": [1.0, 2.0]})
    t = save(tmp_path / "t.csv", {"k": keys[::-1], "v": [2.5, 1.0]})
    assert_sums(run(p, t).tally, [oracle.loss(1.0, 1.0, BETA), oracle.loss(2.0, 2.5, BETA)])
    t = save(tmp_path / "t.csv", {"k": [keys[0], "2"], "v": [2.5, 1.0]})
    with pytest.raises(DataError, match="no match"):
        run(p, t)


@pytest.mark.sampled
@pytest.mark.parametrize(
    "kinds", list(itertools.product([kind for kind in INTEGERS if kind != "bool"], repeat=2))
)
def test_integers_of_any_width_are_matched_by_value(kinds: tuple[str, str], tmp_path: Path) -> None:
    whole = [3, 0, 127, 1, 99]
    pred = save(tmp_path / "p.parquet", {"k": np.array(whole, kinds[0]), "v": [1.0] * 5})
    target = save(tmp_path / "t.arrow", {"k": np.array(whole[::-1], kinds[1]), "v": [0.0] * 5})
    assert_sums(run(pred, target, format=None).tally, [0.75] * 5)


@pytest.mark.parametrize("swap", [False, True])
def test_an_integer_too_wide_for_the_other_side_has_no_match_there(
    swap: bool, tmp_path: Path
) -> None:
    wide = save(tmp_path / "w.parquet", {"k": np.array([300, 1], "i8"), "v": [0.0, 0.0]})
    narrow = save(tmp_path / "n.parquet", {"k": np.array([1, 2], "i1"), "v": [0.0, 0.0]})
    pred, target, absent = (narrow, wide, "2") if swap else (wide, narrow, "300")
    with pytest.raises(DataError) as caught:
        run(pred, target)
    row = 2 if swap else 1
    wanted = f"{pred}: key '{absent}' of row {row} has no match in {target}"
    wanted += f"; there the first without one is '{302 - int(absent)}'"
    assert message(caught) == f"{wanted} [{UNMATCHED}]"


@pytest.mark.parametrize("other", ["uint32", "int64", "int8"])
@pytest.mark.parametrize("swap", [False, True])
def test_an_integer_that_only_one_side_can_hold_is_refused_by_its_value(
    other: str, swap: bool, tmp_path: Path
) -> None:
    wide = save(tmp_path / "w.parquet", {"k": np.array([1, 2**63 + 5], "u8"), "v": [0.0, 0.0]})
    narrow = save(tmp_path / "n.parquet", {"k": np.array([1, 2], other), "v": [0.0, 0.0]})
    with pytest.raises(DataError) as caught:
        run(*((narrow, wide) if swap else (wide, narrow)))
    assert message(caught).startswith(f"{wide}: ")
    assert str(2**63 + 5) in message(caught)
    assert other == "int64" or "int64" not in message(caught)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("bool", "int8"),
        ("int64", "date"),
        ("bool", "date"),
        ("time", "timestamp"),
        ("duration", "int64"),
    ],
)
def test_kinds_that_do_not_agree_are_refused_with_both(
    one: str, other: str, tmp_path: Path
) -> None:
    for pred, target in ((one, other), (other, one)):
        kinds = [VALUES[pred].type, VALUES[target].type]
        paths = [
            save(tmp_path / f"{name}.parquet", {"k": VALUES[name], "v": [0.0] * len(VALUES[name])})
            for name in (pred, target)
        ]
        with pytest.raises(DtypeError) as caught:
            run(*paths)
        assert message(caught).startswith(f"{paths[1]}: column 'k' is ")
        for kind in kinds:
            assert str(kind) in message(caught)


@pytest.mark.parametrize("name", TYPED)
@pytest.mark.parametrize("swap", [False, True])
def test_keys_that_are_not_exact_are_refused_by_name(name: str, swap: bool, tmp_path: Path) -> None:
    good = save(tmp_path / f"good.{name}", {"k": [1, 2], "v": [0.0, 0.0]})
    records = pa.array([{"x": 1, "y": 1}, {"x": 2, "y": 1}])
    for values in (pa.array([[1], [2]]), records):
        bad = save(tmp_path / f"bad.{name}", {"k": values, "v": [0.0, 0.0]})
        with pytest.raises(DtypeError) as caught:
            run(*((good, bad) if swap else (bad, good)), pred=("v",), target=("v",))
        assert message(caught).startswith(f"{bad}: column 'k' is {str(values.type)[:4]}")


# Several columns


@each_format
def test_several_columns_together_are_the_key(sides: tuple[str, str], tmp_path: Path) -> None:
    columns = {"a": ["x", "y"] * 6, "b": [i // 2 for i in range(12)]}
    pred = save(tmp_path / f"p.{sides[0]}", {**columns, "v": PRED})
    mixed = {name: taken(values, ORDER) for name, values in columns.items()}
    target = save(tmp_path / f"t.{sides[1]}", {"v": taken(TARGET, ORDER), **mixed})
    for key in (("a", "b"), ("b", "a")):
        ran = run(pred, target, key, pred=("v",), target=("v",))
        rows = zip(*(columns[name] for name in key), EACH, strict=True)
        assert ran.lines == [[str(a), str(b), repr(loss)] for a, b, loss in rows]


def test_cells_of_several_columns_are_never_run_together(tmp_path: Path) -> None:
    pred = save(tmp_path / "p.parquet", {"a": ["x", "xy"], "b": ["yz", "z"], "v": [1.0, 2.0]})
    target = save(tmp_path / "t.parquet", {"a": ["xy", "x"], "b": ["z", "yz"], "v": [1.0, 2.0]})
    assert_sums(run(pred, target, ("a", "b"), None).tally, [0.75, 0.75])
    target = save(tmp_path / "t.parquet", {"a": ["xyz", "x"], "b": ["", "yz"], "v": [1.0, 2.0]})
    with pytest.raises(DataError, match=r"key 'xy', 'z' of row 2 has no match in "):
        run(pred, target, ("a", "b"))


# Keys that are missing, without a partner, or doubled


@each_format
@pytest.mark.parametrize("order", [range(12), ORDER], ids=["same", "mix"])
@pytest.mark.parametrize("which", [0, 1])
def test_a_missing_key_is_refused_with_its_row_in_its_file(
    sides: tuple[str, str], order: Sequence[int], which: int, tmp_path: Path
) -> None:
    paths = save_sides(tmp_path, sides, order)
    values = list(NAMES if which == 0 else taken(NAMES, order).to_pylist())
    values[7] = None
    save(paths[which], {"k": values, "v": PRED})
    with pytest.raises(DataError) as caught:
        run(*paths, nan="omit")
    assert message(caught).startswith(f"{paths[which]}: row 8, column 'k': the value is missing")


@each_format
def test_a_key_without_a_partner_is_named_with_its_row_and_both_files(
    sides: tuple[str, str], tmp_path: Path
) -> None:
    pred, target = save_sides(tmp_path, sides)
    changed = taken(["other" if k == "k04" else k for k in NAMES], ORDER)
    save(target, {"k": changed, "v": taken(TARGET, ORDER)})
    with pytest.raises(DataError) as caught:
        run(pred, target)
    wanted = f"{pred}: key 'k04' of row 5 has no match in {target}"
    wanted += "; there the first without one is 'other'"
    assert message(caught) == f"{wanted} [{UNMATCHED}]"


@pytest.mark.parametrize("sides", [("parquet", "parquet"), ("csv", "arrow")], ids="-".join)
@pytest.mark.parametrize("order", [range(12), ORDER], ids=["same", "mix"])
def test_row_counts_that_differ_name_the_first_row_without_a_partner(
    sides: tuple[str, str], order: Sequence[int], tmp_path: Path
) -> None:
    pred, target = save_sides(tmp_path, sides, order)
    fewer = save(tmp_path / f"f.{sides[1]}", {"k": NAMES[:9], "v": TARGET[:9]})
    with pytest.raises(DataError) as caught:
        run(pred, fewer)
    wanted = f"{pred}: key 'k09' of row 10 has no match in {fewer}, nor have 2 others"
    assert message(caught) == f"{wanted} [{UNMATCHED}]"
    with pytest.raises(DataError) as caught:
        run(fewer, target)
    first = next(i for i, row in enumerate(order) if row >= 9)
    wanted = f"{target}: key 'k{order[first]:02}' of row {first + 1} has no match in {fewer}"
    assert message(caught) == f"{wanted}, nor have 2 others [{UNMATCHED}]"


def test_one_more_row_without_a_partner_is_spoken_of_in_the_singular(tmp_path: Path) -> None:
    pred = save(tmp_path / "p.csv", {"k": ["a", "b", "c"], "v": [0.0] * 3})
    target = save(tmp_path / "t.csv", {"k": ["a"], "v": [0.0]})
    with pytest.raises(DataError, match="'b' of row 2 has no match") as caught:
        run(pred, target)
    assert "1 others" not in message(caught)


@pytest.mark.parametrize("i", range(11))
@pytest.mark.parametrize("part_rows", [1, 4, 1000])
@pytest.mark.parametrize("kind", ["text", "number", "two columns"])
def test_a_doubled_key_in_the_same_order_is_found_across_all_boundaries(
    i: int, part_rows: int, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lockstep, "PART_ROWS", part_rows)
    numbers = [*range(i + 1), *range(i, 11)]
    columns = {"k": numbers if kind == "number" else [f"k{n:02}" for n in numbers]}
    if kind == "two columns":
        columns = {"a": [0] * 12, **columns}
    pred = save(tmp_path / "p.parquet", {**columns, "v": PRED})
    target = save(tmp_path / "t.arrow", {**columns, "v": TARGET})
    shown = ", ".join(repr(str(column[i])) for column in columns.values())
    for execution in EXECUTIONS[i % 2 :: 2]:
        with pytest.raises(DataError) as caught:
            run(pred, target, tuple(columns), execution=execution, pred=("v",))
        what = f"key {shown} stands there 2 times, first in row {i + 1}"
        assert message(caught) == f"{pred}: {what} [{DUPLICATES}]"


@each_format
@pytest.mark.parametrize("which", [0, 1])
def test_a_doubled_key_on_one_side_is_named_with_its_count(
    sides: tuple[str, str], which: int, tmp_path: Path
) -> None:
    paths = save_sides(tmp_path, sides)
    values = ["a", "b", "c", "d", "c", "b", "e", "c"]
    save(paths[which], {"k": values, "v": [0.0] * 8})
    save(paths[1 - which], {"k": sorted(set(values)), "v": [0.0] * 5})
    with pytest.raises(DataError) as caught:
        run(*paths)
    what = f"key 'b' stands there 2 times, first in row 2, and once in {paths[1 - which]}"
    assert message(caught) == f"{paths[which]}: {what} [{ONE_FOR_MANY}; {DUPLICATES}]"


def test_a_doubled_key_that_no_side_has_once_is_not_said_to_belong_to_one_row(
    tmp_path: Path,
) -> None:
    twice = save(tmp_path / "p.csv", {"k": ["a", "a", "b"], "v": [0.0] * 3})
    without = save(tmp_path / "w.csv", {"k": ["b", "c", "d"], "v": [0.0] * 3})
    other = save(tmp_path / "o.csv", {"k": ["a", "b", "b"], "v": [0.0] * 3})
    for target in (without, other):
        with pytest.raises(DataError) as caught:
            run(twice, target)
        what = f"{twice}: key 'a' stands there 2 times, first in row 1"
        assert message(caught) == f"{what} [{DUPLICATES}]"


def test_text_that_stands_for_the_same_integer_is_doubled(tmp_path: Path) -> None:
    pred = save(tmp_path / "p.csv", {"k": ["7", "8", "007"], "v": [0.0] * 3})
    target = save(tmp_path / "t.parquet", {"k": [7, 8, 9], "v": [0.0] * 3})
    with pytest.raises(DataError, match=r"p\.csv: key '7' stands there 2 times, first in row 1"):
        run(pred, target)


NANOSECONDS = {
    "timestamp": pa.array([1, 5, 3], pa.timestamp("ns")),
    "time": pa.array([1, 5, 3], pa.time64("ns")),
    "duration": pa.array([1, 5, 3], pa.duration("ns")),
    "far timestamp": pa.array([2**55, 5, 3], pa.timestamp("s")),
    "far date": pa.array([2**30, 5, 3], pa.date32()),
}


@pytest.mark.parametrize("kind", NANOSECONDS)
def test_a_time_that_python_cannot_hold_is_still_matched_and_named(
    kind: str, tmp_path: Path
) -> None:
    values = NANOSECONDS[kind]
    pred = save(tmp_path / "p.arrow", {"k": values, "v": [1.0] * 3})
    target = save(tmp_path / "t.arrow", {"k": values.take(pa.array([2, 0, 1])), "v": [0.0] * 3})
    assert_sums(run(pred, target, format=None).tally, [0.75] * 3)
    fewer = save(tmp_path / "f.arrow", {"k": values.slice(1), "v": [0.0] * 2})
    with pytest.raises(DataError, match=r"p\.arrow: key '.+' of row 1 has no match in "):
        run(pred, fewer)
    twice = save(tmp_path / "d.arrow", {"k": values.take(pa.array([0, 0])), "v": [0.0] * 2})
    with pytest.raises(DataError, match=r"key '.+' stands there 2 times, first in row 1"):
        run(twice, twice)


def test_a_long_key_is_cut_in_the_message(tmp_path: Path) -> None:
    pred = save(tmp_path / "p.csv", {"k": ["x" * 5000, "b"], "v": [0.0] * 2})
    target = save(tmp_path / "t.csv", {"k": ["c", "b"], "v": [0.0] * 2})
    with pytest.raises(DataError, match="has no match") as caught:
        run(pred, target)
    assert len(message(caught)) < 200 + len(str(tmp_path)) * 2


@pytest.mark.parametrize("name", FORMATS)
def test_no_rows_match_no_rows(name: str, tmp_path: Path) -> None:
    empty = {"k": pa.array([], pa.string()), "v": pa.array([], pa.float64())}
    none = save(tmp_path / f"none.{name}", empty)
    some = save(tmp_path / f"some.{name}", {"k": ["a", "b", "c"], "v": [0.0] * 3})
    more: dict[str, Any] = {"pred": ("v",), "target": ("v",)}
    more["options"] = ReadOptions(allow_empty=True)
    assert run(none, none, **more).tally.n == 0
    for pair in ((none, some), (some, none)):
        with pytest.raises(DataError) as caught:
            run(*pair, **more)
        assert message(caught).startswith(f"{some}: key 'a' of row 1 has no match in {none}")


def test_a_file_that_lacks_the_key_is_told_so(tmp_path: Path) -> None:
    with_key = save(tmp_path / "p.csv", {"id": [1, 2], "y": [0.0, 1.0]})
    without = save(tmp_path / "t.csv", {"name": [1, 2], "y": [0.0, 1.0]})
    for pair in ((with_key, without), (without, with_key)):
        with pytest.raises(DataError, match=r"no column 'id'") as caught:
            run(*pair, ("id",))
        assert message(caught).startswith(f"{without}: ")


@pytest.mark.parametrize("format", [None, "text"])
def test_a_key_that_the_only_table_lacks_is_refused(format: str | None, tmp_path: Path) -> None:
    table = save(tmp_path / "x.csv", {"k": ["a", "b"], "p": [0.0, 1.0], "t": [0.0, 1.0]})
    more: dict[str, Any] = {"pred": ("p",), "target": ("t",)}
    with pytest.raises(DataError, match="no column 'nope'"):
        run(table, None, ("nope",), format, **more)  # type: ignore[arg-type]


def test_a_line_that_lacks_its_end_is_told_once(tmp_path: Path) -> None:
    pred, target = tmp_path / "p.csv", tmp_path / "t.csv"
    pred.write_text("k,v\na,1\nb,2")
    target.write_text("k,v\nb,1\na,2")
    heard = run(pred, target).heard
    assert sorted(line.partition(": ")[0] for line in heard) == [str(pred), str(target)]


# Together with weights, groups and NaN

WEIGHTS = [1.0, 0.5, 0.1, 3.0, 0.0, 2.0, 7.0, 1e-3, 0.0, 1.0, 0.3, 5.0]


@each_format
@pytest.mark.parametrize("where", ["pred", "target", "file"])
def test_weights_stay_with_their_rows(sides: tuple[str, str], where: str, tmp_path: Path) -> None:
    pred, target = save_sides(tmp_path, sides)
    more: dict[str, Any] = {"weight": "w"}
    if where == "pred":
        save(pred, {"k": NAMES, "w": WEIGHTS, "v": PRED})
    elif where == "target":
        mixed = {"w": taken(WEIGHTS, ORDER), "v": taken(TARGET, ORDER)}
        save(target, {"k": taken(NAMES, ORDER), **mixed})
    else:
        more["weights"] = save(tmp_path / "w.csv", {"w": WEIGHTS})
    tally = run(pred, target, format=None, **more).tally
    kept = [(w, w * loss) for w, loss in zip(WEIGHTS, EACH, strict=True) if w]
    total = oracle.exact_sum(loss for _, loss in kept)
    assert (tally.n, tally.n_weightless) == (10, 2)
    assert Fraction(tally.total.units) * UNIT == total
    assert tally.mean == oracle.rounded(total / oracle.exact_sum(w for w, _ in kept))


@pytest.mark.parametrize("name", ["csv", "parquet"])
def test_a_bad_weight_is_named_with_the_row_of_its_own_file(name: str, tmp_path: Path) -> None:
    pred, target = save_sides(tmp_path, (name, name))
    weights = [-1.0 if k == 2 else 1.0 for k in ORDER]
    columns = {"k": taken(NAMES, ORDER), "w": weights, "v": taken(TARGET, ORDER)}
    save(target, columns)
    with pytest.raises(DataError, match=r"the weight in row \d+ is -1.0") as caught:
        run(pred, target, weight="w")
    assert message(caught).startswith(f"{target}: the weight in row {ORDER.index(2) + 1} ")


GROUPS = ["north", "south", "east"] * 4


@each_format
@pytest.mark.parametrize("where", ["pred", "target", "both"])
def test_groups_stay_with_their_rows(sides: tuple[str, str], where: str, tmp_path: Path) -> None:
    pred, target = save_sides(tmp_path, sides)
    if where != "target":
        save(pred, {"k": NAMES, "g": GROUPS, "v": PRED})
    if where != "pred":
        mixed = {"k": taken(NAMES, ORDER), "g": taken(GROUPS, ORDER)}
        save(target, {**mixed, "v": taken(TARGET, ORDER)})
    result = run(pred, target, format=None, by="g").result
    assert [group.group for group in result.groups] == sorted(set(GROUPS))
    for group, tally in zip(result.groups, result.tallies, strict=True):
        assert_sums(tally, [e for e, g in zip(EACH, GROUPS, strict=True) if g == group.group])


@pytest.mark.parametrize("kind", ["text", "bool", "int64", "uint64", "date"])
@pytest.mark.parametrize("sides", [("csv", "parquet"), ("arrow", "csv")], ids="-".join)
@pytest.mark.parametrize("key", [("k",), ()], ids=["key", "position"])
def test_groups_of_a_csv_agree_with_what_they_stand_for(
    kind: str, sides: tuple[str, str], key: tuple[str, ...], tmp_path: Path
) -> None:
    groups = VALUES[kind].slice(0, 3)
    order = [2, 0, 1] if key else [0, 1, 2]
    pred = save(tmp_path / f"p.{sides[0]}", {"k": list("abc"), "g": groups, "v": [1.0] * 3})
    mixed = {"k": taken(list("abc"), order), "g": taken(groups, order)}
    target = save(tmp_path / f"t.{sides[1]}", {**mixed, "v": [0.0] * 3})
    more: dict[str, Any] = {"pred": ("v",), "target": ("v",)}
    result = run(pred, target, key, None, by="g", **more).result
    assert sum(tally.n for tally in result.tallies) == 3
    assert {group.group for group in result.groups} == set(map(cell, groups.to_pylist()))


def test_a_group_that_only_one_side_can_hold_is_refused(tmp_path: Path) -> None:
    wide = {"k": ["a", "b"], "g": pa.array([1, 2**63], pa.uint64()), "v": [0.0, 0.0]}
    pred = save(tmp_path / "p.parquet", wide)
    narrow = {"k": ["b", "a"], "g": pa.array([2, 1], pa.int8()), "v": [0.0, 0.0]}
    target = save(tmp_path / "t.parquet", narrow)
    with pytest.raises(DataError, match="group"):
        run(pred, target, by="g", pred=("v",), target=("v",))


@pytest.mark.parametrize("with_weights", [False, True])
def test_groups_that_disagree_after_a_join_are_named_with_both_files(
    with_weights: bool, tmp_path: Path
) -> None:
    pred = save(tmp_path / "p.csv", {"k": ["a", "b"], "g": ["x", "y"], "v": [0.0, 0.0]})
    target = save(tmp_path / "t.csv", {"k": ["b", "a"], "g": ["z", "x"], "v": [0.0, 0.0]})
    weights = save(tmp_path / "w.csv", {"w": [1.0, 1.0]}) if with_weights else None
    with pytest.raises(DataError) as caught:
        run(pred, target, by="g", weights=weights)
    assert message(caught).startswith(
        f"{pred}: row 2 is of group 'y', but of group 'z' in {target}"
    )


def test_a_key_can_be_the_group_as_well(tmp_path: Path) -> None:
    result = run(*save_sides(tmp_path), format=None, by="k").result
    assert [group.group for group in result.groups] == NAMES
    for loss, tally in zip(EACH, result.tallies, strict=True):
        assert_sums(tally, [loss])


NAN = float("nan")


@each_format
@pytest.mark.parametrize("missing", [None, NAN], ids=["missing", "nan"])
def test_pairs_without_a_loss_are_left_out_after_the_join(
    sides: tuple[str, str], missing: float | None, tmp_path: Path
) -> None:
    pred = [missing if i == 4 else x for i, x in enumerate(PRED)]
    target = [missing if i in (2, 9) else y for i, y in enumerate(TARGET)]
    paths = save_sides(tmp_path, sides)
    save(paths[0], {"k": NAMES, "v": pa.array(pred, pa.float64())})
    save(paths[1], {"k": taken(NAMES, ORDER), "v": taken(pa.array(target, pa.float64()), ORDER)})
    n_missing = 0 if missing else 3
    ran = run(*paths, nan="omit")
    assert_sums(ran.tally, [loss for i, loss in enumerate(EACH) if i not in (2, 4, 9)])
    assert (ran.tally.n_omitted, ran.tally.n_missing) == (3, n_missing)
    assert [line[0] for line in ran.lines] == NAMES
    assert [i for i, line in enumerate(ran.lines) if line[1] == "nan"] == [2, 4, 9]
    left = "pairs were left out: NaN or missing"
    counted = f" ({n_missing} missing)" if n_missing else ""
    assert ran.heard == [f"3 of 12 {left}{counted}"]
    ran = run(*paths, format=None, nan="omit-target")
    assert (ran.tally.n, ran.tally.n_nan, ran.tally.n_omitted) == (10, 1, 2)
    assert ran.tally.first_nan == 4
    assert ran.heard[0].startswith("1 of 10 losses is NaN, the first in row 5, where ")
    if missing:
        ran = run(*paths, format=None)
        (said,) = ran.heard
        assert said.startswith("3 of 12 losses are NaN, the first in row 3 of ")
        with pytest.raises(DataError, match=r"3 of 12 losses are NaN, the first in row 3"):
            run(*paths, format=None, nan="error")
    else:
        with pytest.raises(DataError, match=r"row \d+, column 'v': the value is missing"):
            run(*paths, format=None)


def test_weights_groups_and_omission_go_together(tmp_path: Path) -> None:
    target = [NAN if i in (2, 9) else y for i, y in enumerate(TARGET)]
    paths = save_sides(tmp_path)
    save(paths[0], {"k": NAMES, "g": GROUPS, "v": PRED})
    mixed = {"v": target, "w": WEIGHTS, "k": NAMES}
    save(paths[1], {name: taken(values, ORDER) for name, values in mixed.items()})
    result = run(*paths, format=None, nan="omit", by="g", weight="w").result
    for group, tally in zip(result.groups, result.tallies, strict=True):
        rows = [i for i, g in enumerate(GROUPS) if g == group.group]
        kept = [i for i in rows if i not in (2, 9) and WEIGHTS[i]]
        total = oracle.exact_sum(WEIGHTS[i] * EACH[i] for i in kept)
        assert (tally.n, tally.n_omitted) == (len(kept), len({2, 9} & {*rows}))
        assert tally.n_weightless == sum(not WEIGHTS[i] for i in rows)
        assert Fraction(tally.total.units) * UNIT == total
        assert tally.mean == oracle.rounded(total / oracle.exact_sum(WEIGHTS[i] for i in kept))


def test_several_columns_of_numbers_are_joined_as_rows(tmp_path: Path) -> None:
    columns = {"a": PRED, "b": TARGET}
    pred = save(tmp_path / "p.parquet", {"k": NAMES, **columns})
    swapped = {"k": taken(NAMES, ORDER), "b": taken(PRED, ORDER), "a": taken(TARGET, ORDER)}
    ran = run(pred, save(tmp_path / "t.csv", swapped))
    assert ran.lines == [[k, repr(e), repr(e)] for k, e in zip(NAMES, EACH, strict=True)]
    assert len(ran.heard) == 1
    assert ran.heard[0].startswith("2 columns were matched by name: 'a', 'b' ")


# The losses of elements carry their keys

ODD = ["a\tb", 'say "no"', "two\nlines", "car\rriage", "x,y", "", " blank ", "ä日本", "NA", "#1"]


def save_odd(folder: Path) -> tuple[Path, Path]:
    values = [float(i) for i in range(len(ODD))]
    pred = save(folder / "p.parquet", {"k": ODD, "v": values})
    return pred, save(folder / "t.parquet", {"k": ODD[::-1], "v": [v + 1 for v in values[::-1]]})


def test_keys_of_any_text_come_back_from_a_csv(tmp_path: Path) -> None:
    out = run(*save_odd(tmp_path), format="csv").out
    rows = list(csv.reader(io.StringIO(out.decode(), newline="")))
    assert rows == [["k", "loss"], *([k, "0.75"] for k in ODD)]


def test_keys_of_any_text_come_back_from_parquet(tmp_path: Path) -> None:
    table = pq.read_table(io.BytesIO(run(*save_odd(tmp_path), format="parquet").out))
    assert table.to_pydict() == {"k": ODD, "loss": [0.75] * len(ODD)}


@pytest.mark.parametrize("odd", ["a\tb", "two\nlines", "car\rriage"])
def test_a_key_that_would_break_a_line_of_text_is_refused(odd: str, tmp_path: Path) -> None:
    path = save(tmp_path / "p.parquet", {"k": ["a", odd], "v": [0.0, 0.0]})
    with pytest.raises(DataError, match=r"holds a tab or a line end .*-f csv"):
        run(path, path)
    plain = save(tmp_path / "p.parquet", {"k": ['say "no"', "x,y"], "v": [0.0, 0.0]})
    assert run(plain, plain).out == b'say "no"\t0.0\nx,y\t0.0\n'


@pytest.mark.parametrize("kind", VALUES)
def test_keys_keep_their_kind_in_parquet(kind: str, tmp_path: Path) -> None:
    values = distinct(VALUES[kind])
    paths = save_kind(tmp_path, ("arrow", "arrow"), values, range(len(values) - 1, -1, -1))
    table = pq.read_table(io.BytesIO(run(*paths, format="parquet").out))
    assert table.column("k").to_pylist() == values.to_pylist()
    assert table.schema.field("k").type == values.type


def test_an_array_has_no_room_for_keys(tmp_path: Path) -> None:
    losses = np.load(io.BytesIO(run(*save_sides(tmp_path), format="npy").out))
    oracle.assert_same(losses, np.array(EACH))


@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_a_key_called_like_a_loss_is_refused(format: str, tmp_path: Path) -> None:
    path = save(tmp_path / "p.parquet", {"loss": ["a", "b"], "loss_v": ["c", "d"], "v": [0.0, 1.0]})
    with pytest.raises(SettingsError, match="a column carried is called 'loss'"):
        run(path, path, ("loss",), format)
    assert run(path, path, ("loss_v",), format).out
    columns = {"loss": ["a", "b"], "loss_v": ["c", "d"], "v": [0.0, 1.0], "w": [0.0, 1.0]}
    path = save(tmp_path / "p.parquet", columns)
    with pytest.raises(SettingsError, match="a column carried is called 'loss_v'"):
        run(path, path, ("loss_v",), format)
    assert run(path, path, ("loss",), format).out


def test_a_header_cell_is_quoted_where_it_must_be(tmp_path: Path) -> None:
    name = 'the "key",\nhere'
    path = save(tmp_path / "p.csv", {name: ["a", "b"], "v": [0.0, 1.0]})
    rows = list(csv.reader(io.StringIO(run(path, path, (name,), "csv").out.decode(), newline="")))
    assert rows == [[name, "loss"], ["a", "0.0"], ["b", "0.0"]]


@pytest.mark.parametrize("format", ["text", "csv", "parquet"])
def test_the_columns_of_one_table_carry_its_keys(format: str, tmp_path: Path) -> None:
    table = save(tmp_path / "x.csv", {"k": ["b", "a"], "p": [1.0, 2.0], "t": [0.0, 0.0]})
    more: dict[str, Any] = {"pred": ("p",), "target": ("t",)}
    out = run(table, None, format=format, **more).out  # type: ignore[arg-type]
    if format == "parquet":
        table = pq.read_table(io.BytesIO(out))
        assert table.to_pydict() == {"k": ["b", "a"], "loss": [0.75, 1.75]}
    else:
        expected = {"text": b"b\t0.75\na\t1.75\n", "csv": b"k,loss\nb,0.75\na,1.75\n"}
        assert out == expected[format]


# Any keys, any order


@st.composite
def shuffled(draw: st.DrawFn) -> tuple[list[Any], list[int], list[float], list[float]]:
    numbers = st.floats(allow_nan=False, allow_infinity=False, width=64)
    kind = draw(st.sampled_from(["text", "int64", "uint64"]))
    if kind == "text":
        letters = st.characters(codec="utf-8", exclude_characters="\x00\ufeff\r")
        one: st.SearchStrategy[Any] = st.text(letters, min_size=1, max_size=5)
    else:
        low = 0 if kind == "uint64" else -(2**63)
        one = st.integers(low, low + 2**64 - 1)
    names = draw(st.lists(one, min_size=1, max_size=25, unique=True))
    n = len(names)
    pred = draw(st.lists(numbers, min_size=n, max_size=n))
    target = draw(st.lists(numbers, min_size=n, max_size=n))
    return names, draw(st.permutations(range(n))), pred, target


def key_array(names: list[Any]) -> pa.Array:
    return pa.array(names, pa.uint64() if isinstance(names[0], int) and min(names) >= 0 else None)


@pytest.mark.grid
@given(shuffled(), st.sampled_from(SIDES), st.sampled_from(EXECUTIONS), st.sampled_from([1, 3, 99]))
@settings(max_examples=150)
def test_the_result_is_a_function_of_pairs_not_of_their_order(
    rows: tuple[list[Any], list[int], list[float], list[float]],
    sides: tuple[str, str],
    execution: Execution,
    part_rows: int,
) -> None:
    names, order, pred, target = rows
    each = [oracle.loss(x, y, BETA) for x, y in zip(pred, target, strict=True)]
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(lockstep, "PART_ROWS", part_rows)
        one = save(Path(folder) / f"p.{sides[0]}", {"k": key_array(names), "v": pred})
        mixed = {"k": taken(key_array(names), order), "v": taken(target, order)}
        other = save(Path(folder) / f"t.{sides[1]}", mixed)
        more: dict[str, Any] = {"pred": ("v",), "target": ("v",)}
        ran = run(one, other, format="npy", execution=execution, **more)
    oracle.assert_same(np.load(io.BytesIO(ran.out)), np.array(each))
    expected = oracle.tally(np.array(pred), np.array(target), BETA)
    assert Fraction(ran.tally.total.units) * UNIT == expected.total
    found = (ran.tally.n, ran.tally.n_inf, ran.tally.n_quadratic, ran.tally.min, ran.tally.max)
    wanted = (expected.n, expected.n_inf, expected.n_quadratic, expected.min, expected.max)
    assert found == wanted


@given(shuffled(), st.data())
@settings(max_examples=60)
def test_one_changed_key_is_always_refused(
    rows: tuple[list[Any], list[int], list[float], list[float]], data: st.DataObject
) -> None:
    names, order, pred, target = rows
    changed = [names[i] for i in order]
    i = data.draw(st.integers(0, len(names) - 1))
    others = [name for name in names if name != changed[i]]
    new = "zz new" if isinstance(names[0], str) else next(n for n in range(99) if n not in names)
    changed[i] = data.draw(st.sampled_from([new, *others]))
    with tempfile.TemporaryDirectory() as folder:
        one = save(Path(folder) / "p.parquet", {"k": key_array(names), "v": pred})
        kind = key_array(names).type
        mixed = {"k": pa.array(changed, kind), "v": taken(target, order)}
        other = save(Path(folder) / "t.parquet", mixed)
        with pytest.raises(DataError, match=r"has no match in|stands there 2 times"):
            run(one, other, pred=("v",), target=("v",))


LONG = 1 << 11


def with_long_keys(folder: Path, name: str, keys: Sequence[str], values: Sequence[float]) -> Path:
    path = folder / name
    pq.write_table(pa.table({"k": list(keys), "y": list(values)}), path)
    return path


@any_execution
def test_long_texts_match_that_differ_in_their_ends_alone(
    tmp_path: Path, execution: Execution
) -> None:
    names = [" " * LONG + name for name in NAMES[1:]] + [" " * LONG]
    p = with_long_keys(tmp_path, "p", names, PRED)
    t = with_long_keys(tmp_path, "t", [names[i] for i in ORDER], [TARGET[i] for i in ORDER])
    result = evaluate(p, t, EvalSettings(BETA), key="k", execution=execution)
    assert result.values == (float(sum(EACH) / len(EACH)),)


def test_no_short_key_is_that_of_a_long_one(tmp_path: Path) -> None:
    long = "a" * LONG
    short = shortened(pa.array([long]), are_keys=True)[0].as_py()
    p = with_long_keys(tmp_path, "p", [long], [1])
    assert len(short) < LONG // 8
    for written in (short, f"aaa... {short[-64:]}"):
        t = with_long_keys(tmp_path, "t", [written], [1])
        with pytest.raises(DataError, match=r"key 'aaa.* of row 1 has no match"):
            evaluate(p, t, key="k")


def test_long_keys_are_not_held_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[Any] = []

    def held_keys(*args: Any) -> Any:
        held.append(original(*args))
        return held[-1]

    original = keys.held_keys
    monkeypatch.setattr(keys, "held_keys", held_keys)
    p = with_long_keys(tmp_path, "p", ["b", "a" * LONG], [1, 2])
    t = with_long_keys(tmp_path, "t", ["a" * LONG, "b"], [2, 1])
    assert evaluate(p, t, key="k").values == (0.0,)
    texts = [text for of in held for column in of.columns for text in column[0].to_pylist()]
    assert len(texts) == 4
    assert max(map(len, texts)) < LONG // 8


def test_long_keys_that_differ_in_blanks_match_in_their_canonical_form(tmp_path: Path) -> None:
    p = with_long_keys(tmp_path, "p", ["a" * LONG, "b"], [1, 2])
    t = with_long_keys(tmp_path, "t", ["a" * LONG + " ", "b"], [1, 2])
    assert evaluate(p, t, key="k").values == (0.0,)
    with_long_keys(tmp_path, "t", ["a" * LONG + " x", "b"], [1, 2])
    with pytest.raises(DataError, match=r"key 'aaa.* of row 1 has no match"):
        evaluate(p, t, key="k")
