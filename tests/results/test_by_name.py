"""`result["east"]`: a group of a result by its name."""

from __future__ import annotations

import pyarrow as pa
import pytest

from smoothl1 import compare, evaluate
from smoothl1.errors import SettingsError

ROWS = {"site": ["east", "east", "west"], "day": [1, 2, 1], "p": [1.0, 3.0, 5.0]}
TABLE = pa.table({**ROWS, "q": [2.0, 3.0, 9.0], "y": [0.0] * 3, "z": [1.0] * 3})
SIDES = {"pred": "p", "target": "y"}


def test_a_group_has_its_tally_and_its_difference() -> None:
    result = evaluate(TABLE, by="site", betas=0.0, **SIDES)
    assert (result["east"].mean, result["east"].sum, result["west"].n) == (2.0, 4.0, 1)
    found = compare(TABLE, pred_a="p", pred_b="q", target="y", by="site", betas=0.0)
    assert found["west"].estimate.value == 4.0
    nested = evaluate(TABLE, by=("site", "day"), betas=0.0, **SIDES)
    assert nested["east", "2"].mean == 3.0
    columns = evaluate(TABLE, pred=("p", "q"), target=("y", "z"), by_column=True, betas=0.0)
    assert columns["q"].sum == 11.0
    both = evaluate(TABLE, pred=("p", "q"), target=("y", "z"), by="site", by_column=True, betas=0.0)
    assert both["west", "q"].mean == 8.0


def test_results_have_names_and_no_numbers() -> None:
    result = evaluate(TABLE, by="site", **SIDES)
    assert "east" in result
    assert not any(name in result for name in ("north", 0, ("east", "east")))
    assert "east" not in evaluate(TABLE, **SIDES)


@pytest.mark.parametrize(
    ("by", "name", "said"),
    [
        ("site", "eats", "no group 'eats': did you mean 'east'?"),
        ("site", 3, "no group 3: there are 'east', 'west'"),
        ("day", 2, "no group 2: did you mean '2'?"),
        ("site", ("east", "1"), "no group ('east', '1'): each has 1 name, of site"),
        (("site", "day"), "east", "no group 'east': each has 2 names, of site, day"),
        (("site", "day"), ("west", 1), "no group ('west', 1): did you mean ('west', '1')?"),
        (None, "east", "no group 'east': there are no groups, which by=... makes"),
        (None, 1, "no group 1: it is a beta, and to_pandas() has a row for each"),
        ("site", 1.0, "no group 1.0: it is a beta, and to_pandas() has a row for each"),
    ],
)
def test_a_name_that_no_group_has_is_answered_in_one_line(
    by: object, name: object, said: str
) -> None:
    with pytest.raises(KeyError) as caught:
        evaluate(TABLE, by=by, **SIDES)[name]
    assert caught.value.args == (said,)


def test_a_group_at_several_betas_has_no_one_value() -> None:
    with pytest.raises(SettingsError, match="2 betas, so that a group has several values"):
        evaluate(TABLE, by="site", betas=(1, 2), **SIDES)["east"]
