"""Settings and arguments of `evaluate` and `compare` that contradict each other, or go together."""

from __future__ import annotations

import gzip
import io
import tempfile
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest

from smoothl1 import DataError, EvalSettings, SettingsError, compare, evaluate, report
from smoothl1.running.evaluate import LossOutput

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Losses at beta 0: 1 and 3 of ridge, 2 and 1 of lasso."""
    path = tmp_path / "t.csv"
    path.write_text("id,ridge,lasso,price,w\n1,1,2,0,1\n2,3,1,0,3\n")
    return path


ONE: dict[str, Any] = {"pred": ("ridge",), "target": ("price",)}
TWO: dict[str, Any] = {
    "pred_a": ("ridge",),
    "pred_b": ("lasso",),
    "target": ("price",),
}
L1 = EvalSettings((0.0,))


def alone(given: dict[str, Any]) -> dict[str, Any]:
    """The same, each column as a string, not as the only one of several."""
    return {name: column for name, (column,) in given.items()}


def test_a_string_is_one_column_for_evaluate(table: Path) -> None:
    result = evaluate(table, None, L1, **alone(ONE), key="id")
    assert result == evaluate(table, None, L1, **ONE, key=("id",))
    assert result.values == (2.0,)
    assert result.inputs[0].columns == ("ridge",)
    listed = {name: list(columns) for name, columns in ONE.items()}
    assert evaluate(table, None, L1, **listed) == result


def test_a_string_is_one_column_for_compare(table: Path) -> None:
    found = compare(table, None, None, L1, **alone(TWO), key="id")
    assert found == compare(table, None, None, L1, **TWO, key=("id",))
    (difference,) = found.differences
    assert (difference.a.mean, difference.b.mean) == (2.0, 1.5)


def test_the_key_of_two_files_may_be_a_string(table: Path, tmp_path: Path) -> None:
    (tmp_path / "u.csv").write_text("id,price\n2,0\n1,0\n")
    sides: dict[str, Any] = {"pred": "ridge", "target": "price"}
    assert evaluate(table, tmp_path / "u.csv", L1, **sides, key="id").values == (2.0,)


def test_weights_that_are_promised_and_not_given_are_refused(table: Path) -> None:
    promised = EvalSettings((0.0,), weighted=True)
    with pytest.raises(SettingsError, match="neither weight nor weights is given"):
        evaluate(table, None, promised, **ONE)
    with pytest.raises(SettingsError, match="neither weight nor weights is given"):
        compare(table, None, None, promised, **TWO)
    for settings in (promised, L1):
        result = evaluate(table, None, settings, **ONE, weight="w")
        assert (result.values, result.settings.weighted) == ((2.5,), True)
        assert compare(table, None, None, settings, **TWO, weight="w").settings.weighted


def test_losses_of_elements_without_a_file_are_refused(table: Path) -> None:
    settings = EvalSettings((0.0,), "none")
    with pytest.raises(SettingsError, match=r"reduction none needs losses_to.*smooth_l1_loss\("):
        evaluate(table, None, settings, **ONE)
    file = io.BytesIO()
    assert evaluate(table, None, settings, **ONE, losses_to=LossOutput(file, "text")).n == 2
    assert file.getvalue() == b"1.0\n3.0\n"


def test_losses_of_elements_need_a_file_that_takes_bytes(table: Path, tmp_path: Path) -> None:
    settings = EvalSettings((0.0,), "none")
    how: dict[str, Any] = {"settings": settings, **ONE}
    with open(table, "rb") as for_reading, tempfile.TemporaryFile("w") as of_text:
        files: list[Any] = [None, 1, io.StringIO(), for_reading, of_text]
        for file in files:
            with pytest.raises(SettingsError, match="is not open for writing bytes: ") as caught:
                evaluate("no such file", **how, losses_to=LossOutput(file, "npy"))
            assert caught.value.hint == "a path, or open(path, 'wb')"
    with pytest.raises(SettingsError, match="is closed: "):
        evaluate("no such file", **how, losses_to=LossOutput(of_text, "npy"))  # type: ignore[arg-type]  # it is of text
    path = tmp_path / "losses"
    with gzip.open(path, "wb") as packed:
        evaluate(table, **how, losses_to=LossOutput(packed, "text"))
    with open(path, "ab", buffering=0) as raw:
        evaluate(table, **how, losses_to=LossOutput(raw, "text"))
    assert path.read_bytes().endswith(b"1.0\n3.0\n")
    assert gzip.decompress(path.read_bytes()[:-8]) == b"1.0\n3.0\n"


def test_an_open_file_alone_is_answered_with_what_names_its_format(table: Path) -> None:
    how: dict[str, Any] = {"reduction": "none", **ONE}
    outputs: list[Any] = [io.BytesIO(), 1, b"losses.csv"]
    for output in outputs:
        with pytest.raises(SettingsError, match=r"takes a path, or LossOutput\(file, ") as caught:
            evaluate("no such file", **how, losses_to=output)
        assert caught.value.hint == "of an open file: LossOutput(file, 'csv')"
    of_hint = io.BytesIO()
    evaluate(table, **how, losses_to=LossOutput(of_hint, "csv"))
    assert of_hint.getvalue().startswith(b"loss\n")


@pytest.mark.parametrize("reduction", ["sum", "none"])
def test_a_comparison_has_no_other_reduction_than_the_mean(table: Path, reduction: str) -> None:
    settings = EvalSettings((0.0,), reduction)
    with pytest.raises(SettingsError, match=f"of means, not of reduction {reduction}"):
        compare(table, None, None, settings, **TWO)


def test_a_contradiction_is_refused_before_any_file_is_opened(tmp_path: Path) -> None:
    for settings in (EvalSettings(weighted=True), EvalSettings(reduction="none")):
        with pytest.raises(SettingsError):
            evaluate(tmp_path / "none.npy", tmp_path / "none.npy", settings)
        with pytest.raises(SettingsError):
            compare(*[tmp_path / "none.npy"] * 3, settings)


@pytest.mark.parametrize("name", ["pred", "target", "key", "weight", "by", "cluster", "keep"])
@pytest.mark.parametrize("value", [0, ("w", 1), b"w"])
def test_a_column_that_is_not_named_by_text_is_refused(table: Path, name: str, value: Any) -> None:
    given: dict[str, Any] = {**ONE, name: value}
    with pytest.raises(SettingsError, match=f"{name} takes names of columns as text, not .*'@1'"):
        evaluate(table, top=1, **given)


LABELS = ["east", "west"] * 20


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("by", "groups=... takes data"),
        ("cluster", "clusters=... takes data"),
        ("weight", "weights=... takes data"),
        ("key", "the columns are those of a table"),
        ("keep", "the columns are those of a table"),
    ],
)
@pytest.mark.parametrize(
    "data",
    [LABELS, np.array(LABELS), np.arange(40.0), pa.array(LABELS), pa.chunked_array([LABELS])],
    ids=["list", "text", "floats", "array", "column"],
)
def test_data_for_the_name_of_a_column_are_answered_with_the_argument_that_takes_data(
    table: Path, name: str, hint: str, data: Any
) -> None:
    with pytest.raises(SettingsError, match=f"{name} takes ") as caught:
        evaluate(table, top=1, **{**ONE, name: data})
    assert str(caught.value.hint).startswith(hint)


@pytest.mark.parametrize("name", ["weight", "cluster"])
def test_one_column_is_one(table: Path, name: str) -> None:
    """The first of several was taken, and nobody told."""
    with pytest.raises(SettingsError, match=f"{name} takes the name of one column, not "):
        evaluate(table, **{**ONE, name: ["w", "price"]})


@pytest.mark.parametrize("value", [0, [0, 1], ["ridge", 1]])
def test_a_model_that_is_not_named_by_text_is_refused(table: Path, value: Any) -> None:
    with pytest.raises(SettingsError, match="pred takes names of columns as text"):
        compare(table, pred=value, target="price")


def test_an_object_that_is_evaluated_against_itself_is_warned_of() -> None:
    array, frame = np.arange(4.0), pa.table({"x": [1.0, 2.0], "y": [2.0, 3.0]})
    for call in (
        lambda: evaluate(array, array),
        lambda: evaluate(array, array[:]),
        lambda: compare(array + 1, array, array),
        lambda: evaluate(frame, frame, pred="x", target="x"),
    ):
        with pytest.warns(UserWarning, match="targets are the same numbers") as found:
            call()
        assert [warning.filename for warning in found] == [__file__]
    assert evaluate(array, array.copy()).mean == 0.0
    assert evaluate(array, array[::-1], betas=0.0).mean == 2.0
    assert evaluate(frame, frame, pred="x", target="y", betas=0.0).mean == 1.0


def test_one_array_without_targets_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "p.npy", [1.0, 2.0])
    with pytest.raises(DataError, match="the file holds one array: name a second file for the tar"):
        evaluate(tmp_path / "p.npy")
    with pytest.raises(DataError, match="an array is one side: give another for the targets"):
        evaluate([1.0, 2.0])


def test_models_that_are_named_in_two_ways_or_are_one_are_refused(table: Path) -> None:
    def said(*given: Any, **columns: Any) -> str:
        with pytest.raises(SettingsError) as caught:
            compare(*given, target="price", **columns)
        return str(caught.value)

    assert "--pred stands beside --pred-a" in said(table, pred=["ridge"], pred_a="lasso")
    assert "there is one model" in said(table, pred=["ridge"])
    assert "--pred ridge --pred lasso" in said(table, pred="ridge, lasso")
    assert "there are 3" in said(table, table, table, table, pred_a="ridge")
    assert "give the predictions of two models" in said(table, table)
    assert "pred" in said(table, pred=5)


def test_what_no_report_has_is_refused(table: Path) -> None:
    def said(settings: EvalSettings, **given: Any) -> str:
        with pytest.raises(SettingsError) as caught:
            report(table, settings=settings, **ONE, **given)
        return str(caught.value)

    assert "of one beta" in said(EvalSettings((0.0, 1.0)))
    assert "of reduction mean or sum" in said(EvalSettings((0.0,), reduction="none"))
    assert "no tolerances and quantiles" in said(EvalSettings((0.0,), quantiles=(0.5,)))
    assert "divides by the sum" in said(EvalSettings((0.0,), weight_mean="count"), weight="w")


def test_what_is_left_out_by_the_target_is_said_once(table: Path) -> None:
    for ignored, said in (
        (3.0, "1 of 2 pairs was left out: the target is 3"),
        (-9.5, "no pair was left out by --ignore-target: no target is -9.5"),
    ):
        warnings: list[str] = []
        settings = EvalSettings((0.0, 1.0), ignore_target=(ignored,))
        evaluate(table, settings=settings, pred="ridge", target="w", warn=warnings.append)
        assert warnings == [said]
