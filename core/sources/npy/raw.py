"""Headerless binary, as `tofile` and `memmap` write it: an array whose dtype the user says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smoothl1.decisions import Decision
from smoothl1.errors import SettingsError
from smoothl1.sources.headerless import check_headerless
from smoothl1.sources.npy.header import NpyHeader
from smoothl1.sources.npy.raw_layout import parsed
from smoothl1.sources.npy.source import NpyTable, array_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from smoothl1.files.contract import Input
    from smoothl1.read_options import ReadOptions
    from smoothl1.sources.table import Needs


def open_table(
    file: Input, options: ReadOptions, needs: Needs, warn: Callable[[str], None]
) -> NpyTable:
    """Open headerless binary; see `table.Opener`.

    A stream of unknown length is copied to a temporary file, unless the whole shape is given.

    Raises:
        SettingsError: No dtype is given.
        DataError: The size is not that of the layout, or the file is certainly no headerless binary
            and its format is not given.
    """
    if options.raw is None:
        raise SettingsError("the format raw needs a dtype", hint="--raw DTYPE, such as float32")
    layout = parsed(options.raw)
    if layout.is_open:
        file = file.seekable()
    if options.format is None:
        check_headerless(file, layout)
    shape = layout.shape if file.size is None else layout.shape_of(file.size)
    if needs.read_again:
        file = file.seekable()
    dtype = np.dtype(layout.code)
    header = NpyHeader(dtype, False, shape, 0, layout.narrow)  # noqa: FBT003
    read_as = f"headerless {layout.narrow or dtype.str} of shape {shape}"
    decision = Decision("raw", file.path, read_as, "--raw says so")
    return NpyTable(array_of(file, header, "raw"), file.path, decisions=(decision,))
