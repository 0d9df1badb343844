"""Columns that two inputs have in common: witnesses of how rows are paired."""

from __future__ import annotations

import io
import uuid
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoothl1 import DataError, EvalSettings, Execution, ReadOptions, compare, evaluate
from smoothl1.running.evaluate import LossOutput
from smoothl1.witnesses.agreement import Agreement
from smoothl1.witnesses.hashes import hashes_of
from tests.tables import save_table

if TYPE_CHECKING:
    import random
    from pathlib import Path

L1 = EvalSettings((0.0,), "sum")
COLUMNS: dict[str, Any] = {"pred": ("p",), "target": ("t",)}
N = 6


def save(path: Path, columns: dict[str, Any]) -> Path:
    """A table of which each format has several groups, cut at different rows."""
    return save_table(path, columns, 2 if path.suffix == ".parquet" else 4)


def pair(folder: Path, one: Any, other: Any, suffixes: tuple[str, str], name: str = "id") -> Any:
    """Predictions 0, 1, ... against zeros, with a column in common."""
    p = save(folder / f"p{suffixes[0]}", {name: one, "p": pa.array(np.arange(float(N)))})
    t = save(folder / f"t{suffixes[1]}", {name: other, "t": pa.array(np.zeros(N))})
    return p, t


TOTAL = float(sum(range(N)))
SUFFIXES = [(a, b) for a in (".csv", ".parquet", ".arrows") for b in (".csv", ".parquet")]
VALUES = {
    "integers": pa.array([3, 1, 4, 15, 9, 2], pa.int32()),
    "large integers": pa.array([2**62 + i for i in (3, 1, 4, 15, 9, 2)]),
    "the largest integers": pa.array([2**64 - 1, 0, 2**63, 5, 2**63 - 1, 7], pa.uint64()),
    "text": pa.array(["b", "a", "dd", "c", "", "ä"]),
    "dates": pa.array([date(2024, 1, 1) + timedelta(days=i) for i in (3, 1, 4, 15, 9, 2)]),
    "text of numbers": pa.array(["007", "12", "5", "40", "3", "1"]),
}


@pytest.fixture(params=SUFFIXES, ids=[a + b for a, b in SUFFIXES])
def suffixes(request: pytest.FixtureRequest) -> tuple[str, str]:
    return request.param  # type: ignore[no-any-return]


@pytest.mark.parametrize("values", VALUES.values(), ids=VALUES)
def test_a_column_that_agrees_is_not_spoken_of(
    tmp_path: Path, values: pa.Array, suffixes: tuple[str, str]
) -> None:
    result = evaluate(*pair(tmp_path, values, values, suffixes), L1, **COLUMNS)
    assert result.values == (TOTAL,)
    path = str(tmp_path / f"t{suffixes[1]}")
    assert ("rows", path, "as they stand", "column 'id' agrees in every row") in result.decisions


@pytest.mark.parametrize("values", VALUES.values(), ids=VALUES)
def test_the_same_values_in_another_order_are_refused_with_the_key_as_hint(
    tmp_path: Path, values: pa.Array, suffixes: tuple[str, str]
) -> None:
    paths = pair(tmp_path, values, values.take(pa.array([0, 1, 3, 2, 4, 5])), suffixes)
    expected = r"'id' differs .* from row 3 on, and holds the same values .* \[--key id matches"
    with pytest.raises(DataError, match=expected):
        evaluate(*paths, L1, **COLUMNS)
    loose = ReadOptions(key_check=False)
    assert evaluate(*paths, L1, options=loose, **COLUMNS).values == (TOTAL,)


def test_the_key_of_the_hint_gives_the_right_pairs(tmp_path: Path) -> None:
    order = [5, 0, 3, 1, 4, 2]
    values = VALUES["integers"]
    p = save(tmp_path / "p.csv", {"id": values, "p": pa.array(np.arange(float(N)))})
    shuffled = pa.array(np.arange(float(N)) + 1).take(pa.array(order))
    t = save(tmp_path / "t.parquet", {"id": values.take(pa.array(order)), "t": shuffled})
    with pytest.raises(DataError, match="--key id"):
        evaluate(p, t, L1, **COLUMNS)
    assert evaluate(p, t, L1, key=("id",), **COLUMNS).values == (float(N),)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 7]),
        ([8, 9, 10, 11, 12, 13], [9, 10, 11, 12, 13, 14]),
        (["a", "b", "c", "d", "e", "f"], ["a", "b", "c", "d", "e", "g"]),
    ],
)
def test_other_values_that_rise_on_both_sides_are_refused(
    tmp_path: Path, one: list[Any], other: list[Any], suffixes: tuple[str, str]
) -> None:
    paths = pair(tmp_path, pa.array(one), pa.array(other), suffixes)
    for execution in (Execution(1, 1), Execution(2, 2), Execution(2)):
        with pytest.raises(DataError, match="rises on both sides, with other values"):
            evaluate(*paths, L1, execution=execution, **COLUMNS)


