"""Whether a baseline is over the same data as a result."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from smoothl1 import DataError, EvalSettings, ExactSum, Result, Tally
from smoothl1.files.digests import Digest
from smoothl1.results.baseline import other_digests
from smoothl1.results.gates import Limits, check
from smoothl1.results.increase import parse_increase
from smoothl1.results.input_summary import InputSummary
from smoothl1.tallies.group import Group

LIMITS = Limits(increases=(parse_increase("5%"),))
BY = EvalSettings(by="g")


def tally_of(n: int, **counts: int) -> Tally:
    """Of so many losses of 1."""
    return Tally(n=n, total=ExactSum.of([float(n)]), **counts)


def side_of(
    shape: tuple[int, ...] | None = (4,), columns: tuple[str, ...] = (), path: str = "t"
) -> InputSummary:
    return InputSummary((path,), "csv", shape, "<f8", columns)


def result_of(
    *tallies: Tally,
    target: InputSummary = side_of(),
    pred: InputSummary = side_of(),
    settings: EvalSettings = EvalSettings(),
    groups: tuple[Group, ...] = (Group(),),
) -> Result:
    return Result(settings, (pred, target), tallies, groups)


def refused(result: Result, baseline: Result) -> str:
    """What is said of it; with other data allowed there are verdicts."""
    with pytest.raises(DataError) as caught:
        check(result, LIMITS, baseline)
    assert check(result, LIMITS, baseline, other_data=True)
    assert caught.value.hint == "--other-data compares with a baseline over other data"
    return caught.value.what


def test_a_baseline_over_fewer_elements_is_refused_with_both_counts() -> None:
    new, old = result_of(tally_of(442)), result_of(tally_of(12345))
    assert refused(new, old) == "over 12,345 elements, the result over 442"


def test_elements_left_out_and_of_weight_0_are_counted() -> None:
    new = result_of(tally_of(4, n_omitted=2, n_weightless=1))
    assert check(new, LIMITS, result_of(tally_of(6, n_weightless=1)))[0].passed
    assert refused(new, result_of(tally_of(4))) == "over 4 elements, the result over 7"


def test_elements_that_targets_and_weights_leave_out_are_counted_by_themselves() -> None:
    """A model whose hard targets were taken out would pass any gate."""
    old = result_of(tally_of(40))
    weightless = result_of(tally_of(20, n_weightless=20))
    assert refused(weightless, old) == "over 0 elements of weight 0, the result over 20"
    ignored = result_of(tally_of(20, n_omitted=20, n_ignored=20))
    said = "over 0 elements whose target is ignored, the result over 20"
    assert refused(ignored, old) == said
    assert check(result_of(tally_of(20, n_omitted=20)), LIMITS, old)  # by predictions, perhaps
    settings = EvalSettings(nan="omit-target")
    omitted, old = (
        result_of(tally, settings=settings)
        for tally in (tally_of(20, n_omitted=20, n_missing=9), tally_of(40))
    )
    said = "over 0 elements whose target is NaN or missing, the result over 20"
    assert refused(omitted, old) == said


@pytest.mark.parametrize(
    "choices",
    [
        {"nan": "omit"},
        {"ignore_target": (-999.0,)},
        {"weighted": True, "weight_mean": "count"},
        {"unmatched": "omit"},
        {"duplicates": "first"},
        {"cluster": "c"},
    ],
)
def test_a_baseline_of_other_settings_is_refused(choices: dict[str, Any]) -> None:
    changed = result_of(tally_of(4), settings=EvalSettings(**choices))
    with pytest.raises(DataError, match=f"made with other settings: {next(iter(choices))} is"):
        check(changed, LIMITS, result_of(tally_of(4)))


def test_a_group_over_other_elements_is_refused_by_name() -> None:
    groups = (Group("a"), Group("b"))
    new = result_of(tally_of(3), tally_of(4), settings=BY, groups=groups)
    old = result_of(tally_of(4), tally_of(4), settings=BY, groups=groups)
    assert refused(new, old) == "over 4 elements of group 'a', the result over 3"
    nameless = (Group(""), Group("b"))
    new, old = (result_of(*r.tallies, settings=BY, groups=nameless) for r in (new, old))
    assert refused(new, old) == "over 4 elements of group '', the result over 3"


def test_groups_are_compared_by_name_and_not_by_place() -> None:
    groups = (Group("a"), Group("b"))
    new = result_of(tally_of(3), tally_of(4), settings=BY, groups=groups)
    ordered = result_of(tally_of(4), tally_of(3), settings=BY, groups=groups[::-1])
    assert [v.passed for v in check(new, LIMITS, ordered)] == [True, True]


def test_a_group_on_one_side_only_fails_and_is_not_refused() -> None:
    new = result_of(tally_of(3), tally_of(4), settings=BY, groups=(Group("a"), Group("b")))
    old = result_of(tally_of(3), settings=BY, groups=(Group("a"),))
    assert [v.passed for v in check(new, LIMITS, old)] == [True, False]
    assert [v.passed for v in check(old, LIMITS, new)] == [True, False]


def test_another_target_column_is_refused_where_both_are_known() -> None:
    new = result_of(tally_of(4), target=side_of(columns=("price",)))
    old = result_of(tally_of(4), target=side_of(columns=("age",)))
    assert refused(new, old) == "over the target 'age', the result over 'price'"
    for unknown in ((), ("@2",)):
        assert check(new, LIMITS, result_of(tally_of(4), target=side_of(columns=unknown)))


def test_target_columns_in_another_order_are_the_same_data() -> None:
    new = result_of(tally_of(4), target=side_of((2, 2), ("a", "b")))
    assert check(new, LIMITS, result_of(tally_of(4), target=side_of((2, 2), ("b", "a"))))


def test_other_prediction_columns_and_paths_are_another_model() -> None:
    new = result_of(tally_of(4), pred=side_of(columns=("ridge",), path="new.csv"))
    old = result_of(tally_of(4), pred=side_of(columns=("lasso",), path="old.csv"))
    assert check(new, LIMITS, old)[0].passed


def test_rows_of_another_width_are_refused_where_both_are_known() -> None:
    new = result_of(tally_of(4), target=side_of((2, 2)))
    assert refused(new, result_of(tally_of(4))) == (
        "over rows of width 1, the result over rows of width 2"
    )
    for same in ((2, 2, 1), (2, 1, 2)):
        assert check(new, LIMITS, result_of(tally_of(4), target=side_of(same)))
    assert check(new, LIMITS, result_of(tally_of(4), target=side_of(None)))


def test_a_merged_result_is_held_against_the_baseline_of_the_whole() -> None:
    parts = [result_of(tally_of(n), target=side_of((n,), path=str(n))) for n in (1, 3)]
    assert check(Result.merged(parts), LIMITS, result_of(tally_of(4)))[0].passed
    missing = Result.merged(parts[:1])
    assert refused(missing, result_of(tally_of(4))) == "over 4 elements, the result over 1"


def test_a_baseline_of_more_betas_is_counted_once() -> None:
    old = result_of(*[tally_of(4)] * 3, settings=EvalSettings((0.5, 1.0, 2.0)))
    assert check(result_of(tally_of(4)), LIMITS, old)[0].passed


def test_a_baseline_of_other_weights_is_refused_if_both_columns_are_known() -> None:
    def of(name: str | None) -> Result:
        return result_of(tally_of(4), settings=EvalSettings(weight_column=name))

    assert refused(of("w"), of("u")) == "of the weights 'u', the result of 'w'"
    assert check(of("w"), LIMITS, of(None))[0].passed


def test_other_digests_of_targets_are_warned_of() -> None:
    def of(path: str, digit: str, kind: str = "npy", dtype: str = "<f8") -> Result:
        side = InputSummary((path,), kind, (4,), dtype)
        return replace(result_of(tally_of(4), target=side), digests=(Digest(path, 64 * digit),))

    new, other = of("y.npy", "1"), of("z.npy", "0")
    words = f"over targets of the SHA-256 {64 * '0'}, the result over {64 * '1'}"
    assert words in other_digests(new, other)[0]
    assert check(new, LIMITS, other)[0].passed  # another header may be before the same numbers
    for old in (
        of("z.npy", "1"),
        of("y.csv", "0", "csv"),
        of("y.npy", "0", "npy", "<f4"),
        result_of(tally_of(4)),
    ):
        assert not other_digests(new, old)
    tables = of("y.parquet", "1", "parquet"), of("z.parquet", "0", "parquet")
    assert "other numbers, other columns, or the same written" in other_digests(*tables)[0]
    both = replace(tables[0], inputs=(tables[0].inputs[1],) * 2)
    assert not other_digests(both, tables[1])  # predictions may differ


@pytest.mark.parametrize(
    ("choices", "option"),
    [
        ({"by": "a b"}, "--by 'a b'"),
        ({"by": ("g", "h")}, "--by g --by h"),
        ({"by": "groups"}, "--by or --groups FILE"),
        ({"by_column": True}, "--by-column"),
        ({"cluster": "user"}, "--cluster user"),
    ],
)
def test_the_option_that_one_of_two_results_lacks_is_named(
    choices: dict[str, Any], option: str
) -> None:
    plain, grouped = result_of(tally_of(4)), result_of(settings=EvalSettings(**choices), groups=())
    pairs = {
        f"make the baseline with {option}, too": lambda: check(grouped, LIMITS, plain),
        f"evaluate with {option}, too": lambda: check(plain, LIMITS, grouped),
        f"evaluate both with {option}": lambda: Result.merged([plain, grouped]),
    }
    for hint, refuse in pairs.items():
        with pytest.raises(DataError, match=r"other settings|different settings") as caught:
            refuse()
        assert caught.value.hint == hint
    other = result_of(settings=EvalSettings(by="other"), groups=())
    if "by" in choices:
        with pytest.raises(DataError, match="by is 'other' there") as caught:
            check(grouped, LIMITS, other)
        assert caught.value.hint is None
