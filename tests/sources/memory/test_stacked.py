"""Arrays of which one axis is made of several, as `stack` of xarray makes it of a map."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

from smoothl1 import ShapeError, evaluate
from tests.sources.containers.packages import imported

FIELD = np.arange(60.0).reshape(3, 4, 5) ** 2
BOTH_WAYS = pytest.mark.parametrize("is_first", [True, False])


def stacked(*levels: str, more: float = 0, south: float = 10, is_first: bool = False) -> Any:
    """The field as samples and features: of a map, which may begin elsewhere in the south."""
    places = {"lat": south + np.arange(4.0), "lon": np.arange(5.0)}
    dims = ("time", "lat", "lon")
    field = imported("xarray").DataArray(FIELD + more, dims=dims, coords=places)
    found = field.stack(z=levels)
    return found.transpose("z", "time") if is_first else found


@BOTH_WAYS
def test_levels_in_another_order_are_refused(is_first: bool) -> None:
    one = stacked("lat", "lon", is_first=is_first)
    with pytest.raises(ShapeError, match="have the same labels of 'z' in another order"):
        evaluate(one, stacked("lon", "lat", is_first=is_first))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert evaluate(one, stacked("lat", "lon", more=0.5, is_first=is_first)).mean == 0.125


def test_the_same_places_whose_levels_have_another_order_are_paired() -> None:
    """Their order was restored by hand."""
    other = stacked("lon", "lat", more=0.5).sortby(["lat", "lon"])
    assert evaluate(stacked("lat", "lon"), other).mean == 0.125


def test_another_grid_is_warned_of() -> None:
    one, other = stacked("lat", "lon"), stacked("lat", "lon", south=11)
    said = "coordinate 'lat' of axis 'z' is at 10 in place 1, that of <targets> at 11: the places"
    with pytest.warns(UserWarning, match=said):
        evaluate(one, other)
