from __future__ import annotations

import html
import math
import os
import re
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import smoothl1
from smoothl1.figures.contract import Bars, Cells
from smoothl1.figures.report import report_of_comparison, report_of_ranking
from tests.tables import save

if TYPE_CHECKING:
    from pathlib import Path

    from smoothl1.figures.report import Report

N = 3000


@pytest.fixture
def table(tmp_path: Path) -> str:
    rng = np.random.default_rng(4)
    target = rng.normal(size=N)
    group = rng.choice(["cat", "dog", "<b>"], N)
    return str(
        save(
            tmp_path / "run.parquet",
            500,
            y=target,
            y_hat=target + rng.normal(size=N) * 0.4 + 0.1,
            kind=group,
            half=np.arange(N) % 2,
            w=rng.uniform(0.5, 2, N),
        )
    )


def report_of(table: str, **options: object) -> Report:
    return smoothl1.report(table, pred="y_hat", target="y", betas=0.5, **options)  # type: ignore[arg-type]


def shown(report: Report) -> list[object]:
    return [
        (figure.name, figure.sentence, [(c.name, list(c.cells)) for c in figure.table])
        for figure in report.figures
    ]


def cells(report: Report, name: str, column: str) -> list[object]:
    (figure,) = (figure for figure in report.figures if figure.name == name)
    (found,) = (some for some in figure.table if some.name == column)
    return list(found.cells)


def test_the_report_is_of_the_result_of_an_evaluation(table: str) -> None:
    found = report_of(table)
    result = smoothl1.evaluate(
        table, pred="y_hat", target="y", betas=0.5, statistics=True, also="bias", top=10
    )
    assert found.result == result
    assert [figure.name for figure in found.figures] == [
        *("result", "pairs", "distances", "errors", "betas", "rows", "worst")
    ]


def test_a_report_is_shown_in_notebooks_as_its_page(table: str) -> None:
    found = report_of(table)
    assert repr(found).startswith("<Report 'Smooth L1 loss of ")
    assert repr(found).endswith(": result, pairs, distances, errors, betas, rows, worst>")
    shown_page = re.fullmatch(r'<iframe srcdoc="([^"]*)" [^<>]*></iframe>', found._repr_html_())
    assert shown_page is not None
    assert html.unescape(shown_page[1]) == found.to_html()


def test_data_in_memory_are_named_by_their_role() -> None:
    found = smoothl1.report([1.0, 2.0], [1.5, 2.0])
    assert found.title == "Smooth L1 loss of predictions against targets"


