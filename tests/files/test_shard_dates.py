"""Names with dates whose year or month does not decide the order of the names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from smoothl1 import DataError, ReadOptions, evaluate

if TYPE_CHECKING:
    from pathlib import Path

IN_DOUBT = [
    ["12-30-2020", "12-31-2020", "01-01-2021", "01-02-2021"],
    ["30.12.2020", "31.12.2020", "01.01.2021", "02.01.2021"],
    ["Q3_2020", "Q4_2020", "Q1_2021", "Q2_2021"],
    ["W52_2023", "W01_2024"],
    ["30-Dec-2023", "01-Jan-2024"],
    ["2020-Nov", "2020-Dec", "2021-Jan"],
    ["january", "february", "march"],
]
CERTAIN = [
    ["2020-12-30", "2020-12-31", "2021-01-01"],
    ["20201230", "20201231", "20210101"],
    ["01-2020", "02-2020", "03-2020"],
    ["Q1_2020", "Q2_2020", "Q1_2021"][:2],
    ["apr-2020", "may-2020"],
    ["decoder-1", "decoder-2", "marine-3"],
    ["part-1-of-2048", "part-2-of-2048", "part-10-of-2048"],
    ["region=1/year=2020", "region=1/year=2021", "region=2/year=2020"],
]


def save(folder: Path, names: list[str]) -> tuple[Path, Path]:
    """A folder with a prediction in each file, and an array of targets in the order given."""
    for i, name in enumerate(names):
        path = folder / "p" / f"{name}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"pred\n{3 * i}.5\n")
    target = folder / "t.csv"
    target.write_text("y\n" + "".join(f"{3 * i}\n" for i in range(len(names))))
    return folder / "p", target


@pytest.mark.parametrize("names", IN_DOUBT, ids="-".join)
def test_dates_that_sort_otherwise_than_names_are_refused(tmp_path: Path, names: list[str]) -> None:
    p, t = save(tmp_path, names)
    with pytest.raises(DataError, match=r"in doubt: .* may be named by their (years|months)"):
        evaluate(p, t)
    assert evaluate(p, t, options=ReadOptions(key_check=False)).n == len(names)
    assert evaluate(p, p, warn=lambda _: None).values == (0.0,)


@pytest.mark.parametrize("names", CERTAIN, ids="-".join)
def test_names_whose_order_is_that_of_their_dates_are_read(
    tmp_path: Path, names: list[str]
) -> None:
    p, t = save(tmp_path, names)
    found = p if "/" not in names[0] else f"{p}/*/*.csv"
    assert evaluate(found, t).values == (0.125,)