def test_a_predicted_and_a_true_label_only_cause_a_warning(
    tmp_path: Path, suffixes: tuple[str, str]
) -> None:
    labels = (
        ["cat", "dog", "dog", "cat", "cat", "emu"],
        ["cat", "cat", "dog", "cat", "cat", "emu"],
    )
    paths = pair(tmp_path, *map(pa.array, labels), suffixes, "label")
    heard: list[str] = []
    assert evaluate(*paths, L1, warn=heard.append, **COLUMNS).values == (TOTAL,)
    assert len(heard) == 1
    assert f"column 'label' differs from that of {paths[1]} from row 2 on" in heard[0]


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        ("label", ["cat", "dog", "cat", "dog", "cat", "dog"], ["cat", "dog"] * 2 + ["dog", "cat"]),
        ("note", ["ant", "bee", "cow", "dog", "eel", "fox"], ["a", "b", "c", "d", "e", "f"]),
        ("ms", ["10", "12", "9", "91", "92", "93"], ["11", "13", "8", "81", "82", "83"]),
    ],
)
def test_what_may_be_chance_only_causes_a_warning(
    tmp_path: Path, suffixes: tuple[str, str], name: str, one: list[str], other: list[str]
) -> None:
    paths = pair(tmp_path, pa.array(one), pa.array(other), suffixes, name)
    heard: list[str] = []
    for execution in (Execution(1, 1), Execution(2, 2), Execution(2)):
        result = evaluate(*paths, L1, execution=execution, warn=heard.append, **COLUMNS)
        assert result.values == (TOTAL,)
    assert len(heard) == 3
    assert "differs" in heard[0]


def test_whole_numbers_as_text_rise_as_numbers(suffixes: tuple[str, str], tmp_path: Path) -> None:
    one, other = ([str(n) for n in range(start, start + 60, 10)] for start in (70, 75))
    for execution in (Execution(1, 1), Execution(2, 2), Execution(2)):
        paths = pair(tmp_path, pa.array(one), pa.array(other), suffixes)
        with pytest.raises(DataError, match="rises on both sides"):
            evaluate(*paths, L1, execution=execution, **COLUMNS)


def test_a_missing_value_is_a_value_like_others(tmp_path: Path, suffixes: tuple[str, str]) -> None:
    values = pa.array(["x", None, "y", None, "z", "x"])
    paths = pair(tmp_path, values, values, suffixes)
    assert evaluate(*paths, L1, **COLUMNS).values == (TOTAL,)
    paths = pair(tmp_path, values, values.take(pa.array([1, 0, 2, 3, 4, 5])), suffixes)
    with pytest.raises(DataError, match="from row 1 on, and holds the same values"):
        evaluate(*paths, L1, **COLUMNS)


@pytest.mark.parametrize("name", ["", "__index_level_0__", "Unnamed: 0"])
def test_an_index_that_only_counts_rows_may_differ(tmp_path: Path, name: str) -> None:
    counted, kept = pa.array([0, 1, 2, 3, 4, 5]), pa.array([2, 5, 6, 8, 9, 11])
    paths = pair(tmp_path, counted, kept, (".csv", ".csv"), name)
    with pytest.warns(UserWarning, match="differs"):
        assert evaluate(*paths, L1, **COLUMNS).values == (TOTAL,)
    shuffled = counted.take(pa.array([1, 0, 2, 3, 4, 5]))
    paths = pair(tmp_path, counted, shuffled, (".csv", ".csv"), name)
    with pytest.raises(DataError, match="another order"):
        evaluate(*paths, L1, **COLUMNS)


