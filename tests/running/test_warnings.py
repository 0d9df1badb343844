"""Warnings of Python point at the line that called the package, however deep they are issued."""

from __future__ import annotations

import inspect
import math
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import smoothl1

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
