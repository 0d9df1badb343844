"""NaN and missing values: what each policy makes of them, and that all of it is counted."""

from __future__ import annotations

import io
import math
import os
import tempfile
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoothl1 import EvalSettings, Execution, ReadOptions
from smoothl1.errors import DataError
from smoothl1.running.evaluate import LossOutput, evaluate
from tests import oracle
from tests.grids import EXECUTIONS, cut_small
from tests.oracle import assert_same
from tests.seen import seen
from tests.tables import save_table

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from smoothl1 import Result
    from tests.oracle import Expected

    Cell = float | None
    Row = tuple[Cell, Cell]

NAN, INF = math.nan, math.inf
POLICIES = ("propagate", "error", "omit", "omit-target")
FORMATS = ("csv", "parquet")
BETA = 0.75
MISSING_ALLOWED = ReadOptions(allow_missing=True)

every_format = pytest.mark.parametrize("kind", FORMATS)


def is_omitted(x: Cell, y: Cell, policy: str) -> bool:
    """The policies, as they are told to users."""
    sides = {"omit": (x, y), "omit-target": (y,)}.get(policy, ())
    return any(side is None or math.isnan(side) for side in sides)


def losses(rows: list[Row], policy: str) -> list[float]:
    """NaN where there is none."""
    return [
        NAN
        if x is None or y is None or is_omitted(x, y, policy)
        else oracle.loss(float(x), float(y), BETA)
        for x, y in rows
    ]


def expected(rows: list[Row], policy: str) -> Expected:
    omitted = [is_omitted(x, y, policy) for x, y in rows]
    kept = [i for i, is_left_out in enumerate(omitted) if not is_left_out]
    each = losses(rows, policy)
    quadratic = [is_quadratic(*row) for row in rows]
    found = oracle.tally_of([each[i] for i in kept], [quadratic[i] for i in kept], kept)
    n_missing = sum(None in row for row in rows)
    return found._replace(n_missing=n_missing, n_omitted=sum(omitted))


def is_quadratic(x: Cell, y: Cell) -> bool:
    return x is not None and y is not None and oracle.distance(float(x), float(y)) < BETA


def save_rows(rows: list[Row], path: str, row_group: int = 4) -> str:
    """A table with the columns p and t; None is an empty cell, or null."""
    columns = {
        name: pa.array([row[i] for row in rows], pa.float64()) for i, name in enumerate("pt")
    }
    return save_table(path, columns, row_group)


def evaluated(
    path: str,
    policy: str,
    execution: Execution = Execution(),
    notes: list[str] | None = None,
    options: ReadOptions = MISSING_ALLOWED,
    **more: Any,
) -> Result:
    return evaluate(
        path,
        settings=EvalSettings((BETA,), nan=policy),
        pred=("p",),
        target=("t",),
        options=options,
        execution=execution,
        warn=([] if notes is None else notes).append,
        **more,
    )


cells = st.one_of(
    st.none(), st.sampled_from([NAN, INF, -INF, 0.0, 1.5]), st.floats(-1e300, 1e300), st.just(0.25)
)


@given(
    rows=st.lists(st.tuples(cells, cells), min_size=1, max_size=25),
    policy=st.sampled_from(POLICIES),
    kind=st.sampled_from(FORMATS),
    threads=st.integers(1, 2),
    chunk=st.one_of(st.none(), st.integers(1, 30)),
    part=st.integers(1, 20),
    block=st.integers(1, 10),
)
def test_every_policy_does_what_it_says_however_rows_are_cut(
    rows: list[Row],
    policy: str,
    kind: str,
    threads: int,
    chunk: int | None,
    part: int,
    block: int,
) -> None:
    wanted = expected(rows, policy)
    with tempfile.TemporaryDirectory() as folder, cut_small(part, block):
        path = save_rows(rows, os.path.join(folder, f"t.{kind}"))
        if wanted.n == 0 or (policy == "error" and wanted.n_nan):
            with pytest.raises(DataError):
                evaluated(path, policy, Execution(threads, chunk))
        else:
            result = evaluated(path, policy, Execution(threads, chunk))
            assert [seen(tally) for tally in result.tallies] == [wanted]


