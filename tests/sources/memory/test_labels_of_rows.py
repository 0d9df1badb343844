"""Arrays of several axes whose rows have labels: what is beside them is compared with these."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest

from smoothl1 import DataError, EvalSettings, Execution, ShapeError, compare, evaluate
from tests.sources.containers.named import netcdf
from tests.sources.containers.packages import imported

if TYPE_CHECKING:
    from pathlib import Path

N = 10
STATIONS = ["oslo", "wien", "rom", "bern", "prag", "riga", "bonn", "kiel", "graz", "lyon"]
PERMUTED = [5, 0, 3, 8, 1, 2, 7, 4, 9, 6]
PRED = np.arange(3.0 * N).reshape(N, 3) ** 2
ROW = np.arange(N)[:, None] / 8.0
"""How far the targets are from the predictions, in each row."""
WEIGHTS = np.arange(1.0, N + 1)
L1 = EvalSettings((0.0,))
ANOTHER_ORDER = "differs from that of .* holds the same values in another order"


def field(values: Any, stations: Any = STATIONS, name: str = "station") -> Any:
    places = {name: list(stations), "time": [1, 2, 3][: np.ndim(values) * 3 - 3]}
    dims = (name, "time")[: np.ndim(values)]
    coords = {dim: places[dim] for dim in dims}
    return imported("xarray").DataArray(values, dims=dims, coords=coords, name="v")


def silent(*sides: Any, **options: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return evaluate(*sides, L1, **options)


SIDES = [lambda: (field(PRED), field(PRED + ROW)), lambda: (field(PRED), PRED + ROW)]


@pytest.mark.parametrize("sides", SIDES)
@pytest.mark.parametrize("role", ["weights", "groups", "clusters"])
def test_labels_of_a_table_in_another_order_are_refused(
    tmp_path: Path, sides: Any, role: str
) -> None:
    values = WEIGHTS if role == "weights" else list("ab") * (N // 2)
    right = pa.table({"station": STATIONS, "v": values})
    option = {"weights": {"weight": "v"}, "groups": {"by": "v"}, "clusters": {"cluster": "v"}}[role]
    found = silent(*sides(), **{role: right}, **option)
    expected = evaluate(PRED, PRED + ROW, L1, **{role: values})
    assert found.tallies == expected.tallies
    wrong = right.take(PERMUTED)
    (tmp_path / "w.csv").write_text(
        "station,v\n" + "".join(f"{row['station']},{row['v']}\n" for row in wrong.to_pylist())
    )
    for beside in (wrong, tmp_path / "w.csv"):
        with pytest.raises(DataError, match=f"'station' {ANOTHER_ORDER}.*{role} must be in the"):
            evaluate(*sides(), L1, **{role: beside}, **option)


@pytest.mark.parametrize("name", ["lat", "year"])
def test_weights_of_a_netcdf_file_from_the_other_end_are_refused(tmp_path: Path, name: str) -> None:
    """Such as cosines of latitudes from north to south, or years in reverse."""
    places = np.linspace(-90, 90, N) if name == "lat" else np.arange(2001, 2001 + N)
    sides = field(PRED, places, name), field(PRED + ROW, places, name)
    for i, step in enumerate((1, -1)):
        arrays = {"w": WEIGHTS[::step].copy(), name: places[::step].copy()}
        netcdf(tmp_path / f"{i}.nc", arrays, {"w": (name,), name: (name,)}, {})
    right = silent(*sides, weights=tmp_path / "0.nc", weight="w")
    assert right.mean == pytest.approx((WEIGHTS * ROW[:, 0]).sum() / WEIGHTS.sum(), rel=1e-15)
    with pytest.raises(DataError, match=f"'{name}' {ANOTHER_ORDER}"):
        evaluate(*sides, L1, weights=tmp_path / "1.nc", weight="w")


def test_labels_in_memory_that_are_others_are_refused_or_warned_of() -> None:
    sides, other = (field(PRED), field(PRED + ROW)), sorted(STATIONS)
    ordered = field(PRED, other), field(PRED + ROW, other)
    with pytest.raises(ShapeError, match="the same index in another order"):
        evaluate(*sides, L1, weights=field(WEIGHTS, other))
    with pytest.raises(DataError, match="rises on both sides, with other values"):
        evaluate(*ordered, L1, weights=field(WEIGHTS, [*other[1:], "york"]))
    moved = imported("pandas").Series(WEIGHTS, index=[*other[1:], "york"])
    with pytest.warns(UserWarning, match="'station' differs from '__index_level_0__' of <weights>"):
        evaluate(*ordered, L1, weights=moved)


def test_labels_are_keys_and_groups() -> None:
    pred, target = field(PRED), field(PRED + ROW)
    expected = silent(pred, target)
    turned = target.isel(station=PERMUTED)
    assert silent(pred, turned, key="station").tallies == expected.tallies
    assert silent(pred, target, by="station")["rom"].mean == 2 / 8
    with pytest.raises(DataError, match=r"'station' is a label of the rows of 'v' \[pass it as"):
        evaluate(pred, target, L1, pred="station", target="v")


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"statistics": True},
        {"by_column": True},
        {"weights": WEIGHTS},
        {"weights": PRED},
        {"groups": list("ab") * (N // 2)},
        {"execution": Execution(2, 3)},
    ],
)
@pytest.mark.parametrize("order", ["C", "F"])
def test_labels_change_no_number(options: dict[str, Any], order: Any) -> None:
    sides = [np.array(values, order=order) for values in (PRED, PRED + ROW)]
    found, expected = silent(*map(field, sides), **options), silent(*sides, **options)
    assert (found.tallies, found.groups) == (expected.tallies, expected.groups)
    assert found.inputs == expected.inputs


def test_models_are_compared_by_their_labels() -> None:
    a, b, target = field(PRED), field(PRED + 2 * ROW), field(PRED + ROW)
    assert compare(a, b, target).difference == 0
    with pytest.raises(ShapeError, match="another order"):
        compare(a, b.isel(station=PERMUTED), target.to_numpy())


def test_an_array_without_an_index_has_no_labels() -> None:
    xarray = imported("xarray")
    sides = (xarray.DataArray(v, dims=("station", "time"), name="v") for v in (PRED, PRED + ROW))
    table = pa.table({"station": STATIONS[::-1], "v": WEIGHTS})
    assert silent(*sides, weights=table, weight="v").n == PRED.size


@pytest.mark.parametrize("n_axes", [1, 2])
def test_places_that_differ_by_rounding_are_the_same(tmp_path: Path, n_axes: int) -> None:
    """Others are warned of, as those of files are."""
    one = np.linspace(0, 1, N)
    pred, target = PRED[:, 0] if n_axes == 1 else PRED, (PRED + ROW)[:, :1].ravel()
    target = target if n_axes == 1 else PRED + ROW
    for other, is_other in ((one + 1e-12, False), (one.astype("f4"), False), (one + 0.5, True)):
        path = tmp_path / f"{other[0]}.nc"
        axes = ("lat", "time")[:n_axes]
        netcdf(path, {"x": target, "lat": other}, {"x": axes, "lat": ("lat",)}, {})
        for side in (field(target, other, "lat"), path):
            chosen = {"target": "x"} if side is path else {}
            said: list[str] = []
            evaluate(field(pred, one, "lat"), side, L1, warn=said.append, **chosen)
            assert bool(said) == is_other
            assert sum("axis 'lat' is at 0 in place 1" in text for text in said) == is_other
