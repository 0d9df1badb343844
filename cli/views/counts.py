"""Counts that tables for people have only if one of them is not zero."""

from __future__ import annotations

RARE_COUNTS = {
    "nan": "n_nan",
    "inf": "n_inf",
    "missing": "n_missing",
    "omitted": "n_omitted",
    "ignored": "n_ignored",
    "weight 0": "n_weightless",
}
"""The heads of their columns, and their names in a tally."""
