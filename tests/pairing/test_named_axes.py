"""Axes with names, and the places along them, that two sides have in another order."""

from __future__ import annotations

import warnings
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scipy.io import netcdf_file

from smoothl1 import DataError, EvalSettings, ReadOptions, compare, evaluate
from tests.sources.containers.packages import imported
from tests.sources.containers.writers import as_hdf5, as_npz, as_safetensors, as_zarr, as_zarr_2

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

L1 = EvalSettings((0.0,), "sum")
VALUES = np.arange(9.0).reshape(3, 3)
NO_COORDINATES = "This is a netCDF dimension but not a netCDF variable.         3"
LAT, LON = [10.0, 20.0, 30.0], [5.0, 6.0, 7.0]


def save(path: Path, values: Any, units: str = "m", **axes: list[float]) -> Path:
    """An array of netCDF whose axes have names and places; longitudes are in metres."""
    with netcdf_file(path, "w", mmap=False) as file:
        for name, places in axes.items():
            file.createDimension(name, len(places))
            axis = file.createVariable(name, "d", (name,))
            axis[:] = places
            axis.units = "m" if name == "lon" else units
        file.createVariable("x", "d", tuple(axes))[:] = values
    return path


def tensors(path: Path, names: list[str]) -> Path:
    kind = pa.fixed_shape_tensor(pa.float64(), [3, 3], dim_names=names)
    column = pa.ExtensionArray.from_storage(
        kind, pa.array([VALUES.ravel().tolist()], kind.storage_type)
    )
    pq.write_table(pa.table({"x": column}), path)
    return path


def total(p: Path, t: Path, **options: Any) -> float:
    return evaluate(p, t, L1, options=ReadOptions(**options)).values[0]


def test_axes_in_another_order_are_refused(tmp_path: Path) -> None:
    p = save(tmp_path / "p.nc", VALUES, lat=LAT, lon=LON)
    t = save(tmp_path / "t.nc", VALUES.T, lon=LON, lat=LAT)
    with pytest.raises(DataError, match=r"axes are 'lat', 'lon', but those of .* 'lon', 'lat'"):
        total(p, t)
    assert total(p, t, key_check=False) == np.abs(VALUES - VALUES.T).sum()
    p, t = tensors(tmp_path / "p.parquet", ["h", "w"]), tensors(tmp_path / "t.parquet", ["w", "h"])
    with pytest.raises(DataError, match=r"axes are 'h', 'w', but those of .* 'w', 'h'"):
        total(p, t)


@pytest.fixture
def save_hdf5(tmp_path: Path) -> Callable[..., Path]:
    """Writes arrays of HDF5 with the names of their axes, as netCDF 4 does."""
    h5py = imported("h5py")

    def write(file_name: str, **arrays: tuple[Any, ...]) -> Path:
        with h5py.File(tmp_path / file_name, "w") as file:
            for array, (values, *axes) in arrays.items():
                file[array] = values
                if array in axes:  # a scale has none itself
                    file[array].make_scale(array)
                    continue
                for i, axis in enumerate(axes):
                    if axis not in file:
                        file[axis] = np.zeros(values.shape[i])
                        file[axis].make_scale(NO_COORDINATES)
                    file[array].dims[i].attach_scale(file[axis])
        return tmp_path / file_name

    return write


def test_texts_in_characters_along_an_axis_are_compared_as_netcdf_4_has_them(
    save_hdf5: Callable[..., Path],
) -> None:
    names = np.array([b"oslo", b"wien", b"rom"])

    def save(name: str, order: list[int]) -> Path:
        characters = names[order].view("S1").reshape(3, 4)
        x = VALUES[:, order]
        of_axis = dict.fromkeys(("station", "name"), (characters, "station", "len"))
        return save_hdf5(name, **of_axis, x=(x, "time", "station"))

    p, columns = save("p.nc", [0, 1, 2]), {"pred": "x", "target": "x"}
    assert evaluate(p, save("same.nc", [0, 1, 2]), L1, **columns).values == (0.0,)
    in_memory = Labelled(VALUES, time=[0, 1, 2], station=names[[2, 0, 1]])
    in_memory.coords = {}  # texts have no unit
    with pytest.raises(DataError, match=r"'station' is at 'oslo' .* <targets> at 'rom': it has"):
        evaluate(p, in_memory, L1, pred="x")
    with pytest.raises(DataError, match=r"coordinate 'name' .* same places in another order"):
        evaluate(p, save("t.nc", [2, 0, 1]), L1, **columns)


