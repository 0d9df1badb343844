"""Several models in order: each pair of them has the bits of a comparison of two.

The order is checked against rational arithmetic, and intervals against the definition of
`tests.intervals` at the confidence that Bonferroni's inequality gives.
"""

from __future__ import annotations

import json
import math
from fractions import Fraction
from itertools import permutations
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest

from smoothl1 import DataError, Execution, Ranking, ReadOptions, SettingsError, compare
from smoothl1.cli.views.ranking import best_lines
from smoothl1.figures.report import report_of_ranking
from smoothl1.results.model_losses import simultaneous
from tests import oracle
from tests.grids import cut_small
from tests.intervals import sample_of
from tests.sampling import in_turn
from tests.tables import save

if TYPE_CHECKING:
    from pathlib import Path


N = 300
MODELS = ("a", "b", "c", "d")
NAN, INF = math.nan, math.inf


def columns_of(seed: int = 0) -> dict[str, Any]:
    """Four models, of which the second is the best and the last equals the first, and targets."""
    rng = np.random.default_rng(seed)
    y = rng.normal(size=(N, 2))
    noise = rng.normal(size=(4, N, 2))
    models = [y + s * e for s, e in zip((1.0, 0.7, 1.3, 1.0), noise, strict=True)]
    models[3] = models[0].copy()
    return {**dict(zip(MODELS, models, strict=True)), "y": y}


def table_of(columns: dict[str, Any]) -> dict[str, Any]:
    """The columns as those of one table, two of each side."""
    rng = np.random.default_rng(1)
    flat = {f"{name}{i}": side[:, i] for name, side in columns.items() for i in range(2)}
    groups = rng.choice(["u", "v", "w"], N)
    return {"id": rng.permutation(N), **flat, "w": rng.uniform(0, 2, N), "g": groups}


def sides_of(name: str) -> tuple[str, str]:
    return f"{name}0", f"{name}1"


def masked(columns: dict[str, Any], missing: dict[str, int]) -> dict[str, Any]:
    """The columns, with one value missing in each of these."""
    lists = {name: values.tolist() for name, values in columns.items()}
    for name, row in missing.items():
        lists[name][row] = None
    return lists


TARGET = {"target": sides_of("y")}
MISSING = {"options": ReadOptions(allow_missing=True)}
CASES: dict[str, dict[str, Any]] = {
    "betas": {"betas": (0.0, 1.0)},
    "weights": {"weight": "w"},
    "groups": {"by": "g", "by_column": True},
    "missing": {"nan": "propagate", **MISSING},
    "target": {"nan": "omit-target", **MISSING},
}
EXECUTIONS = (Execution(1), Execution(2, 7))


@pytest.mark.parametrize(("name", "execution"), in_turn(list(CASES), EXECUTIONS))
def test_each_pair_has_the_bits_of_a_comparison_of_two(
    tmp_path: Path, name: str, execution: Execution
) -> None:
    columns = table_of(columns_of())
    if "options" in CASES[name]:
        columns = masked(columns, {"c0": 3, "b1": 8, "y0": 20, "d1": 3})
    path = save(tmp_path / "t.parquet", 40, **columns)
    how = {**CASES[name], **TARGET, "execution": execution, "warn": lambda _: None}
    with cut_small(50):
        found = compare(path, pred=[*map(sides_of, MODELS)], **how)
    assert isinstance(found, Ranking)
    for one, other in ((1, 0), (1, 2), (1, 3), (2, 1), (3, 2), (0, 3)):
        sides = {"pred_a": sides_of(MODELS[one]), "pred_b": sides_of(MODELS[other])}
        expected = compare(path, **sides, **{**how, "execution": Execution(2)})
        assert [group.group for group in found.groups] == [g.group for g in expected.groups]
        for losses, two in zip(found.losses, expected.differences, strict=True):
            pair = losses.difference(one, other)
            assert repr((pair.a.mean, pair.b.mean)) == repr((two.a.mean, two.b.mean))  # NaN, too
            assert pair.moments == two.moments
            assert (pair.n_a_better, pair.n_b_better) == (two.n_a_better, two.n_b_better)
            assert pair.n_ties == two.n_ties
            assert repr(pair.estimate) == repr(two.estimate)


