"""Sources in, aligned chunks out. Rows are paired by position and never broadcast."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from smoothl1.errors import DataError, SettingsError, ShapeError
from smoothl1.parts import common_cuts
from smoothl1.sources.columns import shown
from smoothl1.sources.contract import Block, Numbers
from smoothl1.sources.reordered import ReorderedSource

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from smoothl1.sources.contract import Elementwise, Field, Part, Source


class Chunk(NamedTuple):
    """Some rows of all sides.

    Attributes:
        start: Position of the first element among all elements.
        n_rows: At least one.
        pred: Elements of the predictions.
        target: Elements of the targets, equally many.
        rival: Elements of a second model's predictions, where there is one.
        weight: A weight for each element, where there are weights.
        groups: A value for each row, where there are groups.
        keys: For each key column a value for each row, where they are carried along.
    """

    start: int
    n_rows: int
    pred: Numbers
    target: Numbers
    rival: Numbers | None = None
    weight: NDArray[np.float64] | None = None
    groups: pa.Array | None = None
    keys: tuple[pa.Array, ...] = ()


class Side(NamedTuple):
    """A source, and what its fields and labels are.

    Attributes:
        source: Read in step with the others.
        roles: Of its fields: "pred", "rival", "target", "weight".
        label_roles: Of its labels: "key", "by".
    """

    source: Source
    roles: tuple[str, ...]
    label_roles: tuple[str, ...] = ()


class Stored(NamedTuple):
    """Where the real rows are, when elements are read in the order in which they are stored.

    Attributes:
        n_rows: Rows that there really are.
        stride: Elements from one row to the next.
        fortran: Whether the first axis runs fastest, so that rows do not come one after another.
    """

    n_rows: int
    stride: int
    fortran: bool


@dataclass(frozen=True, slots=True)
class Pairing:
    """One source that holds all, or several that are read in step.

    Attributes:
        sides: Their fields together are the predictions, the targets, and perhaps the weights.
        n_rows: Rows, where it is known before reading; else None.
        row_shape: Of predictions and targets.
        stored: Set where the elements are read one a row, in the order in which they are stored.
        is_flat: Whether the sides have different shapes, so that there are no rows in common.
        group_type: In which groups that both sides name are compared.
    """

    sides: tuple[Side, ...]
    n_rows: int | None
    row_shape: tuple[int, ...]
    stored: Stored | None = None
    is_flat: bool = False
    group_type: pa.DataType | None = None

    @property
    def row_elements(self) -> int:
        """Elements of one row."""
        return math.prod(self.row_shape)

    @property
    def sources(self) -> tuple[Source, ...]:
        """Of all sides."""
        return tuple(side.source for side in self.sides)

    @property
    def cuts(self) -> tuple[int, ...] | None:
        """Rows at which all sources may be cut; None where any row will do."""
        return common_cuts(self.sources)

    def place_of(self, position: int) -> str:
        """Where the first of some elements is, by its position in the order of reading."""
        if self.is_flat:
            return f"the first is element {position + 1}"
        if self.stored is None:
            return f"the first in row {position // self.row_elements + 1}"
        which = "one of them" if self.stored.fortran else "the first"
        return f"{which} in row {position // self.stored.stride % self.stored.n_rows + 1}"

    def chunks(self, part: Part, n_rows: int) -> Iterator[Chunk]:
        """Read the rows of a part, in order.

        Args:
            part: Begins and ends at `cuts`.
            n_rows: Rows of a chunk, at most.

        Yields:
            Chunks, each valid until the next one is asked for.

        Raises:
            ShapeError: One side ends before the other.
            DataError, StorageError: A source cannot be read or trusted.
        """
        row = part.start
        for blocks in aligned(self.sources, part, n_rows, unit_of(self)):
            yield self._chunk(blocks, row)
            row += blocks[0].n_rows

    def _chunk(self, blocks: Sequence[Block], row: int) -> Chunk:
        fields: dict[str, Numbers] = {}
        keys: list[pa.Array] = []
        groups: list[tuple[Source, pa.Array]] = []
        for side, block in zip(self.sides, blocks, strict=True):
            fields |= zip(side.roles, block.fields, strict=True)
            for role, column, label in zip(
                side.label_roles, block.labels, side.source.labels, strict=True
            ):
                if role == "key":
                    keys.append(column)
                else:
                    groups.append((side.source, self._as_group(column, side.source, label.name)))
        pred, target = fields["pred"], fields["target"]
        weight = None
        if "weight" in fields:
            weight = self._weights(fields["weight"], blocks[0].n_rows, row)
        start = row * self.row_elements
        n_rows = blocks[0].n_rows
        group = self._groups(groups, row)
        rival = fields.get("rival")
        return Chunk(start, n_rows, pred, target, rival, weight, group, tuple(keys))

    def _as_group(self, column: pa.Array, source: Source, name: str) -> pa.Array:
        if self.group_type is None:
            return column
        from smoothl1.labels import converted  # late: pyarrow

        return converted(column, self.group_type, source, name)

    def _weights(self, weight: Numbers, n_rows: int, row: int) -> NDArray[np.float64]:
        """A weight for each element; that of a row counts for all of its elements."""
        values = weight.values.astype(np.float64)
        missing = np.zeros(values.size, np.bool_) if weight.missing is None else weight.missing
        wrong = missing | ~((values >= 0) & np.isfinite(values))
        if wrong.any():
            i = int(wrong.argmax())
            what = "missing" if missing[i] else f"{values[i]}, not finite and >= 0"
            source, _ = field_of(self.sides, "weight")
            place = row + i // (values.size // n_rows)
            if isinstance(source, ReorderedSource):
                place = source.row_of(place)
            raise DataError(f"the weight in row {place + 1} is {what}", path=source.path)
        return values if values.size != n_rows else np.repeat(values, self.row_elements)

    def _groups(self, found: Sequence[tuple[Source, pa.Array]], row: int) -> pa.Array | None:
        """The groups of rows; if both sides name them, they must agree."""
        if not found:
            return None
        if len(found) == 1:
            return found[0][1]
        from smoothl1.labels import texts_of, unequal  # late: pyarrow

        (pred, one), (target, other) = found
        differs = unequal(one, other)
        if differs is not None:
            names = [shown(texts_of(column.slice(differs, 1))[0]) for column in (one, other)]
            raise DataError(
                f"row {row + differs + 1} is of group {names[0]}, but of group {names[1]} in "
                f"{target.path}: are the rows in the same order?",
                path=pred.path,
                hint="--key matches rows by a column",
            )
        return one


def pair(sides: Sequence[Side], *, any_order: bool = False, flatten: bool = False) -> Pairing:
    """Check that all sides go together, as far as it is known before reading.

    Args:
        sides: One that holds all; or one each for predictions (of one model or two) and targets;
            and perhaps another for the weights.
        any_order: Whether the elements may be read in another order than that of their rows.
        flatten: Whether only the number of elements must agree.

    Raises:
        ShapeError: Their shapes or row counts differ.
        SettingsError: Inputs without rows in common have weights or groups.
    """
    pred_source, pred = field_of(sides, "pred")
    sources = [side.source for side in sides]
    is_flat = False
    for role in ("rival", "target"):
        if any(role in side.roles for side in sides):
            source, field = field_of(sides, role)
            is_flat |= _check_shapes((pred_source, pred), (source, field), flatten=flatten)
    if not is_flat:
        _check_rows(sources)
        _check_weight(sides, pred)
    elif any(side.label_roles or "weight" in side.roles for side in sides):
        raise SettingsError("inputs of different shapes have no rows for weights or groups")
    stored = sources[0].elementwise(sources[1]) if any_order and len(sources) == 2 else None
    if stored is not None and not (is_flat and stored.fortran):
        return _as_stored(stored, sources[0].n_rows or 0, pred, is_flat=is_flat)
    if is_flat:
        return Pairing(tuple(sides), None, (), is_flat=True)
    known = next((source.n_rows for source in sources if source.n_rows is not None), None)
    return Pairing(tuple(sides), known, pred.row_shape, group_type=_group_type(sides))


def _check_shapes(one: tuple[Source, Field], other: tuple[Source, Field], *, flatten: bool) -> bool:
    """Whether two sides differ in shape, which they may if they are to be flattened."""
    (pred_source, pred), (source, field) = one, other
    if (pred.row_shape, pred.is_scalar) == (field.row_shape, field.is_scalar):
        return False
    counts = {_n_elements(pred_source, pred), _n_elements(source, field)}
    if not flatten or (None not in counts and len(counts) > 1):
        raise _unequal_shapes([pred_source, source], pred, field)
    return True


def _group_type(sides: Sequence[Side]) -> pa.DataType | None:
    found = [
        (label, side.source.path)
        for side in sides
        for role, label in zip(side.label_roles, side.source.labels, strict=True)
        if role == "by"
    ]
    if len(found) < 2:
        return None
    from smoothl1.labels import common_type  # late: pyarrow

    return common_type(found[0][0], *found[1])


def field_of(sides: Sequence[Side], role: str) -> tuple[Source, Field]:
    """The field that plays a part, and its source."""
    return next(
        (side.source, side.source.fields[side.roles.index(role)])
        for side in sides
        if role in side.roles
    )


def aligned(
    sources: Sequence[Source], part: Part, n_rows: int, unit: str = "rows"
) -> Iterator[tuple[Block, ...]]:
    """Read sources in step: a block of each, all of equally many rows.

    Args:
        sources: At least one.
        part: Begins and ends where all may be cut.
        n_rows: Rows of a block, at most.
        unit: "rows", or "elements" to read each element as a row.

    Raises:
        ShapeError: One source ends before the other.
    """
    streams = [source.blocks(part, n_rows) for source in sources]
    if unit == "elements":
        streams = [_by_element(stream) for stream in streams]
    n_paired = 0
    pending: list[Block | None] = [None] * len(streams)
    while True:
        pending = [
            block or next(stream, None) for block, stream in zip(pending, streams, strict=True)
        ]
        blocks = [block for block in pending if block is not None]
        if len(blocks) < len(streams):
            break
        n_common = min(block.n_rows for block in blocks)
        yield tuple(
            block if block.n_rows == n_common else block.rows(0, n_common) for block in blocks
        )
        pending = [
            block.rows(n_common, block.n_rows) if block.n_rows > n_common else None
            for block in blocks
        ]
        n_paired += n_common
    if blocks:
        counts = [n_paired + _n_left(b, s) for b, s in zip(pending, streams, strict=True)]
        raise _unequal_counts(sources, counts, unit)


def unit_of(pairing: Pairing) -> str:
    """What is counted and aligned: rows, or elements where there are no rows in common."""
    return "elements" if pairing.is_flat else "rows"


def _by_element(blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        if block.fields[0].values.size:
            yield Block(block.fields[0].values.size, block.fields)


def _as_stored(stored: Elementwise, n_rows: int, field: Field, *, is_flat: bool) -> Pairing:
    stride = 1 if stored.fortran else field.row_elements
    rows = Stored(n_rows, stride, stored.fortran)
    sides = (Side(stored.pred, ("pred",)), Side(stored.target, ("target",)))
    return Pairing(sides, stored.pred.n_rows, (), rows, is_flat)


def _check_rows(sources: Sequence[Source]) -> None:
    counts = [source.n_rows for source in sources]
    for i in range(1, len(sources)):
        if None not in (counts[0], counts[i]) and counts[0] != counts[i]:
            raise _unequal_counts([sources[0], sources[i]], [counts[0], counts[i]], "rows")


def _check_weight(sides: Sequence[Side], pred: Field) -> None:
    """One weight for each row, or one for each element."""
    if not any("weight" in side.roles for side in sides):
        return
    source, weight = field_of(sides, "weight")
    if weight.is_scalar or weight.row_shape not in ((), pred.row_shape):
        raise ShapeError(
            f"weights of shape {_shape_text(source, weight)} fit neither rows nor elements of "
            f"shape {_shape_text(sides[0].source, pred)}",
            path=source.path,
        )


def _n_elements(source: Source, field: Field) -> int | None:
    return None if source.n_rows is None else source.n_rows * field.row_elements


def _n_left(pending: Block | None, stream: Iterable[Block]) -> int:
    return sum(block.n_rows for block in chain([pending], stream) if block is not None)


def _unequal_counts(
    sources: Sequence[Source], counts: Sequence[int | None], unit: str
) -> ShapeError:
    other = next(i for i in range(1, len(counts)) if counts[i] != counts[0])
    return ShapeError(
        f"{counts[0]} {unit}, but {sources[other].path} has {counts[other]}; they must be equal",
        path=sources[0].path,
    )


def _unequal_shapes(sources: Sequence[Source], pred: Field, target: Field) -> ShapeError:
    shapes = [_shape_text(sources[0], pred), _shape_text(sources[-1], target)]
    return ShapeError(
        f"shape {shapes[0]}, but {sources[-1].path} has {shapes[1]}; they must be equal",
        path=sources[0].path,
        hint="--flatten pairs them element by element",
    )


def _shape_text(source: Source, field: Field) -> str:
    if field.is_scalar:
        return "()"
    n_rows = "n" if source.n_rows is None else str(source.n_rows)
    return f"({', '.join([n_rows, *map(str, field.row_shape)])}{',' * (not field.row_shape)})"
