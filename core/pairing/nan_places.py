"""The origin of a NaN loss: which side of a pair is NaN or missing, or that both are infinite."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from smoothl1.pairing.matched_source import row_number
from smoothl1.selection import MODEL_ROLES

if TYPE_CHECKING:
    from smoothl1.pairing.chunks import Chunk, Pairing
    from smoothl1.sources.contract import Numbers, Source


class NanPlace(NamedTuple):
    """The first pair whose loss is NaN.

    Attributes:
        position: The position of the pair among all elements.
        causes: For each side at fault its role, and its value there: "NaN" or "no value"; empty if
            both sides are infinite.
    """

    position: int
    causes: tuple[tuple[str, str], ...]


def nan_place(chunk: Chunk, position: int, roles: tuple[str, str]) -> NanPlace:
    """Find out why the loss of a pair is NaN.

    Args:
        chunk: The chunk with the pair.
        position: The position of the pair among all elements.
        roles: The roles of predictions and targets: "pred" or "pred_2", and "target".
    """
    of_models = dict(zip(MODEL_ROLES, chunk.preds, strict=False))
    sides = {**of_models, "target": chunk.target}
    found = []
    for role in roles:
        cause = _cause(sides[role], position - chunk.start)
        if cause is not None:
            found.append((role, cause))
    return NanPlace(position, tuple(found))


def place_of(pairing: Pairing, position: int) -> str:
    """Describe the place of an element, given its position among all; not if transposed."""
    if pairing.is_flat:
        return f"the first is element {position + 1}"
    return f"the first in row {row_in(pairing, pairing.sources[0], position)}"


def row_in(pairing: Pairing, source: Source, position: int) -> int:
    """The row of an element in the file of a source, from 1; not if flat or transposed.

    Args:
        pairing: The sides with their rows.
        source: The source of one of them.
        position: The position of the element among all.
    """
    stored = pairing.stored
    width = pairing.row_elements if stored is None else stored.row_elements
    return row_number(source, position // width)


def earlier(one: NanPlace | None, other: NanPlace | None) -> NanPlace | None:
    """The earlier of two places."""
    if one is None or other is None:
        return one or other
    return one if one.position <= other.position else other


def _cause(side: Numbers, i: int) -> str | None:
    if side.missing is not None and side.missing[i]:
        return "no value"
    return "NaN" if side.values.dtype.kind == "f" and np.isnan(side.values[i]) else None
