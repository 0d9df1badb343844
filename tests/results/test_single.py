"""Results in Python: one number where there is one, short to look at."""

from __future__ import annotations

import math
from fractions import Fraction
from inspect import signature
from typing import TYPE_CHECKING

import numpy as np
import pytest

from smoothl1 import EvalSettings, SettingsError, compare, evaluate, plan_tasks, preview, report
from smoothl1.settings import Choices

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def files(tmp_path: Path) -> Path:
    np.save(tmp_path / "a.npy", [2.0, 0.5])
    np.save(tmp_path / "b.npy", [1.0, 0.25])
    np.save(tmp_path / "t.npy", [0.0, 0.0])
    return tmp_path


def test_a_result_of_one_value_is_a_number(files: Path) -> None:
    pair = files / "a.npy", files / "t.npy"
    result = evaluate(*pair)
    assert (result.mean, result.sum, float(result)) == (0.8125, 1.625, 0.8125)
    assert (f"{result:.2e}", f"{result}") == ("8.12e-01", repr(result))
    assert float(evaluate(*pair, EvalSettings(reduction="sum"))) == 1.625
    assert result.to_dict() == result.to_json()


def test_a_comparison_of_one_value_is_the_difference(files: Path) -> None:
    found = compare(files / "a.npy", files / "b.npy", files / "t.npy")
    sum_of_b = Fraction(1, 2) + Fraction(1, 32)
    assert found.sum == sum_of_b - Fraction(13, 8)
    assert found.mean == float(found) == found.sum / 2
    assert f"{found:.4f}" == "-0.5469"  # -35 / 64
    assert found.to_dict(0.9) == found.to_json(0.9)


def test_a_difference_of_losses_that_are_not_finite_is_no_number(files: Path) -> None:
    np.save(files / "n.npy", [math.nan, 0.0])
    found = compare(files / "a.npy", files / "n.npy", files / "t.npy", warn=print)
    assert math.isnan(found.mean)
    assert math.isnan(found.sum)


def test_several_values_are_no_number(files: Path) -> None:
    settings = EvalSettings((0.5, 1.0))
    result = evaluate(files / "a.npy", files / "t.npy", settings)
    found = compare(files / "a.npy", files / "b.npy", files / "t.npy", settings)
    for several in (result, found):
        for take in (float, lambda x: x.mean, lambda x: x.sum):
            with pytest.raises(SettingsError, match="there are 2 values"):
                take(several)


def test_a_result_looks_short(files: Path) -> None:
    result = evaluate(files / "a.npy", files / "t.npy")
    assert repr(result) == f"<Result 0.8125, {result.signature}>"
    many = EvalSettings((0.1, 0.2, 0.3, 0.4, 0.5))
    assert " and 2 more, smoothl1|" in repr(evaluate(files / "a.npy", files / "t.npy", many))
    found = compare(files / "a.npy", files / "b.npy", files / "t.npy")
    assert repr(found) == f"<Comparison B - A: {found.mean!r}>"


def test_a_notebook_shows_a_table(files: Path) -> None:
    betas = tuple(i / 10 for i in range(1, 24))
    result = evaluate(files / "a.npy", files / "t.npy", EvalSettings(betas))
    page = result._repr_html_()
    assert page.count("<tr>") == 21
    assert page.endswith("<p>and 3 more rows</p>")
    assert "<th>mean</th>" in page
    assert "<td>0.8125</td>" in page
    assert "<th>stderr</th>" not in page, "nobody asked for it"
    assert "<td></td>" not in page
    fewer = evaluate(files / "a.npy", files / "t.npy", EvalSettings(betas[:21]))
    assert fewer._repr_html_().endswith("<p>and 1 more row</p>")
    found = compare(files / "a.npy", files / "b.npy", files / "t.npy")
    assert "<th>p_value</th>" in found._repr_html_()


def test_a_notebook_shows_worst_rows_below_the_table(files: Path) -> None:
    pair = files / "a.npy", files / "t.npy"
    page = evaluate(*pair, top=1)._repr_html_()
    above, below = page.split("<p>Worst rows</p>")
    assert "<th>mean</th>" in above
    assert below.endswith("<tr><td>1</td><td>2</td><td>0</td><td>1.5</td></tr></tbody></table>")
    assert "Worst rows" not in evaluate(*pair)._repr_html_()
    worse = compare(files / "b.npy", *pair, top=2)._repr_html_()
    assert worse.count("<table>") == 2
    assert "<td>1</td>" in worse[worse.index("Worst rows") :]


def test_signatures_name_the_settings(files: Path) -> None:
    for function in (evaluate, compare, preview, report, plan_tasks):
        shown = signature(function).parameters
        assert "choices" not in shown
        assert {"by", "betas", "top"} <= {*shown}
        assert (shown["betas"].default, shown["by"].default) == ((1.0,), None)
    assert {*Choices.__annotations__} <= {*signature(evaluate).parameters}


def test_settings_may_be_given_by_themselves(files: Path) -> None:
    pair = files / "a.npy", files / "t.npy"
    assert evaluate(*pair, betas=0.5) == evaluate(*pair, EvalSettings((0.5,)))
    assert evaluate(*pair, betas=np.float32(0.5)) == evaluate(*pair, betas=[0.5])
    settings = EvalSettings((0.5,), nan="omit")
    assert evaluate(*pair, settings, betas=(2, 1)).settings == EvalSettings((2.0, 1.0), nan="omit")
    assert evaluate(*pair, reduction="sum", by_column=False).values == (1.625,)
    with pytest.raises(SettingsError, match="beta must be finite"):
        evaluate(*pair, betas=-1)
    with pytest.raises(TypeError, match="it is betas="):
        evaluate(*pair, beta=1)  # type: ignore[call-arg]
    assert compare(*pair, files / "t.npy", betas=0.5, warn=print).settings.betas == (0.5,)
    preview(*pair, betas=0.5)