@pytest.mark.parametrize("kind", [pa.float64(), pa.bool_()])
def test_two_values_and_booleans_prove_nothing(tmp_path: Path, kind: pa.DataType) -> None:
    one = pa.array([0, 1, 1, 0, 1, 0]).cast(kind)
    other = one.take(pa.array([1, 0, 2, 3, 4, 5]))
    paths = pair(tmp_path, one, other, (".parquet", ".parquet"), "x")
    said: list[str] = []
    assert evaluate(*paths, L1, **COLUMNS, warn=said.append).values == (TOTAL,)
    assert all("column 'x' differs" in text for text in said)
    assert len(said) == (kind == pa.bool_())


FRACTIONS = [0.5, 0.1, 1.0, 0.25, 7.0, 3.0, 1e-3, 4.5]
SWAPPED = [1, 0, 2, 3, 4, 5, 6, 7]


def with_fractions(folder: Path, one: Any, other: Any, suffixes: tuple[str, str]) -> Any:
    """Predictions 1 against zeros, with two columns of fractions in common."""
    fine = pa.array([0.125] * len(one))
    p = save(folder / f"p{suffixes[0]}", {"x": one, "z": fine, "p": pa.array([1.0] * len(one))})
    t = save(folder / f"t{suffixes[1]}", {"z": fine, "x": other, "t": pa.array([0.0] * len(one))})
    return p, t


@pytest.mark.parametrize("kind", [pa.float64(), pa.float32(), pa.decimal128(9, 3)])
def test_fractions_in_another_order_are_refused(
    tmp_path: Path, suffixes: tuple[str, str], kind: pa.DataType
) -> None:
    one = pa.array(FRACTIONS)
    paths = with_fractions(tmp_path, one, one.cast(kind).take(pa.array(SWAPPED)), suffixes)
    for execution in (Execution(1, 1), Execution(2, 3), Execution(2)):
        with pytest.raises(DataError, match=r"'x' differs .* row 1 on, and holds the same values"):
            evaluate(*paths, L1, execution=execution, **COLUMNS)


@pytest.mark.parametrize("kind", [pa.float64(), pa.float32(), pa.decimal128(9, 3)])
def test_fractions_that_agree_or_are_others_are_not_refused(
    tmp_path: Path, suffixes: tuple[str, str], kind: pa.DataType
) -> None:
    one = pa.array([*FRACTIONS[:-1], None])
    few, most = pa.array([0.75, *FRACTIONS[1:]]), pa.array(sorted(FRACTIONS))
    for other in (one, few, most):
        paths = with_fractions(tmp_path, one, other.cast(kind), suffixes)
        heard: list[str] = []
        result = evaluate(*paths, L1, warn=heard.append, **COLUMNS)
        assert result.values == (8.0,)
        assert ["no column shows" in text for text in heard] == [True] * (other is most)
        reasons = [d.reason for d in result.decisions if "'x'" in d.reason]
        agrees = "column 'x' agrees in every row"
        assert (reasons == [agrees]) == (other is one)
        assert len(reasons) == 1


def test_whole_numbers_that_pandas_made_fractions_are_compared(tmp_path: Path) -> None:
    one = pa.array([5, 3, 2000, 9, 1, 8, 7, 4])
    other = one.cast(pa.float64())
    for suffixes in SUFFIXES:
        paths = with_fractions(tmp_path, one, other, suffixes)
        assert evaluate(*paths, L1, **COLUMNS).values == (8.0,)
        paths = with_fractions(tmp_path, one, other.take(pa.array(SWAPPED)), suffixes)
        with pytest.raises(DataError, match=r"'x' differs .* row 1 on, and holds the same values"):
            evaluate(*paths, L1, **COLUMNS)


