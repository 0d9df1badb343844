"""The dtypes and types of several files as those of one input: the ones that hold all values."""

from __future__ import annotations

from collections import Counter
from functools import reduce
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from smoothl1.decisions import Decision
from smoothl1.errors import DataError
from smoothl1.sources.columns import shown, shown_names
from smoothl1.sources.contract import narrower_floats
from smoothl1.sources.exact_integers import first_inexact

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from smoothl1.sources.contract import Block, Field, Numbers
    from smoothl1.sources.shard_source import Shard


class ShardTypes(NamedTuple):
    """What all files of a set are read as.

    Attributes:
        fields: The fields, with dtypes that hold the numbers of all files.
        labels: The labels, with types that hold those of all files.
        notes: For each field or label whose files differ, what is read, and what the files hold.
    """

    fields: tuple[Field, ...]
    labels: tuple[pa.Field, ...]
    notes: tuple[tuple[str, str], ...] = ()

    def decisions(self, path: str) -> Iterator[Decision]:
        """The decisions about dtypes and types that differ."""
        for choice, reason in self.notes:
            yield Decision("dtype", path, choice, reason)

    def converted(self, block: Block, shard: Shard, first_row: int) -> Iterator[Block]:
        """A block of a file as one of the set, up to its first integer that is not exact.

        Args:
            block: Rows of the file.
            shard: The file.
            first_row: Rows of the file before the block.

        Raises:
            DataError: An integer of 64 bits stands beside floats, and binary64 does not have it.
        """
        is_same = (shard.fields, shard.labels) == (self.fields, self.labels)
        if is_same and not self.notes:  # else a dictionary of large_string may hold string
            yield block
            return
        wanted = [field.dtype for field in self.fields]
        places = map(first_inexact, block.fields, wanted)
        found = [(at // _width(f), i, at) for i, (at, f) in _faulty(places, self.fields)]
        row, i, at = min(found, default=(block.n_rows, 0, 0))
        if row:
            rows = block.rows(0, row) if found else block
            fields = map(_as_dtype, rows.fields, wanted)
            pairs = zip(rows.labels, self.labels, strict=True)
            labels = tuple(_as_type(column, label, shard.path) for column, label in pairs)
            yield rows._replace(fields=tuple(fields), labels=labels)
        if found:
            field = shard.fields[i]
            where = f", column {shown(field.column_of(at))}" if field.columns else ""
            number = block.fields[i].values[at]
            what = f"the integer {number} is not exact in float64, as which other files are read"
            hint = "write the column as integers in all files"
            raise DataError(f"row {first_row + row + 1}{where}: {what}", path=shard.path, hint=hint)


def types_of(shards: Sequence[Shard]) -> ShardTypes:
    """The dtypes and types in which all files can be read.

    Args:
        shards: At least one file.

    Raises:
        DataError: The files differ in what cannot be joined.
    """
    first = shards[0]
    of_first = (first.format, first.fields, first.labels)
    if all((shard.format, shard.fields, shard.labels) == of_first for shard in shards):
        return ShardTypes(first.fields, first.labels)
    for shard in shards:
        if shard.format != first.format:
            raise _disagreement(shard, shard.format, first, first.format)
    fields = tuple(
        _joint_field([shard.fields[i] for shard in shards], shards)
        for i in range(len(first.fields))
    )
    labels = tuple(
        _joint_label([shard.labels[i] for shard in shards], shards)
        for i in range(len(first.labels))
    )
    names = [", ".join(map(shown, f.columns)) or "the array" for f in fields]
    of_fields = [[_kind(shard.fields[i]) for shard in shards] for i in range(len(fields))]
    of_labels = [[str(shard.labels[i].type) for shard in shards] for i in range(len(labels))]
    joint = [str(f.dtype) for f in fields] + [str(label.type) for label in labels]
    names += [shown(label.name) for label in labels]
    notes = tuple(
        (f"read as {kind}", f"{name} is {_counted(kinds)}")
        for name, kind, kinds in zip(names, joint, [*of_fields, *of_labels], strict=True)
        if len(set(kinds)) > 1
    )
    return ShardTypes(fields, labels, notes)


def _joint_field(fields: Sequence[Field], shards: Sequence[Shard]) -> Field:
    """A field with the dtype that NumPy gives for all files; only dtypes may differ."""
    first = fields[0]
    if any(field.is_scalar for field in fields):
        i = next(i for i, field in enumerate(fields) if field.is_scalar)
        raise DataError("a single number without rows cannot be a shard", path=shards[i].path)
    for field, shard in zip(fields, shards, strict=True):
        if (field.columns, field.row_shape) != (first.columns, first.row_shape):
            raise _disagreement(shard, _described(field), shards[0], _described(first))
    dtypes = sorted({field.dtype for field in fields if not field.is_null}, key=str)
    joint = np.result_type(*dtypes) if dtypes else first.dtype
    stored = {name for field in fields for name in field.narrower}
    stored |= narrower_floats(dtypes, joint)
    dtype = dtypes[0] if len(dtypes) == 1 else joint
    return first._replace(dtype=dtype, is_null=not dtypes, narrower=tuple(sorted(stored)))


def _joint_label(labels: Sequence[pa.Field], shards: Sequence[Shard]) -> pa.Field:
    """A label with the type that holds those of all files: of integers, floats, text or times."""
    import pyarrow as pa
    from pyarrow import types

    from smoothl1.sources.arrow.schema import numeric_dtype  # late: pyarrow
    from smoothl1.sources.text_types import is_text_type
    from smoothl1.sources.time_types import time_in_common

    first = labels[0]
    kinds = {label.type for label in labels}
    if len({label.name for label in labels}) == 1:
        if len(kinds) == 1:
            return first
        if all(map(is_text_type, kinds)):
            return pa.field(first.name, pa.large_string())
        if all(map(types.is_integer, kinds)) or all(map(types.is_floating, kinds)):
            joint = np.result_type(*filter(None, map(numeric_dtype, kinds)))
            if (joint.kind == "f") == all(map(types.is_floating, kinds)):
                return pa.field(first.name, pa.from_numpy_dtype(joint))
        joint_time = reduce(lambda one, other: one and time_in_common(one, other), kinds)
        if joint_time is not None:
            return pa.field(first.name, joint_time)
    i = next(i for i, label in enumerate(labels) if label != first)
    one, other = (f"column {shown(label.name)} is {label.type}" for label in (labels[i], first))
    raise _disagreement(shards[i], one, shards[0], other)


def _disagreement(shard: Shard, one: str, first: Shard, other: str) -> DataError:
    """The error about a file that differs from the first one, with what differs."""
    begin = one[: one.rfind(" is ") + 4] if " is " in one else ""
    short = other[len(begin) :] if begin and other.startswith(begin) else other
    return DataError(f"{one} here, but {short} in {first.path}; shards must agree", path=shard.path)


def _described(field: Field) -> str:
    shape = f" in rows of shape {field.row_shape}" if field.row_shape else ""
    column = f"column {shown_names(field.columns)} is " if field.columns else ""
    return f"{column}{_kind(field)}{shape}"


def _kind(field: Field) -> str:
    return "null" if field.is_null else str(field.dtype)


def _counted(kinds: Sequence[str]) -> str:
    """How many files are of each kind, the most frequent one first."""
    (kind, n), *others = sorted(Counter(kinds).items(), key=lambda item: (-item[1], item[0]))
    rest = [f"{other} in {'the others' if len(others) == 1 else n}" for other, n in others]
    return ", ".join([f"{kind} in {n} of {len(kinds)} files", *rest])


def _faulty(
    places: Iterator[int | None], fields: Sequence[Field]
) -> Iterator[tuple[int, tuple[int, Field]]]:
    for i, (at, field) in enumerate(zip(places, fields, strict=True)):
        if at is not None:
            yield i, (at, field)


def _width(field: Field) -> int:
    return max(1, field.row_elements)


def _as_dtype(numbers: Numbers, dtype: np.dtype[Any]) -> Numbers:
    values: NDArray[Any] = numbers.values.astype(dtype, copy=False)
    return numbers._replace(values=values)


def _as_type(column: pa.Array, label: pa.Field, path: str) -> pa.Array:
    """Labels of a file in the type of all files, perhaps still as a dictionary.

    Raises:
        DataError: A time is so far away that its number in a finer unit has too many digits.
    """
    import pyarrow as pa

    try:
        if isinstance(column, pa.DictionaryArray):
            values = column.dictionary.cast(label.type)
            return pa.DictionaryArray.from_arrays(column.indices, values)
        return column.cast(label.type)
    except pa.ArrowInvalid as error:
        what = f"column {shown(label.name)} has a time that {label.type} cannot hold, as which "
        what += "other files are read"
        raise DataError(what, path=path, hint="write one unit in all files") from error