def test_dates_by_type_along_an_axis_are_compared(save_hdf5: Callable[..., Path]) -> None:
    times = np.array(["2024-01-01T12", "2024-01-02", "2024-01-03"], "M8[s]")
    opaque = imported("h5py").opaque_dtype(times.dtype)

    def save(name: str, order: list[int]) -> Path:
        dates = times[order].astype(opaque)
        return save_hdf5(name, time=(dates, "time"), x=(VALUES[:, order], "row", "time"))

    p, turned = save("p.nc", [0, 1, 2]), save("t.nc", [2, 0, 1])
    columns = {"pred": "x", "target": "x"}
    assert evaluate(p, save("same.nc", [0, 1, 2]), L1, **columns).values == (0.0,)
    said = r"axis 'time' is at '?2024-01-01 12:00:00'? in place 1, .* same places in another order"
    with pytest.raises(DataError, match=said):
        evaluate(p, turned, L1, **columns)
    with pytest.raises(DataError, match="same places in another order"):
        evaluate(p, Labelled(VALUES[:, ::-1], row=[0, 1, 2], time=times[::-1]), L1, pred="x")


class Labelled:
    """An array in memory whose axes have names and places, as one of xarray has."""

    def __init__(self, values: Any, **axes: list[float]) -> None:
        self.values, self.dims = np.asarray(values), tuple(axes)
        self.indexes = {name: np.array(places) for name, places in axes.items()}
        self.coords = {name: SimpleNamespace(attrs={"units": "m"}) for name in axes}

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return self.values


def test_axes_of_a_file_are_compared_with_those_of_an_array_in_memory(tmp_path: Path) -> None:
    p = save(tmp_path / "p.nc", VALUES, lat=LAT, lon=LON)
    for same in (Labelled(VALUES, lat=LAT, lon=LON), Labelled(VALUES, y=LAT, x=LON), VALUES):
        assert evaluate(p, same, L1).values == (0.0,)
    with pytest.raises(DataError, match=r"'lat' is at 10 in place 1, that of <targets> at 30: it"):
        evaluate(p, Labelled(VALUES[::-1], lat=LAT[::-1], lon=LON), L1)
    with pytest.raises(DataError, match=r"axes are 'lon', 'lat', but those of .*p\.nc"):
        evaluate(Labelled(VALUES.T, lon=LON, lat=LAT), p, L1)
    for of_predictions in (p, Labelled(VALUES, lat=LAT, lon=LON)):
        with pytest.warns(UserWarning, match=r"'lat' is at 10.* at 15.*: the places differ"):
            evaluate(of_predictions, Labelled(VALUES, lat=[15.0, 25.0, 35.0], lon=LON), L1)


def test_dates_along_an_axis_in_memory_are_compared_with_times_of_a_file(tmp_path: Path) -> None:
    p = save(tmp_path / "p.nc", VALUES, "hours since 2024-01-01", time=[0.0, 24.0, 48.0], lon=LON)
    dates: Any = np.array(["2024-01-01", "2024-01-02", "2024-01-03"], "M8[ns]")
    assert evaluate(p, Labelled(VALUES, time=dates, lon=LON), L1).values == (0.0,)
    with pytest.raises(
        DataError, match=r"'time' is at 2024-01-01.* that of <targets> at 2024-01-03"
    ):
        evaluate(p, Labelled(VALUES[::-1], time=dates[::-1], lon=LON), L1)


