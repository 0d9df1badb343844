"""Units by which the names or the metadata of two columns differ."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest

from smoothl1 import ReadOptions, evaluate
from tests.tables import save_table

if TYPE_CHECKING:
    from pathlib import Path


def sides(folder: Path, one: str, other: str, units: tuple[str, str] | None = None) -> list[Path]:
    found = []
    for side, name, unit in zip("pt", (one, other), units or ("", ""), strict=True):
        metadata = {"units": unit} if units else None
        field = pa.field(name, pa.float64(), metadata=metadata)
        table = pa.table([[1.5, 2.0]], schema=pa.schema([field]))
        suffix = "parquet" if units else "csv"
        found.append(save_table(folder / f"{side}.{suffix}", table))
    return found


DIFFERENT: list[Any] = [
    ("depth_mm", "depth_m", None),
    ("Temp (C)", "temp (F)", None),
    ("pred_ms", "duration_sec", None),
    ("Pred [mm]", "Obs [m]", None),
    ("T (K)", "T (°C)", None),
    ("pred_µm", "obs_mm", None),
    ("depth", "depth", ("mm", "m")),
    ("wind", "wind (kt)", ("m s-1", "")),
    ("depth_m", "depth", ("", "mm")),
    ("rain_mm", "rain_in", None),
    ("size_mb", "size_gb", None),
    ("f_hz", "f_khz", None),
    ("vol_l", "vol_ml", None),
    ("conc_ppm", "conc_ppb", None),
    ("lot_sqft", "lot_m2", None),
    ("area_ha", "area_acres", None),
    ("load_pct", "load_frac", None),
    ("rev_thousands", "rev_millions", None),
    ("glucose (mmol/L)", "glucose (mg/dL)", None),
    ("energy_ev", "energy_kcal_mol", None),
    ("rh [%]", "rh [-]", None),
    ("depth_mm_pred", "depth_m_true", None),
    ("T (K) obs", "T (°C) fitted", None),
]
ALIKE: list[Any] = [
    ("depth_mm", "Depth [mm]", None),
    ("pred_m", "target_mm", None),
    ("pred [m]", "target [m]", None),
    ("T (°C)", "temp (C)", None),
    ("group (a)", "depth (m)", None),
    ("d_µm", "d_\u03bcm", None),
    ("pred_model", "target_ms", None),
    ("depth_mm", "time_ms", None),
    ("check_in", "depth_mm", None),
    ("size_mb", "size_MB", None),
    ("d_cm", "x2", None),
    ("depth", "depth", ("m", "m")),
    ("depth", "depth", ("m", "")),
    ("wind", "wind (kt)", ("knots", "")),
    ("wind_ms", "wind", ("", "m/s")),
    ("depth_m", "depth", ("", "days since 2020-01-01")),
    ("temp_celsius", "temp (C)", None),
    ("depth_mm_pred", "depth_mm_true", None),
    ("m_pred", "km_true", None),
    ("wait_sec", "wait_s", None),
    ("u10", "u10", ("m s**-1", "m s-1")),
    ("depth", "depth", ("ft", "feet")),
]


@pytest.mark.parametrize(("one", "other", "units"), DIFFERENT)
def test_different_units_are_warned_of(tmp_path: Path, one: str, other: str, units: Any) -> None:
    p, t = sides(tmp_path, one, other, units)
    with pytest.warns(UserWarning, match="are their units the same"):
        assert evaluate(p, t).mean == 0


@pytest.mark.parametrize(("one", "other", "units"), ALIKE)
def test_names_that_do_not_say_so_are_paired(
    tmp_path: Path, one: str, other: str, units: Any
) -> None:
    p, t = sides(tmp_path, one, other, units)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert evaluate(p, t).mean == 0


def test_columns_that_were_named_are_meant(tmp_path: Path) -> None:
    p, t = sides(tmp_path, "depth_mm", "depth_m")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert evaluate(p, t, pred="depth_mm", target="depth_m").mean == 0


class WithUnit:
    """An array in memory with attributes, as one of xarray has."""

    def __init__(self, unit: object) -> None:
        self.attrs = {"units": unit}

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return np.ones((2, 3))


def test_different_units_of_arrays_in_memory_are_warned_of() -> None:
    with pytest.warns(UserWarning, match=r"has 'K' and <targets> 'degC'.*--separate says so"):
        assert evaluate(WithUnit("K"), WithUnit("degC")).mean == 0
    apart = ReadOptions(separate=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for unit in ("K ", "", 3, "kelvin"):
            assert evaluate(WithUnit("K"), WithUnit(unit)).mean == 0
        assert evaluate(WithUnit("K"), np.ones((2, 3))).mean == 0
        assert evaluate(WithUnit("K"), WithUnit("degC"), options=apart).mean == 0