def test_values_that_fall_on_both_sides_are_judged_as_those_that_rise(
    tmp_path: Path, suffixes: tuple[str, str]
) -> None:
    dates = [date(2024, 1, 31) - timedelta(days=i) for i in range(9)]
    numbers = list(range(90, 9, -9))
    for values in (dates, numbers):
        one, other = pa.array(values[:-1]), pa.array(values[1:])
        p = save(tmp_path / f"p{suffixes[0]}", {"day": one, "p": pa.array([1.0] * 8)})
        t = save(tmp_path / f"t{suffixes[1]}", {"day": other, "t": pa.array([0.0] * 8)})
        for execution in (Execution(1, 1), Execution(2, 3), Execution(2)):
            with pytest.raises(DataError, match="falls on both sides, with other values"):
                evaluate(p, t, L1, execution=execution, **COLUMNS)
        save(t, {"day": one, "note": pa.array(list("abcdefgh")), "t": pa.array([0.0] * 8)})
        save(p, {"day": one, "note": pa.array(list("ijklmnop")), "p": pa.array([1.0] * 8)})
        assert evaluate(p, t, L1, **COLUMNS).values == (8.0,)  # the day proves the rows


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2024-01-{:02}", "2024-01-{:02}T00:00:00"),
        ("2024-01-{:02} 00:00", "2024-01-{:02}T00:00:00.000"),
        ("2024-01-{:02} 10:30:00", "2024-01-{:02}T10:30:00"),
        ("2024-01-{:02}", "202401{:02}"),
        ("n{}", " n{}  "),
        ("{}.0", "{:02}"),
    ],
)
def test_values_written_in_two_ways_agree(tmp_path: Path, one: str, other: str) -> None:
    days = (3, 1, 4, 15, 9, 2)
    ones, others = (pa.array([way.format(day) for day in days]) for way in (one, other))
    paths = pair(tmp_path, ones, others, (".csv", ".csv"), "day")
    assert evaluate(*paths, L1, **COLUMNS).values == (TOTAL,)
    others = others.take(pa.array([1, 0, 2, 3, 4, 5]))
    paths = pair(tmp_path, ones, others, (".csv", ".csv"), "day")
    with pytest.raises(DataError, match="another order"):
        evaluate(*paths, L1, **COLUMNS)


@pytest.mark.parametrize(
    ("one", "other"),
    [("2024-01-{:02}", "{:02} of Jan"), ("{}", "n{}")],
)
def test_an_order_of_values_that_are_not_written_alike_says_nothing(
    tmp_path: Path, suffixes: tuple[str, str], one: str, other: str
) -> None:
    ones, others = (pa.array([way.format(day) for day in range(1, 10)]) for way in (one, other))
    p = save(tmp_path / f"p{suffixes[0]}", {"day": ones, "p": pa.array([1.0] * 9)})
    t = save(tmp_path / f"t{suffixes[1]}", {"day": others, "t": pa.array([0.0] * 9)})
    with pytest.warns(UserWarning, match="'day' differs"):
        assert evaluate(p, t, L1, **COLUMNS).values == (9.0,)


def test_columns_that_differ_are_told_in_one_warning(
    tmp_path: Path, suffixes: tuple[str, str]
) -> None:
    a, b = pa.array(["x", "y", "x"]), pa.array([1, 1, 2])
    p = save(tmp_path / f"p{suffixes[0]}", {"a": a, "b": b, "p": pa.array([1.0] * 3)})
    t = save(
        tmp_path / f"t{suffixes[1]}",
        {"b": pa.array([1, 2, 2]), "a": pa.array(["x", "y", "z"]), "t": pa.array([0.0] * 3)},
    )
    heard: list[str] = []
    evaluate(p, t, L1, warn=heard.append, **COLUMNS)
    differ = f"columns 'a', 'b' differ from those of {t}, the earliest from row 2 on"
    assert heard == [f"{p}: {differ} (--key matches rows by a column)"]


@pytest.mark.parametrize("kind", [pa.string(), pa.int64(), pa.date32()])
def test_the_only_labels_of_both_sides_are_compared_whatever_their_names(
    tmp_path: Path, suffixes: tuple[str, str], kind: pa.DataType
) -> None:
    ids = pa.array([3, 1, 4, 15, 9, 2], pa.int32()).cast(
        pa.date32() if kind == pa.date32() else kind
    )
    order = pa.array([1, 0, 2, 3, 4, 5])
    p, t = tmp_path / f"p{suffixes[0]}", tmp_path / f"t{suffixes[1]}"
    save(p, {"user": ids, "p": pa.array(np.arange(float(N)))})
    for other in (ids, pa.array(list("abcdef")), pa.array([7, 1, 3, 8, 9, 2])):
        save(t, {"case": other, "t": pa.array(np.zeros(N))})
        assert evaluate(p, t, L1, **COLUMNS).values == (TOTAL,)  # without a word
    save(t, {"case": ids.take(order), "t": pa.array(np.arange(float(N))).take(order)})
    with pytest.raises(DataError, match=r"'user' differs from 'case' of .*--key user=case matches"):
        evaluate(p, t, L1, **COLUMNS)
    assert evaluate(p, t, L1, key=("user=case",), **COLUMNS).values == (0.0,)


