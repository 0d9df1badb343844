"""Results joined to the result of all their elements: exact, whatever the order and grouping."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

from smoothl1.errors import DataError, counted
from smoothl1.results.alike import check_alike
from smoothl1.results.column_targets import first_other_target
from smoothl1.results.elements import MOST_ELEMENTS, n_seen_of
from smoothl1.results.input_summary import InputSummary
from smoothl1.results.part import check_parts, dropped_from
from smoothl1.tallies.group import Group, in_order
from smoothl1.tallies.many import ManyTallies

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from smoothl1.files.digests import Digest
    from smoothl1.metrics.contract import Metric
    from smoothl1.results.result import Result
    from smoothl1.settings import EvalSettings
    from smoothl1.tallies.tally import Tally

_AGAIN = "evaluate all parts of the same files with the same options"


def merged(results: Sequence[Result]) -> Result:
    """The result of all elements together: see `Result.merged`."""
    first = results[0]
    if len(results) == 1 and first.part is None:
        return first
    for other in results:
        check_alike(other, first)
    check_parts([result.part for result in results])
    _check_columns(results)
    _check_counts(results)
    are_parts = first.part is not None
    if are_parts:
        results = sorted(results, key=lambda result: result.part or ())
    groups = _all_groups(results)
    number = {group: i for i, group in enumerate(groups)}
    places = [[number[group] for group in result.groups] for result in results]
    tallies = _merged_in_arrays(results, places, len(groups), keeps_positions=are_parts)
    if tallies is None:
        tallies = _merged_one_by_one(results, groups, keeps_positions=are_parts)
    decisions = dict.fromkeys(d for result in results for d in result.decisions)
    whole = replace(
        first,
        settings=_settings_of_all(results),
        inputs=_joined_inputs(results, are_parts=are_parts),
        tallies=tallies,
        groups=groups,
        version=_all_of(result.version for result in results),
        backend=_all_of(result.backend for result in results),
        engine=_all_of(result.engine for result in results),
        decisions=tuple(decisions) if are_parts else tuple(sorted(decisions)),
        metric_states=_merged_metrics(results, places, len(groups), in_sequence=are_parts),
        clusters=(),
        part=None,
        digests=_digests_of_all(results, are_parts=are_parts),
        expects_nan=all(result.expects_nan for result in results),
    )
    if are_parts:
        _refuse_nothing(whole)
    return whole if first.settings.cluster is None else _clustered(whole, results, places)


def _merged_in_arrays(
    results: Sequence[Result],
    places: Sequence[Sequence[int]],
    n_groups: int,
    *,
    keeps_positions: bool,
) -> Sequence[Tally] | None:
    """The tallies of all results together, if those of a result have many groups: else None.

    Args:
        results: The results.
        places: For each result the place of each of its groups among all groups.
        n_groups: The number of all groups.
        keeps_positions: Whether positions of the first NaN are those within one run.
    """
    if not any(isinstance(result.tallies, ManyTallies) for result in results):
        return None
    from smoothl1.tallies import packed  # late: most results have few groups

    settings, parts = results[0].settings, list[ManyTallies]()
    for result in results if settings.cluster is None else ():
        tallies = result.tallies
        if isinstance(tallies, ManyTallies):
            parts.append(tallies)
        elif len(tallies) and (many := packed.packed(tallies, settings)) is not None:
            parts.append(many)
    if len(parts) < len(results):
        return None
    whole = packed.merged(parts, places, n_groups, settings)
    if whole is not None and not keeps_positions:
        whole.forget_positions()
    return whole


def _merged_one_by_one(
    results: Sequence[Result], groups: Sequence[Group], *, keeps_positions: bool
) -> Sequence[Tally]:
    """The same for results of any kind: see `_merged_in_arrays`."""
    tallies: dict[tuple[float, Group], Tally] = {}
    for result in results:
        for beta, group, tally in result.entries:
            case = (beta, group)
            tallies[case] = tallies[case].merge(tally) if case in tallies else tally
    ordered = [tallies[case] for case in product(results[0].settings.betas, groups)]
    if keeps_positions:
        return tuple(ordered)
    return tuple(tally._replace(first_nan=None) for tally in ordered)


def _settings_of_all(results: Sequence[Result]) -> EvalSettings:
    """The settings that all have; the column of the weights is named if all name it.

    Raises:
        DataError: Two results name different columns, and the first of all names none.
    """
    first = results[0].settings
    names = {result.settings.weight_column for result in results}
    if len(names - {None}) > 1:
        (one, other, *_) = sorted(filter(None, names))
        raise DataError(f"results of different settings: weight column is {one!r} and {other!r}")
    return replace(first, weight_column=names.pop() if len(names) == 1 else None)


def _check_columns(results: Sequence[Result]) -> None:
    """Refuse results whose columns have swapped targets: a column would be of two quantities.

    Raises:
        DataError: Two results have a target for different columns.
    """
    found = first_other_target(results) if results[0].settings.by_column else None
    if found is not None and found.is_swapped:
        raise DataError(
            f"results of different data: the target of column {found.column!r} is "
            f"{found.first!r} in one and {found.second!r} in another",
            hint="evaluate all with the same --pred and --target",
        )


def _check_counts(results: Sequence[Result]) -> None:
    """Refuse more elements than can be counted. No count of a result is above that of elements.

    Raises:
        DataError: They have more together.
    """
    if sum(map(n_seen_of, results)) > MOST_ELEMENTS:
        raise DataError(
            f"the results have more than {MOST_ELEMENTS} elements together, the most that a "
            "result counts",
            hint="is a count in one of them wrong?",
        )


def _refuse_nothing(whole: Result) -> None:
    """Refuse a run of which all elements were left out, as `evaluate` does.

    Raises:
        DataError: Nothing was evaluated.
    """
    dropped = dropped_from(whole.tallies[: len(whole.groups)])
    if dropped and not whole.n:
        raise DataError(f"no pair is left to evaluate: {dropped}", path=whole.inputs[0].paths[0])


def _digests_of_all(results: Sequence[Result], *, are_parts: bool) -> tuple[Digest, ...]:
    """The digests of all files, sorted; none if some of the files have none.

    Raises:
        DataError: Parts of one run have read files at one place of an input that differ.
    """
    found = [result.digests for result in results if result.digests]
    if not found:
        return ()
    from smoothl1.files.digests import KnownDigests  # late: most results have none

    known = KnownDigests()
    for digests in found if are_parts else ():
        known.add(digests)
    if any(map(lacks_digests, results)):
        return ()
    return tuple(sorted({one.without_place() for digests in found for one in digests}))


def lacks_digests(result: Result) -> bool:
    """Whether a result has no digests of files of which it has read rows."""
    return not result.digests and any(tally.n_seen for tally in result.tallies)


def _joined_inputs(
    results: Sequence[Result], *, are_parts: bool
) -> tuple[InputSummary, InputSummary]:
    """The inputs of all results; those of a part are already those of the whole run."""
    pred, target = (InputSummary.merged([result.inputs[i] for result in results]) for i in (0, 1))
    if are_parts:
        _check_shapes(results)
        of_pred, of_target = results[0].inputs
        return pred._replace(shape=of_pred.shape), target._replace(shape=of_target.shape)
    return pred, target


def _check_shapes(results: Sequence[Result]) -> None:
    """Refuse parts that have found inputs of other shapes, or not all elements of these together.

    Raises:
        DataError: They have.
    """
    first = results[0]
    for other in results[1:]:
        for i, what in enumerate(("predictions", "targets")):
            one, another = first.inputs[i].shape, other.inputs[i].shape
            if one != another:
                of_one, of_other = (f"{x.part} read {what} of shape" for x in (first, other))
                raise DataError(f"{of_one} {one}, and {of_other} {another}", hint=_AGAIN)
    n_seen, n_all = sum(map(n_seen_of, results)), math.prod(first.inputs[0].shape or ())
    if n_seen != n_all:
        what = f"the parts have {counted(n_seen, 'element')} together, and the predictions {n_all}"
        raise DataError(what, hint=_AGAIN)


def _merged_metrics(
    results: Sequence[Result],
    places: Sequence[Sequence[int]],
    n_groups: int,
    *,
    in_sequence: bool,
) -> tuple[Metric, ...]:
    """The metrics of all results together; see `_clustered` for the places."""
    return tuple(
        parts[0].merged(parts, places, n_groups, in_sequence=in_sequence)
        for parts in zip(*(result.metric_states for result in results), strict=True)
    )


def _clustered(whole: Result, results: Sequence[Result], places: Sequence[Sequence[int]]) -> Result:
    """A merged result with the clusters of its parts, whose moments do not add up.

    Args:
        whole: The result of all parts.
        results: The parts.
        places: For each part the place of each of its groups among all.
    """
    from smoothl1.tallies import cluster_states as of  # late: most results have none

    settings = whole.settings
    states = of.merged_states([result.clusters for result in results], places, len(whole.groups))
    moments = of.moments_of_states(states, len(settings.betas), weighted=settings.weighted)
    return replace(whole, tallies=of.with_moments(whole.tallies, moments), clusters=states)


def _all_of(names: Iterable[str]) -> str:
    """Join comma-separated names, each once."""
    return ",".join(sorted({name for some in names for name in some.split(",") if name}))


def _all_groups(results: Sequence[Result]) -> Sequence[Group]:
    """The groups of all results, in the order that one run over all data gives."""
    if all(result.groups == results[0].groups for result in results):
        return results[0].groups
    groups = dict.fromkeys(group for result in results for group in result.groups)
    levels = [
        in_order([*dict.fromkeys(names)]) for names in zip(*(g.levels for g in groups), strict=True)
    ]
    columns = [tuple(dict.fromkeys(g.column or "" for g in r.groups)) for r in results if r.groups]
    is_same = all(some == columns[0] for some in columns)
    ordered = columns[0] if is_same else in_order([*{name for some in columns for name in some}])
    *places, of_columns = (
        {name: i for i, name in enumerate(names)} for names in (*levels, ordered)
    )

    def place(group: Group) -> tuple[int, ...]:
        of_levels = (of[name] for of, name in zip(places, group.levels, strict=True))
        return (*of_levels, of_columns[group.column or ""])

    return tuple(sorted(groups, key=place))