ROWS: list[Row] = [(1.0, 2.0), (NAN, 0.0), (3.0, None), (None, NAN), (2.0, NAN), (4.0, 0.0)]
"""All that can happen, between two rows that are whole."""


@every_format
def test_unset_nan_propagates_with_a_warning_and_missing_values_are_refused(
    tmp_path: Path, kind: str
) -> None:
    notes: list[str] = []
    only_nan = save_rows([ROWS[i] for i in (0, 1, 4, 5)], str(tmp_path / f"nan.{kind}"))
    result = evaluate(only_nan, pred=("p",), target=("t",), warn=notes.append)
    assert math.isnan(result.tallies[0].mean)
    assert notes == [
        f"2 of 4 losses are NaN, the first in row 2, where column 'p' of {only_nan} has NaN"
    ]
    path = save_rows([*ROWS[:3], ROWS[5]], str(tmp_path / f"missing.{kind}"))
    with pytest.raises(DataError, match=r"row 3, column 't': the value is missing"):
        evaluate(path, pred=("p",), target=("t",))


@every_format
def test_missing_values_propagate_as_nan_where_they_are_allowed(tmp_path: Path, kind: str) -> None:
    notes: list[str] = []
    path = save_rows(ROWS, str(tmp_path / f"t.{kind}"))
    (tally,) = evaluated(path, "propagate", notes=notes).tallies
    assert (tally.n, tally.n_nan, tally.n_missing, tally.n_omitted) == (6, 4, 2, 0)
    assert math.isnan(tally.mean)
    assert math.isnan(tally.sum)
    assert notes == []


@every_format
def test_error_refuses_nan_and_names_how_many_and_the_first(tmp_path: Path, kind: str) -> None:
    path = save_rows([ROWS[i] for i in (0, 5, 1, 4)], str(tmp_path / f"t.{kind}"))
    with pytest.raises(DataError, match=r"2 of 4 losses are NaN, the first in row 3.*--nan omit"):
        evaluated(path, "error")
    with pytest.raises(DataError, match="2 of 4 losses are NaN, the first in row 3"):
        evaluated(path, "error", options=ReadOptions())


@every_format
def test_error_accepts_numbers_and_infinite_losses(tmp_path: Path, kind: str) -> None:
    path = save_rows([(1.0, 2.0), (INF, 0.0)], str(tmp_path / f"t.{kind}"))
    assert evaluated(path, "error").tallies[0].mean == INF


@every_format
def test_omit_leaves_out_what_has_a_nan_or_missing_side(tmp_path: Path, kind: str) -> None:
    notes: list[str] = []
    path = save_rows(ROWS, str(tmp_path / f"t.{kind}"))
    (tally,) = evaluated(path, "omit", notes=notes, options=ReadOptions()).tallies
    assert (tally.n, tally.n_nan, tally.n_missing, tally.n_omitted) == (2, 0, 2, 4)
    assert tally.mean == (0.625 + 3.625) / 2
    assert notes == ["4 of 6 pairs were left out: NaN or missing (2 missing)"]


@every_format
def test_omit_target_keeps_the_nan_of_a_prediction(tmp_path: Path, kind: str) -> None:
    notes: list[str] = []
    path = save_rows(ROWS, str(tmp_path / f"t.{kind}"))
    (tally,) = evaluated(path, "omit-target", notes=notes, options=ReadOptions()).tallies
    assert (tally.n, tally.n_nan, tally.n_missing, tally.n_omitted) == (3, 1, 2, 3)
    assert math.isnan(tally.mean)
    assert notes == [
        f"1 of 3 losses is NaN, the first in row 2, where column 'p' of {path} has NaN",
        "3 of 6 pairs were left out: NaN or missing (of all pairs, 2 have a missing side)",
    ]


@every_format
def test_omit_target_takes_a_missing_prediction_for_nan(tmp_path: Path, kind: str) -> None:
    path = save_rows([(1.0, 1.0), (None, 1.0), (1.0, None)], str(tmp_path / f"t.{kind}"))
    (tally,) = evaluated(path, "omit-target").tallies
    assert (tally.n, tally.n_nan, tally.n_missing, tally.n_omitted) == (2, 1, 2, 1)
    assert (math.isnan(tally.mean), tally.first_nan) == (True, 1)


