"""Standard errors of clusters of rows: exact, however the rows of a cluster are spread and cut."""

from __future__ import annotations

import datetime as dt
import math
import random
from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
import pytest

from smoothl1 import EvalSettings, Execution, ReadOptions, compare, evaluate, report
from smoothl1.errors import DataError, SettingsError, ShapeError
from smoothl1.labels import encoder
from smoothl1.running.inspection import preview
from tests import oracle
from tests.grids import EXECUTIONS, cut_small
from tests.intervals import sample_of
from tests.sampling import in_turn
from tests.tables import save_array, save_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from smoothl1 import Result, Tally
    from smoothl1.numerics.row_moments import Moments

N, N_CLUSTERS = 240, 37
BETAS = (1.0, 0.0, 0.3)


class Unit(NamedTuple):
    """A cluster: the exact sum of its losses, and its size."""

    total: Fraction
    size: Fraction


def moments_of(units: Iterable[Unit]) -> tuple[Fraction, ...]:
    """The second and third moments, of sums and sizes that are rounded once."""
    rounded = [(Fraction(oracle.rounded(u.total)), Fraction(oracle.rounded(u.size))) for u in units]
    powers = ((2, 0), (1, 1), (0, 2), (3, 0), (2, 1), (1, 2), (0, 3))
    return tuple(sum((s**i * m**j for s, m in rounded), Fraction(0)) for i, j in powers)


def seen(moments: Moments | None) -> tuple[Fraction, ...]:
    assert moments is not None
    assert moments.third is not None
    second = (moments.squares, moments.cross, moments.sizes)
    return (
        *(units * oracle.UNIT**2 for units in second),
        *(units * oracle.UNIT**3 for units in moments.third),
    )


@pytest.fixture
def columns() -> dict[str, Any]:
    """Losses of many magnitudes; the rows of a cluster are anywhere, and some in two groups."""
    rng = np.random.default_rng(5)
    scale = np.exp(rng.uniform(-30, 30, N))
    target = rng.normal(size=N) * scale
    return {
        **{name: target + rng.normal(size=N) * scale for name in ("p", "q", "b")},
        "t": target,
        "u": rng.normal(size=N),
        "c": rng.permutation(np.arange(N) % N_CLUSTERS) * 1009 - 3,
        "g": rng.choice(["x", "y", "z"], N),
        "h": rng.choice([10, 9], N),
        "w": np.where(rng.uniform(size=N) < 0.1, 0.0, rng.uniform(0.1, 3, N)),
    }


def losses_of(columns: dict[str, Any], beta: float, pred: str = "p") -> list[float]:
    return oracle.losses(columns[pred], columns["t"], beta)


def units_of(
    columns: dict[str, Any], losses: Sequence[float], at: Iterable[int], *, weighted: bool = False
) -> dict[Any, Unit]:
    """The clusters of some rows, in plain loops."""
    found: dict[Any, Unit] = defaultdict(lambda: Unit(Fraction(0), Fraction(0)))
    for i in at:
        weight = float(columns["w"][i]) if weighted else 1.0
        if weight:
            total, size = found[columns["c"][i]]
            found[columns["c"][i]] = Unit(
                total + Fraction(losses[i] * weight), size + Fraction(weight)
            )
    return found


@pytest.mark.parametrize(("weighted", "by"), in_turn([False, True], [(), ("g",), ("g", "h")]))
def test_moments_are_those_of_clusters_within_each_group_however_they_are_cut(
    tmp_path: Path, columns: dict[str, Any], by: tuple[str, ...], *, weighted: bool
) -> None:
    table = save_table(tmp_path / "x.parquet", columns, 13)
    settings = EvalSettings(BETAS, by=by or None, cluster="c")
    how: dict[str, Any] = {"pred": "p", "target": "t", "weight": "w" if weighted else None}
    with cut_small(50, 8):
        results = [evaluate(table, settings=settings, execution=e, **how) for e in EXECUTIONS]
    assert all(result == results[0] for result in results)
    assert {str(result.to_json()) for result in results} == {str(results[0].to_json())}
    for beta, group, tally in results[0].entries:
        at = [
            i
            for i in range(N)
            if all(str(columns[c][i]) == v for c, v in zip(by, group.levels, strict=True))
        ]
        units = units_of(columns, losses_of(columns, beta), at, weighted=weighted)
        assert seen(tally.moments) == moments_of(units.values())
        expected = sample_of(*zip(*(map(oracle.rounded, u) for u in units.values()), strict=True))
        ratio = tally.ratio
        assert ratio is not None
        assert tally.standard_error == pytest.approx(expected.error, rel=1e-12)
        assert ratio.df == pytest.approx(expected.df, rel=1e-12)
    plain = evaluate(table, settings=EvalSettings(BETAS, by=by or None), **how)
    assert [t._replace(moments=None) for t in results[0].tallies] == list(plain.tallies)


