"""What attributes of CF say of other arrays of a file: coordinates, bounds, grid mappings.

Source: https://cfconventions.org/cf-conventions/cf-conventions.html, appendix A.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.sources.coordinates import without_groups

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_COORDINATES = "coordinates"

_LISTS = (
    _COORDINATES,
    "bounds",
    "climatology",
    "grid_mapping",
    "ancillary_variables",
)
"""Attributes that list names of arrays; a colon may be behind that of a grid mapping."""

_TERMS = ("cell_measures", "formula_terms")
"""Attributes that list terms, each with a colon, before names of arrays."""

OF_OTHERS = (*_LISTS, *_TERMS)
"""Names of the attributes that name other arrays."""


def text_of(attributes: Mapping[str, Any], name: str) -> str:
    """An attribute that is text; "" if there is none."""
    value = attributes.get(name, "")
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    return text.strip() if isinstance(text, str) else ""


def coordinates_in(attributes: Mapping[str, Any]) -> frozenset[str]:
    """The names of the coordinates of an array, without the groups that they are in."""
    return frozenset(map(without_groups, text_of(attributes, _COORDINATES).split()))


def described_in(attributes: Mapping[str, Any]) -> frozenset[str]:
    """The names of all arrays that describe an array, without the groups that they are in."""
    lists = (text_of(attributes, name) for name in _LISTS if name in attributes)
    terms = (text_of(attributes, name) for name in _TERMS if name in attributes)
    names = {name.rstrip(":") for text in lists for name in text.split()}
    names |= {name for text in terms for name in text.split() if not name.endswith(":")}
    return frozenset(map(without_groups, names))
