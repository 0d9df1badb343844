"""A second key that was forgotten is named in whatever notations two inputs have their keys."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from smoothl1 import DataError, evaluate
from smoothl1.pairing import further_keys
from tests.tables import save_table

if TYPE_CHECKING:
    from pathlib import Path

    Pairs = tuple[tuple[str, str], tuple[str, str]]

MATCHING = {
    "zones": (
        ("2026-03-01 00:00:00+01:00", "2026-02-28T23:00:00Z"),
        ("2026-03-02 00:00:00+01:00", "2026-03-01T23:00:00Z"),
    ),
    "midnights": (("2026-03-01 00:00:00", "2026-03-01"), ("2026-03-02 00:00:00", "2026-03-02")),
    "digits of seconds": (
        ("2026-03-01 10:07:09.2500", "2026-03-01T10:07:09.25"),
        ("2026-03-01 10:07:09.5000", "2026-03-01T10:07:09.5"),
    ),
    "leading zeros": (("7", "007"), ("18", "018")),
    "fractions of zeros": (("7", "7.0"), ("18", "18.0")),
    "blanks": (("w 7", " w 7 "), ("w 8", " w 8 ")),
}
"""Two values in two notations: they match as keys, though they are not the same texts."""

UNMATCHED = {
    "dates with points": (("2026-03-14", "14.03.2026"), ("2026-03-15", "15.03.2026")),
    "days with slashes": (("2026-03-14", "14/03/2026"), ("2026-04-02", "02/04/2026")),
    "months with slashes": (("2026-03-14", "3/14/2026"), ("2026-04-02", "4/2/2026")),
    "dates of eight digits": (("2026-03-14", "20260314"), ("2026-04-02", "20260402")),
    "cut times": (
        ("2026-03-14 10:07:09.673", "2026-03-14 10:07:09"),
        ("2026-03-14 10:07:10.123", "2026-03-14 10:07:10"),
    ),
    "rounded times": (
        ("2026-03-14 10:07:09.673", "2026-03-14 10:07:10"),
        ("2026-03-14 10:07:10.623", "2026-03-14 10:07:11"),
    ),
    "times in UTC": (
        ("2026-03-14 10:00:00+01:00", "2026-03-14 09:00:00"),
        ("2026-03-14 11:00:00+01:00", "2026-03-14 10:00:00"),
    ),
    "local times": (
        ("2026-03-14 10:00:00+01:00", "2026-03-14 10:00:00"),
        ("2026-03-14 12:00:00+01:00", "2026-03-14 12:00:00"),
    ),
    "counts of seconds": (
        ("2026-03-14 10:07:09+00:00", "1773482829"),
        ("2026-03-14 10:07:11+00:00", "1773482831"),
    ),
    "decimal commas": (("7", "7,0"), ("18", "18,0")),
    "case": (("Train", "train"), ("Test", "test")),
}
"""Two values in two notations: they do not match as keys, and are the same."""

FORMATS = [("csv", "csv"), ("jsonl", "csv"), ("csv", "parquet"), ("parquet", "jsonl")]
AT_KEY = "--key at, too, which both inputs have, makes the keys unique"
STEP_KEY = "--key step, too, which both inputs have, makes the keys unique"


def saved(path: Path, columns: dict[str, Any]) -> Path:
    if path.suffix != ".jsonl":
        return save_table(path, columns)
    rows = pa.table(columns).to_pylist()
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def sides(pairs: Pairs, formats: tuple[str, str], folder: Path) -> list[Path]:
    """Forecasts of two steps at two places, and their targets backwards in another notation."""
    (one, as_one), (two, as_two) = pairs
    pred = {"at": [one, one, two, two], "step": [1, 2, 1, 2], "p": [1.0, 2.0, 3.0, 4.0]}
    target = {"at": [as_two, as_two, as_one, as_one], "step": [2, 1, 2, 1]}
    paths = [folder / f"{stem}.{suffix}" for stem, suffix in zip("py", formats, strict=True)]
    return [saved(paths[0], pred), saved(paths[1], {**target, "y": [6.0, 5.0, 4.0, 3.0]})]


def hint_of(pred: Any, target: Any, key: str) -> str:
    with pytest.raises(DataError, match=r"stands there") as caught:
        evaluate(pred, target, pred="p", target="y", key=key, warn=str)
    return str(caught.value.hint)


@pytest.mark.parametrize("formats", FORMATS)
@pytest.mark.parametrize("pairs", MATCHING.values(), ids=MATCHING)
def test_of_keys_that_match_in_another_notation_the_forgotten_one_is_named(
    pairs: Pairs, formats: tuple[str, str], tmp_path: Path
) -> None:
    both = sides(pairs, formats, tmp_path)
    assert hint_of(*both, key="at") == STEP_KEY
    assert hint_of(*both, key="step") == AT_KEY
    assert evaluate(*both, pred="p", target="y", key=["at", "step"], warn=str).mean == 1.5


@pytest.mark.parametrize("formats", FORMATS)
@pytest.mark.parametrize("pairs", UNMATCHED.values(), ids=UNMATCHED)
def test_of_keys_that_are_the_same_and_do_not_match_the_forgotten_one_is_named(
    pairs: Pairs, formats: tuple[str, str], tmp_path: Path
) -> None:
    both = sides(pairs, formats, tmp_path)
    assert hint_of(*both, key="at") == STEP_KEY
    assert hint_of(*both, key="step") == AT_KEY


def test_keys_of_more_rows_are_compared_only_in_the_notations_in_which_they_match(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(further_keys, "_MOST_ROWS_FREELY", 3)
    assert hint_of(*sides(MATCHING["zones"], ("csv", "csv"), tmp_path), key="at") == STEP_KEY
    both = sides(UNMATCHED["cut times"], ("csv", "csv"), tmp_path)
    assert "--duplicates first" in hint_of(*both, key="at")


def test_a_key_of_two_columns_is_found_in_another_notation(tmp_path: Path) -> None:
    pred, target = ({"series": ["a"] * 4, "step": [1, 2, 1, 2]} for _ in range(2))
    (one, as_one), (two, as_two) = MATCHING["midnights"]
    pred |= {"at": [one, one, two, two], "p": [1.0, 2.0, 3.0, 4.0]}
    target |= {"at": [as_one, as_one, as_two, as_two], "y": [3.0, 4.0, 5.0, 6.0]}
    both = saved(tmp_path / "p.csv", pred), saved(tmp_path / "y.csv", target)
    wanted = "--key step and --key at, too, which both inputs have, make the keys unique"
    assert hint_of(*both, key="series") == wanted


@pytest.mark.parametrize("steps", [["2.0", "1.0"], [2.0, 1.0], ["2,0", "1,0"]])
@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_whole_numbers_in_any_type_may_be_the_forgotten_key(
    steps: list[Any], suffix: str, tmp_path: Path
) -> None:
    pred = pa.table({"at": ["a", "a"], "step": [1, 2], "p": [1.0, 2.0]})
    target = {"at": ["a", "a"], "step": steps, "y": [4.0, 3.0]}
    assert hint_of(pred, saved(tmp_path / f"y.{suffix}", target), key="at") == STEP_KEY


@pytest.mark.parametrize(
    ("mine", "others"),
    [
        (pa.array([0, 1], pa.timestamp("s")), pa.array([0, 1], pa.timestamp("s", "UTC"))),
        (pa.array([19000, 19001], pa.date32()), ["08.01.2022", "09.01.2022"]),
    ],
    ids=["a zone on one side", "dates beside texts"],
)
def test_times_in_types_that_do_not_compare_may_be_the_forgotten_key(
    mine: Any, others: Any
) -> None:
    pred = pa.table({"at": ["a", "a"], "step": mine, "p": [1.0, 2.0]})
    target = pa.table({"at": ["a", "a"], "step": others, "y": [3.0, 4.0]})
    assert hint_of(pred, target, key="at") == STEP_KEY


def test_fractions_and_other_values_of_the_same_column_are_no_forgotten_key(tmp_path: Path) -> None:
    for steps, others in (([0.5, 1.5], [0.5, 1.5]), ([1, 2], [1001, 1002]), (["u", "v"], "wx")):
        for suffix in ("csv", "parquet"):
            pred = {"at": ["a", "a"], "step": steps, "p": [1.0, 2.0]}
            target = {"at": ["a", "a"], "step": [*others], "y": [3.0, 4.0]}
            paths = [tmp_path / f"{name}.{suffix}" for name in "py"]
            both = map(saved, paths, (pred, target))
            assert "--duplicates first" in hint_of(*both, key="at")
