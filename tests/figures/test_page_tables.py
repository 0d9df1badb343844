"""The tables and notes of pages: heads in words, and what makes an interval less certain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1 import compare, report
from smoothl1.figures.contract import Ranges
from smoothl1.figures.report import report_of_comparison, report_of_ranking

if TYPE_CHECKING:
    from smoothl1.figures.contract import Figure
from smoothl1.figures.report import Report

RNG = np.random.default_rng(4)
TARGET = RNG.normal(0, 1, 90)
MODELS = [TARGET + RNG.normal(0, 0.3, 90) for _ in range(3)]
GROUPS = np.arange(90) % 3


def compared(n_models: int, **given: Any) -> Report:
    found: Any = compare(*MODELS[:n_models], TARGET, **given)
    return (report_of_comparison if n_models == 2 else report_of_ranking)(found, 0.9)


def figures(found: Report) -> dict[str, Figure]:
    return {figure.name: figure for figure in found.figures}


def heads(figure: Figure) -> list[str]:
    return [column.name for column in figure.table]


def test_tables_of_groups_have_heads_in_words() -> None:
    shown = figures(compared(2, groups=GROUPS, histogram=True))
    ends = ["90% from", "to"]
    counts = ["pairs", "rows", "A better", "B better", "ties"]
    assert heads(shown["result"]) == [
        *("groups", "mean A", "mean B", "B - A", *ends, "change", "p"),
        *counts,
    ]
    assert heads(shown["groups"]) == ["groups", "B - A", *ends]
    of_result = figures(report(MODELS[0], TARGET, groups=GROUPS))["groups"]
    assert heads(of_result) == ["groups", "mean", "95% from", "to", "pairs"]


def test_tables_of_rankings_have_heads_in_words() -> None:
    shown = figures(compared(3))
    difference = ["above best", "90% from", "to"]
    assert heads(shown["differences"]) == ["model", *difference]
    counts = ["pairs", "rows", "better", "worse", "ties"]
    assert heads(shown["result"]) == ["rank", "model", "mean", *difference, "change", "p", *counts]


def cells(figure: Figure, head: str) -> list[Any]:
    return next(list(column.cells) for column in figure.table if column.name == head)


def test_pages_tell_the_change_as_a_share_of_the_best_of_each_group() -> None:
    target = np.zeros(4)
    models = [np.array([2.0, 2.0, 4.0, 4.0]), np.array([3.0, 3.0, 1.0, 1.0]), np.full(4, 5.0)]
    ranked = compare(*models, target, groups=[0, 0, 1, 1], betas=[0.0])
    told = cells(report_of_ranking(ranked, 0.9).figures[0], "change")
    assert told == [None, "+50%", "+150%", None, "+300%", "+400%", None, "+50%", "+150%"]


def test_the_best_of_a_ranking_has_the_rows_in_which_all_others_were_compared_with_it() -> None:
    of_groups = compare(*MODELS, TARGET, groups=GROUPS)
    told = cells(report_of_ranking(of_groups, 0.9).figures[0], "rows")
    assert told == [30] * 9 + [90] * 3


def test_the_best_has_no_rows_if_others_were_compared_with_it_in_more_or_fewer() -> None:
    """A row in which the loss of a model is NaN is in no comparison of it."""
    missing = np.where(np.arange(90) == 7, np.nan, 9.0)
    with pytest.warns(UserWarning, match="1 of 90 losses is NaN"):
        found = compare(TARGET + 0.1, TARGET + 1.2, missing, TARGET)
    assert cells(report_of_ranking(found, 0.9).figures[0], "rows") == [None, 90, 89]


def test_pages_of_two_models_tell_the_change_as_a_share_of_the_first() -> None:
    target, models = np.zeros(4), (np.array([0.0, 0.0, 4.0, 4.0]), np.array([3.0, 3.0, 1.0, 1.0]))
    of_groups = compare(*models, target, groups=[0, 0, 1, 1], betas=[0.0])
    assert cells(report_of_comparison(of_groups, 0.9).figures[0], "change") == [None, "-75%", "+0%"]
    of_all = report_of_comparison(compare(*models, target, betas=[0.0]), 0.9).figures[0]
    named = dict(zip(cells(of_all, "quantity"), cells(of_all, "value"), strict=True))
    assert named["change"] == "+0%"


def test_the_sentence_of_several_rankings_tells_in_how_many_the_best_is_clear() -> None:
    """The models are equally good in one group; in two others the first is by far the best."""
    far = np.where(GROUPS == 0, 0.0, 9.0)
    found = compare(MODELS[0], MODELS[1] + far, MODELS[2] + far, TARGET, groups=GROUPS)
    told = report_of_ranking(found, 0.9).figures[0].sentence
    best = float(np.mean(np.where(np.abs(error := MODELS[0] - TARGET) < 1, error**2 / 2, 0)))
    assert told.startswith(
        f"At beta 1, predictions_1 has the smallest mean loss of 3 models in all groups together, "
        f"{best:.4g}. 3 rankings of 3 models by their mean loss. The smallest is that of "
    )
    assert told.endswith(". By their 90% intervals, all other models are worse in 2.")


def test_rankings_of_groups_are_drawn_together_and_each() -> None:
    far = np.where(GROUPS == 0, 0.0, 9.0)
    given = (MODELS[0], MODELS[1] + far, MODELS[2] + far, TARGET)
    _, together, each = report_of_ranking(compare(*given, groups=GROUPS), 0.9).figures
    assert together.title == "Differences from the best model in all groups together"
    assert together.table == report_of_ranking(compare(*given), 0.9).figures[1].table
    assert each.title == "Differences from the best model of each group"
    assert each.sentence == "By their intervals, 4 of 6 other models are worse than the best."
    assert cells(each, "groups / model")[-1].startswith("2 / predictions_")
    assert isinstance(each.drawing, Ranges)
    assert len(each.drawing.rows) == 6
    _, of_betas = report_of_ranking(compare(*given, betas=(0.5, 5.0)), 0.9).figures
    assert of_betas.title == "Differences from the best model at each beta"
    assert cells(of_betas, "beta / model")[0] == "beta 0.5 / predictions_3"


def test_a_page_of_many_groups_says_that_not_all_are_drawn() -> None:
    found = compare(*MODELS, TARGET, groups=np.arange(90) % 30)
    each = report_of_ranking(found, 0.9).figures[2]
    assert isinstance(each.drawing, Ranges)
    assert (len(each.drawing.rows), len(cells(each, "above best"))) == (40, 60)
    assert each.note == "The drawing has the first 40."


def test_metrics_have_their_names_in_words() -> None:
    numbers = figures(
        report(MODELS[0], TARGET, also=("mae", "mse", "rmse", "bias", "huber", "max"))
    )["result"]
    told = [str(cell) for cell in numbers.table[0].cells]
    assert not {"mae", "mse", "rmse", "bias", "huber", "max_error"} & set(told)
    assert {"mean squared error", "mean Huber loss", "largest distance"} <= set(told)


@pytest.mark.parametrize(("n", "is_told"), [(1, False), (2, True), (29, True), (90, False)])
def test_a_note_tells_of_few_rows_if_there_is_an_interval(n: int, is_told: bool) -> None:
    note = figures(report(MODELS[0][:n], TARGET[:n]))["result"].note
    assert (f"The result has {n} effective rows, fewer than 30: " in note) == is_told
    assert ("effective" in note) == is_told


def test_a_note_tells_of_few_large_losses() -> None:
    outlier = TARGET + np.where(np.arange(90) == 50, 40.0, 0.01)
    told = "has nearly all of its spread from about 1 row, fewer than 3: as a sample may lack"
    assert f"The result {told}" in figures(report(outlier, TARGET))["result"].note
    found = compare(outlier, TARGET + 0.01, TARGET, histogram=True)
    assert f"The comparison {told}" in figures(report_of_comparison(found, 0.9))["result"].note
    assert "spread" not in figures(report(MODELS[0], TARGET))["result"].note


@pytest.mark.parametrize("n", [1, 5])
def test_a_single_bin_is_a_table_without_a_drawing(n: int) -> None:
    shown = figures(report(np.full(n, 1.5), np.ones(n)))
    for name in ("pairs", "distances", "errors"):
        assert shown[name].drawing is None
        assert shown[name].table[-1].cells == [n]
    assert " in one square with sides of " in shown["pairs"].sentence
    spread = figures(report(np.linspace(1.0, 9.0, n + 1), np.ones(n + 1)))
    assert all(spread[name].drawing is not None for name in ("pairs", "errors"))


@pytest.mark.parametrize("sign", [-1, 1])
def test_half_a_per_cent_of_the_errors_is_beyond_either_end_of_the_axis(sign: int) -> None:
    """One error in 200 is as much as may be left out: the axis shows the others."""
    errors = np.linspace(-0.2, 0.2, 200)
    errors[7] = 500.0 * sign
    figure = figures(report(errors, np.zeros(200)))["errors"]
    drawing: Any = figure.drawing
    assert -0.25 < drawing.x.low < 0 < drawing.x.high < 0.25
    assert figure.note == "Not drawn: 1 pair beyond the ends of the axis."


def test_sentences_name_groups_and_columns_as_such() -> None:
    of_groups = figures(report(MODELS[0], TARGET, groups=GROUPS))["groups"]
    assert of_groups.sentence.startswith("Group '")
    assert "; group '" in of_groups.sentence
    pred, target = (side.reshape(30, 3) for side in (MODELS[0], TARGET))
    of_columns = figures(report(pred, target, by_column=True))["groups"]
    assert of_columns.sentence.startswith("Column '")