@pytest.mark.parametrize(("lat", "lon", "axis"), [(LAT[::-1], LON, "lat"), (LAT, LON[::-1], "lon")])
def test_the_same_places_in_another_order_are_refused(
    tmp_path: Path, lat: list[float], lon: list[float], axis: str
) -> None:
    p = save(tmp_path / "p.nc", VALUES, lat=LAT, lon=LON)
    t = save(tmp_path / "t.nc", VALUES, lat=lat, lon=lon)
    with pytest.raises(DataError, match=rf"axis '{axis}' .* same places in another order"):
        total(p, t)
    assert total(p, t, key_check=False) == 0


@pytest.mark.parametrize("first", [20200101.0, 1000000.0, 2458849.5])
def test_large_places_that_differ_by_one_are_others(tmp_path: Path, first: float) -> None:
    days = [first, first + 1, first + 2]
    p = save(tmp_path / "p.nc", VALUES, x=LAT, day=days)
    t = save(tmp_path / "t.nc", VALUES, x=LAT, day=days[::-1])
    said = f"'day' is at {first:.10g} in place 1, .* at {first + 2:.10g}: .* another order"
    with pytest.raises(DataError, match=said):
        total(p, t)


def test_places_along_axes_of_other_names_are_not_compared(tmp_path: Path) -> None:
    p = save(tmp_path / "p.nc", VALUES, lat=LAT, band=LON)
    t = save(tmp_path / "t.nc", VALUES, lat=LAT, member=LON[::-1])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert total(p, t) == 0


@pytest.mark.parametrize("names", [["oslo", "bern", "rome"], ["rome", "oslo", "bern"]])
def test_texts_along_axes_of_other_names_are_compared(
    tmp_path: Path, names: list[str], save_hdf5: Callable[..., Path]
) -> None:
    """Either in the files of two sides, or along two axes of one file, or in memory."""
    ours, theirs = (np.array(some, "S4") for some in (["oslo", "bern", "rome"], names))
    of_pred = {"station": (ours, "station"), "x": (VALUES, "time", "station")}
    of_target = {"site": (theirs, "site"), "y": (VALUES, "time", "site")}
    sides = [save_hdf5("p.h5", **of_pred), save_hdf5("t.h5", **of_target)]
    columns = {"pred": "x", "target": "y"}
    runs: list[Callable[[], Any]] = [
        lambda: evaluate(*sides, L1, **columns),
        lambda: evaluate(save_hdf5("both.h5", **of_pred, **of_target), settings=L1, **columns),
        lambda: evaluate(
            Labelled(VALUES, lat=LAT, station=ours.astype("U4")),
            Labelled(VALUES, lat=LAT, site=theirs.astype("U4")),
            L1,
        ),
    ]
    for run in runs:
        if names[0] == "oslo":
            assert run().values == (0.0,)
        else:
            with pytest.raises(
                DataError, match=r"'station' is at 'oslo' in place 1, 'site' of .* at"
            ):
                run()
    other = np.array(["a", "b", "c"], "S4")
    unlike = save_hdf5("u.h5", **of_target | {"site": (other, "site")})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert evaluate(sides[0], unlike, L1, **columns).values == (0.0,)


@pytest.mark.parametrize("is_first", [False, True])
def test_times_along_axes_of_other_names_are_compared(tmp_path: Path, *, is_first: bool) -> None:
    def run(days: list[float]) -> float:
        ours = {"lon": LON, "time": [0.0, 24.0, 48.0]}
        theirs = {"lon": LON, "date": days}
        if is_first:
            ours, theirs = (dict(reversed(axes.items())) for axes in (ours, theirs))
        p = save(tmp_path / "p.nc", VALUES, "hours since 2024-01-01", **ours)
        return total(p, save(tmp_path / "t.nc", VALUES, "days since 2024-01-03", **theirs))

    with pytest.raises(DataError, match=r"'time' .* 'date' of .* another order"):
        run([0.0, -1.0, -2.0])
    if not is_first:  # of rows, more are needed
        with pytest.warns(UserWarning, match=r"'time' .* 'date' of .* the places differ"):
            assert run([-1.0, 0.0, 1.0]) == 0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert run([-2.0, -1.0, 0.0]) == 0
        assert run([28.0, 29.0, 30.0]) == 0


