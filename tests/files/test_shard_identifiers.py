"""Names of files that differ in a UUID or hash alone, whose order says nothing about the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from smoothl1 import DataError, ReadOptions, compare, evaluate

if TYPE_CHECKING:
    from pathlib import Path

ONE, OTHER = "e30ad033-bb62-4e95-b76c-087f2aca0689", "1f813b64-a976-454f-9131-814c46198512"
HEX = [text.replace("-", "") for text in (ONE, OTHER)]
OLD = ["92014f30-c284-11ee-b2c3-9d7a63bde733", "12014f30-c285-11ee-b2c3-9d7a63bde733"]

IN_DOUBT = [
    [f"{ONE}.parquet", f"{OTHER}.parquet"],
    [f"{ONE}-0.parquet", f"{OTHER}-0.parquet"],
    [f"{ONE}-0.parquet", f"{ONE}-1.parquet", f"{OTHER}-0.parquet"],
    [f"{ONE.upper()}.parquet", f"{OTHER.upper()}.parquet"],
    [f"{HEX[0]}-0.parquet", f"{HEX[1]}-0.parquet"],
    [f"{HEX[0]}.snappy.parquet", f"{HEX[1]}.snappy.parquet"],
    [f"data_{ONE}_x.parquet", f"data_{OTHER}_y.parquet"],
    [f"part-00000-{one}-c000.snappy.parquet" for one in (ONE, OTHER)],
    [f"part-{i:05}-{one}-c000.parquet" for one in (ONE, OTHER) for i in (0, 1)],
    [f"d=1/{ONE}-0.parquet", f"d=1/{OTHER}-0.parquet", f"d=2/{ONE}-0.parquet"],
    [f"run-{ONE}/part-0.parquet", f"run-{OTHER}/part-0.parquet"],
    [f"{one}.parquet" for one in OLD],
    [f"018f2a9c-1e00-7aaa-8bbb-{i:012}.parquet" for i in (1, 0)],
    ["da39a3ee5e6b4b0d3255bfef95601890afd80709", "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12"],
]
CERTAIN = [
    [f"part-{i:05}-{ONE}-c000.snappy.parquet" for i in range(3)],
    [f"part-0-{ONE}.parquet", f"part-1-{OTHER}.parquet"],
    [f"{ONE}-{i}.parquet" for i in (0, 1, 2, 10)],
    [f"fold=0/{ONE}-0.parquet", f"fold=1/{OTHER}-0.parquet"],
    [f"018f2a9c-1e{i:02}-7aaa-8bbb-{9 - i:012}.parquet" for i in (0, 1)],
    ["018f2a9c1e007aaa8bbb000000000001.parquet", "018f2a9c1e017aaa8bbb000000000000.parquet"],
    [f"1ef2a9c0-1e{i:02}-6aaa-8bbb-{9 - i:012}.parquet" for i in (0, 1)],
    [f"{i:032x}.parquet" for i in (10, 11, 12)],
    [f"00000000-0000-0000-0000-{i:012}.parquet" for i in (10, 11, 12)],
    ["a.parquet", "b.parquet"],
]


def save(folder: Path, names: list[str]) -> tuple[str, Path]:
    """Files of one row each, as a pattern, and an array of targets in the order given."""
    for i, name in enumerate(names):
        path = folder / "p" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.table({"pred": [3 * i + 0.5], "y": [3.0 * i], "id": [i]}), path)
    pq.write_table(pa.table({"y": [3.0 * i for i in range(len(names))]}), folder / "t")
    return f"{folder}/p/{'*/' * names[0].count('/')}*", folder / "t"


@pytest.mark.parametrize("names", IN_DOUBT, ids=lambda names: names[-1])
def test_the_order_of_random_names_is_in_doubt(tmp_path: Path, names: list[str]) -> None:
    p, t = save(tmp_path, names)
    match = r"in doubt: .* differ in a UUID or hash, .*\[--key COL .*; --no-key-check"
    with pytest.raises(DataError, match=match):
        evaluate(p, t, pred="pred")
    with pytest.raises(DataError, match=match):
        evaluate(t, p, target="y")
    with pytest.raises(DataError, match=match):
        compare(p, p, t, pred_a="pred", pred_b="pred", warn=lambda _: None)
    found = evaluate(p, t, pred="pred", options=ReadOptions(key_check=False))
    assert found.n == len(names)


@pytest.mark.parametrize("names", IN_DOUBT, ids=lambda names: names[-1])
def test_random_names_are_no_doubt_about_columns_of_the_same_files(
    tmp_path: Path, names: list[str]
) -> None:
    p, _ = save(tmp_path, names)
    assert evaluate(p, pred="pred", target="y").values == (0.125,)
    assert evaluate(p, p, pred="pred", target="y", warn=lambda _: None).values == (0.125,)


@pytest.mark.parametrize("names", CERTAIN, ids=lambda names: names[-1])
def test_names_that_are_numbered_or_have_a_time_are_read(tmp_path: Path, names: list[str]) -> None:
    p, t = save(tmp_path, names)
    assert evaluate(p, t, pred="pred").values == (0.125,)


def test_two_sides_with_random_names_of_their_own_are_in_doubt(tmp_path: Path) -> None:
    p, _ = save(tmp_path, [f"{one}.parquet" for one in (ONE, OTHER)])
    t, _ = save(tmp_path / "of_targets", [f"{one[::-1]}.parquet" for one in HEX])
    with pytest.raises(DataError, match="the order of its files is in doubt"):
        evaluate(p, t, pred="pred", target="y")
    keyed = evaluate(p, t, pred="pred", target="y", key="id")
    assert keyed.values == (0.125,)


def test_what_pyarrow_appends_is_in_doubt(tmp_path: Path) -> None:
    names = [f"{ONE}-{{i}}.parquet", f"{OTHER}-{{i}}.parquet"]
    for i, name in enumerate(names):
        ds.write_dataset(
            pa.table({"pred": [1.0, 2.0 + i]}),
            tmp_path / "p",
            format="parquet",
            basename_template=name,
            existing_data_behavior="overwrite_or_ignore",
        )
    pq.write_table(pa.table({"y": [1.0, 2.0, 1.0, 3.0]}), tmp_path / "t")
    with pytest.raises(DataError, match="the order of its files is in doubt"):
        evaluate(tmp_path / "p", tmp_path / "t")
