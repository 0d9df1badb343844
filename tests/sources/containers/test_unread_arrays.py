"""Arrays whose values are not read: an only one says why, and no other one hides it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1 import DataError, describe, evaluate
from tests.sources.containers.packages import imported

if TYPE_CHECKING:
    from pathlib import Path

Y = np.arange(4.0)
QUANTIZED: dict[str, Any] = {"filters": [{"id": "quantize", "digits": 2, "dtype": "<f8"}]}


def store(path: Path, **arrays: dict[str, Any]) -> Path:
    """A store of format 2, whose arrays hold the same numbers and have these entries, too."""
    for name, entries in arrays.items():
        plain = {"zarr_format": 2, "shape": [4], "chunks": [4], "dtype": "<f8", "order": "C"}
        metadata = {**plain, "fill_value": 0, "filters": None, "compressor": None, **entries}
        folder = path if name == "root" else path / name
        folder.mkdir(parents=True)
        (folder / ".zarray").write_text(json.dumps(metadata))
        (folder / "0").write_bytes(Y.tobytes())
    return path


@pytest.mark.parametrize(
    ("entries", "says"),
    [
        (QUANTIZED, "array '/' is encoded by 'quantize', which is not read"),
        ({"dtype": "int4"}, "dtype 'int4' holds"),
        ({"dtype": "<c16"}, "holds complex numbers"),
    ],
)
def test_the_only_array_says_why_it_is_not_read(
    tmp_path: Path, entries: dict[str, Any], says: str
) -> None:
    with pytest.raises(DataError, match=says):
        evaluate(store(tmp_path / "p.zarr", root=entries), Y)


def test_an_only_array_of_hdf5_says_why_it_is_not_read(tmp_path: Path) -> None:
    with imported("h5py").File(tmp_path / "p.h5", "w") as file:
        file["p"] = Y.astype(complex)
    with pytest.raises(DataError, match="dataset 'p': dtype '<c16' holds complex numbers"):
        evaluate(tmp_path / "p.h5", Y)


def test_numbers_in_an_unread_encoding_are_a_choice_and_no_others_are(tmp_path: Path) -> None:
    both = store(tmp_path / "both.zarr", p=QUANTIZED, y={})
    with pytest.raises(DataError, match="several numeric columns: 'p', 'y'"):
        evaluate(both, Y)
    assert evaluate(both, Y, pred="y").mean == 0
    assert [column.name for column in describe(both).columns] == ["p", "y"]
    for entries in ({"dtype": "int4"}, {"dtype": "<M8[s]"}, {"dtype": "<c16"}):
        beside = store(tmp_path / f"{entries['dtype'][:3]}.zarr", extra=entries, y={})
        assert evaluate(beside, Y).mean == 0
    axis = store(tmp_path / "axis.zarr", x=QUANTIZED, y={})
    (axis / "x" / ".zattrs").write_text('{"_ARRAY_DIMENSIONS": ["x"]}')
    assert evaluate(axis, Y).mean == 0
