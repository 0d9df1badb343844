"""Arrays that hold no numbers are refused with what to save in their place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from smoothl1 import DtypeError
from tests.sources.files import read

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

FIELDS = "numpy.savez(file, **{name: array[name] for name in array.dtype.names})"
CASES = {
    "array.real": np.array([1.5 + 2j, -2.5]),
    "array.astype(float)": np.array(["1.5", "-2.5"]),
    "array.astype(float) ": np.array([b"1.5", b"-2.5"]),
    "array / numpy.timedelta64(1, 's')": np.array([1500, -2500], "m8[ms]"),
    "array.astype(float), which rounds": np.array([1.5, -2.5], np.longdouble),
    FIELDS: np.array([(1.5,), (-2.5,)], [("y", "<f8")]),
    "numpy.array(array.tolist())": np.array([1.5, -2.5], object),
    "numpy.savez(file, **array.item())": np.array({"y": [1.5, -2.5]}, object),
}


@pytest.mark.parametrize("advised", CASES)
def test_what_is_advised_holds_the_numbers(tmp_path: Path, advised: str) -> None:
    array: NDArray[object] = CASES[advised]
    np.save(tmp_path / "x.npy", array)
    with pytest.raises(DtypeError) as caught:
        read(tmp_path / "x.npy")
    assert advised.strip() in (caught.value.hint or "")
    file = tmp_path / "y"
    code = advised.partition(", which")[0].strip()
    saved = eval(code, {"array": array, "numpy": np, "file": file})
    path = tmp_path / "y.npz"
    if saved is not None:
        path = tmp_path / "y.npy"
        np.save(path, saved)
    assert read(path).tolist() == [1.5, -2.5]
