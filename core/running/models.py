"""The begin and the end of a comparison: its accumulators are made, and become a value."""

from __future__ import annotations

from functools import partial
from itertools import combinations
from typing import TYPE_CHECKING

from smoothl1.backends.choice import backend_name
from smoothl1.pairing.chunks import field_of
from smoothl1.results.comparison import Comparison
from smoothl1.results.input_summary import InputSummary
from smoothl1.results.model_names import Pair, names_of_models, pair_of
from smoothl1.running.checks import report_losses
from smoothl1.running.paired import PairedAccumulator
from smoothl1.running.summing_up import digests_read, label_types_of, new_losses, rows_in_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from smoothl1.decisions import Decision
    from smoothl1.pairing.inputs import Inputs, Warn
    from smoothl1.results.ranking import Ranking


def new_pairs(
    inputs: Inputs, *, counts_differences: bool = False
) -> Callable[[], PairedAccumulator]:
    """The function that makes the accumulators of a comparison."""
    new, n_models = new_losses(inputs, with_metrics=False), inputs.job.selection.n_models
    new_pair = partial(PairedAccumulator, new, n_models, counts_differences=counts_differences)
    return new_pair if inputs.job.settings.top is None else partial(_with_rows, new_pair, inputs)


def _with_rows(new_pair: Callable[..., PairedAccumulator], inputs: Inputs) -> PairedAccumulator:
    """An accumulator that also finds the rows in which the second model is worse."""
    from smoothl1.metrics.choice import new_worse_rows  # late: most comparisons tell no rows

    return new_pair(worse=new_worse_rows(inputs))


def comparison_of(
    inputs: Inputs,
    learned: PairedAccumulator,
    decisions: tuple[Decision, ...],
    warn: Warn,
) -> Comparison:
    """The comparison of two models; see `result_of`."""
    of_a, of_b, of_target = _summaries(inputs, learned, warn)
    pair = pair_of((of_a, of_b, of_target))
    groups, differences = learned.results(inputs.column_names, [pair])
    return Comparison(
        inputs.job.settings,
        (of_a, of_b, of_target),
        tuple(of_pairs[0] for of_pairs in differences),
        groups,
        decisions,
        backend=inputs.job.backend or backend_name(),
        engine=inputs.engine.name,
        histogram=learned.histogram,
        digests=digests_read(inputs),
        top=() if learned.worse is None else rows_in_file(learned.worse.rows, inputs),
        label_types=label_types_of(inputs),
    )


def ranking_of(
    inputs: Inputs,
    learned: PairedAccumulator,
    decisions: tuple[Decision, ...],
    warn: Warn,
) -> Ranking:
    """The ranking of two models or more; see `result_of`."""
    from smoothl1.results.model_losses import ModelLosses  # late: most compare two models
    from smoothl1.results.ranking import Ranking

    summaries = _summaries(inputs, learned, warn)
    models = names_of_models(summaries[:-1])
    pairs = [Pair(*both) for both in combinations(models, 2)]
    groups, differences = learned.results(inputs.column_names, pairs)
    return Ranking(
        inputs.job.settings,
        models,
        summaries,
        tuple(map(ModelLosses, differences)),
        groups,
        decisions,
        backend=inputs.job.backend or backend_name(),
        engine=inputs.engine.name,
        digests=digests_read(inputs),
    )


def _summaries(inputs: Inputs, learned: PairedAccumulator, warn: Warn) -> tuple[InputSummary, ...]:
    """The inputs of all models and of the targets; NaN is reported, or refused."""
    for model in learned.models:
        report_losses(model, inputs, warn)
    job, tally = inputs.job, learned.tally
    return tuple(
        InputSummary.of(*field_of(inputs.sides, role), tally)._replace(name=name)
        for role, name in zip(job.selection.sides, job.model_names(), strict=True)
    )
