"""A column of an array that numbers its rows: it would be averaged in as a perfect prediction."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from smoothl1.errors import DataError
from smoothl1.sources.contract import Numbers, Part
from smoothl1.sources.counting import Streamed
from smoothl1.sources.lockstep import aligned
from smoothl1.witnesses.monotonic import FEWEST_ROWS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smoothl1.pairing.chunks import Side
    from smoothl1.pairing.input_roles import InputRoles
    from smoothl1.sources.contract import Field, Source
    from smoothl1.sources.table import Table
    from smoothl1.witnesses.id_candidate import Candidate

_MOST_COLUMNS = 64
"""Columns of arrays that may have ids beside numbers; pictures have more."""

_BLOCK_ROWS = 1 << 12


class Array(NamedTuple):
    """A side that may be an array.

    Attributes:
        source: Its rows, which are read for the check; None if they can be read only once.
        field: Its predictions or targets.
        place: Their place among its fields.
    """

    source: Source | None
    field: Field
    place: int


def arrays_of(
    sides: Sequence[Side], tables: Sequence[Table], assigned: Sequence[InputRoles]
) -> list[Array]:
    """Make arrays of sides, which are read without use of what can be read only once.

    Args:
        sides: The predictions, perhaps of several models, and the targets.
        tables: Their tables.
        assigned: The roles of their columns.
    """
    found = []
    for side, table, of_input in zip(sides, tables, assigned, strict=False):
        place = next(i for i, role in enumerate(side.roles) if role != "weight")
        source: Source | None = side.source
        if source is not None and source.cuts == () and not table.files:
            is_once = isinstance(table, Streamed)  # members of archives are opened for each source
            source = None if is_once else table.select(of_input.wanted)
        found.append(Array(source, side.source.fields[place], place))
    return found


def check_arrays(sides: Sequence[Array], warn: Callable[[str], None]) -> None:
    """Refuse two arrays of which a column has the same whole numbers in another order.

    Reading ends as soon as no column can be one of ids: mostly after the first block. Columns that
    are all of whole numbers in another order may be ranks, which are evaluated.

    Args:
        sides: The predictions, perhaps of several models, and the targets; only arrays of two axes,
            or columns of lists, that can be read again are looked at.
        warn: Takes a warning about a column that is the same in every row.

    Raises:
        DataError: A column shows that the rows are in another order.
        StorageError: A side cannot be read.
    """
    *models, target = sides
    for model in models:
        if model.source is not None and target.source is not None:
            _check((model.source, model), (target.source, target), warn)


def _check(
    model: tuple[Source, Array], target: tuple[Source, Array], warn: Callable[[str], None]
) -> None:
    """Refuse the predictions of a model whose ids are in another order than those of the targets.

    Raises:
        DataError: They are.
    """
    sources, arrays = (model[0], target[0]), (model[1], target[1])
    width = _width_of(sources, arrays)
    columns = _looked_at(sources, [array.place for array in arrays], width) if width else []
    columns = [column for column in columns if column.n_rows >= FEWEST_ROWS]
    permuted = [column for column in columns if column.is_permuted and column.begins_distinct]
    agree = [column for column in columns if column.agrees and column.begins_distinct]
    if permuted and len(permuted) < width:
        column = permuted[0]
        raise DataError(
            f"{column.name} differs from that of {sources[1].path} from row "
            f"{(column.first_difference or 0) + 1} on, and holds the same whole numbers in another "
            "order: rows are not paired as they should be",
            path=sources[0].path,
            hint="sort both by it, and save it apart; --no-key-check pairs rows as they stand",
        )
    if agree and len(agree) < width:
        warn(
            f"{sources[0].path}: {agree[0].name} has the same whole numbers as in "
            f"{sources[1].path}, none of them twice: if they are ids, they count as perfect "
            "predictions"
        )


def _width_of(sources: Sequence[Source], arrays: Sequence[Array]) -> int:
    """The columns of two sides that are arrays of one shape and may have ids; 0 if they may not."""
    shapes = {array.field.row_shape for array in arrays}
    lengths = {source.n_rows for source in sources} - {None}
    are_arrays = all(len(array.field.columns) < 2 for array in arrays)
    is_short = any((length or 0) < FEWEST_ROWS for length in lengths)
    if len(shapes) > 1 or len(lengths) > 1 or is_short or not are_arrays:
        return 0  # sides of other shapes are refused when they are paired
    width = arrays[0].field.row_elements
    return width if len(*shapes) == 1 and 2 <= width <= _MOST_COLUMNS else 0


def _looked_at(sources: Sequence[Source], places: Sequence[int], width: int) -> list[Candidate]:
    """The columns that may be ids, read to the end."""
    from smoothl1.witnesses.id_candidate import Candidate  # late: most arrays are not read for it

    columns = {i: Candidate(f"column {i + 1}", 2, in_any_order=False) for i in range(width)}
    n_rows = next((source.n_rows for source in sources if source.n_rows is not None), None)
    try:
        for blocks in aligned(sources, Part(0, n_rows), _BLOCK_ROWS):
            found = [block.fields[i] for block, i in zip(blocks, places, strict=True)]
            for i, column in columns.items():
                column.add([_column_of(numbers, i, width) for numbers in found])
            columns = {i: c for i, c in columns.items() if c.is_whole and c.begins_distinct}
            if not columns:
                break
    except DataError:
        return []  # evaluating reports that
    return list(columns.values())


def _column_of(numbers: Numbers, i: int, width: int) -> Numbers:
    """A column of rows of numbers."""
    missing = None if numbers.missing is None else numbers.missing.reshape(-1, width)[:, i]
    return Numbers(numbers.values.reshape(-1, width)[:, i], missing)
