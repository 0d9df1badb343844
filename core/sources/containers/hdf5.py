"""HDF5 and netCDF 4, which h5py reads. Only this module imports it.

Only what stands in the file itself is read: links to other files, datasets made of others, and
plugins that are not installed are refused. A block is a slice along the first axis.
"""

from __future__ import annotations

from contextlib import suppress
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from smoothl1.errors import (
    DataError,
    DtypeError,
    MissingExtraError,
    SmoothL1Error,
)
from smoothl1.files.stream import Seekable
from smoothl1.sources.columns import shown
from smoothl1.sources.containers.arrays import ArraysTable, looked_at
from smoothl1.sources.containers.attribute_names import that_matter
from smoothl1.sources.containers.hdf5_attributes import Attributes
from smoothl1.sources.containers.hdf5_contents import LINK_HINT, Link, contents_of
from smoothl1.sources.containers.hdf5_faults import faults_of
from smoothl1.sources.containers.hdf5_headers import RawFile
from smoothl1.sources.containers.hdf5_radar import attributes_beside
from smoothl1.sources.containers.hdf5_references import check_attribute
from smoothl1.sources.containers.hdf5_reversed import refuse_reversed
from smoothl1.sources.containers.hdf5_texts import texts_of, with_chunks_kept
from smoothl1.sources.containers.labels import info_of, unread
from smoothl1.sources.containers.masked_columns import (
    MaskedColumn,
    attributes_by,
    group_of,
    mask_of,
    no_mask,
)
from smoothl1.sources.containers.missing_values import masked, missing_values_of
from smoothl1.sources.containers.slices import SlicedArray, judge_what_is_stored
from smoothl1.sources.foreign import remedy_of
from smoothl1.sources.foreign_kinds import PANDAS_HDF5
from smoothl1.sources.npy.header import is_date
from smoothl1.sources.npy.no_numbers import no_numbers
from smoothl1.sources.sparse import layout_by, with_layouts
from smoothl1.sources.table import ColumnInfo

if TYPE_CHECKING:
    from collections.abc import Callable

    from smoothl1.files.contract import Input, SeekableInput
    from smoothl1.read_options import ReadOptions
    from smoothl1.sources.contract import Source
    from smoothl1.sources.table import Needs

_OF_NETCDF = ("_Netcdf4Dimid", "DIMENSION_LIST", "_Netcdf4Coordinates")
"""Attributes that only netCDF gives to its arrays."""


def open_table(
    file: Input, options: ReadOptions, needs: Needs, warn: Callable[[str], None]
) -> ArraysTable:
    """Open an HDF5 file; see `table.Opener`.

    Raises:
        MissingExtraError: h5py is not installed.
    """
    h5py = _imported()
    seekable = file.seekable()
    with faults_of(seekable, "damaged HDF5 file"):
        opened = h5py.File(Seekable(seekable), "r")
    try:
        return _table_of(h5py, seekable, opened, needs, warn)
    except BaseException:
        opened.close()
        raise


def _table_of(
    h5py: Any, file: SeekableInput, opened: Any, needs: Needs, warn: Callable[[str], None]
) -> ArraysTable:
    """The table of a file, which closes it, too."""
    with faults_of(file, "damaged HDF5 file"):
        raw = RawFile.of(h5py, file, opened)
        names, links, frames = contents_of(raw, opened)
        infos = [_info_of(raw, opened[name], name) for name in names]
        numeric = looked_at(names, infos, [_is_number(opened[name]) for name in names])
    remedy = None
    if frames:
        remedy = remedy_of(PANDAS_HDF5, file.path, frames[0])
        what = f"{file.path}: {shown(frames[0])}: pandas stored a table as arrays by types"
        warn(f"{what}, which are read in place of its columns [{remedy}]")
    if not names:
        raise DataError("an HDF5 file without datasets")
    with faults_of(file, "damaged HDF5 file"):
        infos = list(with_layouts(names, infos, partial(_layout_of, raw, opened)))
        infos += [_info_of_link(raw, opened, name, link) for name, link in links.items()]
    array_of = cache(partial(_array_of, raw, opened))  # one for all that read its chunks
    of_file = (raw, opened, array_of)
    open_member = partial(_member, of_file, needs, (*names, *links), links, warn)
    return ArraysTable(
        file,
        "hdf5",
        (*names, *links),
        tuple(infos),
        (*numeric, *(False for _ in links)),
        open_member,
        opened.close,
        partial(open_member, as_labels=True),
        remedy=remedy,
    )


