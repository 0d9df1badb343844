"""Names of columns that stand where files are taken are answered with the call that is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pytest

from smoothl1 import (
    SettingsError,
    StorageError,
    compare,
    evaluate,
    plan_tasks,
    preview,
    report,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

COLUMNS = {"y_hat": [1.0, 2.0], "other": [1.5, 2.0], "y": [1.0, 2.5]}
TABLES: dict[str, Callable[[], Any]] = {
    "pyarrow": lambda: pa.table(COLUMNS),
    "pandas": lambda: pytest.importorskip("pandas").DataFrame(COLUMNS),
    "polars": lambda: pytest.importorskip("polars").DataFrame(COLUMNS),
    "lazy": lambda: pytest.importorskip("polars").LazyFrame(COLUMNS),
}


@pytest.fixture(autouse=True)
def _in_a_folder_without_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def refusal(function: Callable[..., Any], *args: Any, **given: Any) -> str:
    """What a function says of its arguments, which are wrong."""
    with pytest.raises(SettingsError) as caught:
        function(*args, **given)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("kind", TABLES)
def test_names_behind_a_table_are_answered_with_the_call_that_is_meant(kind: str) -> None:
    table = TABLES[kind]()
    said = refusal(evaluate, table, "y_hat", "y")
    assert said == (
        "there is no file 'y_hat' [did you mean evaluate(table, pred='y_hat', target='y')?]"
    )
    said = refusal(compare, table, "y_hat", "other", "y")
    assert "compare(table, pred_a='y_hat', pred_b='other', target='y')?" in said


@pytest.mark.parametrize("function", [evaluate, report, preview, plan_tasks])
def test_the_same_is_said_of_a_file(function: Callable[..., Any], tmp_path: Path) -> None:
    pyarrow.csv.write_csv(pa.table(COLUMNS), tmp_path / "run.csv")
    wanted = f"{function.__name__}('run.csv', pred='y_hat', target='y')?"
    assert wanted in refusal(function, "run.csv", "y_hat", "y")


@pytest.mark.parametrize(
    ("function", "names", "given", "call"),
    [
        (evaluate, ["y"], {}, "evaluate(table, pred=..., target=...)"),
        (evaluate, ["y"], {"pred": "y_hat"}, "evaluate(table, pred='y_hat', target='y')"),
        (evaluate, ["y_hat"], {"target": "y"}, "evaluate(table, pred='y_hat', target='y')"),
        (evaluate, ["y_hat", "typo"], {}, "evaluate(table, pred='y_hat', target='typo')"),
        (report, ["y_hat", "y"], {"betas": 0.5}, "report(table, pred='y_hat', target='y')"),
        (
            compare,
            ["y_hat", "other"],
            {"target": "y"},
            "compare(table, pred_a='y_hat', pred_b='other', target='y')",
        ),
        (
            compare,
            ["y_hat", "other"],
            {},
            "compare(table, pred_a='y_hat', pred_b='other', target=...)",
        ),
        (
            compare,
            ["y_hat", "other", "y_hat", "y"],
            {},
            "compare(table, pred=['y_hat', 'other', 'y_hat'], target='y')",
        ),
    ],
)
def test_what_no_name_says_is_left_open(
    function: Callable[..., Any], names: list[str], given: dict[str, Any], call: str
) -> None:
    assert refusal(function, TABLES["pyarrow"](), *names, **given).endswith(
        f"[did you mean {call}?]"
    )


@pytest.mark.parametrize(
    ("function", "args"),
    [
        (compare, ("preds_a", "preds_b", "truth")),
        (evaluate, ("preds", "y_hat", "y")),
        (report, ("preds", "y_hat", "y")),
    ],
)
def test_a_file_that_is_missing_itself_has_no_columns(
    function: Callable[..., Any], args: tuple[str, ...]
) -> None:
    with pytest.raises((SettingsError, StorageError)) as caught:
        function(*args)
    assert "did you mean" not in str(caught.value)


def test_a_word_that_is_a_setting_is_no_column_unless_the_table_has_it(tmp_path: Path) -> None:
    table = pa.table({**COLUMNS, "mean": COLUMNS["y"]})
    pyarrow.csv.write_csv(table, tmp_path / "run.csv")
    for first in ("run.csv", "preds", pa.table(COLUMNS)):
        said = refusal(evaluate, first, "y_hat", "mean")
        assert said.endswith("[did you mean reduction='mean'?]")
    said = refusal(evaluate, table, "y_hat", "mean")
    assert "evaluate(table, pred='y_hat', target='mean')?" in said


def test_a_name_that_may_be_a_file_alone_is_told_as_one(tmp_path: Path) -> None:
    np.save(tmp_path / "y", np.ones(2))
    (tmp_path / "y.npy").rename(tmp_path / "y")
    for args in (
        ("preds", "targets"),
        (np.ones(2), "targets"),
        (pa.table(COLUMNS), "runs/y.npy"),
    ):
        with pytest.raises(StorageError, match="no such file or directory"):
            evaluate(*args)
    assert evaluate(np.zeros(2), "y").mean == 0.5  # a file, which has the name of a column


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        (0.5, "betas=0.5"),
        ("mean", "reduction='mean'"),
        (np.ones((2, 2)), "weights=..."),
        (np.float32([1, 2]), "weights=..."),
    ],
)
def test_what_stands_in_place_of_settings_is_answered_with_its_argument(
    value: Any, meant: str
) -> None:
    said = refusal(evaluate, np.ones(2), np.ones(2), value)
    assert said.endswith(f"[did you mean {meant}?]")