def test_other_places_are_warned_of(tmp_path: Path) -> None:
    p = save(tmp_path / "p.nc", VALUES, lat=LAT, lon=LON)
    t = save(tmp_path / "t.nc", VALUES, lat=LAT, lon=[5.0, 6.5, 8.0])
    with pytest.warns(UserWarning, match="axis 'lon' is at 6 in place 2, .* at 6.5: .* differ"):
        assert total(p, t) == 0


@pytest.mark.parametrize(
    ("units", "axes"),
    [
        ("m", {"lat": [x * (1 + 1e-9) for x in LAT], "lon": LON}),
        ("m", {"lat": LAT, "lon": [2.7e-17, 0.1, 0.2]}),
        ("m", {"v": LAT[::-1], "w": LON}),
        ("km", {"lat": LAT[::-1], "lon": LON}),
    ],
    ids=["rounded", "rounded at zero", "other names", "other units"],
)
def test_axes_that_say_nothing_else_are_paired(
    tmp_path: Path, units: str, axes: dict[str, list[float]]
) -> None:
    lon = [0.0, 0.1, 0.2] if axes.get("lon") != LON else LON
    p = save(tmp_path / "p.nc", VALUES, lat=LAT, lon=lon)
    t = save(tmp_path / "t.nc", VALUES, units, **axes)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert total(p, t) == 0


def with_stations(
    path: Path, names: list[str], lat: list[float], *, called: str = "lat", coordinates: str = ""
) -> Path:
    """An array of three times and three stations, which have names and latitudes."""
    with netcdf_file(path, "w", mmap=False) as file:
        for axis, size in {"time": 3, "station": 3, "width": 4}.items():
            file.createDimension(axis, size)
        letters = np.array(names, "S4").view("S1").reshape(3, 4)
        file.createVariable("name", "c", ("station", "width"))[:] = letters
        file.createVariable(called, "d", ("station",))[:] = lat
        file.createVariable("bias", "d", ("station",))[:] = lat[::-1]
        array = file.createVariable("x", "d", ("time", "station"))
        array[:] = VALUES
        if coordinates:
            array.coordinates = coordinates
    return path


def test_coordinates_along_an_axis_are_compared(tmp_path: Path) -> None:
    names = ["oslo", "bern", "rome"]
    p = with_stations(tmp_path / "p.nc", names, LAT)
    columns = {"pred": "x", "target": "x"}
    same = with_stations(tmp_path / "same.nc", names, LAT, called="latitude")
    assert evaluate(p, same, L1, **columns).values == (0,)
    t = with_stations(tmp_path / "t.nc", names[::-1], LAT)
    with pytest.raises(DataError, match=r"'name' of axis 'station' is at 'oslo' .* another order"):
        evaluate(p, t, L1, **columns)
    for called in ("lat", "latitude"):
        t = with_stations(tmp_path / "t.nc", names, LAT[::-1], called=called)
        with pytest.raises(DataError, match=r"coordinate 'lat' of axis 'station' .* another order"):
            evaluate(p, t, L1, **columns)
    t = with_stations(tmp_path / "t.nc", ["oslo", "bern", "bern"], LAT)
    with pytest.warns(UserWarning, match="'rome' in place 3, .* at 'bern': the places differ"):
        assert evaluate(p, t, L1, **columns).values == (0,)


def test_coordinates_that_an_attribute_names_are_compared(tmp_path: Path) -> None:
    """`bias` holds the latitudes in reverse."""
    names, columns = ["oslo", "bern", "rome"], {"pred": "x", "target": "x"}
    named = {"called": "altitude", "coordinates": "name bias"}
    p = with_stations(tmp_path / "p.nc", names, LAT, **named)
    t = with_stations(tmp_path / "t.nc", names, LAT[::-1], **named)
    with pytest.raises(DataError, match=r"coordinate 'bias' of axis 'station' .* another order"):
        evaluate(p, t, L1, **columns)
    t = with_stations(tmp_path / "t.nc", names, LAT[::-1], called="altitude")
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # one side does not say that it is one
        assert evaluate(p, t, L1, **columns).values == (0,)


