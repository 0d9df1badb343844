"""The numbers of a group, and of all groups together, by the names that tables have."""

from __future__ import annotations

import copy
import math
import pickle
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from smoothl1 import ExactSum, Result, SettingsError, compare, estimate_of, evaluate

RNG = np.random.default_rng(5)
TABLE = pa.table(
    {
        **{name: RNG.standard_normal(40) for name in "pqyz"},
        "site": ["east" if i % 3 else "west" for i in range(40)],
        "user": [i // 5 for i in range(40)],
    }
)
EAST = TABLE.filter(pa.array([i % 3 > 0 for i in range(40)]))
SIDES = {"pred": "p", "target": "y"}
MORE = {"also": ("rmse", "max"), "within": 0.5, "quantiles": 0.9, "statistics": True}


@pytest.mark.parametrize("more", [{}, {"cluster": "user"}], ids=["rows", "clusters"])
def test_a_group_has_the_numbers_of_a_run_of_its_rows(more: dict[str, str]) -> None:
    found = evaluate(TABLE, by="site", **SIDES, **MORE, **more)["east"]
    alone = evaluate(EAST, **SIDES, **MORE, **more)
    row = alone.to_arrow().to_pylist()[0]
    told = found.to_dict()
    assert told.pop("site") == "east"
    assert told == {name: cell for name, cell in row.items() if name in told}
    assert {*row} - {*told} == {"unmatched", "duplicates"} & {*row}
    assert (found.count, found.n, found.quadratic) == (26, 26, found.n_quadratic)
    assert (found.stderr, found.rmse) == (alone.stderr, alone.rmse)
    assert found.metrics == {name: row[name] for name in found.metrics}
    assert [*found.metrics] == [*row][-5:]


def test_a_group_has_exact_numbers() -> None:
    losses = [Fraction(1, 2), Fraction(5, 2)]  # of distances 1 and 3 at beta 1
    table = {"p": [1.0, 3.0, 9.0], "y": [0.0] * 3, "g": ["a", "a", "b"]}
    found = evaluate(pa.table(table), by="g", also="rmse", statistics=True, **SIDES)["a"]
    mean = sum(losses) / 2
    variance = sum((loss - mean) ** 2 for loss in losses)
    assert (found.mean, found.sum, found.stderr) == (mean, sum(losses), math.sqrt(variance / 2))
    assert found.rmse == math.sqrt(5)
    assert repr(found) == f"<a: mean 1.5, count 2, rmse {math.sqrt(5)!r}>"
    assert f"{found:.2f}" == "1.50"


def test_all_groups_together_are_a_run_without_groups() -> None:
    found, plain = (evaluate(TABLE, **SIDES, **MORE, **more) for more in ({"by": "site"}, {}))
    assert found.overall == plain.overall
    assert found.overall.to_dict() == plain.overall.to_dict()
    assert (plain.rmse, plain.stderr, plain.count) == (
        plain.overall.rmse,
        plain.overall.stderr,
        plain.n,
    )
    with pytest.raises(SettingsError, match="there are 2 values"):
        _ = found.rmse
    with pytest.raises(KeyError, match="overall has all groups together"):
        found["all"]
    with pytest.raises(SettingsError, match="2 betas"):
        _ = evaluate(TABLE, betas=(1, 2), **SIDES).overall


def test_a_standard_error_is_there_or_says_why_not() -> None:
    for found in (evaluate(TABLE, by="site", **SIDES), evaluate(TABLE, **SIDES)):
        for one in (found.overall, found if len(found.groups) == 1 else found["east"]):
            with pytest.raises(SettingsError, match="were not asked for") as caught:
                _ = one.stderr
            assert caught.value.hint == "evaluate(..., statistics=True)"
    sides = {"pred": ("p", "q"), "target": ("y", "z"), "by_column": True}
    columns = evaluate(TABLE, statistics=True, **sides)
    assert columns["p"].stderr == columns.tallies[0].standard_error > 0
    with pytest.raises(SettingsError, match="all columns together have no standard error"):
        _ = columns.overall.stderr
    assert evaluate(TABLE, cluster="user", **sides).overall.stderr > 0
    undefined = evaluate(
        [1.0, math.nan], [2.0, 3.0], groups=["a", "b"], statistics=True, nan="propagate", warn=print
    )
    assert all(math.isnan(one.stderr) for one in (undefined["b"], undefined.overall))


def test_a_number_that_is_not_there_is_named() -> None:
    found = evaluate(TABLE, by="site", also="rmse", **SIDES)
    for name, said in (("rmes", "did you mean rmse?"), ("mae", "also='mae'"), ("xyz", "to_dict")):
        with pytest.raises(AttributeError, match=f"no {name}: ") as caught:
            getattr(found["east"], name)
        assert said in str(caught.value)
    assert not hasattr(found, "xyz")
    assert {"count", "rmse", "stderr", "n_quadratic"} <= {*dir(found["east"])}
    for again in (copy.copy(found["east"]), pickle.loads(pickle.dumps(found["east"]))):
        assert again == found["east"]


def test_a_comparison_and_a_ranking_have_groups_and_all_of_them() -> None:
    sides = {"pred_a": "p", "pred_b": "q", "target": "y"}
    found, plain = compare(TABLE, by="site", **sides), compare(TABLE, **sides)
    assert found.overall == plain.overall == plain.differences[0]
    row = compare(EAST, **sides).to_arrow().to_pylist()[0]
    assert {name: getattr(found["east"], name) for name in ("stderr", "low", "rows")}.items() <= (
        row.items()
    )
    assert repr(found["east"]).startswith(f"<Difference q - p: difference {row['difference']!r}, ")
    assert not hasattr(found["east"], "xyz")
    with pytest.raises(SettingsError, match="groups share clusters"):
        _ = compare(TABLE, by="site", cluster="user", **sides).overall
    ranked = compare(TABLE, pred=("p", "q", "z"), target="y", by="site")
    east = compare(EAST, pred=("p", "q", "z"), target="y")
    assert ranked["east"] == east.overall
    assert next(iter(ranked["east"])) == east.best
    assert [model.mean for model in ranked["east"].values()] == east.to_arrow()["mean"].to_pylist()


def test_a_number_has_one_name_in_results_comparisons_and_rankings() -> None:
    """The name is that of the tables, and the number is to the bit that of the tables."""
    sides = {"pred_a": "p", "pred_b": "q", "target": "y"}
    two = compare(TABLE, **sides)
    row = two.to_arrow().to_pylist()[0]
    told = {name: cell for name, cell in row.items() if name != "beta"}
    for one in (two, two.overall):
        assert {name: getattr(one, name) for name in told} == told
        assert one.interval() == one.interval(0.95) == (row["low"], row["high"])
    ranked = compare(TABLE, pred=("p", "q", "z"), target="y")
    best, *others = ranked.to_arrow().to_pylist()
    models = ranked.overall
    for row in others:
        model = models[row["model"]]
        assert {name: getattr(model, name) for name in row if name not in ("beta", "model")} == {
            name: cell for name, cell in row.items() if name not in ("beta", "model")
        }
        assert model.interval() == (row["low"], row["high"])
        assert row["p_value"] == min(1, 3 * model.from_best.p_value)
    assert (models[best["model"]].p_value, models[best["model"]].interval()) == (None, None)
    one = evaluate(TABLE, statistics=True, **SIDES)
    low, high = estimate_of(one.tallies[0], "mean").interval(0.9)
    assert one.interval(0.9) == one.overall.interval(0.9) == (low, high)
    total = evaluate(TABLE, statistics=True, reduction="sum", **SIDES)
    assert total.interval() == estimate_of(total.tallies[0], "sum").interval(0.95)
    for found in (one, two, models["q"]):
        with pytest.raises(SettingsError, match="lies between 0 and 1"):
            found.interval(95)


def test_what_has_no_such_number_says_what_has() -> None:
    plain = evaluate(TABLE, **SIDES)
    for found in (plain, plain.overall, evaluate(TABLE, by="site", **SIDES)["east"]):
        with pytest.raises(AttributeError, match=r"no p_value: it is of two models .compare"):
            _ = found.p_value
        with pytest.raises(AttributeError, match=r"no low: interval\(0.95\) has both bounds"):
            _ = found.low
        with pytest.raises(AttributeError, match=r"no rmse: it was not asked for .*also='rmse'"):
            _ = found.rmse
        with pytest.raises(SettingsError, match="were not asked for") as caught:
            found.interval()
        assert caught.value.hint == "evaluate(..., statistics=True)"
    for name, said in (
        ("to_latex", r"to_pandas\(\) has it, and -f of the command"),
        ("to_html", r"to_pandas\(\) has it, and report\(...\).to_html\(\) is a page"),
        ("to_polars", "polars.from_arrow"),
        ("max_error", r"it was not asked for \(evaluate\(..., also='max'\)\)"),
        ("quantiles", r"did you mean metrics\?"),
        ("worst", r"did you mean top\?"),
    ):
        with pytest.raises(AttributeError, match=f"a Result has no {name}: {said}"):
            getattr(plain, name)
    two = compare(TABLE, pred_a="p", pred_b="q", target="y")
    for found, name, said in (
        (plain, "se", "did you mean stderr?"),
        (plain, "conf_int", r"interval\(0.95\) has both bounds"),
        (plain.overall, "loss", "did you mean mean?"),
        (two, "statistic", "did you mean t?"),
        (two, "wins", "did you mean a_better?"),
        (two, "ci", r"interval\(0.95\) has both bounds"),
    ):
        with pytest.raises(AttributeError, match=f"no {name}: {said}"):
            getattr(found, name)
    several = evaluate(TABLE, by="site", statistics=True, **SIDES)
    with pytest.raises(SettingsError, match="there are 2 values"):
        several.interval()
    ranked = compare(TABLE, pred=("p", "q", "z"), target="y")
    for name in ("p_value", "mean", "interval"):
        with pytest.raises(AttributeError, match=rf"each model has its own.*\['p'\].{name}"):
            getattr(ranked, name)
    for use in (float, "{:.3f}".format):
        with pytest.raises(TypeError, match=r"a Ranking has no mean.*overall\['p'\].mean"):
            use(ranked)
    with pytest.raises(KeyError, match=r"no group 'q': overall\['q'\] is that model"):
        ranked["q"]
    assert {"p_value", "interval", "low"} <= {
        *dir(compare(TABLE, pred_a="p", pred_b="q", target="y"))
    }


def test_models_are_short_to_look_at_and_stand_for_their_means() -> None:
    ranked = compare(TABLE, pred=("p", "q", "z"), target="y")
    best, second, _ = ranked.overall.values()
    assert repr(best) == f"<rank 1: mean {best.mean!r}, count 40>"
    assert repr(second).startswith(f"<rank 2: mean {second.mean!r}, difference ")
    assert (float(second), f"{second:.3f}") == (second.mean, f"{second.mean:.3f}")
    for again in (copy.copy(second), pickle.loads(pickle.dumps(second))):
        assert again == second


def test_groups_are_got_as_from_a_dict() -> None:
    sides = {"by": "site", "target": "y"}
    for found in (
        evaluate(TABLE, pred="p", **sides),
        compare(TABLE, pred_a="p", pred_b="q", **sides),
        compare(TABLE, pred=("p", "q", "z"), **sides),
    ):
        views = found.keys(), found.values(), found.items()
        assert [len(view) for view in views] == [2, 2, 2]
        for _ in range(2):  # they can be read again
            assert [*zip(*views[:2], strict=True)] == [*views[2]]
        assert found.keys() & {"east", "north"} == {"east"}
        assert (found.get("east"), found.get("north"), found.get(3, 0.5)) == (
            *(found["east"], None, 0.5),
        )
    plain = evaluate(TABLE, **SIDES)
    assert plain.get("east") is None
    assert plain.values == (plain.mean,)
    for again in (copy.deepcopy(plain.values), pickle.loads(pickle.dumps(plain.values))):
        assert (type(again), again) == (tuple, (plain.mean,))
    with pytest.raises(SettingsError, match="2 betas"):
        evaluate(TABLE, by="site", betas=(1, 2), **SIDES).values()


def test_groups_are_named_as_in_a_dict() -> None:
    found = evaluate(TABLE, by="site", **SIDES)
    assert (list(found), len(found), [*dict(found)]) == (["east", "west"], 2, [*found.keys()])
    assert {name: one.mean for name, one in found.items()} == {
        name: found[name].mean for name in ("east", "west")
    }
    with pytest.raises(SettingsError, match="2 betas"):
        evaluate(TABLE, by="site", betas=(1, 2), **SIDES).items()
    nested = evaluate(TABLE, by=("site", "user"), **SIDES)
    assert list(nested.keys())[:2] == [("east", "0"), ("east", "1")]
    plain = evaluate(TABLE, **SIDES)
    assert bool(plain)
    compared = compare(TABLE, pred_a="p", pred_b="y", target="y", warn=str)
    several = evaluate(TABLE, betas=(1, 2), **SIDES)
    for one in (plain, several, compared):
        for of_groups in (len, list, dict, type(one).keys, type(one).items, lambda r: r.values()):
            with pytest.raises(TypeError, match="without groups is not iterable and has no length"):
                of_groups(one)
    assert float(np.array(plain, dtype=object).item()) == plain.mean


def test_exact_sums_are_short_to_look_at() -> None:
    assert repr(ExactSum.of([0.5, 1.0])) == "ExactSum.of([1.5])"
    assert repr(ExactSum.of([-3.0, 2.0**-80])) == f"ExactSum.of([-3.0, {2.0**-80!r}])"
    large = ExactSum.of([1.7e308] * 2)
    assert repr(large) == f"ExactSum(units={large.units})"
    found = evaluate(TABLE, also="rmse", quantiles=0.5, within=1, **SIDES)
    assert max(len(repr(one)) for one in (*found.tallies, *found.metric_states)) < 60
    assert isinstance(found, Result)


def test_a_number_that_is_several_is_no_attribute_to_those_who_look() -> None:
    target = np.zeros(6)
    found = evaluate(target + 1, target, groups=np.array(["a", "b"] * 3))
    assert getattr(found, "max", None) is None
    assert not hasattr(found, "count")
    with pytest.raises(SettingsError, match="there are 2 values"):
        found.count  # noqa: B018


def test_a_single_result_has_its_metrics_by_name_as_a_group_has() -> None:
    chosen: dict[str, Any] = {"quantiles": [0.5, 0.9], "within": 2, "also": "max"}
    found = evaluate(TABLE, **SIDES, **chosen)
    assert found.metrics == found.overall.metrics
    assert [*found.metrics] == [
        *("max_error", "within_2.0", "share_within_2.0", "quantile_0.5", "quantile_0.9"),
    ]
    with pytest.raises(KeyError, match=r"metrics\['quantile_0.9'\] is the number"):
        _ = found["quantile_0.9"]
    with pytest.raises(SettingsError, match="there are 2 values"):
        _ = evaluate(TABLE, by="site", **SIDES, **chosen).metrics