def test_rows_of_several_columns_are_summed_or_kept_apart(
    tmp_path: Path, columns: dict[str, Any]
) -> None:
    table = save_table(tmp_path / "x.parquet", columns, 13)
    how: dict[str, Any] = {"pred": ("p", "q"), "target": ("t", "u"), "cluster": "c"}
    each = [oracle.losses(columns[p], columns[t], 1.0) for p, t in (("p", "t"), ("q", "u"))]
    of_each = [units_of(columns, losses, range(N)) for losses in each]
    joined = {
        c: Unit(*map(sum, zip(of_each[0][c], of_each[1][c], strict=True))) for c in of_each[0]
    }
    together, apart = (evaluate(table, by_column=by_column, **how) for by_column in (False, True))
    assert seen(together.tallies[0].moments) == moments_of(joined.values())
    for tally, units in zip(apart.tallies, of_each, strict=True):
        assert seen(tally.moments) == moments_of(units.values())
    both = evaluate(table, by="g", by_column=True, **how)
    of_z = [i for i in range(N) if columns["g"][i] == "z"]
    assert (both.groups[-1].group, both.groups[-1].column) == ("z", "q")
    assert seen(both.tallies[-1].moments) == moments_of(units_of(columns, each[1], of_z).values())


@pytest.mark.parametrize("weighted", [False, True])
def test_a_comparison_sums_exact_differences_for_each_cluster(
    tmp_path: Path, columns: dict[str, Any], *, weighted: bool
) -> None:
    table = save_table(tmp_path / "x.parquet", columns, 13)
    how: dict[str, Any] = {"pred_a": "p", "pred_b": "b", "target": "t"}
    how["weight"] = "w" if weighted else None
    with cut_small(50, 8):
        found = [
            compare(table, betas=(0.5,), by="g", cluster="c", execution=execution, **how)
            for execution in EXECUTIONS
        ]
    assert all(one == found[0] for one in found)
    a, b = (losses_of(columns, 0.5, name) for name in ("p", "b"))
    for group, difference in zip(found[0].groups, found[0].differences, strict=True):
        at = [i for i in range(N) if columns["g"][i] == group.group]
        ones, others = (units_of(columns, side, at, weighted=weighted) for side in (a, b))
        units = [Unit(others[c].total - one.total, one.size) for c, one in ones.items()]
        assert seen(difference.moments) == moments_of(units)
        assert difference.numbers(0.95)["clusters"] == len(units)
    by_rows = compare(table, betas=(0.5,), by="g", **how)
    for one, other in zip(found[0].differences, by_rows.differences, strict=True):
        assert (one.a, one.b, one.estimate.value) == (other.a, other.b, other.estimate.value)
        assert (one.n_a_better, one.n_b_better) == (other.n_a_better, other.n_b_better)


@pytest.mark.parametrize("weight", [None, "w"])
def test_clusters_of_one_row_each_are_the_rows(
    tmp_path: Path, columns: dict[str, Any], weight: str | None
) -> None:
    table = save_table(tmp_path / "x.parquet", columns | {"c": np.arange(N)[::-1]}, 13)
    how: dict[str, Any] = {"target": "t", "weight": weight, "by": "g", "betas": BETAS}
    one, other = (
        evaluate(table, pred="p", cluster=cluster, statistics=True, **how)
        for cluster in ("c", None)
    )
    assert one.tallies == other.tallies
    mine, rows = (
        compare(table, pred_a="p", pred_b="b", cluster=cluster, **how) for cluster in ("c", None)
    )
    assert [d.moments for d in mine.differences] == [d.moments for d in rows.differences]


@pytest.mark.parametrize("exponent", [-300, 40])
def test_powers_of_two_change_no_number_without_a_unit(
    tmp_path: Path, columns: dict[str, Any], exponent: int
) -> None:
    unit = 2.0**exponent
    scaled = {name: columns[name] * unit for name in ("p", "b", "t")}
    tables = [
        save_table(tmp_path / f"{i}.parquet", some)
        for i, some in enumerate((columns, columns | scaled))
    ]
    one, other = (
        compare(table, pred_a="p", pred_b="b", target="t", cluster="c", betas=beta)
        for table, beta in zip(tables, (1.0, unit), strict=True)
    )
    assert one.differences[0].t == other.differences[0].t
    assert one.differences[0].p_value == other.differences[0].p_value