def test_a_nan_that_comes_of_infinities_is_no_missing_value(tmp_path: Path) -> None:
    path = save_rows([(1.0, 1.0), (INF, INF)], str(tmp_path / "t.parquet"))
    for policy in ("omit", "omit-target", "propagate"):
        (tally,) = evaluated(path, policy).tallies
        assert (tally.n, tally.n_nan, tally.n_omitted) == (2, 1, 0), policy


def test_nothing_is_warned_of_where_nothing_is_odd(tmp_path: Path) -> None:
    path = save_rows([(1.0, 1.0), (2.0, 1.0)], str(tmp_path / "t.parquet"))
    for policy in POLICIES:
        notes: list[str] = []
        evaluated(path, policy, notes=notes)
        assert notes == []


@every_format
@pytest.mark.parametrize(
    ("policy", "rows"),
    [
        ("omit", [(NAN, 1.0), (None, 2.0), (1.0, NAN)]),
        ("omit-target", [(1.0, NAN), (2.0, None), (NAN, NAN)]),
    ],
)
def test_where_all_pairs_are_left_out_there_is_no_number(
    tmp_path: Path, kind: str, policy: str, rows: list[Row]
) -> None:
    path = save_rows(rows, str(tmp_path / f"t.{kind}"))
    for options in (ReadOptions(), ReadOptions(allow_empty=True)):
        with pytest.raises(DataError, match="no pair is left to evaluate: 3 NaN or missing"):
            evaluated(path, policy, options=options)


@pytest.mark.parametrize("first", [0, 1, 5, 6, 40, 79])
@pytest.mark.parametrize("execution", EXECUTIONS, ids=str)
def test_the_row_of_the_first_nan_is_right_after_others_were_left_out(
    tmp_path: Path, first: int, execution: Execution
) -> None:
    rows: list[Row] = [(1.0, NAN) if i % 3 else (1.0, 0.0) for i in range(80)]
    rows[first] = (NAN, 0.0)
    rows += [(NAN, 0.0), (1.0, None)]
    path = save_rows(rows, str(tmp_path / "t.parquet"), row_group=25)
    notes: list[str] = []
    with cut_small(20, 7):
        (tally,) = evaluated(path, "omit-target", execution, notes).tallies
    assert tally.first_nan == first
    where = f"row {first + 1}, where column 'p' of {path} has NaN"
    assert notes[0] == f"2 of {tally.n} losses are NaN, the first in {where}"


@pytest.mark.parametrize("missing", [NAN, None], ids=["nan", "missing"])
def test_the_row_of_the_first_nan_of_a_group_is_right_after_others_were_left_out(
    tmp_path: Path, missing: Cell
) -> None:
    rows: list[Row] = [(1.0, NAN) if i % 3 else (1.0, 0.0) for i in range(80)]
    columns = {"g": ["even", "odd"] * 40}
    for i in (30, 45, 48):
        rows[i] = (missing, 0.0)
    columns |= {name: [row[i] for row in rows] for i, name in enumerate("pt")}
    path = save_table(str(tmp_path / "t.parquet"), columns, 25)
    settings = EvalSettings((BETA,), nan="omit-target", by=("g",))
    for execution in EXECUTIONS:
        with cut_small(20, 7):
            found = evaluate(
                path,
                settings=settings,
                pred=("p",),
                target=("t",),
                options=MISSING_ALLOWED,
                execution=execution,
                warn=lambda _: None,
            )
        places = {group.group: (tally.n_nan, tally.first_nan) for _, group, tally in found.entries}
        assert (places["even"], places["odd"]) == ((2, 30), (1, 45))


