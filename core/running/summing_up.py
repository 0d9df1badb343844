"""The end of a run: its accumulator is checked, and becomes a result."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from smoothl1.backends.choice import backend_name
from smoothl1.pairing.chunks import field_of
from smoothl1.pairing.matched_source import row_number
from smoothl1.results.input_summary import InputSummary
from smoothl1.results.part import PartOfPlan
from smoothl1.results.result import Result
from smoothl1.running.checks import (
    refuse_nothing,
    report_losses,
    warn_of_unmatched,
)
from smoothl1.running.passes import learn
from smoothl1.tallies.plain import PlainAccumulator

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smoothl1.decisions import Decision
    from smoothl1.files.digests import Digest
    from smoothl1.job import Job
    from smoothl1.metrics.contract import Metric
    from smoothl1.metrics.worse_rows import WorseRow
    from smoothl1.metrics.worst_rows import WorstRow
    from smoothl1.pairing.inputs import Inputs, Warn
    from smoothl1.pairing.plan import Plan
    from smoothl1.tallies.accumulator import LossAccumulator
    from smoothl1.tallies.cluster_states import ClusterState

_Row = TypeVar("_Row", "WorstRow", "WorseRow")


def new_losses(inputs: Inputs, *, with_metrics: bool = True) -> Callable[[], LossAccumulator]:
    """The function that makes the accumulators of an evaluation, or of a model of a comparison.

    Args:
        inputs: The inputs, with their job.
        with_metrics: Whether they hold the metrics beside the loss, if any are asked for.
    """
    job, settings = inputs.job, inputs.job.settings
    new: Callable[[], LossAccumulator] = partial(
        PlainAccumulator, settings, with_moments=job.statistics
    )
    if settings.is_grouped:
        from smoothl1.tallies.grouped import GroupedAccumulator  # late: most runs have no groups

        n_columns = inputs.pairing.row_elements if settings.by_column else 1
        new = partial(GroupedAccumulator, settings, n_columns, with_moments=job.statistics)
    return partial(_with_metrics, new, inputs) if with_metrics and settings.has_metrics else new


def _with_metrics(new: Callable[[], LossAccumulator], inputs: Inputs) -> LossAccumulator:
    """An accumulator of losses, and of what the job asks for beside them."""
    from smoothl1.metrics.choice import new_metrics  # late: most runs ask for nothing more

    accumulator = new()
    accumulator.metrics = new_metrics(inputs)
    return accumulator


def checked(inputs: Inputs, learned: LossAccumulator, warn: Warn) -> tuple[Decision, ...]:
    """Check that something was evaluated and rows are paired correctly; give all decisions.

    Raises:
        DataError: Nothing was evaluated, or rows are paired wrongly.
    """
    if not learned.tally.n:
        refuse_nothing(inputs, learned.tally)
    if inputs.job.options.missing_values:
        warn_of_unmatched(inputs, warn)
    if inputs.job.settings.has_labels and any(len(paths) > 1 for paths in inputs.files):
        from smoothl1.running.label_spellings import warn_of_spellings  # late: seldom needed

        warn_of_spellings(inputs, learned, warn)
    pairing = inputs.pairing
    if not pairing.shared:
        return inputs.decisions
    from smoothl1.pairing.judged_columns import judged_columns  # late: most share no columns

    is_part = inputs.plan is not None
    judged = judged_columns(pairing, learned.agreements, inputs.keys, warn, is_part=is_part)
    return (*inputs.decisions, *judged)


def result_of(
    inputs: Inputs,
    learned: LossAccumulator,
    decisions: tuple[Decision, ...],
    warn: Warn,
) -> Result:
    """The result of an evaluation.

    Args:
        inputs: The inputs that were read, with their job.
        learned: The accumulator of all pairs.
        decisions: The result of `checked`.
        warn: Takes a warning about NaN or pairs left out.

    Raises:
        DataError: There is NaN, and the policy is "error"; or two groups have the same name.
    """
    job, tally, read = inputs.job, learned.tally, inputs
    if tally.first_nan is not None and inputs.pairing.is_transposed:
        read = inputs.in_rows()  # the first NaN as stored may not be in the first row
        learned = learn(read, new_losses)
        tally = learned.tally
    report_losses(learned, read, warn)
    columns = inputs.column_names if job.settings.by_column else ()
    groups, tallies = learned.results(columns)
    order = learned.order(columns) if learned.metrics or learned.clusters else []
    states: Sequence[ClusterState] = ()
    if learned.clusters is not None:
        tallies, states = learned.clusters.results(tallies, order, learned.n_groups)
    of_pred, of_target = (
        InputSummary.of(*field_of(inputs.sides, role), tally) for role in ("pred", "target")
    )
    if job.settings.quantiles:
        from smoothl1.running.searching import find_quantiles  # late, as above

        find_quantiles(read, learned, new_losses)
    result = Result(
        job.settings,
        (of_pred, of_target),
        tallies,
        groups,
        backend=job.backend or backend_name(),
        decisions=decisions,
        metric_states=tuple(_in_file(metric.value(order), inputs) for metric in learned.metrics),
        clusters=states,
        part=None if inputs.plan is None else part_of(job, inputs.plan),
        engine=inputs.engine.name,
        digests=digests_read(inputs),
        expects_nan=not job.nan_policy.warns,
        label_types=label_types_of(inputs),
    )
    if job.settings.top:
        from smoothl1.results.sentinels import sentinel_warnings  # late, as above

        for message in sentinel_warnings(result):
            warn(message)
    return result


def digests_read(inputs: Inputs) -> tuple[Digest, ...]:
    """The digests of all files that were read, if they are asked for."""
    if not inputs.job.options.digests:
        return ()
    from smoothl1.running.digests import digests_of  # late: most runs form none

    return digests_of(inputs)


def _in_file(metric: Metric, inputs: Inputs) -> Metric:
    """A metric with the rows of its elements counted as in the file, if some are left out."""
    if not any(inputs.sides[0].left_out):
        return metric
    from smoothl1.metrics.worst_rows import WorstRows  # late: seldom needed

    if not isinstance(metric, WorstRows):
        return metric
    return replace(metric, rows=rows_in_file(metric.rows, inputs))


def rows_in_file(rows: tuple[_Row, ...], inputs: Inputs) -> tuple[_Row, ...]:
    """Elements whose rows are counted as in the file of the predictions, also those left out."""
    if not any(inputs.sides[0].left_out):
        return rows
    source = inputs.sides[0].source
    return tuple(one._replace(row=row_number(source, one.row - 1)) for one in rows)


def label_types_of(inputs: Inputs) -> tuple[tuple[str, str], ...]:
    """The types of the columns that worst rows have as text, if the text stands for one value."""
    if inputs.job.settings.top is None:
        return ()
    import pyarrow as pa  # late: most results have no worst rows

    from smoothl1.pairing.carried import carried_fields

    is_of = pa.types
    kinds = (
        is_of.is_integer,
        is_of.is_boolean,
        is_of.is_float32,
        is_of.is_float64,
        is_of.is_date32,
    )
    fields = carried_fields(inputs.sides, inputs.job.selection.key)
    return tuple(
        (field.name, str(field.type)) for field in fields if any(of(field.type) for of in kinds)
    )


def part_of(job: Job, plan: Plan) -> PartOfPlan:
    """The part of a plan that a job evaluates."""
    return PartOfPlan(*(job.part or (1, 1)), plan.fingerprint)