def _layout_of(raw: RawFile, opened: Any, group: str) -> str:
    return layout_by(Attributes(opened[group or "/"], raw))


def _imported() -> Any:
    try:
        import h5py
    except ImportError as error:
        raise MissingExtraError(
            "HDF5 is read by h5py, which is not installed", hint="pip install 'smoothl1[h5py]'"
        ) from error
    return h5py


def _info_of_link(raw: RawFile, opened: Any, name: str, link: Link) -> ColumnInfo:
    """The array that a link leads to; its fractions are compared under its own name alone."""
    if link.goal is None:
        return ColumnInfo(f"link to {link.words}")
    info = _info_of(raw, opened[link.goal], name)
    return info._replace(kind="") if info.kind == "fraction" else info


def _info_of(raw: RawFile, dataset: Any, name: str) -> ColumnInfo:
    h5py, dtype = raw.h5py, _dtype_of(dataset)
    is_text = h5py.check_string_dtype(dtype)
    type_name = f"{'text' if is_text else dtype} {dataset.shape}"
    axes = _axes_of(raw, dataset, name)
    try:
        _check_kind(h5py, dataset, name, as_labels=True)
        _check_stored(h5py, dataset, name)
    except SmoothL1Error:
        return unread(type_name, name)  # what is wrong is told if it is chosen
    return info_of(type_name, dtype, dataset.shape, axes, Attributes(dataset, raw), name=name)


def _axes_of(raw: RawFile, dataset: Any, name: str) -> tuple[str, ...]:
    """The names of the axes, by the scales that are attached to them, or by their labels."""
    if dataset.is_scale:
        return (name,)
    if not dataset.shape or not _has_names_of_axes(raw, dataset):
        return ()
    axes = (axis[0].name.strip("/") if len(axis) else axis.label for axis in dataset.dims)
    with suppress(RuntimeError):  # a scale was deleted
        names = tuple(axes)
        return names if any(names) else ()
    return ()


def _has_names_of_axes(raw: RawFile, dataset: Any) -> bool:
    """Whether attributes are what names of axes are stored in; HDF5 reads any without a look."""
    h5py = raw.h5py
    for name in ("DIMENSION_LIST", "DIMENSION_LABELS"):
        if name in dataset.attrs:
            found = dataset.attrs.get_id(name)
            texts, items = h5py.check_string_dtype(found.dtype), h5py.check_vlen_dtype(found.dtype)
            if name == "DIMENSION_LABELS":
                is_sound = texts is not None and texts.length is None
            else:
                is_sound = items is not None and h5py.check_ref_dtype(items) is h5py.Reference
            if not is_sound or found.shape != (len(dataset.shape),):
                return False
            check_attribute(raw, dataset, found)
    return True


def _is_number(dataset: Any) -> bool:
    """Whether a dataset may be meant where none is named: not text, and no axis of another."""
    return _dtype_of(dataset).kind in "biuf" and not dataset.is_scale


def _dtype_of(dataset: Any) -> np.dtype[Any]:
    """The dtype in NumPy; of raw data where it has none."""
    try:
        found: np.dtype[Any] = dataset.dtype
    except TypeError:
        return np.dtype("V1")
    return found


