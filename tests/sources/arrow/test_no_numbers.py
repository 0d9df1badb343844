"""Columns that hold no numbers are refused with what to do about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import DtypeError
from tests.sources.files import read

if TYPE_CHECKING:
    from pathlib import Path


def test_each_kind_of_column_without_numbers_has_a_way_out(tmp_path: Path) -> None:
    columns = {
        "text": (pa.array(["1.5"]), "if it is text of numbers, write numbers"),
        "record": (pa.array([{"p": 1.0, "q": 2.0}]), "write its fields as columns of their own"),
        "span": (pa.array([1], pa.duration("s")), "write it in a unit"),
        "day": (pa.array([1], pa.date32()), "choose a column of numbers"),
    }
    pq.write_table(
        pa.table({name: column for name, (column, _) in columns.items()}), tmp_path / "x"
    )
    for name, (_, advised) in columns.items():
        with pytest.raises(DtypeError) as caught:
            read(tmp_path / "x", name)
        assert (caught.value.hint or "").startswith(advised), name
