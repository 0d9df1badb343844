"""Which names of two columns say that their units differ."""

from __future__ import annotations

import sys

import pyarrow as pa
import pytest

from smoothl1 import evaluate
from smoothl1.pairing.units_of_names import are_in_different_units

DIFFERENT = """
glucose (mmol/L) | glucose (mg/dL)
glucose_mmol_l | glucose_mg_dl
logS (mol/L) | logS (g/L)
IC50 (nM) | IC50 (µM)
PM2.5 (µg/m³) | PM2.5 (mg/m³)
NO2 (ppb) | NO2 (µg/m³)
energy (eV) | energy (meV)
energy_ev | energy_kcal_mol
E_hartree | E_ev
E (kJ/mol) | E (kcal/mol)
force [eV/Å] | force [meV/Å]
wind [m s-1] | wind [kt]
wind (m/s) | wind (knots)
wind (m s⁻¹) | wind (km/h)
wind_ms | wind_kt
wind_m_s | wind_kmh
wind_m_s-1 | wind_mph
wind, m/s | wind, km/h
ghi [W/m2] | ghi [kW/m2]
ghi [W m**-2] | ghi [kWm-2]
ghi_w_m2 | ghi_kw_m2
precip (mm/h) | precip (mm/day)
precip_mm_per_h | precip_mm_per_day
pr (kg m-2 s-1) | pr (mm/day)
flux [kg / (m2 s)] | flux [g m-2 s-1]
yield_t_ha | yield_kg_ha
yield (bu/ac) | yield (t/ha)
rh [%] | rh [-]
share (0-1) | share (%)
q (kg/kg) | q (g/kg)
price (€/MWh) | price ($/MWh)
P (MW) | P (mW)
DEPTH_M | DEPTH_FT
h (feet) | h (m)
size (mb) | size (gb)
T °C | T K
depth_m | depth_mm
vol_l | vol_ml
vol_m3 | volume_ml
co2_mt | co2_kt
dose_mg_ml | dose_mg_dl
mass_g | mass_kg
mass_t | mass_kg
time_s | time_h
temp_c | temp_f
trend (K/yr) | trend (°F/yr)
trend (K/yr) | trend (°C/month)
delta_T (K) | delta_T (°F)
T (K) | delta_T (°C)
detail (K) | detail (°C)
"""
ALIKE = """
x [g mg kg t lb oz bu mol mmol] | x [g mg kg t lb oz bu mol umol]
wind (m/s) | wind [ms^-1]
wind (m/s) | wind (m s-1)
wind (mps) | wind_m_s
wind_kmh | wind (km/h)
wind (kt) | wind_knots
ghi (W/m2) | ghi [Wm-2]
conc (g/L) | conc (kg m-3)
conc (mg/m3) | conc (µg/L)
C (mM) | C (mmol/L)
pr (mm/s) | pr (kg/m2/s)
yield (Mg/ha) | yield (t/ha)
h (ft) | h (feet)
share (%) | share_percent
x (-) | x (1)
f (Hz) | f (1/s)
P (hPa) | P (mbar)
size_mb | size_MB
power_mw | power_MW
wait_ms | wait_mps
x [1] | x [2]
x_m | x_s
x_a | x_b
x_per | x_pct
x_t-1 | x_t-2
x_h2 | x_s2
pred (a) | pred (b)
pred (GPT) | pred (BERT)
pred_m | obs_km
y (min) | y (max)
y (in) | y (out)
T_10_m | T_2_m
load_15_min | load_1_h
x (m^9999) | x (km^9999)
(m) | [m]
y_g | y_t
x_l | x_t
x_g | x_l
x_t | x_ml
x_d | x_h
x_a | x_ma
pred_ml | pred_dl
weight_ml | weight_kg
pred_ml | true_mol
y_ml | y (kg)
y_ml | y_t
pred_mt | ref_kt
trend (K/yr) | trend (°C/yr)
lapse (K km-1) | lapse [°C/km]
c (J/kg/K) | c [J kg-1 °C-1]
delta_T (K) | delta_T (°C)
deltaT (K) | ΔT (°C)
dT (K) | dT (degC)
t2m_anomaly_k | t2m_anomaly_c
bias (K) | error (°C)
"""


def pairs(lines: str) -> list[tuple[str, str]]:
    return [(one, other) for one, _, other in (s.partition(" | ") for s in lines.split("\n")[1:-1])]


@pytest.mark.parametrize(("one", "other"), pairs(DIFFERENT))
def test_units_of_one_quantity_differ_in_any_notation(one: str, other: str) -> None:
    assert are_in_different_units(one, other)
    assert are_in_different_units(other, one)


@pytest.mark.parametrize(("one", "other"), pairs(ALIKE))
def test_one_unit_units_of_two_quantities_and_other_words_do_not(one: str, other: str) -> None:
    assert not are_in_different_units(one, other)
    assert not are_in_different_units(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [("depth_mm",) * 2, ("d_mm_pred", "d_mm"), ("sales_pred", "sales_true"), ("p", "x_m")],
)
def test_most_names_are_paired_without_the_table_of_units(
    one: str, other: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = ("smoothl1.pairing.units_of_names", "smoothl1.sources.unit_sizes")
    for module in late:
        monkeypatch.delitem(sys.modules, module, raising=False)
    values = [1.0, 2.5]
    assert evaluate(pa.table({one: values}), pa.table({other: values})).mean == 0
    assert not sys.modules.keys() & {*late}
