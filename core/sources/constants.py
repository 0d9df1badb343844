"""Columns that have one value in each file: that of its folder's name, or of a table's log.

Most sets of files have none, so pyarrow is imported where they are used.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from smoothl1.errors import DataError, DtypeError
from smoothl1.sources.columns import has_column, position, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from smoothl1.files.partitions import Partitions
    from smoothl1.sources.contract import Block, Columns, Wanted
    from smoothl1.sources.table import ColumnInfo

_INTEGER = re.compile(r"-?[0-9]{1,19}")


class Constants(NamedTuple):
    """Columns that have one value in each file of a set.

    Attributes:
        names: The names of the columns, all different.
        values: For each column its values, one for each file, null where it is missing.
    """

    names: Columns = ()
    values: tuple[pa.Array, ...] = ()

    def without(self, names: Columns) -> Constants:
        """The columns that are called otherwise."""
        others = [i for i, name in enumerate(self.names) if name not in names]
        return Constants(*(tuple(of_all[i] for i in others) for of_all in self))

    def infos(self) -> tuple[ColumnInfo, ...]:
        """More about each column; see `Table.columns`."""
        if not self.names:
            return ()
        import pyarrow as pa

        from smoothl1.sources.arrow.schema import described

        kinds = [column.type for column in self.values]
        infos = described(pa.schema(zip(self.names, kinds, strict=True)))
        return tuple(info._replace(is_index=False, is_unseen=False) for info in infos)

    def at(self, i: int) -> tuple[pa.Array, ...]:
        """The values of one file, each as an array of one."""
        return tuple(column[i : i + 1] for column in self.values)


def of_folders(partitions: Partitions) -> Constants:
    """The columns that folders are named after: whole numbers if all values are, else text.

    Names that are different stay so: `1` and `01` are text.
    """
    if not partitions.names:
        return Constants()
    import pyarrow as pa

    columns = []
    for texts in zip(*partitions.values, strict=True):
        there = {text for text in texts if text is not None}
        if there and all(map(_is_integer, there)) and len({*map(int, there)}) == len(there):
            numbers = [None if text is None else int(text) for text in texts]
            columns.append(pa.array(numbers, pa.int64()))
        else:
            columns.append(pa.array(texts, pa.string()))
    return Constants(partitions.names, tuple(columns))


def _is_integer(text: str) -> bool:
    return _INTEGER.fullmatch(text) is not None and -(2**63) <= int(text) < 2**63


class Origin(NamedTuple):
    """Where a label or shared column comes from.

    Attributes:
        place: Its place among those that are read from a file, or among the constants.
        field: The name and type of a constant; None for a column of a file.
        is_encoded: Whether a constant may be a dictionary.
        may_be_missing: Whether a constant may be missing.
    """

    place: int
    field: pa.Field | None = None
    is_encoded: bool = False
    may_be_missing: bool = False


class Layout(NamedTuple):
    """Requested columns: some are read from each file, others are constant in it.

    Attributes:
        stored: The columns that are read.
        labels: Where each label comes from.
        shared: Where each shared column comes from.
        checked: Constants that the files have as columns, too: the places of the column among the
            shared ones that are read, and of the constant.
    """

    stored: Wanted
    labels: tuple[Origin, ...]
    shared: tuple[Origin, ...]
    checked: tuple[tuple[int, int], ...]

    def fields(self, of_file: Sequence[pa.Field]) -> tuple[pa.Field, ...]:
        """The label columns as a source describes them, given those that are read."""
        return tuple(of_file[at.place] if at.field is None else at.field for at in self.labels)

    def completed(self, block: Block, constants: Sequence[pa.Array], path: str) -> Block:
        """A block of a file, with the columns that are constant in it.

        Args:
            block: The columns that were read.
            constants: The value of each constant, as an array of one.
            path: The file, for messages.

        Raises:
            DataError: A value is missing, or the file has other values.
        """
        for place, of_constant in self.checked:
            name = self.stored.shared[place]
            _check_equal(block.shared[place], constants[of_constant], name, path)
        sides = ((self.labels, block.labels), (self.shared, block.shared))
        labels, shared = (
            tuple(
                stored[at.place]
                if at.field is None
                else _repeated(at, constants[at.place], block.n_rows, path)
                for at in origins
            )
            for origins, stored in sides
        )
        return block._replace(labels=labels, shared=shared)


def layout_of(constants: Constants, wanted: Wanted, names: Columns, n_stored: int) -> Layout | None:
    """Divide requested columns into those that are read and those that are constant.

    Args:
        constants: The columns that have one value in each file.
        wanted: The requested columns.
        names: The names of all columns, first those of the files.
        n_stored: The number of columns of the files.

    Returns:
        The layout; None if no constant was requested.

    Raises:
        DataError: A column is not unique, or is to be read as numbers, or is no label.
    """
    if not constants.names:
        return None
    asked = {name for columns in wanted.fields for name in columns}
    positions = {
        name: position(name, names)
        for name in (*asked, *wanted.labels, *wanted.shared)
        if has_column(name, names)
    }
    places = {
        name: constants.names.index(names[i])
        for name, i in positions.items()
        if names[i] in constants.names
    }
    own = {name: place for name, place in places.items() if positions[name] >= n_stored}
    for name in asked & own.keys():
        raise DtypeError(
            f"column {shown(name)} is that of the names of folders, not of the files: it can be a "
            "key or make groups, but holds no numbers",
            hint="choose a column of the files, or write this one into them",
        )
    labels, read_labels, carried = _labels(constants, wanted, own)
    read = [name for name in wanted.shared if name not in own]
    doubled = [name for name in places if name not in own]
    read += [name for name in doubled if name not in read]
    checked = tuple((read.index(name), places[name]) for name in doubled)
    shared = tuple(
        Origin(own[name], _field(constants, own[name]), may_be_missing=True)
        if name in own
        else Origin(read.index(name))
        for name in wanted.shared
    )
    stored = wanted._replace(labels=read_labels, shared=tuple(read), carried=carried)
    return Layout(stored, labels, shared, checked) if places else None


def _labels(
    constants: Constants, wanted: Wanted, own: dict[str, int]
) -> tuple[tuple[Origin, ...], Columns, tuple[int, ...]]:
    """Where each label comes from; those that are read, and which of these are carried."""
    from smoothl1.sources.arrow.label_values import label_field
    from smoothl1.sources.arrow.text_lengths import LONG_BYTES

    origins: list[Origin] = []
    read: list[str] = []
    carried: list[int] = []
    for i, name in enumerate(wanted.labels):
        is_carried = i in wanted.carried
        if name in own:
            found = _field(constants, own[name])
            field = label_field(found.name, found.type, is_carried=is_carried)
            is_encoded = name in wanted.encoded or constants.values[own[name]].nbytes > LONG_BYTES
            origins.append(Origin(own[name], field, is_encoded, is_carried))
        else:
            carried += [len(read)] * is_carried
            origins.append(Origin(len(read)))
            read.append(name)
    return tuple(origins), tuple(read), tuple(carried)


def _field(constants: Constants, place: int) -> pa.Field:
    import pyarrow as pa

    return pa.field(constants.names[place], constants.values[place].type)


def _repeated(at: Origin, value: pa.Array, n_rows: int, path: str) -> pa.Array:
    """A constant in every row of a block."""
    import numpy as np
    import pyarrow as pa

    if value.null_count and not at.may_be_missing:
        name = shown(at.field.name) if at.field is not None else ""
        raise DataError(f"column {name}: the value is missing (null) in all rows", path=path)
    if at.is_encoded and not value.null_count:
        return pa.DictionaryArray.from_arrays(pa.array(np.zeros(n_rows, np.int32)), value)
    return pa.repeat(value[0], n_rows)


def _check_equal(column: pa.Array, value: pa.Array, name: str, path: str) -> None:
    """Refuse a column of a file, unless it has the file's constant in every row.

    Values are equal if they are as one of the two types: 01 as text is the number 1.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if value.null_count and column.null_count == len(column):
        return
    for kind in (column.type, value.type):
        with suppress(pa.ArrowInvalid, pa.ArrowNotImplementedError):
            same = pc.equal(column.cast(kind), value.cast(kind)[0])
            if not same.null_count and same.to_numpy(zero_copy_only=False).all():
                return
    raise DataError(
        f"column {shown(name)} has other values than {shown(str(value[0].as_py()))}, which the "
        "name of its folder or the log of its table says",
        path=path,
        hint="a pattern that names that folder without wildcards reads the column",
    )