def test_axes_of_other_usual_names_are_compared(tmp_path: Path) -> None:
    p = save(tmp_path / "p.nc", VALUES, lat=LAT, lon=LON)
    t = save(tmp_path / "t.nc", VALUES, latitude=LAT, longitude=LON)
    assert total(p, t) == 0
    t = save(tmp_path / "t.nc", VALUES, latitude=LAT[::-1], longitude=LON)
    with pytest.raises(DataError, match=r"axis 'lat' .* same places in another order"):
        total(p, t)
    t = save(tmp_path / "t.nc", VALUES.T, longitude=LON, latitude=LAT)
    with pytest.raises(DataError, match=r"are 'lat', 'lon', .* 'longitude', 'latitude'"):
        total(p, t)


FIELD = np.arange(60.0).reshape(3, 4, 5)
NORTH = np.array([10.0, 20.0, 30.0, 40.0])


@pytest.mark.parametrize("write", [as_npz, as_hdf5, as_safetensors, as_zarr, as_zarr_2])
@pytest.mark.parametrize("name", ["lat", "names"])
def test_places_along_axes_without_names_are_told_by_their_number(
    tmp_path: Path, write: Callable[[Path, dict[str, Any]], None], name: str
) -> None:
    places = NORTH if name == "lat" else np.array(["a", "b", "c", "d"])
    if places.dtype.kind == "U" and write is as_safetensors:
        pytest.skip("it holds no text")
    columns = {"pred": "t2m", "target": "t2m"}
    p, t = tmp_path / "p", tmp_path / "t"
    write(p, {"t2m": FIELD, name: places})
    write(t, {"t2m": FIELD, name: places})
    assert evaluate(p, t, L1, **columns).values == (0,)
    write(tmp_path / "u", {"t2m": FIELD, name: places[::-1].copy()})
    with pytest.raises(DataError, match=rf"coordinate '{name}' of axis 2 .* in another order"):
        evaluate(p, tmp_path / "u", L1, **columns)
    square = FIELD[:, :, :4].copy()  # of which axis it is cannot be told
    write(tmp_path / "p2", {"t2m": square, name: places})
    write(tmp_path / "u2", {"t2m": square, name: places[::-1].copy()})
    assert evaluate(tmp_path / "p2", tmp_path / "u2", L1, **columns).values == (0,)


def test_a_key_of_rows_is_no_coordinate_of_an_axis_without_a_name(tmp_path: Path) -> None:
    names = np.array(["x", "y", "z"])
    as_hdf5(tmp_path / "p.h5", {"pred": FIELD, "id": names})
    as_hdf5(tmp_path / "t.h5", {"target": FIELD[::-1], "id": names[::-1]})
    columns = {"pred": "pred", "target": "target"}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = evaluate(tmp_path / "p.h5", tmp_path / "t.h5", L1, key="id", **columns)
    assert found.values == (0,)


def curvilinear(path: Path, values: Any, lat: Any) -> Path:
    """A field on a grid whose latitudes have two axes, as models of the ocean have them."""
    with netcdf_file(path, "w", mmap=False) as file:
        for axis, n in zip("tyx", values.shape, strict=True):
            file.createDimension(axis, n)
        file.createVariable("lat", "d", ("y", "x"))[:] = lat
        field = file.createVariable("t2m", "d", ("t", "y", "x"))
        field[:] = values
        field.coordinates = "lat"
    return path


def test_coordinates_along_several_axes_are_compared_and_are_not_evaluated(tmp_path: Path) -> None:
    lat = np.repeat(NORTH, 5).reshape(4, 5)
    p = curvilinear(tmp_path / "p.nc", FIELD, lat)
    assert evaluate(p, curvilinear(tmp_path / "same.nc", FIELD, lat), L1).values == (0,)
    turned = curvilinear(tmp_path / "turned.nc", FIELD, lat[::-1])
    with pytest.raises(DataError, match=r"coordinate 'lat' of axis 'y' is at 10 .* another order"):
        evaluate(p, turned, L1)
    moved = curvilinear(tmp_path / "moved.nc", FIELD, lat + 3)
    with pytest.warns(UserWarning, match=r"coordinate 'lat' of axis 'y' is at 10 .* differ"):
        assert evaluate(p, moved, L1).values == (0,)


