"""Arrays of Julia and GNU Octave in HDF5, which hold columns first and so have reversed axes.

Sources: https://github.com/JuliaIO/JLD2.jl/blob/master/src/file_header.jl,
https://docs.octave.org/latest/Simple-File-I_002fO.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from smoothl1.errors import DataError
from smoothl1.sources.foreign import remedy_of
from smoothl1.sources.foreign_kinds import Kind, numpy_kind

if TYPE_CHECKING:
    from smoothl1.files.contract import SeekableInput

_OF_JULIA = re.compile(rb"HDF5-based Julia Data Format|Julia data file \(HDF5\)")
_OF_OCTAVE = "OCTAVE_NEW_FORMAT"
_ARRAY = "h5py.File('{path}')['NAME'][()].T"
_JULIA = numpy_kind("Julia", "h5py", _ARRAY)
_OCTAVE = numpy_kind("GNU Octave", "h5py", f"{_ARRAY}.squeeze()")


def refuse_reversed(file: SeekableInput, dataset: Any, what: str) -> None:
    """Refuse an array of several axes whose writer had them in reverse.

    Args:
        file: The file that holds it.
        dataset: A dataset of h5py.
        what: How messages call it.

    Raises:
        DataError: Julia or GNU Octave wrote it.
    """
    if len(dataset.shape or ()) < 2:
        return
    if (kind := _writer_of(file, dataset)) is not None:
        raise DataError(
            f"{what} has its axes in reverse: {kind.what} stores columns first",
            hint=remedy_of(kind, file.path, dataset.name.strip("/")),
        )


def _writer_of(file: SeekableInput, dataset: Any) -> Kind | None:
    """Which of the two wrote a dataset, by the head of the file or what is said of a group."""
    if _OF_JULIA.match(file.head):
        return _JULIA
    is_of_octave = any(_OF_OCTAVE in holder.attrs for holder in (dataset, dataset.parent))
    return _OCTAVE if is_of_octave else None
