"""Names with dates whose year or month does not decide the order of the names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from smoothl1 import DataError, ReadOptions, evaluate

if TYPE_CHECKING:
    from pathlib import Path

IN_DOUBT = [
    ["12-31-20", "01-01-21"],
    ["preds_12302020", "preds_12312020", "preds_01012021"],
    ["04.05.20", "12.31.20", "01.01.21"],
    ["lead_30min", "lead_1h", "lead_2h"],
    ["run_1_30min", "run_1_1h"],
    ["1_30min", "1_1h", "2_30min", "2_1h"],
    ["h_500ms", "h_1s", "h_2s"],
    ["s_1k", "s_10k", "s_1M"],
    ["n_500", "n_1k"],
    ["llama-350m", "llama-1.3b"],
    ["grid_500m_a", "grid_1km_a"],
    ["12-30-2020", "12-31-2020", "01-01-2021", "01-02-2021"],
    ["30.12.2020", "31.12.2020", "01.01.2021", "02.01.2021"],
    ["Q3_2020", "Q4_2020", "Q1_2021", "Q2_2021"],
    ["W52_2023", "W01_2024"],
    ["30-Dec-2023", "01-Jan-2024"],
    ["2020-Nov", "2020-Dec", "2021-Jan"],
    ["january", "february", "march"],
    ["januar", "februar", "maerz", "april"],
    ["2024-M\u00e4rz", "2024-Mai"],
    ["mon", "tue", "wed", "thu", "fri"],
    ["preds_montag", "preds_dienstag", "preds_mittwoch"],
    ["part_one", "part_two", "part_three"],
    ["first", "second", "third", "fourth"],
    ["part_VIII", "part_IX", "part_X"][::-1],
    ["30-01-2024", "31-01-2024", "01-02-2024"],
    ["30.01.2024", "31.01.2024", "01.02.2024"],
    ["30_01_2024", "31_01_2024", "01_02_2024"],
    ["30012024", "31012024", "01022024"],
    ["30-1-2024", "31-1-2024", "1-2-2024"],
    ["preds-30-01-2024_x", "preds-31-01-2024_x", "preds-01-02-2024_x"],
    ["02-01-2024", "01-02-2024"],
    ["preds_10am", "preds_11am", "preds_1pm"],
    ["2024-30-01", "2024-31-01", "2024-01-02"],
    ["20243001", "20243101", "20240102"],
    ["30-01-2024/x", "31-01-2024/x", "01-02-2024/x"],
    ["a/30-01-2024", "a/31-01-2024", "a/01-02-2024", "b/30-01-2024"],
    ["mon", "tue", "wed", "thu", "fri", "holiday"],
    ["jan", "feb", "mar", "apr", "year"],
    ["one", "two", "three", "rest"],
    ["31-01-2024", "01-02-2024", "mean"],
    ["2024-31-01", "2024-01-02", "mean"],
    ["12-31-2020", "01-01-2021", "latest"],
    ["12-31-20", "01-01-21", "latest"],
    ["11am", "1pm", "2pm", "night"],
    ["i", "ii", "iii", "iv", "v", "ix", "control"],
    ["bern_2024", "bern_2025", "oslo_2024", "oslo_2025", "rome"],
    ["30min", "1h", "2h", "night"],
    ["start", "middle", "end"],
]
CERTAIN = [
    ["200131", "200201", "200301", "201231"],
    ["20-12-30", "20-12-31", "21-01-01"],
    ["000001", "000002", "010101"],
    ["10-31-19", "12-31-20"],
    ["99.12.31", "99.13.01"],
    ["1", "2", "2b", "3"],
    ["yolo8m", "yolo8s"],
    ["yolo8m", "yolo11s"],
    ["1h", "2h", "10h"],
    ["1h", "2d", "3d"],
    ["a_2h", "b_30min"],
    ["run_1_2h", "run_2_30min"],
    ["1h_2min", "2h_1min"],
    ["2024-01-05-fri", "2024-01-08-mon", "2024-01-09-tue"],
    ["part_I", "part_II", "part_III", "part_IV"],
    ["one-model-x", "one-model-y", "one-model-z"],
    ["mon", "tue"],
    ["alpha", "one", "two"],
    ["preds_9am", "preds_10am", "preds_11am"],
    ["a_11am", "b_1am"],
    ["2020-12-30", "2020-12-31", "2021-01-01"],
    ["20201230", "20201231", "20210101"],
    ["01-2020", "02-2020", "03-2020"],
    ["Q1_2020", "Q2_2020", "Q1_2021"][:2],
    ["apr-2020", "may-2020"],
    ["decoder-1", "decoder-2", "marine-3"],
    ["part-1-of-2048", "part-2-of-2048", "part-10-of-2048"],
    ["region=1/year=2020", "region=1/year=2021", "region=2/year=2020"],
    ["29-01-2024", "30-01-2024", "31-01-2024"],
    ["01-01-2024", "02-02-2024", "03-03-2024"],
    ["01-30-2024", "01-31-2024", "02-01-2024"],
    ["01302024", "01312024", "02012024"],
    ["20240130", "20240131", "20240201"],
    ["2024-01-30", "2024-01-31", "2024-02-01"],
    ["2024_01_02", "2024_02_01"],
    ["a/30-01-2024", "a/31-01-2024", "b/01-01-2024", "b/02-01-2024"],
    ["30-00-2024", "31-00-2024", "32-00-2024"],
    ["1-30-01-2024", "2-31-01-2024", "3-01-02-2024"],
    ["40000000", "41012024", "50012024"],
    ["cifar", "imagenet_2012", "voc_2007"],
    ["day_fri", "day_mon", "x", "y"],
    ["first", "middle", "rest"],
    ["de", "fr", "mi"],
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
    found = p if "/" not in names[0] else f"{p}/*/*.csv"
    with pytest.raises(DataError, match=r"in doubt: .* may be (named by|dates with)"):
        evaluate(found, t)
    assert evaluate(found, t, options=ReadOptions(key_check=False)).n == len(names)
    assert evaluate(found, found, warn=lambda _: None).values == (0.0,)


@pytest.mark.parametrize("names", CERTAIN, ids="-".join)
def test_names_whose_order_is_that_of_their_dates_are_read(
    tmp_path: Path, names: list[str]
) -> None:
    p, t = save(tmp_path, names)
    found = p if "/" not in names[0] else f"{p}/*/*.csv"
    assert evaluate(found, t).values == (0.125,)
