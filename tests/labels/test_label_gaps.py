"""Which labels are missing: an empty cell and a null are, and the text NA is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import DataError, EvalSettings, Result, evaluate

if TYPE_CHECKING:
    from pathlib import Path

ROLES = pytest.mark.parametrize("role", [{"key": ("g",)}, {"settings": EvalSettings(by="g")}])


def of_two_files(folder: Path, suffix: str, labels: list[str | None], role: Any) -> Result:
    """Losses 1 and 0 of two rows, whose label both files have."""
    paths = [folder / f"{name}.{suffix}" for name in ("p", "t")]
    for path, numbers in zip(paths, ([1.5, 2.0], [0.0, 2.0]), strict=True):
        if suffix == "parquet":
            pq.write_table(pa.table({"g": labels, "v": numbers}), path)
        else:
            rows = zip(labels, numbers, strict=True)
            path.write_text("g,v\n" + "".join(f"{label or ''},{n}\n" for label, n in rows))
    return evaluate(*paths, **role)


@ROLES
@pytest.mark.parametrize("suffix", ["csv", "parquet"])
@pytest.mark.parametrize("label", ["NA", "N/A", "null", "NULL", "nan", "None"])
def test_a_text_that_stands_for_a_missing_number_is_a_label(
    tmp_path: Path, suffix: str, label: str, role: Any
) -> None:
    result = of_two_files(tmp_path, suffix, [label, "b"], role)
    expected = {None: 0.5} if "key" in role else {label: 1.0, "b": 0.0}
    named = {
        group.group: tally.mean for group, tally in zip(result.groups, result.tallies, strict=True)
    }
    assert named == expected


@ROLES
@pytest.mark.parametrize(("suffix", "what"), [("csv", "empty"), ("parquet", "null")])
def test_an_empty_cell_and_a_null_are_missing_labels(
    tmp_path: Path, suffix: str, what: str, role: Any
) -> None:
    with pytest.raises(DataError, match=rf"row 2, column 'g': the value is missing \({what}\)"):
        of_two_files(tmp_path, suffix, ["NA", None], role)