def test_of_several_labels_under_other_names_the_one_in_another_order_is_found(
    tmp_path: Path, suffixes: tuple[str, str]
) -> None:
    texts, ids = pa.array(list("xyxyxy")), pa.array(list("cabfed"))
    shuffled = ids.take(pa.array([1, 0, 2, 3, 4, 5]))
    numbers = pa.array(np.arange(float(N)))
    p = save(tmp_path / f"p{suffixes[0]}", {"note": texts, "user_id": ids, "p": numbers})
    for name in ("imageId", "image"):
        columns = {name: shuffled, "kind": texts, "t": numbers}
        t = save(tmp_path / f"{name}{suffixes[1]}", columns)
        with pytest.raises(DataError, match=f"--key user_id={name} matches"):
            evaluate(p, t, L1, **COLUMNS)


def test_columns_that_the_command_names_are_no_witnesses(tmp_path: Path) -> None:
    values = VALUES["integers"]
    shuffled = values.take(pa.array([1, 0, 2, 3, 4, 5]))
    paths = pair(tmp_path, values, shuffled, (".parquet", ".parquet"))
    expected = abs(3 - 1) * 2.0
    named: dict[str, Any] = {"pred": ("id",), "target": ("id",)}
    assert evaluate(*paths, L1, **named).values == (expected,)


def test_values_of_types_that_do_not_compare_say_nothing(tmp_path: Path) -> None:
    paths = pair(
        tmp_path,
        pa.array([date(2024, 1, i + 1) for i in range(N)]),
        VALUES["text"],
        (".parquet", ".csv"),
    )
    with pytest.warns(UserWarning, match="'id' cannot be compared"):
        result = evaluate(*paths, L1, **COLUMNS)
    assert any("cannot be compared" in decision.reason for decision in result.decisions)


def test_times_of_other_units_are_the_same_times(tmp_path: Path) -> None:
    times = [datetime(2024, 1, 1, 0, 0, i, tzinfo=UTC) for i in (5, 3, 9, 1, 7, 0)]
    one, other = (pa.array(times, pa.timestamp(unit)) for unit in ("us", "ms"))
    paths = pair(tmp_path, one, other, (".parquet", ".parquet"))
    assert evaluate(*paths, L1, **COLUMNS).values == (TOTAL,)
    paths = pair(tmp_path, one, other.take(pa.array([1, 0, 2, 3, 4, 5])), (".parquet", ".parquet"))
    with pytest.raises(DataError, match="another order"):
        evaluate(*paths, L1, **COLUMNS)


@pytest.mark.parametrize("kinds", [("us", "ns"), ("s", "ms"), ("ns", "us")])
@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
def test_files_of_a_set_may_have_times_in_other_units(
    tmp_path: Path, kinds: tuple[str, str], suffix: str
) -> None:
    """pandas 2 writes nanoseconds, and pandas 3 microseconds."""
    times = [datetime(2024, 1, 1, i, tzinfo=UTC) for i in range(12)]
    numbers = pa.array(np.arange(12.0))
    (tmp_path / "p").mkdir()
    for i, unit in enumerate(kinds):
        part = {"time": pa.array(times, pa.timestamp(unit, "UTC")), "x": numbers}
        save(tmp_path / "p" / f"{i}.parquet", {n: of[6 * i : 6 * i + 6] for n, of in part.items()})
    column = pa.array(times, pa.timestamp("us", "UTC"))
    order = pa.array([7, 3, 10, 1, 11, 0, 5, 9, 2, 8, 4, 6])
    columns = {"pred": "x", "target": "x"}
    same = save(tmp_path / f"same{suffix}", {"time": column, "x": numbers})
    assert evaluate(tmp_path / "p", same, L1, **columns).values == (0,)
    other = save(
        tmp_path / f"other{suffix}", {"time": column.take(order), "x": numbers.take(order)}
    )
    with pytest.raises(DataError, match="the same values in another order"):
        evaluate(tmp_path / "p", other, L1, **columns)
    assert evaluate(tmp_path / "p", other, L1, key="time", **columns).values == (0,)