def test_figures_do_not_depend_on_chunks_threads_or_backend(
    table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = report_of(table, by="kind", weight="w")
    for execution in (smoothl1.Execution(1, 7), smoothl1.Execution(2, 100)):
        assert shown(report_of(table, by="kind", weight="w", execution=execution)) == shown(whole)
    monkeypatch.setenv("SMOOTHL1_BACKEND", "cpu")
    assert shown(report_of(table, by="kind", weight="w")) == shown(whole)


def test_every_pair_is_in_each_histogram(table: str) -> None:
    found = report_of(table)
    assert sum(cells(found, "distances", "pairs")) == N  # type: ignore[arg-type]
    assert sum(cells(found, "errors", "pairs")) == N  # type: ignore[arg-type]
    assert sum(cells(found, "rows", "pairs")) == N  # type: ignore[arg-type]
    figure = next(figure for figure in found.figures if figure.name == "pairs")
    assert isinstance(figure.drawing, Cells)
    n_hidden = int(figure.note.split(":")[1].split()[0].replace(",", "")) if figure.note else 0
    assert sum(map(sum, figure.drawing.counts)) == N - n_hidden


@pytest.mark.parametrize("errors", [[0.0, 3.0, -5.0, 0.0, 4.0], [0.0, -0.0]])
def test_a_distance_of_0_is_told_and_not_on_a_logarithmic_axis(errors: list[float]) -> None:
    found = smoothl1.report(np.array(errors) + 64, np.full(len(errors), 64.0))
    for report in (found, smoothl1.Report.merged([found, found])):
        n_zero = 2 * (1 if report is found else 2)
        (figure,) = (figure for figure in report.figures if figure.name == "distances")
        assert f"{n_zero} pairs are equal" in figure.sentence
        rows = list(zip(*(column.cells for column in figure.table), strict=True))
        assert rows[0] == (0.0, 0.0, n_zero)
        assert all(count and 3 <= low < high < 6 for low, high, count in rows[1:])
        signed = zip(*(cells(report, "errors", name) for name in ("from", "to")), strict=True)
        assert [low <= high for low, high in signed] == [True] * len({*errors})
        assert (figure.drawing is None) == (not any(errors))
        if isinstance(figure.drawing, Bars):
            assert (figure.drawing.x.low, figure.drawing.edges[0]) == (3.0, 3.0)
        assert "</html>" in report.to_html()


def test_losses_at_other_betas_are_those_of_evaluations(table: str) -> None:
    found = report_of(table)
    betas = cells(found, "betas", "beta")
    result = smoothl1.evaluate(table, pred="y_hat", target="y", betas=betas)  # type: ignore[arg-type]
    assert cells(found, "betas", "mean") == list(result.values)


def test_groups_are_ranked_by_their_loss(table: str) -> None:
    found = report_of(table, by="kind")
    means = cells(found, "groups", "mean")
    assert means == sorted(means, reverse=True)  # type: ignore[type-var]
    assert "&lt;b&gt;" in found.to_html()


def test_groups_may_be_nested_or_in_a_file_of_their_own(table: str, tmp_path: Path) -> None:
    kind = pq.read_table(table)["kind"]
    other = save(tmp_path / "groups.parquet", kind=kind)
    in_file = cells(report_of(table, groups=other), "groups", "groups")  # named after the file
    assert in_file == cells(report_of(table, by="kind"), "groups", "kind")
    nested = cells(report_of(table, by=("kind", "half")), "groups", "kind / half")
    assert sorted(nested)[:2] == ["<b> / 0", "<b> / 1"]  # type: ignore[type-var]


def test_a_page_is_small_whatever_the_rows(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    wide = rng.normal(size=(200_000, 2)) * 10.0 ** rng.integers(-30, 30, (200_000, 2))
    found = smoothl1.report(
        save_array(tmp_path / "p.npy", wide),
        save_array(tmp_path / "t.npy", wide[::-1].copy()),
        by_column=True,
    )
    assert len(found.to_html()) < 500_000


def save_array(path: Path, values: np.ndarray) -> Path:
    np.save(path, values)
    return path


@pytest.mark.parametrize(
    "values",
    [
        ([], []),
        ([1.0], [1.0]),
        ([math.nan], [1.0]),
        ([math.inf, 1.0], [math.inf, 2.0]),
        ([math.inf], [0.0]),
        ([5e-324, 0.0], [0.0, 5e-324]),
        ([1.7e308, -1.7e308], [-1.7e308, 1.7e308]),
        ([-0.0, 0.0], [0.0, 0.0]),
        ([1e16, 1e16 + 2], [1e16, 1e16]),
    ],
    ids=str,
)
@pytest.mark.parametrize("beta", [0.0, 1.0, 1e308])
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_any_numbers_have_a_report(
    values: tuple[list[float], list[float]], beta: float, tmp_path: Path
) -> None:
    from smoothl1.cli.views.report import report_text

    paths = [save_array(tmp_path / f"{i}.npy", np.array(side)) for i, side in enumerate(values)]
    found = smoothl1.report(*paths, betas=beta, options=smoothl1.ReadOptions(allow_empty=True))
    assert found.to_html().startswith("<!DOCTYPE html>")
    assert found.svgs().keys() <= {figure.name for figure in found.figures}
    for width in (20, 40, 80):
        text = report_text(found, width, is_ascii=True)
        assert text.isascii()
        assert max(map(len, text.splitlines())) <= max(width, 40)


def test_the_worst_rows_are_those_of_an_evaluation(table: str) -> None:
    found = report_of(table, top=3, keep="kind")
    columns = pq.read_table(table).to_pydict()
    errors = [abs(x - y) for x, y in zip(columns["y_hat"], columns["y"], strict=True)]
    rows = sorted(range(N), key=lambda i: -errors[i])[:3]
    assert cells(found, "worst", "row") == [i + 1 for i in rows]
    assert cells(found, "worst", "kind") == [columns["kind"][i] for i in rows]


@pytest.mark.filterwarnings("ignore:.*axes in another order")
def test_elements_without_rows_have_no_worst_ones(tmp_path: Path) -> None:
    paths = [
        save_array(tmp_path / "a.npy", np.arange(6.0).reshape(2, 3)),
        save_array(tmp_path / "b.npy", np.zeros((3, 2))),
    ]
    flat = smoothl1.ReadOptions(flatten=True)
    with pytest.raises(smoothl1.SettingsError, match="no rows"):
        smoothl1.evaluate(*paths, options=flat, top=2)
    names = [figure.name for figure in smoothl1.report(*paths, options=flat).figures]
    assert "worst" not in names


def test_weights_of_any_ratio_have_an_interval() -> None:
    for weight in (1e-30, 1e-40, 1e-310):
        found = smoothl1.compare([1.0, 2.0], [1.5, 3.0], [0.0, 0.0], weights=[1.0, weight])
        low, high = found.differences[0].estimate.interval(0.95)
        assert low < -1e200
        assert high > 1e200


def test_a_report_has_no_quantiles(table: str) -> None:
    with pytest.raises(smoothl1.SettingsError, match="no tolerances and quantiles"):
        report_of(table, quantiles=0.5)


def test_a_report_is_of_one_beta_and_no_single_losses(table: str) -> None:
    with pytest.raises(smoothl1.SettingsError, match="one beta"):
        smoothl1.report(table, pred="y_hat", target="y", betas=(0.5, 1.0))
    with pytest.raises(smoothl1.SettingsError, match="not none"):
        smoothl1.report(table, pred="y_hat", target="y", reduction="none")


def test_names_of_columns_and_files_are_in_the_title(table: str) -> None:
    assert report_of(table).title == "Smooth L1 loss of y_hat against y in run.parquet"
    assert os.path.dirname(table) not in report_of(table).title


def test_titles_of_models_in_one_table_differ(tmp_path: Path) -> None:
    """The columns are named: those of one table, and those of two."""
    models = {name: np.arange(4.0) + i for i, name in enumerate("ABCD")}
    pq.write_table(pa.table({**models, "y": np.zeros(4)}), tmp_path / "run.parquet")
    pq.write_table(pa.table({"t": np.ones(4)}), tmp_path / "t.parquet")
    np.save(tmp_path / "t.npy", np.ones(4))
    run, t, array = (str(tmp_path / name) for name in ("run.parquet", "t.parquet", "t.npy"))
    for inputs, pred, target, title in (
        ((run,), "B", "y", "Smooth L1 loss of B against y in run.parquet"),
        ((run, t), "B", "t", "Smooth L1 loss of B in run.parquet against t in t.parquet"),
        ((run, array), "B", (), "Smooth L1 loss of B in run.parquet against t.npy"),
    ):
        assert smoothl1.report(*inputs, pred=pred, target=target).title == title
    for inputs, target, title in (
        ((run,), "y", "A and B against y in run.parquet"),
        ((run, run, t), "t", "A in run.parquet and B in run.parquet against t in t.parquet"),
    ):
        found = smoothl1.compare(*inputs, pred_a="A", pred_b="B", target=target, histogram=True)
        assert report_of_comparison(found, 0.95).title == title


def test_titles_tell_files_of_one_name_in_several_folders_apart(tmp_path: Path) -> None:
    paths = [tmp_path / folder / "v.csv" for folder in ("1", "2", "y")]
    for i, path in enumerate(paths):
        path.parent.mkdir()
        path.write_text(f"v\n{i}\n{i + 1}\n")
    a, b, y = map(str, paths)
    found = smoothl1.compare(a, b, y, histogram=True, warn=lambda _: None)
    title = "v in 1/v.csv and v in 2/v.csv against v in y/v.csv"
    assert report_of_comparison(found, 0.95).title == title.replace("/", os.sep)
    title = "Smooth L1 loss of v in 1/v.csv against v in 2/v.csv"
    assert smoothl1.report(a, b, warn=lambda _: None).title == title.replace("/", os.sep)


def test_the_title_of_a_ranking_tells_the_targets_from_the_models(tmp_path: Path) -> None:
    paths = [tmp_path / name / "p.npy" for name in ("a", "b", "c", "t")]
    for i, path in enumerate(paths):
        path.parent.mkdir()
        np.save(path, np.arange(3.0) * (i + 1))
    found = smoothl1.compare(*map(str, paths), warn=lambda _: None)
    title = "3 models against t/p.npy".replace("/", os.sep)
    assert report_of_ranking(found, 0.95).title == title


def test_a_file_in_angle_brackets_is_no_data_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "<w").mkdir()
    for i, name in enumerate(("<w/z>", "a", "t")):
        np.save(tmp_path / "new.npy", np.arange(3.0) * (i + 1))
        (tmp_path / "new.npy").rename(tmp_path / name)
    found = smoothl1.compare("<w/z>", "a", "t", histogram=True, warn=lambda _: None)
    assert report_of_comparison(found, 0.95).title == "z> and a against t"
    ranking = smoothl1.compare("<w/z>", "a", "t", "t", warn=lambda _: None)
    assert ranking.models[0] == "z>"


def test_the_page_says_in_words_what_was_read(tmp_path: Path) -> None:
    for name, dtype in (("a", "<f4"), ("b", ">f8"), ("t", "<f8")):
        np.save(tmp_path / f"{name}.npy", (np.arange(4) + (name != "t")).astype(dtype))
    a, b, t = (str(tmp_path / f"{name}.npy") for name in "abt")
    for inputs, title in (
        ((a, b, t), "a.npy and b.npy against t.npy"),
        ((a, b, b), "a.npy and b.npy against b.npy"),
        ((a, a, t), "a.npy and a.npy against t.npy"),
    ):
        found = smoothl1.compare(*inputs, histogram=True, warn=lambda _: None)
        assert report_of_comparison(found, 0.95).title == title
    page = smoothl1.report(a, b, warn=lambda _: None).to_html()
    assert "a.npy, npy, float32<" in page
    assert "b.npy, npy, float64, big-endian<" in page
    assert re.search("smoothl1 [^<,]+, backend ", page)
