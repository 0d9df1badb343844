"""Groups that both inputs have are the same however they are written, as keys are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from smoothl1 import DataError, EvalSettings, evaluate

if TYPE_CHECKING:
    from pathlib import Path

BY = EvalSettings((0.0,), "sum", by="g")

SPELLINGS = [
    (["1", "2", "1"], ["1.0", "2.0", "1.0"]),
    (["1.0", "2.", "1.0"], ["1", "2", "1"]),
    (["01", "02", "01"], ["1", "+2", "1"]),
    (
        ["9007199254740993", "2", "9007199254740993"],
        ["9007199254740993.0", "2", "9007199254740993"],
    ),
    (["1", "x", "1"], ["1.0", "x", "1"]),
    (["2024-01-01", "2", "2024-01-01"], ["2024-01-01 00:00:00", "2.0", "2024-01-01T00:00"]),
]
OTHERS = [
    (["1", "2", "1"], ["1.0", "2.5", "1.0"], "row 2 is of group '2', but of group '2.5'"),
    (["1", "2", "-1"], ["1.0", "2.0", "1.0"], "row 3 is of group '-1', but of group '1.0'"),
    (["9007199254740993"], ["9007199254740992.0"], "row 1 is of group '9007199254740993'"),
    (["1.1"], ["1.10"], "row 1 is of group '1.1', but of group '1.10'"),
]
any_key = pytest.mark.parametrize("key", [(), ("id",)])


def table(path: Path, groups: list[str]) -> Path:
    """A CSV of ids 11, 12, ..., of these groups, and of values 1, 2, ..."""
    rows = (f"{11 + i},{group},{i + 1}\n" for i, group in enumerate(groups))
    path.write_text("id,g,y\n" + "".join(rows))
    return path


@any_key
@pytest.mark.parametrize(("one", "other"), SPELLINGS)
def test_groups_that_are_written_differently_agree(
    tmp_path: Path, key: tuple[str, ...], one: list[str], other: list[str]
) -> None:
    p, t = table(tmp_path / "p.csv", one), table(tmp_path / "t.csv", other)
    found = evaluate(p, t, BY, key=key, pred="y", target="y")
    counts = {
        group.group: tally.n for group, tally in zip(found.groups, found.tallies, strict=True)
    }
    assert counts == {one[0]: 2, one[1]: 1}


@any_key
@pytest.mark.parametrize(("one", "other", "said"), OTHERS)
def test_groups_of_other_values_differ(
    tmp_path: Path, key: tuple[str, ...], one: list[str], other: list[str], said: str
) -> None:
    p, t = table(tmp_path / "p.csv", one), table(tmp_path / "t.csv", other)
    with pytest.raises(DataError, match=said):
        evaluate(p, t, BY, key=key, pred="y", target="y")
