"""The only numeric column is not taken where another one may hold the numbers that are meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from smoothl1 import DataError, evaluate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

CELLS = [
    *("tensor(5.)", "tensor(5., device='cuda:0')", "np.float64(5.0)", "numpy.float32(5)"),
    *("array([1.])", "[5.0]", "$5", "-$5", "5.20 €", "5€", "5%", "(5)"),
]


def save(
    folder: Path, cells: list[str], other: str = "fold", values: Sequence[str] = "012"
) -> list[Path]:
    """Predictions, and targets with a column of numbers beside these cells."""
    (folder / "p.csv").write_text("proba\n.9\n.1\n.8\n")
    rows = zip(values, cells, strict=True)
    lines = [f'{value},"{cell}"\n' for value, cell in rows]
    (folder / "t.csv").write_text(f"{other},val\n" + "".join(lines))
    return [folder / "p.csv", folder / "t.csv"]


@pytest.mark.parametrize("cell", CELLS)
def test_a_number_in_another_notation_may_be_meant(tmp_path: Path, cell: str) -> None:
    with pytest.raises(DataError, match="'val' may be meant"):
        evaluate(*save(tmp_path, [cell] * 3))


@pytest.mark.parametrize("cell", ["True", "false", "TRUE"])
def test_true_and_false_beside_whole_numbers_may_be_meant(tmp_path: Path, cell: str) -> None:
    with pytest.raises(DataError, match="'val' may be meant"):
        evaluate(*save(tmp_path, [cell, "False", "True"]))


def test_fractions_beside_true_and_false_are_the_numbers(tmp_path: Path) -> None:
    paths = save(tmp_path, ["True", "False", "True"], "price", ["1.5", "2", "3"])
    losses = [0.5 * 0.6**2, 1.9 - 0.5, 2.2 - 0.5]
    assert evaluate(*paths).values == pytest.approx((sum(losses) / 3,), rel=1e-15)


def test_a_column_that_is_called_target_is_the_target(tmp_path: Path) -> None:
    result = evaluate(*save(tmp_path, ["True", "False", "True"], "target"))
    losses = [0.5 * 0.9**2, 0.5 * 0.9**2, 1.2 - 0.5]
    assert result.values == pytest.approx((sum(losses) / 3,), rel=1e-15)


@pytest.mark.parametrize("cell", ["tensor", "array(x)", "5 apples", "version(2)", "00:05:00"])
def test_other_text_is_no_number(tmp_path: Path, cell: str) -> None:
    assert evaluate(*save(tmp_path, [cell] * 3)).inputs[1].columns == ("fold",)