KINDS: dict[str, Any] = {
    "text": lambda labels: [f"ä{x}" for x in labels],
    "integer": lambda labels: [x - 2**40 for x in labels],
    "dictionary": lambda labels: pa.array([f"k{x}" for x in labels]).dictionary_encode(),
    "date": lambda labels: [dt.date(2024, 1, 1) + dt.timedelta(x) for x in labels],
    "boolean": lambda labels: [x % 2 == 0 for x in labels],
}


@pytest.mark.parametrize("kind", KINDS)
def test_labels_are_of_any_kind(tmp_path: Path, kind: str) -> None:
    labels = [0, 1, 2, 3, 1, 0]
    given = KINDS[kind](labels)
    pred = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0]
    table = save_table(tmp_path / "x.parquet", {"p": pred, "t": [0.0] * 6, "c": given}, 2)
    result = evaluate(table, pred="p", target="t", cluster="c", betas=0.0)
    sums: dict[Any, float] = defaultdict(float)
    for value, label in zip(pred, labels, strict=True):
        sums[label % 2 if kind == "boolean" else label] += value
    (state,) = result.clusters
    assert sorted(int(x * oracle.UNIT) for x in state.totals[0]) == sorted(sums.values())
    assert sum(state.sizes) == 6


def test_a_file_or_an_array_has_the_clusters_of_arrays(tmp_path: Path) -> None:
    pred, labels = [1.0, 2.0, 4.0, 8.0, 16.0], ["b", "a", "b", "ä", "a"]
    sides = save_array(tmp_path / "p.npy", pred), save_array(tmp_path / "t.npy", [0.0] * 5)
    np.save(tmp_path / "c.npy", np.array(labels))
    table = save_table(tmp_path / "c.csv", {"user": labels, "day": [1, 1, 2, 2, 3]})
    with pytest.raises(DataError, match=r"several columns: .* \[choose with --cluster"):
        evaluate(*sides, clusters=table)
    results = [
        evaluate(*sides, clusters=tmp_path / "c.npy"),
        evaluate(*sides, clusters=table, cluster="user"),
        evaluate(np.array(pred), np.zeros(5), clusters=labels),
    ]
    assert [r.settings.cluster for r in results] == ["clusters", "user", "clusters"]
    assert all(r.tallies[0] == results[0].tallies[0] for r in results)
    assert results[0].clusters[0].labels == ("a", "b", "ä")
    assert evaluate(*sides, clusters=labels, groups=["x"] * 5).clusters == results[0].clusters
    assert preview(*sides, clusters=table, cluster="user").pairs[1].pred == (2.0,)
    assert compare(sides[0], *sides, clusters=labels, warn=[].append).differences[0].n_clusters == 3
    for wrong, error, what in (
        (np.full(5, 0.5), DataError, "no whole number"),
        (labels[:-1], ShapeError, "has 4"),
    ):
        np.save(tmp_path / "wrong.npy", np.array(wrong))
        with pytest.raises(error, match=what):
            evaluate(*sides, clusters=tmp_path / "wrong.npy")
    other = save_array(tmp_path / "m.npy", np.zeros((1, 5)))
    with pytest.raises(SettingsError, match="no rows for weights or labels"):
        evaluate(sides[0], other, clusters=labels, options=ReadOptions(flatten=True))


def test_clusters_on_both_sides_must_agree_and_are_no_witness(tmp_path: Path) -> None:
    pred = save_table(tmp_path / "p.csv", {"p": [1.0, 2.0, 3.0], "user": [1, 2, 1]})
    target = save_table(tmp_path / "t.csv", {"t": [0.0] * 3, "user": [1, 2, 1]})
    warnings: list[str] = []
    result = evaluate(pred, target, cluster="user", warn=warnings.append)
    assert (result.clusters[0].labels, warnings) == (("1", "2"), [])
    save_table(target, {"t": [0.0] * 3, "user": [1, 1, 1]})
    with pytest.raises(DataError, match=r"row 2 is of cluster '2', but of cluster '1' in .*t\.csv"):
        evaluate(pred, target, cluster="user")