def _member(
    of_file: tuple[RawFile, Any, Callable[[str, str], SlicedArray]],
    needs: Needs,
    names: tuple[str, ...],
    links: dict[str, Link],
    warn: Callable[[str], None],
    position: int,
    *,
    as_labels: bool = False,
) -> Source:
    raw, opened, array_of = of_file
    h5py, file = raw.h5py, raw.file
    name = names[position]
    what = f"dataset {shown(name)}"
    if name in links and links[name].goal is None:
        raise DataError(f"{what} is a link to {links[name].words}", hint=LINK_HINT)
    with faults_of(file, what):
        path = links[name].goal or name if name in links else name
        _check_kind(h5py, opened[path], what, as_labels=as_labels)
        array = array_of(path, what)
        dataset: Any = array.slices
        found = that_matter(Attributes(dataset, raw))
        found |= attributes_beside(h5py, opened, path, raw)
        of_group = {} if (group := group_of(path)) is None else Attributes(opened[group], raw)
        found |= attributes_by(of_group, path, _dtype_of(dataset))
        is_netcdf = "_NCProperties" in opened.attrs or any(
            key in dataset.attrs for key in _OF_NETCDF
        )
        _check_written(dataset, file.path, what, warn)
        values = partial(missing_values_of, found, dataset.dtype, name, is_netcdf=is_netcdf)
        numbers = masked(array, values, allow_missing=needs.allow_missing)
        mask = mask_of(path, of_group)
        if mask is None:
            return numbers
        flags = _mask(h5py, file, opened, mask, is_there=mask in names and mask not in links)
        return MaskedColumn(numbers, flags, allow_missing=needs.allow_missing)


def _array_of(raw: RawFile, opened: Any, path: str, what: str) -> SlicedArray:
    """The dataset at a path in slices; whoever opened it before is done with it."""
    h5py, file = raw.h5py, raw.file
    dataset, faults = opened[path], partial(faults_of, file)
    _check_stored(h5py, dataset, what)
    refuse_reversed(file, dataset, what)
    if dataset.dtype.kind != "O":
        return SlicedArray.of(file.path, "hdf5", dataset, what, faults)
    dataset = with_chunks_kept(h5py, dataset)
    array = SlicedArray.of(file.path, "hdf5", dataset, what, faults)
    return array._replace(texts=texts_of(raw, dataset, what))


def _mask(h5py: Any, file: SeekableInput, opened: Any, path: str, *, is_there: bool) -> Source:
    """The dataset at a path that says where another one has no value."""
    if not is_there:
        raise no_mask(path)
    what = f"dataset {shown(path)}"
    _check_stored(h5py, opened[path], what)
    return SlicedArray.of(file.path, "hdf5", opened[path], what, partial(faults_of, file))


def _check_written(dataset: Any, path: str, what: str, warn: Callable[[str], None]) -> None:
    """Judge chunks that were never written: HDF5 reads them as the fill value without a word."""
    if not dataset.size or dataset.is_virtual or dataset.external:
        return
    if dataset.chunks:
        n_stored = dataset.id.get_num_chunks()
    else:
        n_stored = int(dataset.id.get_storage_size() != 0)
    judge_what_is_stored(path, what, dataset, n_stored, dataset.fillvalue, warn)


def _check_kind(h5py: Any, dataset: Any, what: str, *, as_labels: bool) -> None:
    """Refuse an array that is not of numbers, nor of text or dates, if it is one of labels."""
    dtype = _dtype_of(dataset)
    if h5py.check_string_dtype(dtype):
        if as_labels:
            return
        raise DtypeError(f"{what} holds text, not numbers")
    is_number = dtype.kind in "biuf" and dtype.itemsize <= 8
    if not (is_number or (as_labels and is_date(dtype.str))):
        error = no_numbers(dtype.str, has_fields=dtype.names is not None)
        error.what = f"{what}: {error.what}"
        raise error
    if h5py.check_enum_dtype(dtype):
        raise DtypeError(f"{what} holds names of an enumeration, not numbers")


def _check_stored(h5py: Any, dataset: Any, what: str) -> None:
    """Refuse what is no array within the file."""
    if dataset.shape is None:
        raise DataError(f"{what} holds nothing")
    if dataset.is_virtual or dataset.external:
        hint = "save the numbers into one file"
        raise DataError(f"{what} is made of parts of other files, which are not read", hint=hint)
    plist = dataset.id.get_create_plist()
    for i in range(plist.get_nfilters()):
        code, _, _, name = plist.get_filter(i)
        if not h5py.h5z.filter_avail(code):
            label = name.decode("latin-1") if name else f"number {code}"
            raise MissingExtraError(
                f"{what} is compressed by the filter {shown(label)}, which h5py has not",
                hint="pip install hdf5plugin, or save it with gzip",
            )
