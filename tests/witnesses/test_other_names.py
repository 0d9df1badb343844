"""Columns of different names that may be the same: the only label of each side."""

from __future__ import annotations

import warnings
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import DataError, evaluate
from tests.tables import save_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

N = 12
Y = [i * i / 8 for i in range(N)]
DAYS = [date(2024, 1, 1) + timedelta(days=i) for i in range(N + 6)]
FILES = [f"img_{i:03}.png" for i in range(N + 6)]
IDS = list(range(100, 106 + N))

NAMES: dict[str, tuple[str, str, list[Any]]] = {
    "dates": ("ds", "date", DAYS),
    "files": ("image", "file", FILES),
    "ids": ("sample_id", "id", IDS),
    "ids of sides": ("pred_id", "target_id", IDS),
}
names = pytest.mark.parametrize(("name", "other", "values"), NAMES.values(), ids=NAMES)


def save(path: Path, **columns: Sequence[Any]) -> Path:
    pq.write_table(pa.table({name: list(values) for name, values in columns.items()}), path)
    return path


def evaluated(p: Path, t: Path) -> Any:
    return evaluate(p, t, pred="pred", target="target")


@names
def test_another_order_under_another_name_is_refused(
    tmp_path: Path, name: str, other: str, values: list[Any]
) -> None:
    p = save(tmp_path / "p", **{name: values[:N]}, pred=Y)
    t = save(tmp_path / "t", **{other: values[:N][::-1]}, target=Y[::-1])
    with pytest.raises(DataError, match="another order") as refused:
        evaluated(p, t)
    assert f"--key {name}={other} matches rows by it" in (refused.value.hint or "")
    assert evaluate(p, t, pred="pred", target="target", key=f"{name}={other}").values == (0,)


@names
def test_rows_shifted_under_another_name_give_a_warning_that_names_both(
    tmp_path: Path, name: str, other: str, values: list[Any]
) -> None:
    p = save(tmp_path / "p", **{name: values[:N]}, pred=Y)
    t = save(tmp_path / "t", **{other: values[1 : N + 1]}, target=Y)
    said = rf"column '{name}' differs from '{other}' of .* {name}={other} matches rows by it"
    with pytest.warns(match=said):
        result = evaluated(p, t)
    reasons = [decision.reason for decision in result.decisions]
    assert f"columns '{name}' and '{other}' differ, but prove nothing" in reasons


@names
def test_other_values_under_another_name_do_not_show_that_rows_match(
    tmp_path: Path, name: str, other: str, values: list[Any]
) -> None:
    p = save(tmp_path / "p", **{name: values[-N:]}, pred=Y)
    others = [f"x{value}" for value in values[:N]]
    t = save(tmp_path / "t", **{other: others}, target=Y)
    with pytest.warns(match=f"no column shows .*: columns '{name}' and '{other}' differ"):
        evaluated(p, t)


def test_the_only_dates_of_each_side_are_compared_though_other_columns_are_text(
    tmp_path: Path,
) -> None:
    p = save(tmp_path / "p", ds=DAYS[:N], model=["m"] * N, pred=Y)
    t = save(tmp_path / "t", date=DAYS[:N][::-1], store=["a", "b"] * (N // 2), target=Y)
    with pytest.raises(DataError, match=r"'ds' differs from 'date' .*another order"):
        evaluated(p, t)


@pytest.mark.parametrize("index", ["", "key"])
def test_ids_in_no_order_that_are_shifted_by_a_row_give_a_warning(
    tmp_path: Path, index: str
) -> None:
    ids = [i * 37 % 101 + 100 for i in range(N + 1)]
    for values in (ids, sorted(ids), [f"k{i}" for i in ids]):
        p = save(tmp_path / "p", id=values[:N], pred=Y)
        t = tmp_path / "t.csv"
        rows = zip(values[1:], Y, strict=True)
        t.write_text(f"{index},target\n" + "".join(f"{one},{y}\n" for one, y in rows))
        with pytest.warns(match=r"'id' differs from '(@1|key)'"):
            evaluated(p, t)
        others = [f"x{value}" for value in values]
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            if index:
                warnings.filterwarnings("ignore", "(?s).*no column shows that they are those of")
            evaluated(save(tmp_path / "o", id=others[:N], pred=Y), t)


SECONDS = [1704067200.25 + 60 * i for i in range(N + 1)]


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("other", ["time", "ts"])
def test_fractions_of_which_both_are_called_times_are_compared(
    tmp_path: Path, other: str, suffix: str
) -> None:
    p = save_table(tmp_path / f"p{suffix}", {"timestamp": SECONDS[:N], "pred": Y})
    t = save_table(tmp_path / f"t{suffix}", {other: SECONDS[:N], "target": Y})
    assert evaluate(p, t, pred="pred", target="target", warn=pytest.fail).mean == 0
    t = save_table(tmp_path / f"t{suffix}", {other: SECONDS[N - 1 :: -1], "target": Y[::-1]})
    with pytest.raises(DataError, match=f"'timestamp' differs from '{other}' .* another order"):
        evaluated(p, t)
    t = save_table(tmp_path / f"t{suffix}", {other: SECONDS[1:], "target": Y})
    with pytest.warns(match=f"columns 'timestamp' and '{other}' differ"):
        evaluated(p, t)


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("form", ["%Y-%m-%d", "%d.%m.%Y", "%Y-%m-%dT00:00:00"])
def test_the_only_dates_of_each_side_are_compared_in_text_as_by_type(
    tmp_path: Path, form: str, suffix: str
) -> None:
    texts = [day.strftime(form) for day in DAYS[: N + 1]]
    shops = list("abcabcabcabc")
    days = (texts[:4] + texts[5:], texts[:8] + texts[9:])
    p = save_table(tmp_path / f"p{suffix}", {"date": days[0], "store": shops, "pred": Y})
    t = save_table(tmp_path / f"t{suffix}", {"order_date": days[1], "shop": shops, "target": Y})
    with pytest.warns(match=r"column 'date' differs from 'order_date' .* from row 5 on"):
        evaluated(p, t)
