"""Groups that formats write differently: the same for a baseline, and told where results merge."""

from __future__ import annotations

import pytest

from smoothl1 import EvalSettings, ExactSum, Result, Tally
from smoothl1.results.gates import Limits, check
from smoothl1.results.group_spellings import (
    first_cluster_spelled_twice,
    first_spelled_twice,
    spelling_warnings,
    with_names_of,
)
from smoothl1.results.increase import parse_increase
from smoothl1.results.input_summary import InputSummary
from smoothl1.tallies.cluster_states import ClusterState
from smoothl1.tallies.group import Group, group_of

SIDE = InputSummary(("p.npy",), "npy", (1,), "<f8")
BY = EvalSettings(by=("g", "h"))
NO_INCREASE = Limits(increases=(parse_increase("0"),))


def result_of(*names: str) -> Result:
    """A result of groups whose losses are 1, 2 and so on."""
    tallies = tuple(Tally(n=1, total=ExactSum.of([i + 1.0])) for i in range(len(names)))
    groups = tuple(group_of((name, "x")) for name in names)
    return Result(BY, (SIDE, SIDE), tallies, groups)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (["False", "True"], ["false", "true"]),
        (["2026-11-01", "2026-11-02"], ["2026-11-01 00:00:00", "2026-11-02 00:00:00"]),
        (["2026-11-01T10:00", "a"], ["2026-11-01 10:00:00", "a"]),
        (["1.0", "2.0"], ["1", "2"]),
        (["01", "10"], ["1", "10"]),
        (["01.11.2026", "2.11.2026"], ["2026-11-01", "2026-11-02"]),
    ],
)
def test_groups_that_another_format_writes_differently_are_the_same(
    old: list[str], new: list[str]
) -> None:
    before, after = result_of(*old), result_of(*new)
    verdicts = check(after, NO_INCREASE, before)
    assert [(v.group, v.value, v.passed) for v in verdicts] == [
        (Group((new[0], "x")), 1.0, True),
        (Group((new[1], "x")), 2.0, True),
    ]
    assert with_names_of(before, after).tallies == before.tallies
    differing = next(pair for pair in zip(old, new, strict=True) if pair[0] != pair[1])
    found = first_spelled_twice([before, after])
    assert found == tuple(Group((name, "x")) for name in differing)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (["1"], ["1", "01"]),  # the new group is another one
        (["1", "01"], ["1.0"]),  # which of the two is meant?
        (["a"], ["A"]),
        (["1/11/2026"], ["2026-11-01"]),  # or the eleventh of January
        (["2026-11-01"], ["2026-11-01 00:00:00Z"]),  # in which zone the day begins is not known
    ],
)
def test_other_groups_are_others(old: list[str], new: list[str]) -> None:
    before, after = result_of(*old), result_of(*new)
    assert with_names_of(before, after) is before
    assert not all(verdict.passed for verdict in check(after, NO_INCREASE, before))
    assert first_spelled_twice([before, after]) is None


def test_groups_that_one_result_tells_apart_are_two() -> None:
    both = result_of("01", "1")
    assert first_spelled_twice([result_of("1"), both, result_of("01")]) is None
    assert first_spelled_twice([result_of("north"), result_of("south")]) is None


def clustered(*labels: str) -> Result:
    """A result of clusters of one loss of 1 each."""
    n = len(labels)
    state = ClusterState(labels, (1,) * n, ((1 << 1074,) * n,))
    tally = Tally(n=n, total=ExactSum.of([1.0] * n))
    return Result(EvalSettings(cluster="c"), (SIDE, SIDE), (tally,), clusters=(state,))


@pytest.mark.parametrize(
    ("labels", "told"),
    [
        ((("7", "8"), ("07", "8")), ("07", "7")),
        ((("2024-01-07",), ("2024-01-07 00:00:00",)), ("2024-01-07", "2024-01-07 00:00:00")),
        ((("7",), ("07",), ("07", "7")), None),  # a result tells them apart
        ((("07", "7"), ("07", "7")), None),
        ((("1.1",), ("1.10",)), None),  # versions
        ((("u7",), ("u07",)), None),
    ],
)
def test_clusters_of_several_results_may_be_one(
    labels: tuple[tuple[str, ...], ...], told: tuple[str, str] | None
) -> None:
    results = [clustered(*of) for of in labels]
    assert first_cluster_spelled_twice(results) == told
    said = spelling_warnings(results)
    assert [text.split(" may be one")[0] for text in said] == (
        [f"the clusters {told[0]!r} and {told[1]!r}"] if told else []
    )
