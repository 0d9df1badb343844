"""What attributes of an array are called that say factors and missing values.

Each writer has a spelling of its own: `scale_factor` of CF is `ScaleFactor` of HDF-EOS5,
`SCALING_FACTOR` of EUMETSAT, and `SCALE FACTOR` of JAXA. Names are the same here if they differ in
upper and lower case, blanks, underscores and hyphens alone. An attribute of a group that says
something of an array has the path of the group before its name.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothl1.sources.containers.described import OF_OTHERS
from smoothl1.sources.coordinates import without_groups

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

VALID = ("valid_range", "valid_min", "valid_max")
"""Attributes by which some readers leave numbers out. None does so by another spelling."""

UNSIGNED = "_Unsigned"
UNIT, CALENDAR = "units", "calendar"

_EXACT = frozenset({*VALID, UNSIGNED, UNIT, CALENDAR, *OF_OTHERS})
"""Attributes that mean something in one spelling alone."""

_FACTORS = frozenset({"scalefactor", "scalingfactor"})
_FACTORS_WITH_ADDEND = frozenset({"scale", "slope", "gain"})
"""Names of factors that may mean other things, unless an addend is beside them."""

_ADDENDS = frozenset({"addoffset"})
_ADDENDS_WITH_FACTOR = frozenset({"offset", "intercept"})
"""Names of addends that may mean other things, unless a factor is beside them."""

_OF_LINES = frozenset({"slope", "intercept"})
"""What a fitted line has, too: in floats, these two say nothing of how numbers are stored."""

_MISSING = frozenset({"fillvalue", "missingvalue"})
_MISSING_AS_NUMBERS = frozenset({"codemissingvalue", "errordn", "fill", "nodata", "nodatavalue"})
"""Names of missing values that may mean other things, unless they are numbers."""

_UNDETECTED = "undetect"
"""What stands for nothing that a radar saw: a number to some readers, and missing to others."""

_FORMULAS = re.compile(r"calibration.*formulas")
"""What numbers are made by, as KNMI writes it for radars."""

_ALL = frozenset({_UNDETECTED}).union(
    *(_FACTORS, _FACTORS_WITH_ADDEND, _ADDENDS, _ADDENDS_WITH_FACTOR),
    *(_MISSING, _MISSING_AS_NUMBERS),
)

_SIGNS = re.compile(r"[\s_-]+")


def that_matter(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Those attributes that may say something of the numbers of an array, or of other arrays."""
    return {name: attributes[name] for name in attributes if matters(name)}


def matters(name: Any) -> bool:
    """Whether an attribute of a name may say something of the numbers, or of other arrays."""
    return isinstance(name, str) and (
        name in _EXACT
        or (folded := _folded(name)) in _ALL
        or _FORMULAS.fullmatch(folded) is not None
    )


def formulas_in(attributes: Mapping[str, Any]) -> Iterator[str]:
    """The attributes that say by a formula what the numbers of an array mean."""
    return (name for name in attributes if matters(name) and _FORMULAS.fullmatch(_folded(name)))


def undetected_in(attributes: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The attributes that say which value stands for nothing that was seen, and that value."""
    for name, value in attributes.items():
        if matters(name) and _folded(name) == _UNDETECTED and _is_number(value):
            yield name, value


def packing_in(attributes: Mapping[str, Any], dtype: np.dtype[Any]) -> Iterator[tuple[str, float]]:
    """The attributes that say a factor or an addend.

    Args:
        attributes: The attributes of an array by name.
        dtype: Its dtype.

    Yields:
        The name of each, and the value by which it changes no number: 1.0 or 0.0.
    """
    names = {name: _folded(name) for name in attributes if matters(name)}
    numbers = {folded for name, folded in names.items() if _is_number(attributes[name])}
    if dtype.kind == "f" and numbers >= _OF_LINES:
        numbers -= _OF_LINES
    factors, addends = _FACTORS, _ADDENDS
    if not factors.isdisjoint(names.values()):
        addends |= _ADDENDS_WITH_FACTOR
    if numbers & _FACTORS_WITH_ADDEND and numbers & (_ADDENDS | _ADDENDS_WITH_FACTOR):
        factors |= numbers & _FACTORS_WITH_ADDEND
        addends |= numbers & _ADDENDS_WITH_FACTOR
    for name, folded in names.items():
        if folded in factors:
            yield name, 1.0
        elif folded in addends:
            yield name, 0.0


def missing_in(attributes: Mapping[str, Any], dtype: np.dtype[Any]) -> Iterator[tuple[str, Any]]:
    """The attributes that say which values are missing, and what they say.

    Args:
        attributes: The attributes of an array by name.
        dtype: Its dtype, in which a number that is written as text is read.
    """
    for name, value in attributes.items():
        if not matters(name):
            continue
        folded = _folded(name)
        if folded in _MISSING:
            yield name, value
        elif folded in _MISSING_AS_NUMBERS and (number := _number_of(value, dtype)) is not None:
            yield name, number


def _folded(name: str) -> str:
    """A name without groups and signs, in lower case."""
    return _SIGNS.sub("", without_groups(name)).casefold()


def _is_number(value: Any) -> bool:
    try:
        found = np.asarray(value)
    except ValueError:  # lists of several lengths
        return False
    return found.size == 1 and found.dtype.kind in "iuf"


def _number_of(value: Any, dtype: np.dtype[Any]) -> Any:
    """A number, or the number that a text says; None of anything else."""
    text = value.decode("latin-1") if isinstance(value, bytes) else value
    if not isinstance(text, str):
        return value if _is_number(value) else None
    try:
        number = float(text)
    except ValueError:
        return None
    if dtype.kind == "f":
        with np.errstate(over="ignore"):
            return dtype.type(number)
    return int(number) if math.isfinite(number) and number.is_integer() else number