def test_a_pair_that_any_model_lacks_is_left_out_for_all(tmp_path: Path) -> None:
    columns = columns_of()
    columns["c"][3], columns["y"][20], columns["a"][21, 1] = NAN, NAN, NAN
    sides = [columns[name] for name in MODELS]
    found = compare(*sides, columns["y"], nan="omit", warn=lambda _: None)
    assert [model.tally.n_omitted for model in found.losses[0].ranked()] == [5] * 4
    kept = ~np.isnan(sum(sides) + columns["y"])
    flat = [np.where(kept, side, 0) for side in (*sides, columns["y"])]
    expected = compare(*flat, weights=kept.astype(float))
    for mine, others in zip(found.losses[0].tallies, expected.losses[0].tallies, strict=True):
        assert (mine.total, mine.n) == (others.total, others.n)


def test_models_are_in_the_order_of_their_exact_means() -> None:
    y = np.zeros(3)
    models = [[1.0, 1.0, 2.0**-60], [2.0**-60, 1.0, 1.0], [1.0, 1.0, 0.0], [INF, 0, 0], [NAN, 0, 0]]
    given = [models[i] for i in (4, 3, 0, 1, 2)]
    found = compare(*given, y, betas=0.0, warn=lambda _: None)
    ranked = found.losses[0].ranked()
    assert [model.place for model in ranked] == [4, 2, 3, 1, 0]
    exact = [Fraction(sum(map(Fraction, given[place]))) for place in (4, 2, 3)]
    assert exact == sorted(exact)
    assert [model.rank for model in ranked] == [1, 2, 3, 4, 5]
    assert found.best == "predictions_5"
    assert ranked[0].tally.mean == ranked[1].tally.mean  # rounded, they are equal


def test_intervals_and_p_values_allow_for_all_pairs() -> None:
    columns = {name: side[:, 0] for name, side in columns_of(2).items()}
    names = MODELS[:3]
    found = compare(*(columns[name] for name in names), columns["y"])
    losses = {name: oracle.losses(columns[name], columns["y"], 1.0) for name in names}
    best, *others = found.losses[0].ranked()
    assert found.n_pairs == 3
    assert simultaneous(0.9, 1) == 0.9
    each = 1 - (1 - Fraction(0.9)) / 3
    assert simultaneous(0.9, 3) == float(each)
    assert simultaneous(1 - 2**-53, 496) < 1
    for model in others:
        sample = sample_of(np.subtract(losses[names[model.place]], losses[names[best.place]]))
        told = model.numbers(0.9)
        wanted = (*sample.interval(float(each)), min(1.0, 3 * sample.p_value()))
        assert [told["low"], told["high"], told["p_value"]] == pytest.approx(wanted, rel=1e-9)
    assert best.numbers(0.9)["difference"] is None


def test_the_verdict_of_a_ranking_is_the_sentence_of_the_command() -> None:
    columns = {"a": [1.0, 2.0], "b": [0.5, 1.5], "c": [1.0, 1.5], "y": [0.0, 0.0]}
    found = compare(pa.table(columns), pred=["a", "b", "c"], target="y", betas=0)
    assert found.verdict(0.9) == (
        "b has the smallest mean loss; a is worse by 0.5 (+50%), 90% interval 0.5 to 0.5; "
        "no clear difference from c"
    )
    with pytest.raises(SettingsError, match="confidence"):
        found.verdict(95)


def test_the_difference_from_the_best_names_both_models() -> None:
    models = {"worst": [2.0, 3.0], "best": [0.5, 1.5], "between": [1.0, 2.0]}
    found = compare(models, [0.0, 0.0], betas=0, groups=["x", "z"])
    for ranked in (found["x"], found.overall):
        for name, model in ranked.items():
            if model.from_best is not None:
                assert f"{name} is worse than best by" in model.from_best.verdict()
    for _, _, ranked in found.entries:
        said = ranked[1].from_best and ranked[1].from_best.verdict()
        assert "between is worse than best by" in str(said)
    assert "best is better than worst by" in found.losses[0].difference(0, 1).verdict()


