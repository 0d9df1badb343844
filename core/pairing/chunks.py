"""Sources in, aligned chunks out. Rows are paired by position and never broadcast."""

from __future__ import annotations

import math
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from smoothl1.pairing.input_roles import LABELS, LabelRole
from smoothl1.pairing.matched_source import LeftOut
from smoothl1.pairing.nan_policy import is_ignored
from smoothl1.pairing.row_checks import (
    agreed_labels,
    check_complete,
    converted_labels,
    up_to_fault,
)
from smoothl1.selection import model_roles
from smoothl1.sources.contract import Part
from smoothl1.sources.lockstep import aligned

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from smoothl1.sources.contract import Block, Columns, Field, Numbers, Source
    from smoothl1.witnesses.shared_column import SharedColumn
    from smoothl1.witnesses.shared_values import SharedValues


class Chunk(NamedTuple):
    """Some rows of all sides.

    Attributes:
        start: Position of the first element of the chunk among all elements.
        n_rows: The number of rows, at least one.
        pred: Elements of the predictions.
        target: Elements of the targets, as many.
        others: Elements of the predictions of each further model, if there are several.
        weight: A weight for each element, if there are weights.
        groups: For each level of groups a value for each row; empty without groups.
        clusters: The cluster of each row, if rows are not independent of each other.
        carried: For each column that is written with losses a value for each row: keys, then
            columns that the user keeps.
        shared: The values of columns that two inputs have in common, if there are any.
    """

    start: int
    n_rows: int
    pred: Numbers
    target: Numbers
    others: tuple[Numbers, ...] = ()
    weight: NDArray[np.float64] | None = None
    groups: tuple[pa.Array, ...] = ()
    clusters: pa.Array | None = None
    carried: tuple[pa.Array, ...] = ()
    shared: SharedValues | None = None

    @property
    def preds(self) -> tuple[Numbers, ...]:
        """Elements of the predictions of all models."""
        return (self.pred, *self.others)


class Side(NamedTuple):
    """A source, and the roles of its fields and labels.

    Attributes:
        source: The source, which is read in step with those of the other sides.
        roles: The roles of its fields: "pred", "pred_2", "target", "weight".
        label_roles: The roles of its labels.
        shared: Names of its columns that are only compared with those of another side.
        left_out: The rows of its file that are left out because of their keys, and why.
    """

    source: Source
    roles: tuple[str, ...]
    label_roles: tuple[LabelRole, ...] = ()
    shared: Columns = ()
    left_out: LeftOut = LeftOut()

    @property
    def has_pairs(self) -> bool:
        """Whether it has predictions or targets, not only weights, groups or clusters."""
        return any(role != "weight" for role in self.roles)

    @property
    def held(self) -> str:
        """What a side without pairs holds, in a sentence."""
        return "weights" if self.roles else LABELS[self.label_roles[0].kind]


class Stored(NamedTuple):
    """The layout of the real rows, when elements are read in the order in which they are stored.

    Attributes:
        row_elements: The number of elements of a row.
        fortran: Whether the first axis runs fastest, so that the elements of a row are not
            adjacent.
    """

    row_elements: int
    fortran: bool


