"""The output of the losses of elements, or of rows: its layout, and the sink that writes it."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, cast

import numpy as np

from smoothl1.checks import is_sum
from smoothl1.errors import SettingsError
from smoothl1.numerics.loss import result_dtype
from smoothl1.pairing.carried import carried_fields
from smoothl1.pairing.chunks import field_of
from smoothl1.sinks.contract import Layout
from smoothl1.sinks.formats import open_sink

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

    from smoothl1.pairing.inputs import Inputs
    from smoothl1.running.evaluate import LossOutput
    from smoothl1.running.loss_writing import OfRows
    from smoothl1.sinks.contract import Sink


def of_rows_of(output: LossOutput, inputs: Inputs, warn: Callable[[str], None]) -> OfRows | None:
    """The function that gives the losses of rows, if these are wanted.

    Args:
        output: The output.
        inputs: The inputs, with their job.
        warn: Takes a warning about weights that change no loss of a row.

    Raises:
        SettingsError: The inputs have no rows, or rows have no elements.
    """
    if not output.per_row:
        return None
    if inputs.pairing.is_flat:
        raise SettingsError("inputs of different shapes have no rows in common")
    if inputs.pairing.row_elements == 0:
        raise SettingsError("rows without elements have no loss")
    from smoothl1.tallies.row_losses import row_losses  # late: most losses are those of elements

    settings = inputs.job.settings
    if not is_sum(settings.reduction) and not settings.by_count and _are_of_rows(inputs):
        warn(
            "the weight of a row changes no mean of its elements: the losses of rows are those "
            "without weights (--reduction sum multiplies by the weight, --keep writes it beside)"
        )
    return partial(
        row_losses,
        beta=settings.betas[0],
        reduction=settings.reduction,
        by_count=settings.by_count,
    )


def _are_of_rows(inputs: Inputs) -> bool:
    """Whether there are weights, and each of them is that of a whole row."""
    roles = [role for side in inputs.sides for role in side.roles]
    return "weight" in roles and field_of(inputs.sides, "weight")[1].row_elements == 1


def layout_of(output: LossOutput, inputs: Inputs) -> Layout:
    """The shape, dtype and columns of the losses.

    Args:
        output: The output.
        inputs: The inputs, with their job.
    """
    _, pred = field_of(inputs.sides, "pred")
    _, target = field_of(inputs.sides, "target")
    row_shape = () if output.per_row else inputs.pairing.row_shape
    shape = () if pred.is_scalar else (inputs.pairing.n_rows, *row_shape)
    columns = tuple(inputs.column_names) if pred.columns and not output.per_row else ()
    dtype = np.dtype(np.float64) if output.per_row else result_dtype(pred.dtype, target.dtype)
    return Layout(shape, dtype, columns, carried_fields(inputs.sides, inputs.job.selection.key))


@contextmanager
def opened_sink(output: LossOutput, layout: Layout) -> Iterator[Sink]:
    """A sink for the losses, abandoned if anything fails.

    Args:
        output: The output, whose file is open.
        layout: The result of `layout_of`.
    """
    sink = open_sink(output.format, cast("BinaryIO", output.file), layout)
    try:
        yield sink
    except BaseException:
        sink.abandon()
        raise