def test_what_cannot_be_a_cluster_is_refused(tmp_path: Path) -> None:
    texts = pa.array(["a", None, "b"])
    columns = {"p": [1.0, 2.0, 3.0], "t": [0.0] * 3, "c": texts, "g": [1, 2, 2]}
    table = save_table(tmp_path / "x.parquet", columns)
    how = {"pred": "p", "target": "t"}
    with pytest.raises(DataError, match=r"row 2.*'c'.*missing"):
        evaluate(table, **how, cluster="c")
    with pytest.raises(DataError, match="no column 'z'"):
        evaluate(table, **how, cluster="z")
    with pytest.raises(SettingsError, match="cannot be the groups and the clusters as well"):
        evaluate(table, **how, by="g", cluster="g")
    with pytest.raises(SettingsError, match="cannot be numbers and a cluster as well"):
        evaluate(table, **how, cluster="p")


def test_too_many_clusters_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder, "MAX_GROUPS", 3)
    columns = {"p": [1.0] * 6, "t": [0.0] * 6, "c": [0, 1, 2, 0, 1, 2], "g": [0, 0, 0, 1, 1, 1]}
    table = save_table(tmp_path / "x.parquet", columns)
    how = {"pred": "p", "target": "t", "cluster": "c"}
    assert len(evaluate(table, **how).clusters[0].labels) == 3
    with pytest.raises(DataError, match="more than 3 clusters"):
        evaluate(table, **how, by="g")


def test_a_loss_that_is_no_number_leaves_the_standard_error_of_its_group_open(
    tmp_path: Path,
) -> None:
    columns = {
        "p": [1.0, math.nan, 3.0, 4.0, math.inf, 5.0],
        "t": [0.0] * 6,
        "c": [0, 0, 1, 0, 1, 1],
        "g": ["a", "a", "a", "b", "c", "c"],
    }
    table = save_table(tmp_path / "x.parquet", columns)
    how: dict[str, Any] = {"pred": "p", "target": "t", "cluster": "c", "warn": [].append}
    result = evaluate(table, by="g", **how)
    assert [len(state.labels) for state in result.clusters] == [2, 1, 1]
    assert all(math.isnan(tally.standard_error) for tally in result.tallies)
    kept = evaluate(table, nan="omit", **how)
    assert [state.sizes for state in kept.clusters] == [(2, 3)]
    left_out = save_table(tmp_path / "y.parquet", columns | {"c": [0, 9, 1, 0, 1, 1]})
    assert evaluate(left_out, nan="omit", **how).clusters[0].labels == ("0", "1")


def test_the_overall_interval_of_a_report_joins_clusters_of_several_groups(
    tmp_path: Path, columns: dict[str, Any]
) -> None:
    table = save_table(tmp_path / "x.parquet", columns)
    how: dict[str, Any] = {"pred": "p", "target": "t", "cluster": "c", "betas": 0.5}
    first = report(table, by="g", **how).figures[0].table
    assert first is not None
    shown = dict(zip(*(column.cells for column in first), strict=True))
    whole = evaluate(table, **how).tallies[0]
    assert float(shown["standard error"]) == pytest.approx(whole.standard_error, rel=1e-5)
    assert shown["clusters"] == str(N_CLUSTERS)


def test_a_shuffled_table_gives_the_same_clusters(tmp_path: Path, columns: dict[str, Any]) -> None:
    order = random.Random(3).sample(range(N), N)
    results = [
        evaluate(
            save_table(tmp_path / f"{i}.parquet", {n: np.take(c, at) for n, c in columns.items()}),
            pred="p",
            target="t",
            cluster="c",
            execution=Execution(1, 17),
        )
        for i, at in enumerate((list(range(N)), order))
    ]
    assert tuple(results[0].clusters) == tuple(results[1].clusters)
    assert tally_of(results[0]) == tally_of(results[1])


def tally_of(result: Result) -> Tally:
    return result.tallies[0]._replace(first_nan=None)


@pytest.mark.parametrize("gap", ["", "nan"])
def test_a_cluster_whose_prediction_is_missing_counts_as_one_whose_prediction_is_nan(
    gap: str, tmp_path: Path
) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f"p,y,w,c\n{gap},1.5,2,a\n1,3,1,b\n2,2.5,1,c\n")
    given = {"pred": "p", "target": "y", "weight": "w", "warn": lambda _: None}
    (entry,) = evaluate(path, **given, nan="omit-target", cluster="c").to_json()["results"]
    assert entry["clusters"] == 3
    assert oracle.exact(entry["exact"]["weight"]) == 4