@pytest.mark.parametrize("dtype", ["int64", "uint64"])
def test_integers_beside_nulls_are_still_subtracted_exactly(tmp_path: Path, dtype: str) -> None:
    preds = [2**53 + 1, None, 2**62 + 1, 5, None]
    targets = [2**53, 7, 2**62, None, None]
    columns = {"p": pa.array(preds, dtype), "t": pa.array(targets, dtype)}
    path = str(tmp_path / "t.parquet")
    save_table(path, columns)
    for execution in EXECUTIONS:
        result = evaluate(
            path,
            settings=EvalSettings((0.0,), nan="omit"),
            pred=("p",),
            target=("t",),
            execution=execution,
            warn=[].append,
        )
        (tally,) = result.tallies
        assert (tally.sum, tally.mean, tally.n, tally.n_omitted) == (2.0, 1.0, 2, 3)
        assert tally.n_missing == 3


@pytest.mark.parametrize("dtype", ["bool", "int8", "uint32", "float32", "float16"])
def test_nulls_of_every_dtype_are_missing(tmp_path: Path, dtype: str) -> None:
    one = np.ones(1, dtype)[0]
    path = str(tmp_path / "t.parquet")
    column = pa.array([None, one, one])
    save_table(path, {"p": column, "t": pa.array([one, one, None])})
    (tally,) = evaluated(path, "omit").tallies
    assert (tally.n, tally.sum, tally.n_missing, tally.n_omitted) == (1, 0.0, 2, 2)


@pytest.mark.parametrize("text", ["", "NA", "N/A", "null", "NULL"])
def test_the_words_for_missing_in_a_csv_are_not_nan(tmp_path: Path, text: str) -> None:
    (tmp_path / "t.csv").write_text(f"p,t\n1,0\n{text},0\nnan,0\n")
    (tally,) = evaluated(str(tmp_path / "t.csv"), "omit").tallies
    assert (tally.n, tally.n_missing, tally.n_omitted) == (1, 1, 2)


@every_format
@pytest.mark.parametrize("policy", ["propagate", "omit", "omit-target"])
def test_written_losses_are_nan_where_a_pair_has_none(
    tmp_path: Path, kind: str, policy: str
) -> None:
    path = save_rows(ROWS * 5, str(tmp_path / f"t.{kind}"))
    wanted = np.array(losses(ROWS * 5, policy))
    for execution in EXECUTIONS:
        output = io.BytesIO()
        evaluate(
            path,
            settings=EvalSettings((BETA,), "none", nan=policy),
            pred=("p",),
            target=("t",),
            options=MISSING_ALLOWED,
            execution=execution,
            losses_to=LossOutput(output, "npy"),
            warn=[].append,
        )
        output.seek(0)
        assert_same(np.load(output), wanted)


def test_elements_of_a_row_are_left_out_one_by_one(tmp_path: Path) -> None:
    columns: dict[str, list[Cell]] = {
        "a": [1.0, None, 3.0],
        "b": [1.0, 2.0, NAN],
        "c": [0.0, 0.0, 0.0],
        "d": [0.0, NAN, 0.0],
    }
    path = str(tmp_path / "t.parquet")
    save_table(path, {name: pa.array(values) for name, values in columns.items()})
    output = io.BytesIO()
    result = evaluate(
        path,
        settings=EvalSettings((0.0,), "none", nan="omit"),
        pred=("a", "b"),
        target=("c", "d"),
        losses_to=LossOutput(output, "npy"),
        warn=[].append,
    )
    output.seek(0)
    written: NDArray[Any] = np.load(output)
    assert_same(written, np.array([[1.0, 1.0], [NAN, NAN], [3.0, NAN]]))
    (tally,) = result.tallies
    assert (tally.n, tally.n_missing, tally.n_omitted, tally.sum) == (3, 1, 3, 5.0)


def test_nan_in_an_array_is_left_out_in_every_memory_order(tmp_path: Path) -> None:
    pred = np.arange(12.0).reshape(4, 3)
    pred[1, 2] = pred[3, 0] = NAN
    for order in ("C", "F"):
        np.save(tmp_path / "p.npy", np.array(pred, order=order))  # type: ignore[call-overload]
        np.save(tmp_path / "t.npy", np.zeros((4, 3)))
        result = evaluate(
            str(tmp_path / "p.npy"),
            str(tmp_path / "t.npy"),
            EvalSettings((0.0,), nan="omit"),
            warn=[].append,
        )
        (tally,) = result.tallies
        assert (tally.n, tally.n_omitted, tally.sum) == (10, 2, 66.0 - 5.0 - 9.0)
