"""Checks that sources match, as far as known before reading: shapes, rows, weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.errors import SettingsError, ShapeError, counted
from smoothl1.pairing.chunks import Pairing, Side, Stored, field_of, hint_about_rows
from smoothl1.selection import model_roles
from smoothl1.sources.columns import shown
from smoothl1.sources.lockstep import unequal_counts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pyarrow as pa

    from smoothl1.job import Job
    from smoothl1.pairing.input_roles import LabelRole
    from smoothl1.sources.contract import Field, Source
    from smoothl1.witnesses.shared_column import SharedColumn

_MOST_NAMED = 3
"""Most columns of a side that an error names."""


def pair(
    job: Job,
    sides: Sequence[Side],
    shared: Sequence[SharedColumn] = (),
    *,
    any_order: bool = False,
) -> Pairing:
    """Check that all sides match, as far as known before reading.

    Args:
        job: The job, which says whether shapes may differ, and what is done with missing values.
        sides: One side with all fields; or one each for the predictions of each model and
            for the targets, and perhaps another for the weights.
        shared: Columns that two sides have in common.
        any_order: Whether the elements may be read in another order than their rows.

    Raises:
        ShapeError: Their shapes or row counts differ.
        DataError: Two files of one name have other numbers of rows.
        SettingsError: Inputs without rows in common have weights, groups or clusters.
    """
    _, pred = field_of(sides, "pred")
    sources = [side.source for side in sides]
    shapes_differ, is_flat = _compared_shapes(job, sides)
    if not is_flat:
        _check_rows(sides, pred, shared)
    elif any(side.label_roles or "weight" in side.roles for side in sides):
        raise _no_rows()
    policy, n_sets = job.nan_policy, sum(len(source.details.files) > 1 for source in sources)
    pairing = Pairing(
        tuple(sides),
        None,
        (),
        is_flat=is_flat,
        refuses_missing=not policy.accepts_missing,
        ignored=policy.ignored,
        key=job.selection.key,
        checks_files=job.options.key_check and n_sets > 1,
    )
    stored = sources[0].elementwise(sources[1]) if any_order and len(sources) == 2 else None
    if stored is not None and not (shapes_differ and stored.fortran):
        in_order = (Side(stored.pred, ("pred",)), Side(stored.target, ("target",)))
        rows = Stored(pred.row_elements, stored.fortran)
        return pairing._replace(sides=in_order, n_rows=stored.pred.n_rows, stored=rows)
    if not is_flat:
        known = next((source.n_rows for source in sources if source.n_rows is not None), None)
        kinds = _label_types(sides) if any(side.label_roles for side in sides) else {}
        pairing = pairing._replace(
            n_rows=known, row_shape=pred.row_shape, label_types=kinds, shared=tuple(shared)
        )
    if pairing.checks_files:
        pairing.check_files()
    return pairing


def _compared_shapes(job: Job, sides: Sequence[Side]) -> tuple[bool, bool]:
    """Whether shapes differ, and whether there are no rows in common.

    Raises:
        ShapeError: Shapes differ that may not, or numbers of elements do.
    """
    of_pred, pred = field_of(sides, "pred")
    models = model_roles([role for side in sides for role in side.roles])
    shapes_differ = is_flat = False
    for role in (*models[1:], "target"):
        side, field = field_of(sides, role)
        if (pred.row_shape, pred.is_scalar) != (field.row_shape, field.is_scalar):
            are_unequal = _are_unequal([of_pred.source, side.source], pred, field)
            if are_unequal or not job.options.flatten:
                raise _unequal_shapes([of_pred.source, side.source], pred, field, len(models))
            shapes_differ = True
            is_flat |= pred.is_scalar or field.is_scalar or pred.row_elements != field.row_elements
    return shapes_differ, is_flat


def _no_rows() -> SettingsError:
    what = "inputs of different shapes have no rows for weights or labels"
    return SettingsError(what, hint="give the inputs the same shape")


def _check_rows(sides: Sequence[Side], pred: Field, shared: Sequence[SharedColumn]) -> None:
    """Check that all row counts that are known are the same, and that weights have such rows.

    None but these counts limits what is read.
    """
    counted = [side.source for side in sides if side.source.n_rows is not None]
    counts = [source.n_rows for source in counted]
    if len(set(counts)) > 1:
        error = unequal_counts(counted, counts, "rows")
        error.hint = error.hint or hint_about_rows(sides, shared)
        raise error
    for side in sides:
        if "weight" in side.roles:
            _check_weight(side, sides[0].source, pred)


def _label_types(sides: Sequence[Side]) -> dict[LabelRole, pa.DataType | None]:
    """For each column of groups or clusters the type in common; None if only one side has it.

    The levels of groups are in their order.
    """
    found: dict[LabelRole, list[tuple[pa.Field, str]]] = {}
    for side in sides:
        for role, label in zip(side.label_roles, side.source.labels, strict=True):
            if not role.is_carried:
                found.setdefault(role, []).append((label, side.source.path))
    return {role: _common_type(found[role]) for role in sorted(found)}


def _common_type(found: Sequence[tuple[pa.Field, str]]) -> pa.DataType | None:
    if len(found) < 2:
        return None
    from smoothl1.labels.conversion import type_in_common  # late: pyarrow

    return type_in_common(found)


def _check_weight(side: Side, pred_source: Source, pred: Field) -> None:
    """Check that there is one weight for each row, or one for each element."""
    source, weight = side.source, side.source.fields[side.roles.index("weight")]
    if weight.is_scalar or weight.row_shape not in ((), pred.row_shape):
        raise ShapeError(
            f"weights of shape {_shape_text(source, weight)} fit neither rows nor elements of "
            f"shape {_shape_text(pred_source, pred)}",
            path=source.path,
            hint=_hint_about_axes(weight, pred),
        )


def _hint_about_axes(weight: Field, pred: Field) -> str | None:
    """What to do if weights lack the last axes of the elements, such as the two of a keypoint."""
    shape = weight.row_shape
    if weight.is_scalar or not shape or shape != pred.row_shape[: len(shape)]:
        return None
    missing = ", None" * (len(pred.row_shape) - len(shape))
    return f"repeat each along the last axes: numpy.broadcast_to(w[...{missing}], shape)"


def _are_unequal(sources: Sequence[Source], pred: Field, target: Field) -> bool:
    """Whether two sides are known to have other numbers of elements."""
    if sources[0] is sources[-1]:
        return pred.row_elements != target.row_elements
    n_pred, n_target = sources[0].n_rows, sources[-1].n_rows
    if n_pred is None or n_target is None:
        return False
    return n_pred * pred.row_elements != n_target * target.row_elements


def _unequal_shapes(
    sources: Sequence[Source], pred: Field, target: Field, n_models: int
) -> ShapeError:
    is_one_table = sources[0] is sources[-1] and len(pred.columns) != len(target.columns)
    if is_one_table:
        return _unequal_columns(sources[0].path, pred, target, n_models)
    shapes = [_shape_text(sources[0], pred), _shape_text(sources[-1], target)]
    hint = "--flatten pairs them element by element"
    if _are_unequal(sources, pred, target):
        hint = "both sides need as many rows and columns"
        if sources[0] is sources[-1]:
            hint = "both sides need as many numbers in a row"
    elif _are_tables(pred, target):
        hint = "choose as many columns of both; bring a long table into the form of the other"
        if n_models == len(pred.columns) == 2 and len(target.columns) == 1:
            hint = "--pred names the columns of every model; --pred-a COL --pred-b COL, one of each"
    if _are_in_another_order(_axes(sources[0], pred), _axes(sources[-1], target)):
        hint = "their axes are in another order: store both in one order"
    return ShapeError(
        f"shape {shapes[0]}, but {sources[-1].path} has {shapes[1]}; they must be equal",
        path=sources[0].path,
        hint=hint,
    )


def _unequal_columns(path: str, one: Field, other: Field, n_models: int) -> ShapeError:
    """The error about two sides of one table, or two of its models, with columns to pair."""
    what = f"{_columns_text(one)} against {_columns_text(other)}"
    if n_models == 1:
        hint = "as many on both sides form rows; smoothl1 compare takes those of several models"
        return ShapeError(what, path=path, hint=hint)
    return ShapeError(
        f"{what}, and all models need as many as the targets have",
        path=path,
        hint="a pattern ranks all columns that it matches where it is the only --pred; beside "
        "others, name the column of each model",
    )


def _are_tables(pred: Field, target: Field) -> bool:
    """Whether both sides are columns of tables, each of which holds one element of a row."""
    sides = ((field.columns, field.row_shape) for field in (pred, target))
    return all(
        bool(names) and shape == (() if len(names) == 1 else (len(names),))
        for names, shape in sides
    )


def _columns_text(field: Field) -> str:
    n, names = len(field.columns), ", ".join(map(shown, field.columns[:_MOST_NAMED]))
    more = ", ..." if n > _MOST_NAMED else ""
    return f"{n} column{'s' if n > 1 else ''} ({names}{more})"


def _axes(source: Source, field: Field) -> list[int]:
    """The lengths of the axes that have several elements, as far as they are known."""
    rows = [] if source.n_rows is None else [source.n_rows]
    return [length for length in (*rows, *field.row_shape) if length != 1]


def _are_in_another_order(ones: list[int], others: list[int]) -> bool:
    """Whether two shapes have the same lengths of axes, but at other places."""
    return ones != others and sorted(ones) == sorted(others)


def warn_of_flattened(
    sides: Sequence[Side], *, have_labels: bool, warn: Callable[[str], None]
) -> None:
    """Warn of sides that are flattened and have their axes in another order.

    Args:
        sides: The sides.
        have_labels: Whether a table has columns that are not evaluated: the rows of a wide table
            and of a long one have labels.
        warn: Takes the warning.
    """
    of_pred, pred = field_of(sides, "pred")
    of_target, target = field_of(sides, "target")
    source, other = of_pred.source, of_target.source
    if have_labels and _are_tables(pred, target) and pred.row_elements != target.row_elements:
        warn(
            f"{source.path} has {counted(pred.row_elements, 'column')} and {other.path} has "
            f"{target.row_elements}: --flatten pairs their elements row after row, which is wrong "
            "if the longer table is in the order of columns"
        )
    elif _are_in_another_order(_axes(source, pred), _axes(other, target)):
        shapes = _shape_text(source, pred), _shape_text(other, target)
        warn(
            f"shapes {shapes[0]} and {shapes[1]} have their axes in another order, and --flatten "
            "pairs elements in their own order: transpose one side if the same axes are meant"
        )


def _shape_text(source: Source, field: Field) -> str:
    if field.is_scalar:
        return "()"
    n_rows = "n" if source.n_rows is None else str(source.n_rows)
    return f"({', '.join([n_rows, *map(str, field.row_shape)])}{',' * (not field.row_shape)})"