def test_every_pair_of_three_sides_and_the_weights_is_compared(tmp_path: Path) -> None:
    ids = VALUES["integers"]
    shuffled = ids.take(pa.array([1, 0, 2, 3, 4, 5]))
    numbers = pa.array(np.arange(float(N)))
    names = {"a": ids, "b": ids, "t": ids, "w": ids, "bad": shuffled}
    files = {
        name: save(tmp_path / f"{name}.csv", {"id": of, "x": numbers}) for name, of in names.items()
    }
    for sides in (("bad", "b", "t"), ("a", "bad", "t"), ("a", "b", "bad")):
        with pytest.raises(DataError, match="another order"):
            compare(
                *(files[side] for side in sides),
                pred_a=("x",),
                pred_b=("x",),
                target=("x",),
            )
    with pytest.raises(DataError, match="another order"):
        evaluate(
            files["a"],
            files["t"],
            L1,
            pred=("x",),
            target=("x",),
            weight="x",
            weights=files["bad"],
        )


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_weights_in_another_order_are_refused_though_a_key_matches_the_sides(
    tmp_path: Path, suffix: str
) -> None:
    ids, order = VALUES["integers"], pa.array([1, 0, 2, 3, 4, 5])
    numbers = pa.array(np.arange(float(N)))
    p = save(tmp_path / f"p{suffix}", {"id": ids, "p": numbers})
    t = save(tmp_path / "t.csv", {"id": ids.take(order), "t": numbers.take(order)})
    right, wrong = (
        save(tmp_path / f"{name}.csv", {"id": of, "w": pa.array([1.0] * N)})
        for name, of in (("right", ids), ("wrong", ids.take(order)))
    )
    more: dict[str, Any] = {"key": ("id",), "weight": "w", **COLUMNS}
    assert evaluate(p, t, L1, weights=right, **more).values == (0.0,)
    for losses in (None, LossOutput(io.BytesIO(), "csv")):
        with pytest.raises(DataError, match=r"another order.*weights must be in the order"):
            evaluate(p, t, L1, weights=wrong, losses_to=losses, **more)


def test_rows_of_losses_are_checked_before_the_output_is_complete(tmp_path: Path) -> None:
    values = VALUES["integers"]
    paths = pair(tmp_path, values, values.take(pa.array([1, 0, 2, 3, 4, 5])), (".csv", ".csv"))
    with (tmp_path / "out").open("wb") as file, pytest.raises(DataError, match="another order"):
        evaluate(*paths, EvalSettings((0.0,), "none"), losses_to=LossOutput(file, "npy"), **COLUMNS)


# --- the accumulator by itself


keys = st.one_of(
    st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=20),
    st.lists(st.text(max_size=4), min_size=1, max_size=20),
    st.lists(
        st.one_of(st.integers(0, 30), st.integers(2**63 - 3, 2**64 - 1)).map(str),
        min_size=1,
        max_size=20,
    ),
)


def canonical(value: Any) -> Any:
    """What values are compared as: a whole number as a number, other text as text."""
    if isinstance(value, str):
        text = value.strip(" \t")
        digits = text.removeprefix("-").removeprefix("+")
        if (
            digits.isascii()
            and digits.isdigit()
            and len(digits) <= 20
            and text.count("+") + text.count("-") <= 1
        ):
            return int(text)
        return text
    return value


def orders(values: list[Any]) -> set[tuple[str, bool]]:
    """In which order values are, as whole numbers or as text, whatever they are."""
    numbers = [canonical(value) for value in values]
    are_numbers = all(isinstance(v, int) for v in numbers)
    some: list[Any] = numbers if are_numbers else [str(value).encode() for value in values]
    found = set()
    if all(a < b for a, b in pairwise(some)):
        found.add(("rise", are_numbers))
    if all(a > b for a, b in pairwise(some)):
        found.add(("fall", are_numbers))
    return found if len(values) > 1 else set()


@given(keys, st.randoms(use_true_random=False), st.integers(0, 3), st.integers(1, 7))
def test_what_is_learned_does_not_depend_on_how_rows_are_cut_and_merged(
    one: list[Any], rng: random.Random, n_changes: int, n_rows: int
) -> None:
    other = list(one)
    for _ in range(n_changes):
        i, j = rng.randrange(len(one)), rng.randrange(len(one))
        other[i], other[j] = other[j], other[i]
    if rng.random() < 0.3:
        other[rng.randrange(len(other))] = one[rng.randrange(len(one))]
    kind = pa.int64() if isinstance(one[0], int) else pa.string()
    parts = []
    for start in range(0, len(one), n_rows):
        agreement = Agreement()
        for at in range(start, min(start + n_rows, len(one)), 2):
            stop = min(at + 2, start + n_rows)
            agreement.add(at, pa.array(one[at:stop], kind), pa.array(other[at:stop], kind))
        parts.append(agreement)
    rng.shuffle(parts)
    whole = parts[0]
    for part in parts[1:]:
        whole.merge(part)
    a, b = (list(map(canonical, side)) for side in (one, other))
    differs = [i for i, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]
    assert whole.first_difference == (differs[0] if differs else None)
    same = sorted(a, key=repr) == sorted(b, key=repr)
    assert whole.is_permuted == (bool(differs) and same)
    both = orders(one) & orders(other)
    assert whole.order == (both.pop()[0] if both else "")