def test_a_group_without_a_finite_mean_has_no_best_model() -> None:
    """Of the groups, the second is all NaN, and the last infinite; the first has the best b."""
    sides = ([1.0, NAN, INF], [0.5, NAN, INF], [2.0, NAN, INF])
    how: dict[str, Any] = {"betas": 0.0, "warn": lambda _: None}
    found = compare(*sides, [0.0] * 3, groups=["u", "v", "w"], **how)
    assert found.verdict() == (
        "of 3 results, the smallest mean loss is that of predictions_2 in 1; in none are all "
        "others worse at the 95% level; in 2 no model has losses that are all finite"
    )
    without = compare(*(side[1:] for side in sides), [0.0] * 2, groups=["v", "w"], **how)
    assert without.verdict() == (
        "no verdict: in none of 2 results a model has losses that are all finite"
    )
    with pytest.raises(DataError, match="and so none is the best"):
        _ = compare(*(side[2:] for side in sides), [0.0], **how).best
    assert best_lines(found) == "u\tpredictions_2\nv\t\nw\t\n"


def test_clusters_are_counted_where_they_are_the_units() -> None:
    sides = [np.arange(6.0) ** n / 9 for n in (1, 2, 0)]
    found = compare(*sides, np.zeros(6), clusters=[1, 1, 2, 2, 3, 3])
    assert found.to_arrow()["clusters"].to_pylist() == [None, 3, 3]
    assert [model["clusters"] for model in found.to_json()["results"][0]["models"]] == [None, 3, 3]
    best, *others = found.overall.values()
    assert (best.clusters, others[0].clusters) == (None, 3)
    assert "clusters" not in compare(*sides, np.zeros(6)).to_arrow().column_names
    shown = report_of_ranking(found, 0.9).figures[0].table
    assert [column.cells for column in shown if column.name == "clusters"] == [[3, 3, 3]]


def test_two_models_have_the_interval_of_their_comparison(tmp_path: Path) -> None:
    path = save(tmp_path / "t.parquet", **table_of(columns_of()))
    found = compare(path, pred=["a0", "b0"], target="y0")
    expected = compare(path, pred_a="b0", pred_b="a0", target="y0").differences[0].numbers(0.9)
    told = found.losses[0].ranked()[1].numbers(0.9)
    names = ("difference", "stderr", "low", "high", "t", "df", "p_value", "rows", "ties")
    assert {name: told[name] for name in names} == {name: expected[name] for name in names}
    assert found.models == ("a0", "b0")


def test_places_in_the_list_of_pairs_are_those_of_their_models() -> None:
    for n in (3, 4, 7):
        sides = [[float(i), 0.0] for i in range(n)]
        (losses,) = compare(*sides, [0.0, 0.0], betas=0.0).losses
        assert len(losses.tallies) == n
        for one, other in permutations(range(n), 2):
            assert losses.difference(one, other).estimate.value == (other - one) / 2
    with pytest.raises(SettingsError, match="33 models: at most 32 are compared at once"):
        compare(*[[0.0]] * 34)


def test_json_and_tables_tell_the_same() -> None:
    columns = columns_of()
    found = compare(*(columns[name] for name in MODELS), columns["y"], betas=(0.0, 1.0))
    document = json.loads(json.dumps(found.to_json(0.9), allow_nan=False))
    assert document["schema"] == "smoothl1.ranking/1"
    assert (document["confidence"], document["pairs"]) == (0.9, 6)
    assert [side["model"] for side in document["inputs"]["models"]] == list(found.models)
    rows = [
        {"beta": entry["beta"], **model}
        for entry in document["results"]
        for model in entry["models"]
    ]
    assert rows == found.to_arrow(0.9).to_pylist()
    assert [row["rank"] for row in rows] == [1, 2, 3, 4] * 2
    assert found.to_dict() == found.to_json(0.95)
    assert "<td>predictions_2</td>" in found._repr_html_()


def test_a_ranking_is_short_as_text() -> None:
    found = compare([1.0], [2.0], [0.5], [4.0], [0.0], betas=0.0)
    said = "<Ranking: predictions_3 0.5, predictions_1 1.0, predictions_2 2.0 and 1 more>"
    assert repr(found) == said
    found = compare([1.0], [2.0], [0.5], [0.0], betas=(0.0, 1.0))
    assert repr(found) == "<Ranking: 3 models, 2 betas and groups>"
    with pytest.raises(SettingsError, match="there are 2 values"):
        _ = found.best


def test_few_rows_are_told_of_once_for_all_models() -> None:
    found = compare([1.0, 2.0], [2.0, 1.0], [0.5, 0.5], [0.0, 0.0])
    assert len(found.small_samples()) == 1
    assert "2 effective rows" in found.small_samples()[0]
