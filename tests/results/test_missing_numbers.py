"""Results of text that took other numbers for missing values are not compared or merged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from smoothl1 import DataError, EvalSettings, ReadOptions, Result, evaluate
from smoothl1.results.gates import Limits, check
from smoothl1.results.increase import parse_increase

if TYPE_CHECKING:
    from pathlib import Path

LIMITS = Limits(increases=(parse_increase("99%"),))


def of(path: Path, *missing: str) -> Result:
    settings, options = EvalSettings(nan="omit"), ReadOptions(missing_values=missing)
    target = path.with_name("y.npy")
    found = evaluate(str(path), str(target), settings, options=options, warn=lambda _: None)
    return Result.from_json(found.to_json())


@pytest.fixture(params=["p.csv", "p.jsonl"])
def text(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    np.save(tmp_path / "y.npy", [1.0, 1.0, 1.0])
    path = tmp_path / str(request.param)
    is_csv = path.suffix == ".csv"
    path.write_text("p\n0\n3\n-\n" if is_csv else '{"p":0}\n{"p":3}\n{"p":"-"}\n')
    return path


def test_other_numbers_are_other_settings(text: Path) -> None:
    zero, three = of(text, "0", "-"), of(text, "3", "-")
    assert (zero.mean, three.mean) == (1.5, 0.5)
    assert zero.signature == three.signature
    with pytest.raises(DataError, match=r"settings: missing-value is 3 there, 0 here$"):
        check(zero, LIMITS, three)
    with pytest.raises(DataError, match=r"different settings: missing value is 0 and 3$"):
        Result.merged([zero, three])
    with pytest.raises(DataError, match=r"missing-value is 3 there, none here$"):
        check(of(text, "-"), LIMITS, three)


def test_equal_numbers_other_texts_and_other_formats_are_no_other_settings(text: Path) -> None:
    zero = of(text, "0", "-")
    for other in (of(text, "0.0", "-", "?"), of(text, "-", "0")):
        assert Result.merged([zero, other]).n == 2
        check(zero, LIMITS, other)
    np.save(text.with_suffix(".npy"), [0.0, 3.0, np.nan])
    assert Result.merged([zero, of(text.with_suffix(".npy"))]).n == 3
