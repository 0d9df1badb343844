"""Records with marks, which programs write and which are not read: what converts them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.sources.foreign_kinds import Kind
from smoothl1.sources.record_marks import named_vectors, records_of_fortran, vectors

if TYPE_CHECKING:
    from smoothl1.files.contract import Input
    from smoothl1.sources.record_marks import Order, Records

_STREAM = "write them with access='stream', which --raw DTYPE reads"

_FORTRAN = (
    'convert it: python -c "import numpy; '
    "x = numpy.fromfile('{path}', '{mark}, {numbers}, {mark}'); "
    "assert {*x['f0'], *x['f2']} == {{n_bytes}}; numpy.save('{stem}.npy', x['f1']{of_one})\""
)
"""Where all records have one size, which the line checks."""

_VECTORS = (
    'convert it: python -c "import numpy; '
    "x = numpy.fromfile('{path}', 'u1').view('<i4, ({n_items},){numbers}'); "
    "assert {*x['f0']} == {{n_items}}; numpy.save('{stem}.npy', x['f1'])\""
)
_UNEVEN = "its vectors have several lengths, or the last one is cut; save the numbers as .npy"
_ITEMS = {"fvecs": "<f4", "ivecs": "<i4", "bvecs": "u1"}
"""The numbers of vectors, as NumPy writes their dtype."""

_MOST_BYTES = 1 << 12
"""Bytes of a vector that are looked at."""

_LEAST_FLOAT = 1 << 23
"""The least bits of a float of 4 bytes that is not too small for all its digits."""


def kind_of_records(file: Input, code: str | None, float_order: Order | None) -> Kind | None:
    """The kind of a file that certainly is records with marks; None if it is not.

    Args:
        file: The file.
        code: The dtype of the numbers, as NumPy writes it; None if it is not known.
        float_order: As in `record_marks.records_of_fortran`.
    """
    if (found := records_of_fortran(file, float_order)) is not None:
        return _of_fortran(found, code, file.size or 0)
    are_whole = code is not None and float_order is None and code[-1] != "1"
    if (found := vectors(file, float_order, by_name=are_whole)) is not None:
        return _of_vectors(found, file)
    return None


def _of_fortran(records: Records, code: str | None, size: int) -> Kind:
    """Records of Fortran, and how they become an array if all have one size."""
    width, n_bytes = records.form.width, records.n_bytes
    what = (
        "records of Fortran (form='unformatted'), "
        f"the first between two copies of its size, {n_bytes} bytes"
    )
    if code is None or not records.is_even or n_bytes % int(code[-1]):
        return Kind(what, _STREAM)
    n_items = n_bytes // int(code[-1])
    remedy = _FORTRAN
    for name, text in {
        "mark": f"{'>' if records.form.order == 'big' else '<'}u{width}",
        "numbers": code if n_items == 1 else f"({n_items},){code}",
        "n_bytes": str(n_bytes),
        "of_one": "[0]" if size == n_bytes + 2 * width and n_items > 1 else "",
    }.items():
        remedy = remedy.replace(f"{{{name}}}", text)
    return Kind(what, f"{remedy}; in Fortran, {_STREAM}")


def _of_vectors(records: Records, file: Input) -> Kind:
    """Vectors of fvecs, ivecs or bvecs, which differ in the items of the vectors."""
    name = named_vectors(file.path)
    if name is None or (name == "bvecs") != (records.form.unit == 1):
        name = _kind_of_items(records, file)
    n_items = records.n_bytes // records.form.unit
    what = f"vectors of {name}, each behind its length, {n_items}"
    if not records.is_even:
        return Kind(what, _UNEVEN)
    remedy = _VECTORS
    for field, text in {"numbers": _ITEMS[name], "n_items": str(n_items)}.items():
        remedy = remedy.replace(f"{{{field}}}", text)
    return Kind(what, remedy)


def _kind_of_items(records: Records, file: Input) -> str:
    """The kind of vectors, by the numbers of the first."""
    width, n_bytes = records.form.width, records.n_bytes
    if records.form.unit == 1:
        return "bvecs"
    words = memoryview(file.read(width, min(n_bytes, _MOST_BYTES))).cast("i")
    return "ivecs" if max(map(abs, words)) < _LEAST_FLOAT else "fvecs"