def test_hashes_tell_values_apart_and_do_not_depend_on_their_type() -> None:
    texts = [f"{i:x}z" for i in range(50_000)] + [f"{i}" for i in range(50_000)]
    hashes = hashes_of(pa.array(texts).cast(pa.binary()))
    assert len(set(hashes.tolist())) == len(texts)
    for kind in (pa.int8(), pa.uint16(), pa.int64(), pa.uint64()):
        numbers = hashes_of(pa.array(range(100), kind))
        assert numbers.tolist() == hashes[50_000:50_100].tolist()


def test_integers_of_the_same_bits_have_other_hashes() -> None:
    values = [
        -1,
        1,
        2**63,
        -(2**63),
        2**64 - 1,
        2**64 + 1,
        2**64 + 2**63,
        10**20 - 1,
        10**20 - 1 - 2**64,
        -(10**20 - 1),
    ]
    texts = pa.array([str(value) for value in values]).cast(pa.binary())
    hashes = hashes_of(texts).tolist()
    assert len(set(hashes)) == len(values)
    assert hashes_of(pa.array([2**63, 2**64 - 1], pa.uint64())).tolist() == [hashes[2], hashes[4]]
    assert hashes_of(pa.array([-1, 1, -(2**63)])).tolist() == [hashes[0], hashes[1], hashes[3]]


def uuids(n: int) -> list[uuid.UUID]:
    return [uuid.UUID(int=10**37 + i * 7**20) for i in range(n)]


@pytest.mark.parametrize("name", ["session", "id"])
@pytest.mark.parametrize("other", ["uuid", "bytes", "text"])
def test_uuids_are_compared_whatever_their_type_and_name(
    tmp_path: Path, name: str, other: str
) -> None:
    ids, y = uuids(20), np.arange(20) / 8
    of = {
        "uuid": lambda some: pa.ExtensionArray.from_storage(
            pa.uuid(), pa.array([one.bytes for one in some], pa.binary(16))
        ),
        "bytes": lambda some: pa.array([one.bytes for one in some], pa.binary(16)),
        "text": lambda some: pa.array([str(one).upper() for one in some]),
    }
    pq.write_table(pa.table({name: of["uuid"](ids), "pred": y + 0.5}), tmp_path / "p")
    pq.write_table(pa.table({name: of[other](ids[::-1]), "target": y[::-1]}), tmp_path / "t")
    pq.write_table(pa.table({name: of[other](ids), "target": y}), tmp_path / "same")
    with pytest.raises(DataError, match="another order"):
        evaluate(tmp_path / "p", tmp_path / "t", pred="pred", target="target")
    result = evaluate(tmp_path / "p", tmp_path / "same", pred="pred", target="target")
    assert result.values == (0.125,)
    assert any("agrees in every row" in decision.reason for decision in result.decisions)


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("late", [0, 1, 2])
def test_a_model_of_other_days_is_refused_wherever_it_stands_if_another_has_those_of_the_targets(
    tmp_path: Path, suffix: str, late: int
) -> None:
    days = [date(2024, 1, 1) + timedelta(days=i) for i in range(13)]
    numbers = pa.array(np.arange(12.0))
    models = [
        save(tmp_path / f"{i}{suffix}", {"date": days[i == late :][:12], "p": numbers})
        for i in range(3)
    ]
    t = save(tmp_path / f"t{suffix}", {"date": days[:12], "t": numbers})
    chosen = {"pred": "p", "target": "t"}
    with pytest.raises(DataError, match=r"'date' .* rises on both sides, with other values"):
        compare(*models, t, **chosen)
    u = save(tmp_path / f"u{suffix}", {"t": numbers})  # nothing tells which days are meant
    said: list[str] = []
    compare(*models, u, warn=said.append, **chosen)
    assert any("'date'" in text for text in said)
