"""Attributes of HDF5, whose texts may be long and shared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1 import evaluate
from tests.sources.containers.packages import imported

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("value", [["a", "b"], [["m"], ["m"]]])
def test_an_attribute_of_several_texts_of_any_length_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: Any
) -> None:
    h5py = imported("h5py")
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file["p"], file["t"] = np.zeros(3), np.ones(3)
        for name in ("units", "scale", "coordinates", "pandas_type"):
            file["p"].attrs.create(name, value, dtype=h5py.string_dtype())
        file["p"].attrs["calendar"] = "standard"
    read, found = h5py.AttributeManager.__getitem__, []

    def noting(attributes: Any, name: str) -> Any:
        found.append(name)
        return read(attributes, name)

    monkeypatch.setattr(h5py.AttributeManager, "__getitem__", noting)
    assert evaluate(tmp_path / "x.h5", pred="p", target="t").mean == 0.5
    assert "calendar" in found
    assert not {"units", "scale", "coordinates", "pandas_type"} & set(found)
