"""The quantities that a unit may measure, and its size in each of them.

A unit is a product of powers of symbols, of which each has a size in a few base units. So two units
of one quantity are compared whatever their notation: `km/h` and `kt`, `g/L` and `kg m-3`.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import product
from typing import TYPE_CHECKING

from smoothl1.sources.unit_spellings import factors

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Factors = frozenset[tuple[str, int]]
    """Symbols, each with its power."""

    Quantity = frozenset[tuple[str, int]]
    """Base units, each with its power."""

_ROWS = {
    "1": "% pct .01 frac 1 ppm 1e-6 ppb 1e-9 thousands 1e3 millions 1e6 billions 1e9 "
    "mol 6.02214e23",
    "m": "\u00c5 angstrom 1e-10 nm 1e-9 um 1e-6 mm .001 cm .01 dm .1 M 1 km 1e3 "
    "in .0254 ft .3048 yd .9144 mi 1609.344 nmi 1852",
    "m2": "sqm 1 sqkm 1e6 ha 1e4 ac acre acres 4046.856 sqft .092903",
    "m3": "ml mL cc g 1e-6 cl cL 1e-5 dl dL 1e-4 L .001 gal gallons 3.785412e-3 bbl .1589873",
    "g": "ng 1e-9 ug mcg 1e-6 mg .001 kg 1e3 t Mg 1e6 kt 1e9 Mt 1e12 "
    "oz 28.34952 lb 453.5924 bu 27215.54 mol 18.015",
    "mol": "pmol 1e-12 nmol 1e-9 umol 1e-6 mmol .001 kmol 1e3",
    "mol/L": "pM 1e-12 nM 1e-9 uM 1e-6 mM .001 M 1",
    "s": "ns 1e-9 us 1e-6 ms .001 min 60 h 3600 d 86400 week 604800 month 2629800 year 31557600",
    "m/s": "mps ms 1 kmh kph .2777778 mph .44704 kt .5144444 fps .3048",
    "1/s": "Hz 1 mHz .001 kHz 1e3 MHz 1e6 GHz 1e9 rpm bpm .01666667",
    "rad": "mrad .001 deg .01745329 arcmin 2.908882e-4 arcsec 4.848137e-6",
    "K": "C 1 F .5555556",
    "Pa": "mPa .001 hPa 100 kPa 1e3 MPa 1e6 GPa 1e9 bar 1e5 atm 101325 psi 6894.757 "
    "mmHg torr 133.3224 inHg 3386.389",
    "J": "mJ .001 kJ 1e3 MJ 1e6 GJ 1e9 Wh 3600 kWh 3.6e6 MWh 3.6e9 GWh 3.6e12 cal 4.184 kcal 4184 "
    "eV 1.602177e-19 meV 1.602177e-22 keV 1.602177e-16 MeV 1.602177e-13 "
    "hartree hartrees Ha ha Eh 4.359745e-18 BTU 1055.056",
    "J/s": "mW .001 W 1 kW 1e3 MW 1e6 GW 1e9 hp 745.6999",
    "V": "uV 1e-6 mV .001 kV 1e3",
    "A": "uA 1e-6 mA .001",
    "B": "kB KB 1e3 MB hPa 1e6 GB 1e9 TB 1e12 KiB 1024 MiB 1048576 GiB 1073741824",
    "USD": "EUR 1.1 GBP 1.3 CHF 1.2 JPY .007 CNY .14 INR .012 CAD .73 AUD .66",
}
"""Sizes of units, by what they are measured in; a size follows the symbols that have it.

A symbol may have several: `kt` is a knot, and 1000 tonnes; `ms` is m/s, too; `mb`, which is read as
hPa, may be a megabyte. A gram is also a millilitre, and a mole 18 grams, as of water: both mm and
kg m-2 are depths of rain. Currencies have sizes that they once had: only whether sizes are equal
matters."""

_PLACES = {"c": 274.15, "f": 255.928}
"""The places of 1 degree on the scale of K, which are no other unit's. A unit of temperature means
them unless it measures differences, as in a product: K/yr is \u00b0C/yr."""

_MOST_POWER = 9
_MOST_FACTORS = 6
"""What is beyond them is no unit: a size would overflow, and of many symbols each has several."""


def sizes(unit: str, *, is_difference: bool = False) -> frozenset[tuple[Quantity, str]]:
    """The quantities that a unit may measure, each with its size there; none if it is unknown.

    Args:
        unit: The unit, in any spelling.
        is_difference: Whether it measures differences: of temperatures, a degree of C is 1 K.

    Returns:
        Pairs of a quantity and a size to five digits, so that equal sizes are equal texts.
    """
    found = factors(unit)
    place = None if is_difference else _place_of_one(found)
    if place is not None:
        return frozenset({(frozenset({("K", 1)}), f"{place:.4e}")})
    return frozenset((quantity, f"{size:.4e}") for quantity, size in _products(found))


def _place_of_one(found: Factors | str) -> float | None:
    """Where 1 of a unit of temperature is on the scale of K; None for other units."""
    if isinstance(found, str) or len(found) != 1:
        return None
    ((symbol, power),) = found
    return _PLACES.get(symbol.casefold()) if power == 1 else None


def _products(found: Factors | str) -> Iterator[tuple[Quantity, float]]:
    if isinstance(found, str) or len(found) > _MOST_FACTORS:
        return
    if any(abs(power) > _MOST_POWER for _, power in found):
        return
    for meant in product(*(_meanings(symbol) for symbol, _ in found)):
        powers: defaultdict[str, int] = defaultdict(int)
        of_all = 1.0
        for (quantity, size), (_, power) in zip(meant, found, strict=True):
            of_all *= size**power
            for base, of_base in quantity:
                powers[base] += of_base * power
        yield frozenset((base, power) for base, power in powers.items() if power), of_all


def _meanings(symbol: str) -> Sequence[tuple[Quantity, float]]:
    return _EXACT.get(symbol, _IN_ANY_CASE.get(symbol.casefold(), ()))


_EXACT: defaultdict[str, list[tuple[Quantity, float]]] = defaultdict(list)
_IN_ANY_CASE: defaultdict[str, list[tuple[Quantity, float]]] = defaultdict(list)


def _read_rows() -> None:
    for base, row in _ROWS.items():
        if base.isalpha():
            _EXACT[base].append((frozenset({(base, 1)}), 1.0))
        of_base = [*_products(factors(base))]
        symbols: list[str] = []
        for word in row.split():
            if word == "%" or word.isalpha():
                symbols.append(word)
                continue
            for symbol in symbols:
                _EXACT[symbol] += [(quantity, float(word) * size) for quantity, size in of_base]
            symbols = []
    for symbol, meanings in _EXACT.items():
        _IN_ANY_CASE[symbol.casefold()] += meanings


_read_rows()
