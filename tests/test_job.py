"""A job says all that a run needs, and settles what its arguments say together."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest

from smoothl1 import EvalSettings, Execution, ReadOptions, SettingsError
from smoothl1.job import Job
from smoothl1.selection import Selection

PATHS = ("p.npy", None, Path("t.npy"))


def job_of(
    settings: EvalSettings = EvalSettings(),
    options: ReadOptions = ReadOptions(),
    selection: Selection = Selection(),
    weights: str | None = None,
    **how: Any,
) -> Job:
    return Job.of(PATHS, selection, settings, options, Execution(), weights=weights, **how)


def test_the_weights_are_the_last_of_all_paths() -> None:
    assert job_of().paths == ("p.npy", "t.npy")
    weighted = job_of(weights="w.npy")
    assert (weighted.n_sides, weighted.paths) == (2, ("p.npy", "t.npy", "w.npy"))
    assert weighted.beside == ("weight",)


def test_whether_losses_are_weighted_follows_from_the_arguments() -> None:
    assert not job_of().settings.weighted
    assert job_of(weights="w.npy").settings.weighted
    assert job_of(selection=Selection(weight="w")).settings.weighted
    with pytest.raises(SettingsError, match="neither weight nor weights"):
        job_of(EvalSettings(weighted=True))


def test_the_groups_of_the_settings_are_those_of_the_selection() -> None:
    assert job_of(EvalSettings(by="g")).selection.by == ("g",)
    with pytest.raises(SettingsError, match="'g' cannot be numbers and a key or group"):
        job_of(EvalSettings(by="g"), selection=Selection(pred="g"))


def test_one_name_is_one_column() -> None:
    assert Selection("y_hat", "y", key="id") == Selection(("y_hat",), ("y",), key=("id",))


def test_a_job_is_a_value_that_can_be_sent() -> None:
    job = job_of(EvalSettings((0.5,), by="g"), selection=Selection("y", weight="w"))
    assert pickle.loads(pickle.dumps(job)) == job


@pytest.mark.parametrize(
    ("nan", "allow_missing", "expected"),
    [
        # accepts missing values, warns of NaN, leaves out by the target, and by a prediction
        ("propagate", False, (False, True, False, False)),
        ("propagate", True, (True, False, False, False)),
        ("error", False, (False, True, False, False)),
        ("error", True, (True, True, False, False)),
        ("omit", False, (True, True, True, True)),
        ("omit", True, (True, True, True, True)),
        ("omit-target", False, (True, True, True, False)),
        ("omit-target", True, (True, True, True, False)),
    ],
)
def test_the_policy_of_nan_follows_from_its_name_and_from_whether_values_may_be_missing(
    nan: str, allow_missing: bool, expected: tuple[bool, ...]
) -> None:
    policy = job_of(EvalSettings(nan=nan), ReadOptions(allow_missing=allow_missing)).nan_policy
    found = (policy.accepts_missing, policy.warns, policy.omits_target, policy.omits_pred)
    assert found == expected
    assert policy.is_error == (nan == "error")


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ({}, True),
        ({"statistics": True}, False),
        ({"writes_losses": True}, False),
        ({"weights": "w.npy"}, False),
        ({"settings": EvalSettings(by_column=True)}, False),
        ({"selection": Selection(others=(("y",),))}, False),
    ],
)
def test_elements_come_in_any_order_only_where_rows_do_not_matter(
    how: dict[str, Any], expected: bool
) -> None:
    assert job_of(**how).in_any_order is expected