class Pairing(NamedTuple):
    """One source with all fields, or several sources that are read in step.

    Attributes:
        sides: The sides. Their fields together are predictions, targets and perhaps weights.
        n_rows: The number of rows that are read, if known before reading; else None.
        row_shape: The shape of a row of predictions; that of targets has as many elements.
        stored: Set if each element is read as a row, in the order in which elements are stored.
        is_flat: Whether rows of the sides have different numbers of elements, so that there are no
            rows in common: (n, 2) against (m,), but not (n, 1) against (n,).
        label_types: For each column of groups or clusters, by its role, the type in which those of
            several sides are compared; None for one that one side has.
        shared: Columns that two sides have in common, to be compared as they stream.
        refuses_missing: Whether a missing value is refused unless its pair is left out. If none
            can be left out, sources refuse missing values themselves.
        ignored: Targets that stand for no value: their pairs are left out.
        key: The columns by which rows are matched, as they were asked for; empty if by position.
        first_row: The first row that is read: not 0 if a part of all rows is.
        checks_files: Whether files of the same names must have the same numbers of rows.
    """

    sides: tuple[Side, ...]
    n_rows: int | None
    row_shape: tuple[int, ...]
    stored: Stored | None = None
    is_flat: bool = False
    label_types: Mapping[LabelRole, pa.DataType | None] = MappingProxyType({})
    shared: tuple[SharedColumn, ...] = ()
    refuses_missing: bool = False
    ignored: tuple[float, ...] = ()
    key: Columns = ()
    first_row: int = 0
    checks_files: bool = False

    @property
    def rows(self) -> Part:
        """The rows that are read; without an end if their number is not known."""
        return Part(self.first_row, None if self.n_rows is None else self.first_row + self.n_rows)

    @property
    def row_elements(self) -> int:
        """The number of elements of one row."""
        return math.prod(self.row_shape)

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources of all sides."""
        return tuple(side.source for side in self.sides)

    @property
    def is_transposed(self) -> bool:
        """Whether elements come in another order than the rows."""
        return self.stored is not None and self.stored.fortran

    def chunks(self, part: Part, n_rows: int) -> Iterator[Chunk]:
        """Read the rows of a part, in order.

        Args:
            part: A part that begins and ends where all sources can be cut.
            n_rows: Most rows of a chunk.

        Yields:
            Chunks, each valid until the next one is requested.

        Raises:
            ShapeError: One side ends before the other.
            DataError, StorageError: A source cannot be read or trusted.
        """
        row = part.start
        hint = partial(hint_about_rows, self.sides, self.shared)
        unit = "elements" if self.is_flat else "rows"  # elements if there are no rows in common
        for blocks in aligned(self.sources, part, n_rows, unit, hint):
            chunk, fault = up_to_fault(partial(self._chunk, row), blocks)
            if chunk is not None:
                yield chunk
            if fault is not None:
                raise fault
            row += blocks[0].n_rows
        if self.checks_files and any(source.n_rows is None for source in self.sources):
            self.check_files()

    def check_files(self) -> None:
        """Check rows of sets of files without columns in common, as far as they are known.

        Raises:
            DataError: Two files of one name have other numbers of rows.
        """
        from smoothl1.pairing.rows_of_files import check_rows_of_files  # late: seldom needed

        check_rows_of_files(self, {(c.one, c.other) for c in self.shared})

    def _chunk(self, row: int, blocks: Sequence[Block]) -> Chunk:
        fields: dict[str, Numbers] = {}
        carried: dict[LabelRole, pa.Array] = {}
        found: dict[LabelRole, list[tuple[Source, pa.Array]]] = {r: [] for r in self.label_types}
        for side, block in zip(self.sides, blocks, strict=True):
            fields |= zip(side.roles, block.fields, strict=True)
            for role, column, label in zip(
                side.label_roles, block.labels, side.source.labels, strict=True
            ):
                if role.is_carried:
                    carried[role] = column
                else:
                    kind = self.label_types[role]
                    where = (side.source, label.name, row)
                    values = column if kind is None else converted_labels(column, kind, *where)
                    found[role].append((side.source, values))
        n_rows = blocks[0].n_rows
        weight = self._weights(blocks, row) if "weight" in fields else None
        if self.refuses_missing and any(field.missing is not None for field in fields.values()):
            self._check_complete(fields, weight, row)
        labels = {
            role: agreed_labels(of_sides, row, role.kind, by_key=bool(self.key))
            for role, of_sides in found.items()
        }
        return Chunk(
            row * self.row_elements,
            n_rows,
            fields["pred"],
            fields["target"],
            tuple(fields[role] for role in model_roles(fields)[1:]),
            weight,
            tuple(values for role, values in labels.items() if role.kind == "by"),
            labels.get(LabelRole("cluster")),
            tuple(carried[role] for role in sorted(carried, key=LabelRole.rank)),
            self._shared(blocks, row) if self.shared else None,
        )

    def _shared(self, blocks: Sequence[Block], row: int) -> SharedValues:
        from smoothl1.witnesses.shared_values import SharedValues  # late: few share columns

        places = [{name: i for i, name in enumerate(side.shared)} for side in self.sides]

        def of(side: int, name: str) -> pa.Array:
            return blocks[side].shared[places[side][name]]

        pairs = ((of(c.one, c.name), of(c.other, c.other_name)) for c in self.shared)
        return SharedValues(row, tuple(pairs), self.shared)

    def _weights(self, blocks: Sequence[Block], row: int) -> NDArray[np.float64]:
        """A weight for each element."""
        from smoothl1.pairing.weights import agreed_weights  # late: most runs have none

        found = [
            (side.source, block.fields[side.roles.index("weight")])
            for side, block in zip(self.sides, blocks, strict=True)
            if "weight" in side.roles
        ]
        return agreed_weights(
            found, row, blocks[0].n_rows, self.row_elements, by_key=bool(self.key)
        )

    def _check_complete(self, fields: dict[str, Numbers], weight: Any, row: int) -> None:
        roles = (*model_roles(fields), "target")
        found = ((*field_of(self.sides, role), fields[role]) for role in roles)
        sides = ((side.source, field, numbers) for side, field, numbers in found)
        ignored = is_ignored(fields["target"], self.ignored)
        left_out = (ignored, None if weight is None else weight == 0)
        check_complete(sides, left_out, row)


def field_of(sides: Sequence[Side], role: str) -> tuple[Side, Field]:
    """The field with a role, and the side that has it."""
    return next(
        (side, side.source.fields[side.roles.index(role)]) for side in sides if role in side.roles
    )


def hint_about_rows(sides: Sequence[Side], shared: Sequence[SharedColumn]) -> str | None:
    """What to do if sides have different numbers of rows; None if nothing is known.

    Args:
        sides: All sides.
        shared: The columns that two of them have in common.
    """
    from smoothl1.witnesses.unequal_rows import hint_about_header, hint_about_key  # late

    if all(side.has_pairs for side in sides):
        return hint_about_key(shared, len(sides)) if shared else None
    return hint_about_header([side.source for side in sides if not side.has_pairs])
