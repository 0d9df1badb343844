"""Warnings of Python point at the line that called the package, however deep they are issued."""

from __future__ import annotations

import inspect
import math
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest

import smoothl1
from smoothl1 import Execution

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NAN = [1.0, math.nan]
CALLS: dict[str, Callable[[], Any]] = {
    "evaluate": lambda: smoothl1.evaluate(NAN, [1.0, 2.0]),
    "compare": lambda: smoothl1.compare(NAN, NAN, [1.0, 2.0]),
    "report": lambda: smoothl1.report(NAN, [1.0, 2.0]),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_warning_points_at_the_line_that_called(name: str) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        CALLS[name]()
    (line,) = {(warning.filename, warning.lineno) for warning in caught}
    assert line == (__file__, inspect.getsourcelines(CALLS[name])[1])


def test_a_warning_about_a_file_points_there_too(tmp_path: Path) -> None:
    with (tmp_path / "a.csv").open("wb") as file:
        np.save(file, NAN)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        smoothl1.describe(tmp_path / "a.csv")
    assert {warning.filename for warning in caught} == {__file__}


HUGE = np.array([1.5e308, 1.0, -1.7e308, 2.0])
OVERFLOWS = [
    ({}, "2 of 4 losses are infinite, of finite numbers: they are too large for binary64"),
    ({"by": "g"}, "2 of 4 losses are infinite, of finite numbers: they are too large for binary64"),
]


@pytest.mark.parametrize(("settings", "said"), OVERFLOWS)
def test_infinite_losses_of_finite_numbers_are_said(settings: dict[str, str], said: str) -> None:
    table = pa.table({"p": HUGE, "y": -HUGE, "g": ["a", "b", "a", "b"]})
    for rows_at_once in (1, 100):
        with pytest.warns(UserWarning, match=said) as heard:
            found = smoothl1.evaluate(
                table,
                pred="p",
                target="y",
                execution=Execution(chunk_rows=rows_at_once),
                **settings,
            )
        assert math.inf in found.values
        assert len(heard) == 1
    with pytest.warns(UserWarning, match="1 of 2 losses is infinite, of finite .*: it is") as heard:
        smoothl1.compare(HUGE[:2], [0.0, 0.0], [-1.5e308, 0.0])
    assert len(heard) == 1


@pytest.mark.parametrize("execution", [Execution(chunk_rows=5000), Execution(2, chunk_rows=2500)])
def test_infinite_losses_are_counted_among_many_groups(execution: Execution) -> None:
    n = 20_000  # more groups than a chunk has rows, and the first chunk alone has thousands
    pred = np.ones(n)
    pred[[10, 9_000, 19_999]] = 1.7e308
    table = pa.table({"p": pred, "y": -pred, "g": np.arange(n) % 7_000})
    for settings in ({"by": "g"}, {"by": "g", "reduction": "sum"}):
        with pytest.warns(UserWarning, match=f"3 of {n} losses are infinite, of finite") as heard:
            smoothl1.evaluate(table, pred="p", target="y", execution=execution, **settings)
        assert len(heard) == 1


def test_a_sum_that_is_too_large_is_said_and_true_infinities_are_not() -> None:
    large, zeros = [1.7e308, 1.7e308], [0.0, 0.0]
    with pytest.warns(UserWarning, match="the sum is infinite: finite losses add up to more"):
        assert smoothl1.evaluate(large, zeros, reduction="sum").values == (math.inf,)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert smoothl1.evaluate(large, zeros).values == (1.7e308,)
        for infinite in ([math.inf, 1.7e308], [1.7e308, -math.inf]):
            assert smoothl1.evaluate(infinite, zeros, reduction="sum").values == (math.inf,)


def test_the_first_nan_is_in_the_row_of_the_file_that_is_named(tmp_path: Path) -> None:
    """Keys match row 3 of the predictions with row 1 of the targets, where NaN is."""
    pred, target, models = (tmp_path / name for name in ("p.csv", "y.csv", "m.csv"))
    pred.write_text("id,p\nb,1.5\nc,2.5\na,3\n")
    target.write_text("id,y\na,nan\nb,2\nc,3\n")
    models.write_text("id,p\nc,nan\na,2.5\nb,1\n")
    heard: list[str] = []
    smoothl1.evaluate(pred, target, key="id", warn=heard.append)
    smoothl1.compare(pred, models, target, key="id", nan="omit-target", warn=heard.append)
    assert heard[0] == (
        f"1 of 3 losses is NaN, the first in row 3 of {pred}, where column 'y' of {target} has NaN "
        "in row 1"
    )
    assert (
        f"1 of 2 losses is NaN, the first in row 2 of {pred}, where column 'p' of {models} has NaN "
        "in row 1"
    ) in heard
    smoothl1.evaluate(models, pred, key="id", pred="p", target="p", warn=heard.append)
    assert heard[-1].endswith(f"the first in row 1, where column 'p' of {models} has NaN")
