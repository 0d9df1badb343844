"""Usual names of predictions and of targets."""

from __future__ import annotations

import pytest

from smoothl1.sources.usual_names import PREDICTIONS, TARGETS, is_of_a_side, usual_side


@pytest.mark.parametrize(
    ("side", "names"),
    [
        ("pred", "pred Y_Pred yhat y_hat pred_2 predicted forecast estimate outputs Model"),
        ("target", "y Y_true target Targets truth gt GroundTruth labels actual obs refs gold"),
        ("", "id x p t weight group values predators-free"),
    ],
)
def test_a_name_is_usual_for_one_side_at_most(side: str, names: str) -> None:
    for name in names.split():
        assert usual_side(name) == usual_side(f" {name} ") == side, name
        is_usual = (PREDICTIONS.fullmatch(name), TARGETS.fullmatch(name))
        assert not all(is_usual), name


def test_letters_alone_tell_sides_apart_only_in_paths() -> None:
    assert [is_of_a_side(word) for word in ("p", "T", "hat", "x")] == [True, True, True, False]
    assert [usual_side(word) for word in ("p", "T")] == ["", ""]