def test_weights_at_other_places_are_refused(tmp_path: Path) -> None:
    p = save(tmp_path / "p.nc", VALUES, lat=LAT, lon=LON)
    t = save(tmp_path / "t.nc", VALUES + 1, lat=LAT, lon=LON)
    settings, weights = EvalSettings((0.0,), weighted=True), VALUES + 1
    w = save(tmp_path / "w.nc", weights, lat=LAT, lon=LON)
    assert evaluate(p, t, settings, weights=w).values == (1,)
    w = save(tmp_path / "w.nc", weights, lat=LAT[::-1], lon=LON)
    with pytest.raises(DataError, match=r"axis 'lat' is at 10 .*w.nc at 30: .* order"):
        evaluate(p, t, settings, weights=w)
    w = save(tmp_path / "w.nc", weights, lon=LON, lat=LAT)
    with pytest.raises(DataError, match=r"axes are 'lat', 'lon', but those of .* 'lon', 'lat'"):
        evaluate(p, t, settings, weights=w)


@pytest.mark.parametrize("is_in_memory", [True, False])
def test_axes_of_models_are_compared_if_those_of_targets_have_no_names(
    tmp_path: Path, *, is_in_memory: bool
) -> None:
    a = save(tmp_path / "a.nc", VALUES, lat=LAT, lon=LON)
    b = save(tmp_path / "b.nc", VALUES[::-1], lat=LAT[::-1], lon=LON)
    same = save(tmp_path / "same.nc", VALUES + 2, lat=LAT, lon=LON)
    np.save(tmp_path / "t.npy", VALUES)
    t = VALUES if is_in_memory else tmp_path / "t.npy"
    assert compare(a, same, t).difference > 0
    with pytest.raises(DataError, match=r"axis 'lat' is at 10 .*b\.nc at 30: .* another order"):
        compare(a, b, t)
    with pytest.raises(DataError, match=r"axis 'lat' is at 10 .*b\.nc at 30: .* another order"):
        compare(a, same, b, t)


@pytest.mark.parametrize("names", [("LAT", "LON"), ("Lat", "lon"), ("LEVEL", "STATION")])
def test_names_of_axes_are_the_same_in_capitals(tmp_path: Path, names: tuple[str, str]) -> None:
    """Ferret writes all names in capitals."""
    plain = tuple(map(str.lower, names))

    def saved(file: str, values: Any, names: tuple[str, str], *places: list[float]) -> Path:
        return save(tmp_path / file, values, **dict(zip(names, places, strict=True)))

    p = saved("p.nc", VALUES, plain, LAT, LON)
    assert total(p, saved("t.nc", VALUES, names, LAT, LON)) == 0.0
    with pytest.raises(DataError, match="same places in another order"):
        total(p, saved("t.nc", VALUES, names, LAT[::-1], LON))
    with pytest.raises(DataError, match=f"the axes are '{plain[0]}', .* are '{names[1]}'"):
        total(p, saved("t.nc", VALUES, names[::-1], LAT, LON))


@pytest.mark.parametrize("write", [as_npz, as_hdf5, as_safetensors])
def test_places_of_each_element_are_compared_where_axes_have_no_names(
    tmp_path: Path, write: Callable[[Path, dict[str, Any]], None]
) -> None:
    """A swath of a satellite, whose lines come in reverse order."""
    swath = FIELD[0] / 3
    write(tmp_path / "p", {"sst": FIELD[1], "lat": swath})
    write(tmp_path / "t", {"sst": FIELD[1, ::-1].copy(), "lat": swath[::-1].copy()})
    columns = {"pred": "sst", "target": "sst"}
    with pytest.raises(DataError, match=r"coordinate 'lat' of axis 1 .* in another order"):
        evaluate(tmp_path / "p", tmp_path / "t", L1, **columns)
    write(tmp_path / "u", {"sst": FIELD[1], "lat": swath})
    assert evaluate(tmp_path / "p", tmp_path / "u", L1, **columns).values == (0,)
