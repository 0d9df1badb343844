"""Units that are written in several ways are one unit, and other units are not."""

from __future__ import annotations

import pytest

from smoothl1.sources.coordinates import is_longitude
from smoothl1.sources.unit_spellings import is_one_unit

SPELLINGS = [
    ("m s**-1", "m s-1", "m/s", "m / s", "m.s-1", "m s^-1", "m s\u207b\u00b9", "m s^{-1}", "ms-1"),
    ("W m-2", "W/m2", "Wm-2", "Wm^-2"),
    ("\u00b5g m-3", "ugm-3"),
    ("t ha-1", "tha-1", "tonnes/hectare"),
    ("ft", "feet", "foot"),
    ("$/MWh", "USD MWh-1"),
    ("m s-1", "s-1 m", "m*s**(-1)", "m\u00b7s-1", "metres per second"),
    ("kg m**-2 s**-1", "kg m-2 s-1", "kg/m2/s", "kg / (m2 s)", "kg/m^2 s-1"),
    ("K", "kelvin", "KELVIN", "degK", "degree_K"),
    ("degC", "Celsius", "deg_C", "degree_Celsius", "\u00b0C", "degrees C", "C"),
    ("degrees_north", "degree_N", "degreesN"),
    ("degrees", "deg", "\u00b0"),
    ("1", "(0 - 1)", "-", "dimensionless", "kg kg**-1", "m3 m-3", "1.0"),
    ("\u00b5g m\u207b\u00b3", "ug/m3", "ug m**-3", "\u03bcg/m^3"),
    ("hPa", "mbar", "millibars"),
    ("mm/day", "mm d-1"),
    ("1/s", "s-1", "1 s-1"),
    ("K yr-1", "degC/year", "\u00b0C yr-1"),
    ("W m-2 K-1", "W/m2/degC"),
    ("1/K", "degC-1"),
    ("days since 2000-01-01", "days since 2000-01-01 "),
]
OTHERS = [
    ("K", "degC"),
    ("degF", "degC"),
    ("K/yr", "degF/yr"),
    ("degrees", "degC"),
    ("degrees_north", "degrees_east"),
    ("mPa", "MPa"),
    ("m", "m2"),
    ("m", "m-1"),
    ("mm-1", "m m-1"),
    ("kWh-1", "kW h-1"),
    ("cm-3", "c m-3"),
    ("ms", "m s"),
    ("m s-1", "m s-2"),
    ("m/s", "km/h"),
    ("kg m-2", "kg m-2 s-1"),
    ("m0.5", "m"),
    ("10 m", "m"),
    ("1e-3 kg", "kg"),
    ("0.1", "1"),
    ("11", "1"),
    ("%", "1"),
    ("m (", "m"),
    ("K (at 2 m)", "K (at 10 m)"),
    ("dB", "dBZ"),
    ("days since 2000-01-01", "days since 2001-01-01"),
]


@pytest.mark.parametrize("spellings", SPELLINGS, ids=lambda spellings: spellings[0])
def test_one_unit_in_several_spellings_is_the_same(spellings: tuple[str, ...]) -> None:
    for one in spellings:
        assert all(is_one_unit(one, other) for other in spellings), one


@pytest.mark.parametrize(("one", "other"), OTHERS)
def test_other_units_are_not_the_same(one: str, other: str) -> None:
    assert not is_one_unit(one, other)
    assert not is_one_unit(other, one)


def test_degrees_of_longitude_are_known_in_any_spelling() -> None:
    for unit in ("degrees_east", "degree_E", "DegreesE"):
        assert is_longitude("x", unit)
    assert not is_longitude("x", "degrees")
