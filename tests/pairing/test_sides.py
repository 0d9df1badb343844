"""Sides that are parts of one set, ids among columns, and numbers paired with themselves."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import (
    DataError,
    EvalSettings,
    Execution,
    MissingExtraError,
    ReadOptions,
    compare,
    evaluate,
)
from smoothl1.files.shard_names import differ_by_numbers, in_order, numbers_of
from smoothl1.files.shard_patterns import pattern_of
from tests.tables import save

if TYPE_CHECKING:
    from pathlib import Path

L1 = EvalSettings((0.0,), "sum")
COLUMNS: dict[str, Any] = {"pred": ("p",), "target": ("t",)}


@pytest.fixture(params=[".csv", ".parquet", ".arrows"])
def suffix(request: pytest.FixtureRequest) -> str:
    return str(request.param)


# --- what a shell makes of a pattern without quotes

NAMES = [
    ("run-0", "run-1"),
    ("part-00000-of-00010", "part-00001-of-00010"),
    ("2024-01-01", "2024-01-02"),
    ("v9", "v10"),
    (
        "part-00000-3f2a9c1e-aaaa-4bbb-8ccc-1234567890ab",
        "part-00001-3f2a9c1e-aaaa-4bbb-8ccc-1234567890ab",
    ),
]


@pytest.mark.parametrize("names", NAMES)
def test_parts_of_one_set_are_no_sides(tmp_path: Path, names: tuple[str, str], suffix: str) -> None:
    paths = [save(tmp_path / f"{name}{suffix}", p=[1.0, 2.0], t=[0.0, 0.5]) for name in names]
    with pytest.raises(DataError, match=r"differ in a number alone.*quote the pattern.*--separate"):
        evaluate(*paths, L1, **COLUMNS)
    separate = ReadOptions(separate=True)
    assert evaluate(*paths, L1, options=separate, **COLUMNS).values == (2.5,)


def test_parts_of_one_set_are_no_sides_of_a_comparison(tmp_path: Path, suffix: str) -> None:
    paths = [
        save(tmp_path / f"run-{i}{suffix}", a=[1.0, 2.0], b=[1.0, 3.0], t=[0.0, 0.5])
        for i in range(3)
    ]
    chosen: dict[str, Any] = {
        "pred_a": ("a",),
        "pred_b": ("b",),
        "target": ("t",),
    }
    with pytest.raises(DataError, match="differ in a number alone"):
        compare(*paths, **chosen)
    assert compare(*paths, options=ReadOptions(separate=True), **chosen).differences
    other = save(tmp_path / f"targets{suffix}", a=[1.0, 2.0], b=[1.0, 3.0], t=[0.0, 0.5])
    assert compare(*paths[:2], other, **chosen).differences


def test_folders_and_patterns_of_one_set_are_no_sides(tmp_path: Path) -> None:
    for i in range(2):
        (tmp_path / f"run-{i}").mkdir()
        save(tmp_path / f"run-{i}" / "x.parquet", p=[1.0, 2.0], t=[0.0, 0.5])
    for ends in ("", "/*.parquet"):
        paths = [f"{tmp_path}/run-{i}{ends}" for i in range(2)]
        with pytest.raises(DataError, match="differ in a number alone"):
            evaluate(*paths, L1, **COLUMNS)


@pytest.mark.parametrize(
    "names",
    [
        ("run.aa", "run.ab"),
        ("xaa", "xab"),
        ("3f2a9c1e-aaaa-4bbb-8ccc-1234567890ab", "4f2a9c1e-bbbb-4bbb-8ccc-1234567890ab"),
        ("run-0.csv", "./run-1.csv"),
        ("lag-1.csv", "lag1.csv"),
        ("q0.5.csv", "q1.csv"),
        ("lr1e-05.csv", "lr0.001.csv"),
    ],
)
def test_names_of_split_and_of_spark_are_those_of_parts(
    tmp_path: Path, names: tuple[str, str]
) -> None:
    for name in names:
        save(tmp_path / "x.csv", p=[1.0, 2.0], t=[0.0, 0.5]).rename(tmp_path / name)
    paths = [f"{tmp_path}/{name}" for name in names]
    with pytest.raises(DataError, match=r"parts of one set.*quote the pattern"):
        evaluate(*paths, L1, **COLUMNS)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("preds", "targets"),
        ("preds-1", "targets-1"),
        ("run_1", "truth"),
        ("a_yhat", "a_y"),
        ("x", "y"),
    ],
)
def test_other_names_are_sides(tmp_path: Path, one: str, other: str, suffix: str) -> None:
    paths = [
        save(tmp_path / f"{name}{suffix}", p=[1.0, 2.0], t=[0.0, 0.5]) for name in (one, other)
    ]
    assert evaluate(*paths, L1, **COLUMNS).values == (2.5,)


def test_a_table_without_the_columns_of_the_other_side_is_a_side(tmp_path: Path) -> None:
    paths = [
        save(tmp_path / "m1.csv", p=[1.0, 2.0]),
        save(tmp_path / "m2.csv", t=[0.0, 0.5]),
    ]
    assert evaluate(*paths, L1).values == (2.5,)
    assert evaluate(*paths, L1, **COLUMNS).values == (2.5,)


TEXT_NAMES = [
    (("run_east.csv", "run_north.csv"), "run_*.csv"),
    (("Jan.csv", "Feb.csv"), "*.csv"),
    (("rank_a/data.csv", "rank_b/data.csv"), "rank_*/data.csv"),
    (("run.csv", "run.txt"), "run.*t"),
    (("out_new", "out_old"), "out_*"),
    (("run-1.csv", "run.csv"), "run*.csv"),
    (("a1b.csv", "a1c.csv"), "a1*.csv"),
]


@pytest.mark.parametrize(("names", "pattern"), TEXT_NAMES)
def test_names_that_differ_in_a_word_may_be_those_of_parts(
    tmp_path: Path, names: tuple[str, str], pattern: str
) -> None:
    for name, values in zip(names, ([1.0, 2.0], [0.0, 0.5]), strict=True):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        save(tmp_path / "one.csv", p=values, t=[0.0, 0.5]).rename(tmp_path / name)
    paths = [tmp_path / name for name in names]
    with pytest.warns(UserWarning, match=r"each have the columns 'p', 't'.*--separate") as heard:
        assert evaluate(*paths, L1, **COLUMNS).values == (2.5,)
    if pattern != "run.*t":
        assert f"a quoted pattern, '{tmp_path}/{pattern}'" in str(heard[0].message)
        assert evaluate(tmp_path / pattern, None, L1, **COLUMNS).values == (2.5,)
    separate = ReadOptions(separate=True)
    assert evaluate(*paths, L1, options=separate, **COLUMNS).values == (2.5,)
    other = save(tmp_path / "other.csv", u=[1.0], p=[1.0], t=[0.0])
    with pytest.raises(DataError, match="they must be equal"):
        evaluate(other, paths[1], L1, **COLUMNS)  # without a warning, since the columns differ


def test_three_names_that_differ_in_a_word_may_be_those_of_parts(tmp_path: Path) -> None:
    paths = [save(tmp_path / f"run_{x}.csv", p=[1.0, 2.0], t=[0.0, 0.5]) for x in ("a", "b", "c")]
    chosen: dict[str, Any] = {"pred_a": ("p",), "pred_b": ("t",), "target": ("t",)}
    with pytest.warns(UserWarning, match=r"run_c.csv each have the columns 'p', 't': .*run_\*.csv"):
        compare(*paths, **chosen)
    paths[2].rename(tmp_path / "truth.csv")
    assert compare(*paths[:2], tmp_path / "truth.csv", **chosen).differences


@pytest.mark.parametrize("how", [{}, {"key": "id"}, {"options": ReadOptions(separate=True)}])
def test_a_model_in_place_of_the_targets_is_told(
    tmp_path: Path, suffix: str, how: dict[str, Any]
) -> None:
    columns: dict[str, Any] = {"id": [4, 2], "p": [1.0, 2.0], "t": [0.0, 0.5]}
    a, b, c, truth = (save(tmp_path / f"{n}{suffix}", **columns) for n in ("a", "b", "c", "truth"))
    chosen: dict[str, Any] = {"pred": ("p",), "target": ("t",), **how}
    with pytest.warns(UserWarning, match="is TARGET") as heard:
        assert compare(a, b, c, **chosen).differences
    said = "is TARGET, the last file: its column 'p' is not used; to rank it too, give it twice"
    told = [str(one.message) for one in heard if "same numbers" not in str(one.message)]
    assert told == [f"{c} {said}: {a} {b} {c} {c}"]
    # one of the models is given twice, a name says targets, or there are no predictions
    bare = save(tmp_path / f"d{suffix}", id=[4, 2], t=[0.0, 0.5])
    for sides in ((a, b, b), (a, b, c, c), (a, b, truth), (a, b, bare)):
        assert compare(*sides, **chosen).groups


def test_arrays_whose_names_differ_in_a_number_cause_a_warning(tmp_path: Path) -> None:
    for i, values in enumerate(([1.0, 2.0], [0.0, 0.5], [0.0, 0.0])):
        np.save(tmp_path / f"s{i}.npy", values)
    paths = [tmp_path / f"s{i}.npy" for i in range(3)]
    with pytest.warns(UserWarning, match=r"differ in a number alone.*s\[01\]\.npy"):
        assert evaluate(*paths[:2], L1).values == (2.5,)
    assert evaluate(*paths[:2], L1, options=ReadOptions(separate=True)).values == (2.5,)
    with pytest.warns(UserWarning, match="differ in a number alone"):
        compare(*paths)
    np.save(tmp_path / "targets.npy", [0.0, 0.0])
    assert compare(*paths[:2], tmp_path / "targets.npy").differences


def test_sides_that_the_user_tells_apart_cause_no_warning(tmp_path: Path, suffix: str) -> None:
    paths = [save(tmp_path / f"rater{i}{suffix}", id=[4, 2], y=[1.0, 2.0 + i]) for i in range(2)]
    asked: dict[str, Any]
    for asked in ({"key": ("id",)}, {"pred": ("y",), "target": ("y",)}):
        more = {} if "pred" in asked else {"pred": ("y",)}
        assert evaluate(*paths, L1, **asked, **more).values == (1.0,)


def test_one_column_that_both_sides_are_asked_for_is_no_proof(tmp_path: Path, suffix: str) -> None:
    paths = [save(tmp_path / f"m{i}{suffix}", y=[1.0, 2.0 + i]) for i in range(2)]
    with pytest.warns(UserWarning, match="differ in a number alone"):
        assert evaluate(*paths, L1, pred=("y",)).values == (1.0,)


def test_the_pattern_of_a_hint_matches_these_files_alone(tmp_path: Path) -> None:
    def hint_of(*names: str) -> str:
        paths = [save(tmp_path / name, p=[1.0], t=[0.0]) for name in names]
        with pytest.raises(DataError, match="parts of one set") as found:
            evaluate(*paths, L1, **COLUMNS)
        return str(found.value.hint).replace(f"{tmp_path}/", "")

    assert "pattern: '2024010[0-9].csv';" in hint_of("20240101.csv", "20240102.csv")
    save(tmp_path / "other.csv", p=[9.0], t=[0.0])
    assert "pattern: '2024010[0-9].csv';" in hint_of("20240101.csv", "20240102.csv")
    save(tmp_path / "20240103.csv", p=[9.0], t=[0.0])
    assert "pattern: '2024010[12].csv';" in hint_of("20240101.csv", "20240102.csv")
    assert "pattern: 'fold-[0-9].csv*';" in hint_of("fold-0.csv.gz", "fold-1.csv")
    assert "pattern: 'v[0-9]*.csv';" in hint_of("v9.csv", "v10.csv")
    save(tmp_path / "v11.csv", p=[9.0], t=[0.0])
    hint = hint_of("v9.csv", "v10.csv")
    assert hint.startswith("join them by a quoted pattern that matches no other file")
    assert hint.endswith("; --separate if they are sides")


@pytest.mark.parametrize("ends", ["", "/*.csv"])
def test_the_pattern_of_folders_and_patterns_matches_their_files(tmp_path: Path, ends: str) -> None:
    for name in ("r0/x.csv", "r1/x.csv", "r1/y.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        save(tmp_path / name, p=[1.0], t=[0.0])
    with pytest.raises(DataError, match=r"quote the pattern") as found:
        evaluate(f"{tmp_path}/r0{ends}", f"{tmp_path}/r1{ends}", L1, **COLUMNS)
    pattern = f"{tmp_path}/r[0-9]{ends or '/*'}"
    assert f"'{pattern}';" in str(found.value.hint)
    assert evaluate(pattern, None, L1, **COLUMNS).values == (3.0,)


@pytest.mark.parametrize("named", ["/dev/fd/{}", "/proc/self/fd/{}"])
def test_what_a_shell_substitutes_for_processes_is_no_part_of_a_set(named: str) -> None:
    pipes = []
    for text in (b"p,t\n1,0\n", b"p,t\n2,0.5\n"):
        reading, writing = os.pipe()
        os.write(writing, text)
        os.close(writing)
        pipes.append(reading)
    try:
        assert evaluate(*map(named.format, pipes), L1, **COLUMNS).values == (0.5,)
    finally:
        for pipe in pipes:
            os.close(pipe)


# --- the names of files


def test_numbers_in_names_count_as_numbers() -> None:
    names = [f"part.{i}" for i in (0, 1, 2, 9, 10, 11, 100)]
    assert in_order(sorted(names)) == names
    assert in_order(["b/x2", "a/x10", "a/x9"]) == ["a/x9", "a/x10", "b/x2"]
    assert in_order(["1-10", "2-9", "1-9", "10-1"]) == ["1-9", "1-10", "2-9", "10-1"]
    assert in_order(["x01", "x1", "x001"]) == ["x001", "x01", "x1"]


def test_digits_that_are_no_whole_numbers_keep_their_order() -> None:
    hexadecimal = [f"p_{i:02x}.csv" for i in range(20)]
    assert in_order(hexadecimal[::-1]) == hexadecimal
    fractions = ["t0.05.csv", "t0.1.csv", "t0.15.csv", "t0.2.csv"]
    assert in_order(fractions[::-1]) == fractions
    signed = ["t-10.npy", "t-5.npy", "t0.npy", "t5.npy"]
    assert in_order(signed[::-1]) == signed
    assert in_order(["v1.10", "v1.9"]) == ["v1.9", "v1.10"]
    values = [f"quantile={value}/part-0.csv" for value in ("0.1", "0.25", "0.5", "0.75", "1.0")]
    assert in_order(values[::-1]) == values
    degrees = ["lat_-0.5.npy", "lat_-0.25.npy", "lat_0.25.npy", "lat_0.5.npy"]
    assert in_order(degrees[::-1]) == degrees
    of_split = ["x09", "x0a", "x10", "xef", "xf000", "xf001", "xf00a", "xf010"]
    assert in_order(of_split[::-1]) == of_split
    assert in_order(["run_b1", "run_a10", "run_a2"]) == ["run_a2", "run_a10", "run_b1"]
    for names in (
        [f"2024-01-{day}_{at}.csv" for day in ("01", "02", "03") for at in ("-5", "5")],
        [f"date=2024-01-0{day}/x={at}/part-0.csv" for day in (1, 2) for at in ("-5", "5")],
        ["bin_-10--5.csv", "bin_-5-0.csv", "bin_0-5.csv", "bin_5-10.csv"],
        ["q0.1.csv", "q0.25.csv", "q0.5.csv", "q0.75.csv"],
        ["r1700000000.123", "r1700000000.5"],
        ["1A", "1B", "2A", "2B", "10A", "10B"],
        ["fold1a", "fold1b", "fold2a", "fold10a", "fold10b"],
        ["lag_-2", "lag_-1", "lag_10", "lag_20"],
        ["v0.9", "v0.10"],
        ["p/preds.csv", "p/preds2.csv", "p/preds10.csv"],
        ["r/run/preds.csv", "r/run2/preds.csv"],
        ["targets.csv.gz", "targets_2.csv.gz"],
        ["part.csv", "part-1.csv"],
        [f"lr_0.1/fold_1.{i}.csv" for i in range(1, 12)],
        [f"lr=0.1/preds_10.0.0.{i}.csv" for i in range(8, 12)],
    ):
        assert in_order(names[::-1]) == names
    ends = ["part.09", "part.99", "part.100"]
    assert in_order(ends[::-1]) == ends


def test_the_digits_of_a_uuid_or_a_hash_are_no_numbers() -> None:
    uuids = [f"{c}f2a9c1e-aaaa-4bbb-8ccc-1234567890ab.parquet" for c in "92a1"]
    assert in_order(uuids) == sorted(uuids)
    assert not numbers_of(uuids).varying
    hashes = [f"part-{c}c0ffee00c0ffee0.npy" for c in "92a1"]
    assert in_order(hashes) == sorted(hashes)


def test_a_pattern_keeps_the_numbers_that_do_not_differ() -> None:
    assert pattern_of(["x2/run-00-of-02", "x2/run-01-of-02"]) == "x2/run-0[0-9]-of-02"
    assert pattern_of(["file:///x/run-0", "file:///x/run-1"]) == ""  # no shell replaces these
    assert pattern_of(["x2/run-*", "x2/run-1"]) == ""
    assert pattern_of(["x2", os.path.dirname(__file__)]) == ""
    assert differ_by_numbers(["a1", "a2"])
    assert not differ_by_numbers(["a1", "a1"])
    assert not differ_by_numbers(["a1", "b2"])
    assert not differ_by_numbers(["a", "a1"])


# --- shards


def shards(folder: Path, numbers: list[int], values: list[float], name: str = "part.{}") -> Path:
    folder.mkdir()
    for number, value in zip(numbers, values, strict=True):
        np.save(folder / "x.npy", [value])
        (folder / "x.npy").rename(folder / name.format(number))
    return folder


@pytest.mark.parametrize("name", ["part.{}", "{}.npy", "preds_{}", "run{}x.npy"])
@pytest.mark.parametrize("execution", [Execution(1), Execution(3)])
def test_shards_are_joined_in_the_order_of_their_numbers(
    tmp_path: Path, name: str, execution: Execution
) -> None:
    numbers = list(range(12))
    folder = shards(tmp_path / "p", numbers, [float(i) for i in numbers], name)
    np.save(tmp_path / "t.npy", np.arange(12.0) ** 2)
    expected = float(sum(abs(i - i * i) for i in range(12)))
    for path in (folder, folder / "*"):
        result = evaluate(path, tmp_path / "t.npy", L1, execution=execution)
        assert result.values == (expected,)
        decision = next(d for d in result.decisions if d.subject == "order of shards")
        assert decision[1:3] == (str(path), "by name, numbers as numbers")
        assert decision.reason.startswith("12 files, ")


def test_sides_of_equally_many_shards_must_have_the_same_numbers(tmp_path: Path) -> None:
    p = shards(tmp_path / "p", [0, 1, 2], [1.0, 2.0, 3.0], "preds_{}.npy")
    t = shards(tmp_path / "t", [0, 1, 2], [1.0, 2.0, 3.5], "targets_{}.npy")
    off = shards(tmp_path / "off", [1, 2, 3], [1.0, 2.0, 3.5], "targets_{}.npy")
    assert evaluate(p, t, L1).values == (0.5,)
    with pytest.raises(DataError, match=r"file 1 of 3 is .*preds_0.*targets_1.*--key"):
        evaluate(p, off, L1)
    loose = ReadOptions(key_check=False)
    assert evaluate(p, off, L1, options=loose).values == (0.5,)
    fewer = shards(tmp_path / "q", [5, 7], [0.0, 0.0], "x{}.npy")
    np.save(fewer / "x7.npy", [0.0, 0.0])
    assert evaluate(p, fewer, L1).values == (6.0,)
    named = shards(tmp_path / "r", [0, 1, 2], [1.0, 2.0, 3.5], "{}")
    for old, new in (("0", "a"), ("1", "b"), ("2", "c")):
        (named / old).rename(named / new)
    assert evaluate(p, named, L1).values == (0.5,)


@pytest.mark.parametrize(
    ("ones", "others"),
    [
        (["fold0_epoch30", "fold1_epoch23", "fold2_epoch2"], ["fold0", "fold1", "fold2"]),
        (
            ["part-0-tid-83-42-c0", "part-1-tid-83-43-c0"],
            ["part-0-tid-91-7-c0", "part-1-tid-91-9-c0"],
        ),
    ],
)
def test_the_leftmost_numbers_may_say_which_shard_is_which(
    tmp_path: Path, ones: list[str], others: list[str]
) -> None:
    for side, names, plus in (("p", ones, 0.5), ("t", others, 0.0)):
        (tmp_path / side).mkdir()
        for i, name in enumerate(names):
            save(tmp_path / side / f"{name}.csv", **{side: [i + plus]})
    assert evaluate(tmp_path / "p", tmp_path / "t", L1).values == (0.5 * len(ones),)


@pytest.mark.parametrize(
    ("mine", "others"),
    [("jan feb mar", "apr feb mar"), ("run_A run_B", "run_B run_C")],
)
def test_sides_of_equally_many_shards_that_share_some_names_must_share_all(
    tmp_path: Path, mine: str, others: str
) -> None:
    for side, names in (("p", mine), ("t", others)):
        (tmp_path / side).mkdir()
        for name in names.split():
            np.save(tmp_path / side / f"{name}.npy", [1.0])
    with pytest.raises(DataError, match=r"file 1 of .*: the names differ.*--key COL"):
        evaluate(tmp_path / "p", tmp_path / "t", L1)
    loose = ReadOptions(key_check=False)
    assert evaluate(tmp_path / "p", tmp_path / "t", L1, options=loose).values == (0.0,)


def test_marks_beside_shards_are_skipped_and_hidden_files_are_told(tmp_path: Path) -> None:
    folder = shards(tmp_path / "p", [0, 1], [1.0, 2.0])
    np.save(tmp_path / "t.npy", np.zeros(2))
    marks = "_SUCCESS _metadata _common_metadata _committed_123 _started_4 .part.0.crc state.json"
    for name in [*marks.split(), "dataset_info.json", "part.0.crc"]:
        (folder / name).touch()
    (folder / "_committed_123").write_text('{"added": [], "removed": []}')
    for path in (folder, folder / "*"):
        result = evaluate(path, tmp_path / "t.npy", L1)
        assert result.values == (3.0,)
        assert not any(d.subject == "files left out" for d in result.decisions)
    (folder / "_part.2").write_bytes((folder / "part.0").read_bytes())
    with pytest.warns(UserWarning, match="hidden files were left out: _part.2"):
        result = evaluate(folder, tmp_path / "t.npy", L1)
    assert [d.choice for d in result.decisions if d.subject == "files left out"] == ["_part.2"]


# --- tables whose log says which files count


REFUSED = (DataError, MissingExtraError)
"""How the folder of a table is refused whose log says nothing, with the package that reads it, and
without."""


def lakes(folder: Path) -> dict[str, Path]:
    """For each kind of table the folder of its files."""
    logs = "delta/_delta_log hudi/.hoodie iceberg/metadata paimon/snapshot paimon/manifest"
    logs += " iceberg/data paimon/bucket-0 plain/snapshot"
    for name in (*logs.split(), "plain"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "iceberg/metadata/00000-1.metadata.json").touch()
    (folder / "paimon/snapshot/snapshot-1").touch()
    homes = {
        "Delta Lake": folder / "delta",
        "Apache Hudi": folder / "hudi",
        "Apache Iceberg": folder / "iceberg/data",
        "Apache Paimon": folder / "paimon/bucket-0",
    }
    for home in (*homes.values(), folder / "plain"):
        save(home / "0.parquet", p=[1.0, 2.0], t=[0.0, 0.5])
        (home / "year=2024").mkdir()
        save(home / "year=2024" / "1.parquet", p=[1.0, 2.0], t=[0.0, 0.5])
    return homes


def test_tables_with_a_log_are_refused_by_name(tmp_path: Path) -> None:
    for kind, home in lakes(tmp_path).items():
        linked = tmp_path / f"{kind}.parquet"
        linked.symlink_to(home / "0.parquet")
        inside = ["", "/*.parquet", "/0.parquet", "/year=2024", "/year=2024/1.parquet", "/*/*"]
        for path in [*(f"{home}{ends}" for ends in inside), linked]:
            with pytest.raises(REFUSED, match=f"a table of {kind}"):
                evaluate(path, None, L1, **COLUMNS)
    with pytest.raises(REFUSED, match="a table of Apache Paimon"):
        evaluate(tmp_path / "paimon", None, L1, **COLUMNS)
    with pytest.raises(REFUSED, match=r"a table of Apache Iceberg|metadata\.json: empty file"):
        evaluate(tmp_path / "iceberg", None, L1, **COLUMNS)  # it is read where there is pyiceberg
    for ends in ("/*.parquet", "/0.parquet", "/year=2024"):
        path = f"{tmp_path}/plain{ends}"
        assert evaluate(path, None, L1, **COLUMNS).values == (2.5,)


@pytest.mark.parametrize("name", ["_delta_log", ".hoodie", "_spark_metadata"])
def test_a_log_that_is_no_folder_marks_such_a_table_too(tmp_path: Path, name: str) -> None:
    save(tmp_path / "0.parquet", p=[1.0, 2.0], t=[0.0, 0.5])
    (tmp_path / name).symlink_to(tmp_path / "nowhere")
    with pytest.raises(DataError, match="a table of"):
        evaluate(tmp_path / "0.parquet", None, L1, **COLUMNS)


def test_buckets_beside_manifests_mark_a_table_of_paimon(tmp_path: Path) -> None:
    for name in ("snapshot", "manifest"):
        (tmp_path / name).mkdir()
    save(tmp_path / "0.parquet", p=[1.0, 2.0], t=[0.0, 0.5])
    assert evaluate(tmp_path / "0.parquet", None, L1, **COLUMNS).values == (2.5,)
    (tmp_path / "bucket-0").mkdir()
    for path in (tmp_path / "0.parquet", tmp_path / "*.parquet", tmp_path):
        with pytest.raises(DataError, match="a table of Apache Paimon"):
            evaluate(path, None, L1, **COLUMNS)


def test_other_files_within_such_a_table_are_read(tmp_path: Path) -> None:
    home = lakes(tmp_path)["Delta Lake"]
    np.save(home / "a.npy", [1.0])
    np.save(home / "b.npy", [0.0])
    assert evaluate(home / "a.npy", home / "b.npy", L1).values == (1.0,)


# --- ids and indexes


def test_an_id_on_both_sides_is_left_out_with_a_warning(tmp_path: Path, suffix: str) -> None:
    p = save(tmp_path / f"p{suffix}", id=[7, 3, 5], y=[1.0, 2.0, 3.0])
    t = save(tmp_path / f"t{suffix}", id=[7, 3, 5], y=[1.5, 2.0, 3.0])
    with pytest.warns(UserWarning, match=r"1 column was matched by name: 'y', but not 'id'"):
        result = evaluate(p, t, L1)
    assert (result.values, result.n) == ((0.5,), 3)
    left_out = [d.choice for d in result.decisions if d.subject == "columns left out"]
    assert left_out == ["'id'"]


@pytest.mark.parametrize("other", [[3, 7, 5], [7.0, 5.0, 3.0]])
def test_an_id_in_another_order_is_refused(tmp_path: Path, suffix: str, other: list[float]) -> None:
    p = save(tmp_path / f"p{suffix}", id=[7, 3, 5], y=[1.0, 2.0, 3.0])
    t = save(tmp_path / f"t{suffix}", id=other, y=[1.5, 2.0, 3.0])
    with pytest.raises(DataError, match=r"'id' differs .*another order.*--key id"):
        evaluate(p, t, L1)


def test_an_id_beside_columns_of_other_names_is_left_out(tmp_path: Path, suffix: str) -> None:
    p = save(tmp_path / f"p{suffix}", id=[3, 1, 2], p=[1.5, 2.5, 3.5])
    t = save(tmp_path / f"t{suffix}", id=[3, 1, 2], t=[1.0, 2.0, 3.0])
    for asked in ({}, {"pred": ("p",)}, {"target": ("t",)}):
        result = evaluate(p, t, L1, **asked)
        assert result.values == (1.5,)
        assert any(d.subject == "columns left out" and d.choice == "'id'" for d in result.decisions)
    q = save(tmp_path / f"q{suffix}", id=[3, 1, 2], p=[2.0, 3.0, 4.0])
    result = compare(p, q, t, EvalSettings((0.0,)))
    assert [difference.estimate.value for difference in result.differences] == [0.5]


def test_ids_of_other_rows_are_not_left_out(tmp_path: Path, suffix: str) -> None:
    p = save(tmp_path / f"p{suffix}", id=[3, 1, 2], p=[1.5, 2.5, 3.5])
    for ids in ([1, 3, 2], [3, 1, 4], [7, 8, 9]):
        t = save(tmp_path / f"t{suffix}", id=ids, t=[1.0, 2.0, 3.0])
        with pytest.raises(DataError, match="rows are not paired as they should be"):
            evaluate(p, t, L1)


@pytest.mark.parametrize("name", ["y", "n_rooms", "x2"])
def test_what_is_not_called_an_id_is_not_left_out(tmp_path: Path, suffix: str, name: str) -> None:
    p = save(tmp_path / f"p{suffix}", **{name: [3, 1, 2], "p": [1.5, 2.5, 3.5]})
    t = save(tmp_path / f"t{suffix}", **{name: [3, 1, 2], "t": [1.0, 2.0, 3.0]})
    with pytest.raises(DataError, match="several numeric columns"):
        evaluate(p, t, L1)


def test_columns_that_are_no_ids_are_all_paired(tmp_path: Path, suffix: str) -> None:
    cases: list[tuple[dict[str, Any], dict[str, Any], float]] = [
        ({"x": [0.5, 1.5, 2.5], "y": [0.0, 0, 1]}, {"x": [1.5, 0.5, 2.5], "y": [0.0, 0, 0]}, 3.0),
        ({"x": [5, 6, 9], "y": [1, 2, 3]}, {"x": [5, 6, 9], "y": [1, 2, 3]}, 0.0),
        ({"x": [0, 1, 1], "y": [0, 0, 1]}, {"x": [1, 0, 1], "y": [0, 0, 0]}, 3.0),
        ({"x": [4], "y": [1]}, {"x": [4], "y": [2]}, 1.0),
    ]
    for i, (one, other, expected) in enumerate(cases):
        p = save(tmp_path / f"p{i}p{suffix}", **one)
        t = save(tmp_path / f"t{i}t{suffix}", **other)
        with pytest.warns(UserWarning, match="2 columns were matched by name"):
            assert evaluate(p, t, L1).values == (expected,)


PANEL = {"store": [1, 1, 2, 2], "year": [2023, 2024, 2023, 2024], "price": [1.5, 2.0, 1.5, 1.0]}


@pytest.mark.parametrize("name", PANEL)
@pytest.mark.parametrize("key", [(), ("case",)])
def test_a_feature_is_not_averaged_in_as_perfect_predictions(
    tmp_path: Path, suffix: str, name: str, key: tuple[str, ...]
) -> None:
    more = {"case": list("abcd")} if key else {}
    p = save(tmp_path / f"p{suffix}", **more, **{name: PANEL[name], "sales": [3.5, 4.0, 5.0, 6.0]})
    t = save(tmp_path / f"t{suffix}", **more, **{name: PANEL[name], "sales": [3.0, 4.0, 5.0, 7.0]})
    with pytest.raises(DataError, match=f"'{name}' .* same .*feature, or perfect predictions"):
        evaluate(p, t, L1, key=key)
    chosen: dict[str, Any] = {"pred": ("sales",), "target": ("sales",)}
    assert evaluate(p, t, L1, key=key, **chosen).values == (1.5,)


def test_a_panel_in_another_order_is_refused(tmp_path: Path, suffix: str) -> None:
    order = [3, 1, 2, 0]
    panel = {name: PANEL[name] for name in ("store", "year")}
    shuffled = {name: [values[i] for i in order] for name, values in panel.items()}
    p = save(tmp_path / f"p{suffix}", **panel, sales=[3.5, 4.0, 5.0, 6.0])
    t = save(tmp_path / f"t{suffix}", **shuffled, sales=[7.0, 4.0, 5.0, 3.0])
    chosen: dict[str, Any] = {"pred": ("sales",), "target": ("sales",)}
    for asked in ({}, chosen):
        with pytest.raises(DataError, match=r"'store' differs .*--key, once for each column"):
            evaluate(p, t, L1, **asked)
    assert evaluate(p, t, L1, key=("store", "year"), **chosen).values == (1.5,)
    assert evaluate(p, t, L1, key=("store", "year")).values == (1.5,)


def test_a_feature_is_found_in_whatever_order_a_key_puts_the_rows(
    tmp_path: Path, suffix: str
) -> None:
    p = save(tmp_path / f"p{suffix}", id=[1, 2, 3], price=[1.5, 2.5, 1.5], y=[1.0, 2.0, 3.0])
    t = save(tmp_path / f"t{suffix}", id=[2, 3, 1], price=[2.5, 1.5, 1.5], y=[2.5, 3.0, 1.0])
    with pytest.raises(DataError, match=r"'price' has the same values .*feature"):
        evaluate(p, t, L1, key=("id",))
    t = save(tmp_path / f"u{suffix}", id=[2, 3, 1], price=[2.5, 1.0, 1.5], y=[2.5, 3.0, 1.0])
    with pytest.warns(UserWarning, match="2 columns were matched by name"):
        assert evaluate(p, t, L1, key=("id",)).values == (1.0,)


def test_sides_of_different_lengths_are_told_so_whatever_ids_they_have(
    tmp_path: Path, suffix: str
) -> None:
    p = save(tmp_path / f"p{suffix}", id=[1, 2, 3], p=[1.5, 2.5, 3.5])
    t = save(tmp_path / f"t{suffix}", id=[1, 2], t=[1.0, 2.0])
    with pytest.raises(DataError, match=r"rows, but .* they must be equal"):
        evaluate(p, t, L1)


def test_one_file_as_both_sides_keeps_all_its_columns(tmp_path: Path, suffix: str) -> None:
    p = save(tmp_path / f"p{suffix}", id=[7, 3, 5], y=[1, 2, 3])
    heard: list[str] = []
    result = evaluate(p, p, L1, warn=heard.append)
    assert (result.values, result.n) == ((0.0,), 6)
    assert ["the same numbers" in warning for warning in heard] == [False, True]


def test_what_may_be_an_id_as_well_as_perfect_predictions_is_refused(
    tmp_path: Path, suffix: str
) -> None:
    p = save(tmp_path / f"p{suffix}", x=[1.5, 2.5, 3.5], y=[1.0, 2.0, 3.0])
    t = save(tmp_path / f"t{suffix}", x=[1.5, 2.5, 3.5], y=[1.5, 2.0, 3.0])
    with pytest.raises(
        DataError, match=r"'x' is the same .*an id, a feature, or perfect predictions"
    ):
        evaluate(p, t, L1)
    chosen: dict[str, Any] = {"pred": ("x", "y")}
    assert evaluate(p, t, L1, **chosen).values == (0.5,)


def test_ids_of_other_rows_are_never_averaged_in(tmp_path: Path, suffix: str) -> None:
    p = save(tmp_path / f"p{suffix}", id=[11, 15, 12], y=[1, 2, 4])
    t = save(tmp_path / f"t{suffix}", id=[13, 11, 14], y=[1, 2, 3])
    with pytest.raises(DataError, match=r"'id' differs .*--key id"):
        evaluate(p, t, L1)


def test_an_id_is_left_out_although_all_columns_are_the_same(tmp_path: Path, suffix: str) -> None:
    columns = {"id": [7, 9, 8], "x": [0.5, 1.5, 2.5], "y": [4.5, 0.25, 3.5]}
    p, t = (save(tmp_path / f"{side}{suffix}", **columns) for side in "pt")
    with pytest.warns(UserWarning, match="'x', 'y', but not 'id', equal on both sides: ids"):
        result = evaluate(p, t, L1)
    assert (result.values, result.n) == ((0.0,), 6)


def test_what_is_no_id_is_evaluated_if_all_columns_are_the_same(
    tmp_path: Path, suffix: str
) -> None:
    p, t = (save(tmp_path / f"{side}{suffix}", id=[7, 9, 7], n=[4, 2, 4]) for side in "pt")
    with pytest.warns(UserWarning, match="2 columns were matched by name: 'id', 'n'"):
        assert evaluate(p, t, L1).n == 6


@pytest.mark.parametrize("kind", [".parquet", ".arrow"])
def test_whole_numbers_and_floats_are_matched_by_name_and_read_together(
    tmp_path: Path, kind: str
) -> None:
    p = save(tmp_path / f"p{kind}", n=[4, 2, 4], x=[0.5, 1.5, 2.5])
    t = save(tmp_path / f"t{kind}", n=[5, 2, 4], x=[0.5, 1.5, 3.0])
    with pytest.warns(UserWarning, match="2 columns were matched by name: 'n', 'x'"):
        assert evaluate(p, t, L1).values == (1.5,)
    assert evaluate(p, t, L1, pred="n", target="n").values == (1.0,)


def test_an_id_that_agrees_proves_the_rows_whatever_else_differs(
    tmp_path: Path, suffix: str
) -> None:
    p = save(tmp_path / f"p{suffix}", id=[7, 8, 9], rank=[1, 2, 3])
    t = save(tmp_path / f"t{suffix}", id=[7, 8, 9], rank=[1, 3, 2])
    with pytest.warns(UserWarning, match="1 column was matched by name: 'rank'"):
        assert evaluate(p, t, L1).values == (2.0,)
    p = save(tmp_path / f"q{suffix}", id=[7, 8, 9], p=[1.0, 2.0, 3.0], label=list("abb"))
    t = save(tmp_path / f"u{suffix}", id=[7, 8, 9], t=[1.0, 2.0, 3.5], label=list("bab"))
    result = evaluate(p, t, L1, **COLUMNS)
    assert result.values == (0.5,)
    said = "column 'label' differs, but 'id' agrees in every row"
    assert said in [decision.reason for decision in result.decisions]


def test_numbers_that_rise_on_all_sides_and_differ_are_of_other_rows(
    tmp_path: Path, suffix: str
) -> None:
    frames = [1, 2, 4, 5, 6, 8, 9, 10]
    p = save(tmp_path / f"p{suffix}", frame=frames, y=[0.5] * 8)
    t = save(tmp_path / f"t{suffix}", frame=[*frames[1:], 12], y=[0.5] * 8)
    with pytest.raises(
        DataError, match=r"'frame' differs .*in strict order on all sides.*--key frame"
    ):
        evaluate(p, t, L1)
    chosen: dict[str, Any] = {"pred": ("frame",), "target": ("frame",)}
    assert evaluate(p, t, L1, **chosen).values == (11.0,)


def test_a_count_of_rows_proves_nothing(tmp_path: Path, suffix: str) -> None:
    p = save(tmp_path / f"p{suffix}", row=[1, 2, 3], case=[7, 8, 9], y=[1.0, 2.0, 4.0])
    t = save(tmp_path / f"t{suffix}", row=[1, 2, 3], case=[8, 7, 9], y=[1.0, 2.0, 3.0])
    with pytest.raises(DataError, match=r"'case' differs .*another order"):
        evaluate(p, t, L1)
    with pytest.raises(DataError, match=r"'case' differs .*another order"):
        evaluate(p, t, L1, pred=("y",), target=("y",))


@pytest.mark.parametrize("repeated", [[4, 4, 4], [4, 5, 4]])
def test_an_id_that_is_there_twice_proves_nothing(
    tmp_path: Path, suffix: str, repeated: list[int]
) -> None:
    chosen: dict[str, Any] = {"pred": ("y",), "target": ("y",)}
    p = save(tmp_path / f"p{suffix}", user_id=repeated, case=list("abc"), y=[1.0, 2.0, 4.0])
    t = save(tmp_path / f"t{suffix}", user_id=repeated, case=list("bac"), y=[1.0, 2.0, 3.0])
    with pytest.raises(DataError, match=r"'case' differs .*another order"):
        evaluate(p, t, L1, **chosen)
    unique = [9, 4, 5]
    p = save(tmp_path / f"q{suffix}", user_id=unique, case=list("aab"), y=[1.0, 2.0, 4.0])
    t = save(tmp_path / f"u{suffix}", user_id=unique, case=list("aba"), y=[1.0, 2.0, 3.0])
    assert evaluate(p, t, L1, **chosen).values == (1.0,)


def test_no_value_is_twice_on_any_side_of_an_id(tmp_path: Path, suffix: str) -> None:
    p = save(tmp_path / f"p{suffix}", a=[1, 2, 3], y=[1, 2, 4])
    t = save(tmp_path / f"t{suffix}", a=[3, 3, 0], y=[1, 2, 3])
    with pytest.warns(UserWarning, match="2 columns were matched by name"):
        assert evaluate(p, t, L1).values == (2.0 + 1 + 3 + 1,)


def test_one_pair_of_a_comparison_proves_nothing_of_another(tmp_path: Path, suffix: str) -> None:
    a = save(tmp_path / f"a{suffix}", case=list("bac"), y=[1.0, 2.0, 3.0])
    b = save(tmp_path / f"b{suffix}", sample_id=[7, 9, 8], case=list("abc"), y=[1.0, 2.0, 3.0])
    t = save(tmp_path / f"t{suffix}", sample_id=[7, 9, 8], case=list("abc"), y=[1.0, 2.0, 4.0])
    with pytest.raises(DataError, match=r"'case' differs .*another order"):
        compare(a, b, t, **dict.fromkeys(("pred_a", "pred_b", "target"), ("y",)))


def test_serial_ids_prove_nothing_of_another_order(tmp_path: Path, suffix: str) -> None:
    for name, numbers in (("id", [1, 2, 3]), ("line", [2, 3, 4])):
        p = save(
            tmp_path / f"p{suffix}", **{name: numbers, "who": ["ada", "bob", "cy"]}, p=[1, 5, 9]
        )
        t = save(
            tmp_path / f"t{suffix}", **{name: numbers, "who": ["cy", "ada", "bob"]}, t=[9, 1, 5]
        )
        with pytest.raises(DataError, match=r"'who' differs .*another order.*--key who"):
            evaluate(p, t, L1, **COLUMNS)
        assert evaluate(p, t, L1, key=("who",), **COLUMNS).values == (0.0,)
        t = save(tmp_path / f"u{suffix}", **{name: numbers, "who": ["a", "a", "b"]}, t=[1, 5, 8])
        heard: list[str] = []
        assert evaluate(p, t, L1, warn=heard.append, **COLUMNS).values == (1.0,)
        assert len(heard) == (name == "line")


def test_a_name_that_agrees_proves_the_rows(tmp_path: Path, suffix: str) -> None:
    who = ["zoe", "bob", "cy"]
    p = save(tmp_path / f"p{suffix}", who=who, rank=[2, 1, 3], p=[1.5, 5.5, 9.5])
    t = save(tmp_path / f"t{suffix}", who=who, rank=[3, 1, 2], t=[1.0, 5.0, 9.0])
    assert evaluate(p, t, L1, **COLUMNS).values == (1.5,)


def test_files_of_other_kinds_in_one_order_are_not_refused(tmp_path: Path, suffix: str) -> None:
    pairs = [("{:03}.jpg", "{:03}_y.txt"), ("cat_{}.png", "dog_{}.png"), ("{:02}:00", "{:02}:00Z")]
    for one, other in pairs:
        names = [[way.format(i) for i in range(10, 20)] for way in (one, other)]
        p = save(tmp_path / f"p{suffix}", file=names[0], p=[1.0] * 10)
        t = save(tmp_path / f"t{suffix}", file=names[1], t=[0.5] * 10)
        with pytest.warns(UserWarning, match="'file' differs"):
            assert evaluate(p, t, L1, **COLUMNS).values == (5.0,)


def test_sums_so_far_are_predictions(tmp_path: Path, suffix: str) -> None:
    p = save(tmp_path / f"p{suffix}", cases=list(range(1, 10)), deaths=list(range(9)))
    t = save(tmp_path / f"t{suffix}", cases=list(range(2, 11)), deaths=list(range(1, 10)))
    with pytest.warns(UserWarning, match="2 columns were matched by name"):
        assert evaluate(p, t, L1).values == (18.0,)


def test_one_perfect_column_of_counts_is_refused(tmp_path: Path, suffix: str) -> None:
    p = save(tmp_path / f"p{suffix}", cats=[3, 1, 2], dogs=[1, 4, 0])
    t = save(tmp_path / f"t{suffix}", cats=[3, 1, 2], dogs=[2, 4, 1])
    with pytest.raises(DataError, match=r"'cats' is the same .* an id, a feature, or perfect"):
        evaluate(p, t, L1)
    chosen: dict[str, Any] = {"pred": ("cats", "dogs")}
    assert evaluate(p, t, L1, **chosen).values == (2.0,)


def test_only_first_columns_without_a_name_are_an_index(tmp_path: Path) -> None:
    p, t = tmp_path / "p.csv", tmp_path / "t.csv"
    p.write_text("id,\n7,2.5\n8,1.5\n")
    t.write_text("id,\n7,1.25\n8,4.5\n")
    with pytest.warns(UserWarning, match="1 column was matched by name: '', but not 'id'"):
        assert evaluate(p, t, L1).values == (4.25,)
    p.write_text("baseline,Unnamed: 1\n9,1.5\n9,2.5\n")
    t.write_text("target\n1\n4\n")
    with pytest.raises(DataError, match="several numeric columns"):
        evaluate(p, t, L1)
    p.write_text(",,pred\n0,a,1.5\n1,b,2.5\n")
    assert evaluate(p, t, L1).values == (2.0,)


@pytest.mark.parametrize("side", ["p", "t"])
def test_a_column_of_the_other_sides_name_is_not_taken_for_one_that_holds_no_numbers(
    tmp_path: Path, side: str
) -> None:
    names = ("y", "y_hat") if side == "p" else ("pred", "target")
    (tmp_path / f"{side}.csv").write_text(f"{names[0]},{names[1]}\n1.0,[1.5]\n4.0,[2.5]\n")
    other = "t" if side == "p" else "p"
    (tmp_path / f"{other}.csv").write_text(f"{names[0]}\n1.0\n4.0\n")
    with pytest.raises(DataError, match=f"'{names[1]}' may be meant"):
        evaluate(tmp_path / "p.csv", tmp_path / "t.csv", L1)


@pytest.mark.parametrize(
    "kind",
    [
        pa.string_view(),
        pa.binary_view(),
        pa.dictionary(pa.uint32(), pa.string_view()),
        *([pa.uuid()] if hasattr(pa, "uuid") else []),  # from pyarrow 18 on
    ],
    ids=str,
)
def test_text_and_bytes_of_every_layout_tell_rows_apart(tmp_path: Path, kind: pa.DataType) -> None:
    texts = [c * 16 for c in "cabfed"]
    stored = pa.array([text.encode() for text in texts], pa.binary(16))
    if isinstance(kind, pa.BaseExtensionType):
        ids = pa.ExtensionArray.from_storage(kind, stored)
    elif pa.types.is_dictionary(kind):
        ids = pa.DictionaryArray.from_arrays(
            pa.array(range(6), pa.uint32()), pa.array(texts).cast(pa.string_view())
        )
    else:
        ids = pa.array(texts).cast(kind)
    order = [1, 0, 2, 3, 4, 5]
    shuffled = pa.concat_arrays([ids.slice(i, 1) for i in order])
    for name, column, number in (("p", ids, "p"), ("t", ids, "t"), ("s", shuffled, "t")):
        table = pa.table({"id": column, number: [0.5] * 6})
        with pa.ipc.new_file(tmp_path / f"{name}.arrow", table.schema) as writer:
            writer.write_table(table)
    p, t, s = (tmp_path / f"{name}.arrow" for name in "pts")
    assert evaluate(p, t, L1, **COLUMNS).values == (0.0,)
    with pytest.raises(DataError, match=r"'id' differs .*another order"):
        evaluate(p, s, L1, **COLUMNS)
    if "string" in str(kind):
        assert evaluate(p, s, L1, key=("id",), **COLUMNS).values == (0.0,)


def test_a_column_of_groups_is_a_witness_too(tmp_path: Path, suffix: str) -> None:
    stores = [f"s{i}" for i in range(9)]
    order = [4, 2, 7, 0, 8, 1, 6, 3, 5]
    shuffled = [stores[i] for i in order]
    p = save(tmp_path / f"p{suffix}", STORE=stores, p=[i + 0.5 for i in range(9)])
    for name in ("store", "shop"):
        t = save(tmp_path / f"{name}{suffix}", **{name: shuffled}, t=[float(i) for i in order])
        with pytest.raises(DataError, match=r"'STORE' differs .*another order"):
            evaluate(p, t, EvalSettings((0.0,), by="STORE"), **COLUMNS)
    t = save(tmp_path / f"t{suffix}", STORE=stores, t=[float(i) for i in range(9)])
    w = save(tmp_path / f"w{suffix}", STORE=shuffled, w=[1.0] * 9)
    with pytest.raises(DataError, match=r"'STORE' differs .*another order"):
        evaluate(p, t, EvalSettings((0.0,), by="STORE"), weights=w, **COLUMNS)
    assert evaluate(p, t, EvalSettings((0.0,), by="STORE"), **COLUMNS).values == (0.5,) * 9


def test_swapping_the_sides_changes_no_verdict(tmp_path: Path, suffix: str) -> None:
    rain = [0.0] * 1800 + [i / 8 for i in range(1, 1201)]
    places = [*range(1, 3000, 2), *range(0, 3000, 2)]
    p = save(tmp_path / f"p{suffix}", rain=rain, p=[i + 0.5 for i in range(3000)])
    mixed = [rain[i] for i in places]
    t = save(tmp_path / f"t{suffix}", rain=mixed, t=[float(i) for i in places])
    chosen: dict[str, Any] = {"pred": ("t",), "target": ("p",)}
    for paths, columns in (((p, t), COLUMNS), ((t, p), chosen)):
        with pytest.raises(DataError, match=r"'rain' differs .*another order"):
            evaluate(*paths, L1, **columns)


def test_text_that_begins_with_digits_is_text(tmp_path: Path) -> None:
    p, t = tmp_path / "p.csv", tmp_path / "t.csv"
    p.write_text("sku,day,p\n712,2024-01-03,1.5\nA55,2024-01-05,5.5\nB7,2024-01-01,9.5\n")
    t.write_text("sku,day,t\nA55,2024-01-03,5\nB7,2024-01-05,9\n712,2024-01-01,1\n")
    with pytest.raises(DataError, match=r"'sku' differs .*another order|'day' differs"):
        evaluate(p, t, L1, **COLUMNS)


def test_an_id_that_proves_two_pairs_proves_the_third(tmp_path: Path, suffix: str) -> None:
    ids = [1003, 1001, 1009, 1002, 1007, 1005, 1008, 1004, 1010]
    a = save(tmp_path / f"a{suffix}", id=ids, y=[1.5] * 9)
    b = save(tmp_path / f"b{suffix}", id=ids, start=list(range(10, 19)), y=[2.5] * 9)
    t = save(tmp_path / f"t{suffix}", id=ids, start=list(range(30, 39)), y=[1.0] * 9)
    chosen = dict.fromkeys(("pred_a", "pred_b", "target"), ("y",))
    for one, other in ((a, b), (b, a)):
        assert compare(one, other, t, **chosen).differences[0].a.n == 9


def test_both_levels_of_an_index_are_compared(tmp_path: Path) -> None:
    p, t = tmp_path / "p.csv", tmp_path / "t.csv"
    p.write_text(",,v\nA,0,1.5\nA,1,5.5\nB,0,9.5\nB,1,7\n")
    t.write_text(",,v\nB,0,9\nB,1,7\nA,0,1\nA,1,5\n")
    with pytest.raises(DataError, match=r"'@1' differs .*another order.*--key, once for each"):
        evaluate(p, t, L1)
    assert evaluate(p, t, L1, key=("@1", "@2")).values == (1.5,)
    frame = pa.table({"v": [9.0, 7, 1, 5], "__index_level_0__": list("BBAA")})
    frame = frame.append_column("__index_level_1__", pa.array([0, 1, 0, 1]))
    pq.write_table(frame, tmp_path / "t.parquet")
    with pytest.raises(DataError, match=r"'@1' differs .*another order"):
        evaluate(p, tmp_path / "t.parquet", L1)


@pytest.mark.parametrize("n", [1000, 1030])
def test_what_begins_without_repeats_is_no_proof_for_that(
    tmp_path: Path, suffix: str, n: int
) -> None:
    day, one, other = [*range(500, 500 + n)] * 2, [1] * n, [2] * n
    v = [10.0] * n, [20.0] * n
    p = save(tmp_path / f"p{suffix}", day=day, ticker_id=one + other, v=v[0] + v[1])
    t = save(tmp_path / f"t{suffix}", day=day, ticker_id=other + one, v=v[1] + v[0])
    chosen: dict[str, Any] = {"pred": ("v",), "target": ("v",)}
    with pytest.raises(DataError, match=r"'ticker_id' differs .*another order"):
        evaluate(p, t, L1, **chosen)
    assert evaluate(p, t, L1, key=("day", "ticker_id"), **chosen).values == (0.0,)


@pytest.mark.parametrize(
    "serial", [["s0", "s1", "s2"], [100, 101, 102], [0, 8589934592, 8589934593]]
)
def test_two_columns_that_tell_rows_apart_may_contradict_each_other(
    tmp_path: Path, suffix: str, serial: list[Any]
) -> None:
    p = save(tmp_path / f"p{suffix}", id=serial, url=["u/a", "u/b", "u/c"], p=[1.5, 5.5, 9.5])
    t = save(tmp_path / f"t{suffix}", id=serial, url=["u/c", "u/a", "u/b"], t=[9.0, 1.0, 5.0])
    with pytest.raises(DataError, match=r"'url' differs .*another order.*--key url"):
        evaluate(p, t, L1, **COLUMNS)
    assert evaluate(p, t, L1, key=("url",), **COLUMNS).values == (1.5,)


def test_every_pair_of_a_comparison_has_a_guess_of_its_own(tmp_path: Path, suffix: str) -> None:
    a = save(tmp_path / f"a{suffix}", split=["test", "test"], y=[1.5, 5.5])
    b = save(tmp_path / f"b{suffix}", img=["a", "b"], y=[1.25, 5.25])
    t = save(tmp_path / f"t{suffix}", file=["b", "a"], y=[5.0, 1.0])
    chosen = dict.fromkeys(("pred_a", "pred_b", "target"), ("y",))
    for one, other in ((a, b), (b, a)):
        with pytest.raises(DataError, match="'img' differs from 'file'"):
            compare(one, other, t, **chosen)


def test_times_that_two_models_note_are_their_own(tmp_path: Path, suffix: str) -> None:
    a, b = (
        save(tmp_path / f"{name}{suffix}", ts=list(range(start, start + 90, 10)), y=[1.0] * 9)
        for name, start in (("a", 7), ("b", 108))
    )
    t = save(tmp_path / f"t{suffix}", y=[0.5] * 9)
    chosen = dict.fromkeys(("pred_a", "pred_b", "target"), ("y",))
    with pytest.warns(UserWarning, match="'ts' differs"):
        compare(a, b, t, **chosen)


@pytest.mark.parametrize(
    ("way", "mark", "options"),
    [("{}", "NA", {}), ("{:8.3f}", "     N/A", {}), ("{}", "", {"delimiter": ";", "decimal": ","})],
)
def test_fractions_of_a_csv_compare_however_they_are_written(
    tmp_path: Path, way: str, mark: str, options: dict[str, str]
) -> None:
    options = {"delimiter": ",", "decimal": ".", **options}
    cells = [way.format(i / 8) for i in range(9)]
    cells[3] = mark
    order = [4, 2, 7, 0, 8, 1, 6, 3, 5]

    def rows(name: str, places: Any, plus: float) -> str:
        cell_pairs = ((cells[i], str(i + plus)) for i in places)
        lines = (options["delimiter"].join(pair) for pair in cell_pairs)
        numbers = (line.replace(".", options["decimal"]) for line in lines)
        return "\n".join([options["delimiter"].join(("x", name)), *numbers])

    p, t = tmp_path / "p.csv", tmp_path / "t.csv"
    p.write_text(rows("p", range(9), 0.5) + "\n")
    t.write_text(rows("t", order, 0.0) + "\n")
    with pytest.raises(DataError, match=r"'x' differs .*another order"):
        evaluate(p, t, L1, options=ReadOptions(**options), **COLUMNS)


def test_a_decimal_comma_is_no_delimiter(tmp_path: Path) -> None:
    p, t = tmp_path / "p.csv", tmp_path / "t.csv"
    p.write_text("1,5\n2,5\n")
    t.write_text("1,0\n2,0\n")
    options = ReadOptions(delimiter=";", decimal=",", header=False)
    assert evaluate(p, t, L1, options=options).values == (1.0,)


def test_a_measure_called_an_index_is_none(tmp_path: Path, suffix: str) -> None:
    p = save(tmp_path / f"p{suffix}", heat_index=[1.5, 2.5, 3.0], place=list("abc"))
    t = save(tmp_path / f"t{suffix}", heat_index=[1.0, 2.5, 3.0], place=list("abc"))
    assert evaluate(p, t, L1).values == (0.5,)


@pytest.mark.parametrize("first", [".", "#N/A", "$1.5", "[1.5]", '"1,234"', "50%", "\\N", "abc"])
def test_a_column_that_may_hold_the_numbers_is_not_passed_over(tmp_path: Path, first: str) -> None:
    name = "pred" if first == "abc" else "amount"
    (tmp_path / "p.csv").write_text(f"{name},n_obs\n{first},3\n2.5,2\n")
    t = save(tmp_path / "t.csv", t=[1.0, 2.5])
    with pytest.raises(DataError, match=rf"'n_obs', but '{name}' may be meant.*--pred"):
        evaluate(tmp_path / "p.csv", t, L1)
    assert evaluate(tmp_path / "p.csv", t, L1, pred=("n_obs",)).values == (2.5,)


@pytest.mark.parametrize(
    "values",
    [pa.array([[1.5], [2.5]]), pa.array([{"x": 1.5}, {"x": 2.5}]), pa.array(["1.5", "2.5"])],
)
def test_lists_and_text_called_predictions_are_not_passed_over(
    tmp_path: Path, values: pa.Array
) -> None:
    pq.write_table(pa.table({"pred": values, "flag": [True, False]}), tmp_path / "p.parquet")
    t = save(tmp_path / "t.csv", t=[1.0, 2.5])
    with pytest.raises(DataError, match=r"'flag', but 'pred' may be meant.*--pred"):
        evaluate(tmp_path / "p.parquet", t, L1)


def test_columns_without_names_are_compared_by_position(tmp_path: Path) -> None:
    (tmp_path / "l.csv").write_text("1,0.5\n2,1.5\n3,2.5\n")
    (tmp_path / "r.csv").write_text("3,2.5\n1,0.5\n2,1.5\n")
    chosen: dict[str, Any] = {"pred": ("@2",), "target": ("@2",)}
    with pytest.raises(DataError, match=r"'@1' differs .*another order.*--key @1 "):
        evaluate(tmp_path / "l.csv", tmp_path / "r.csv", L1, **chosen)
    keyed = evaluate(tmp_path / "l.csv", tmp_path / "r.csv", L1, key=("@1",), **chosen)
    assert keyed.values == (0.0,)
    (tmp_path / "three.csv").write_text("3,2.5,7\n1,0.5,8\n2,1.5,9\n")
    with pytest.raises(DataError, match=r"'@1' differs .*another order"):
        evaluate(tmp_path / "l.csv", tmp_path / "three.csv", L1, **chosen)


def test_names_in_another_case_are_the_same(tmp_path: Path, suffix: str) -> None:
    p = save(tmp_path / f"p{suffix}", ID=[4, 7, 5], p=[1.0, 2.0, 3.0])
    t = save(tmp_path / f"t{suffix}", id=[7, 4, 5], t=[1.0, 2.0, 3.0])
    with pytest.raises(DataError, match=r"'ID' differs .*another order.*--key ID=id matches"):
        evaluate(p, t, L1, **COLUMNS)


def test_whole_numbers_of_any_type_are_advised_as_a_key_and_serve(tmp_path: Path) -> None:
    for values in (pa.array([4.0, 7.0, 5.0]), pa.array([4, 7, 5], pa.decimal128(38, 0))):
        for side, order in (("p", [0, 1, 2]), ("t", [1, 0, 2])):
            table = pa.table({"id": values.take(pa.array(order)), side: [1.0, 2.0, 3.0]})
            pq.write_table(table, tmp_path / f"{side}.parquet")
        paths = (tmp_path / "p.parquet", tmp_path / "t.parquet")
        with pytest.raises(DataError, match=r"'id' differs .*order.* \[--key id matches"):
            evaluate(*paths, L1, **COLUMNS)
        assert evaluate(*paths, L1, key=("id",), **COLUMNS).values == (2.0,)


def test_an_index_of_fractions_is_compared(tmp_path: Path) -> None:
    note = {"pandas": json.dumps({"index_columns": ["sid"]})}
    for side, sid in (("p", [0.5, 1.5, 2.5]), ("t", [1.5, 0.5, 2.5])):
        table = pa.table({side: [1.0, 2.0, 3.0], "sid": [10 * x for x in sid]})
        pq.write_table(table.replace_schema_metadata(note), tmp_path / f"{side}.parquet")
    with pytest.raises(DataError, match=r"'sid' differs .*another order"):
        evaluate(tmp_path / "p.parquet", tmp_path / "t.parquet", L1)


def test_an_index_with_a_name_is_compared_by_it(tmp_path: Path) -> None:
    def indexed(path: Path, name: str, values: list[int], *, noted: bool = True) -> Path:
        table = pa.table({"y": [1.0, 2.0, 3.0], name: values})
        note = json.dumps({"index_columns": [name]})
        pq.write_table(table.replace_schema_metadata({"pandas": note} if noted else {}), path)
        return path

    p = indexed(tmp_path / "p.parquet", "case", [4, 7, 5])
    plain = indexed(tmp_path / "plain.parquet", "case", [7, 4, 5], noted=False)
    with pytest.raises(DataError, match=r"'case' differs .*another order"):
        evaluate(p, plain, L1, pred=("y",), target=("y",))
    other = indexed(tmp_path / "other.parquet", "patient", [70, 40, 50])
    assert evaluate(p, other, L1).values == (0.0,)
    permuted = indexed(tmp_path / "permuted.parquet", "patient", [7, 4, 5])
    with pytest.raises(DataError, match=r"'case' differs from 'patient' .*another order"):
        evaluate(p, permuted, L1)


def test_columns_of_the_other_side_do_not_hide_an_id(tmp_path: Path, suffix: str) -> None:
    p = save(tmp_path / f"p{suffix}", id=[1, 2, 3], label=list("abc"))
    t = save(tmp_path / f"t{suffix}", group=list("uvw"), y=[5.0, 6.0, 7.0])
    with pytest.raises(DataError, match=r"the only numeric column, 'id', is an id by its name"):
        evaluate(p, t, EvalSettings((0.0,), by="group"))


def test_the_key_of_a_hint_is_quoted_where_a_shell_needs_it(tmp_path: Path, suffix: str) -> None:
    p = save(tmp_path / f"p{suffix}", **{"image id": [7, 3, 5], "y": [1.0, 2.0, 3.0]})
    t = save(tmp_path / f"t{suffix}", **{"image id": [3, 7, 5], "y": [1.5, 2.0, 3.0]})
    with pytest.raises(DataError, match="--key 'image id' matches"):
        evaluate(p, t, L1)


def test_several_perfect_columns_are_not_taken_for_ids(tmp_path: Path, suffix: str) -> None:
    box = {"xmin": [10, 15, 26], "ymin": [20, 27, 36], "xmax": [30, 39, 48]}
    p = save(tmp_path / f"p{suffix}", **box, ymax=[40, 51, 68])
    t = save(tmp_path / f"t{suffix}", **box, ymax=[41, 52, 69])
    with pytest.raises(
        DataError, match=r"'xmin' is the same .*an id, a feature, or perfect predictions"
    ):
        evaluate(p, t, L1)
    assert evaluate(p, t, L1, pred=(*box, "ymax")).n == 12


def test_weights_are_not_the_key(tmp_path: Path, suffix: str) -> None:
    p = save(tmp_path / f"p{suffix}", id=[4, 7], p=[1.0, 2.0])
    t = save(tmp_path / f"t{suffix}", id=[7, 4], t=[2.5, 1.0])
    w = save(tmp_path / f"w{suffix}", id=[4, 7], w=[1.0, 3.0])
    assert evaluate(p, t, L1, key=("id",), weights=w).values == (1.5,)


def test_an_id_is_not_the_prediction_for_being_the_only_number(tmp_path: Path, suffix: str) -> None:
    p = save(tmp_path / f"p{suffix}", id=[1, 2, 3], y=["n/a", "$5", "x"])
    t = save(tmp_path / f"t{suffix}", y=[5.0, 6.0, 7.0])
    with pytest.raises(DataError, match=r"the only numeric column, 'id', is an id by its name"):
        evaluate(p, t, L1)
    p = save(tmp_path / f"q{suffix}", row=[1, 2, 3], y=["n/a", "$5", "x"])
    t = save(tmp_path / f"u{suffix}", row=[1, 2, 3], y=["n/a", "$6", "x"])
    with pytest.raises(
        DataError, match=r"'row', is the same .*an id, a feature, or perfect predictions"
    ):
        evaluate(p, t, L1)


def test_an_index_is_the_same_whatever_it_is_called(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text(",y\n0,1.0\n1,2.0\n2,3.0\n")
    (tmp_path / "t.csv").write_text("Unnamed: 0,y\n1,2.0\n0,1.0\n2,3.0\n")
    save(tmp_path / "t.parquet", y=[2.0, 1.0, 3.0], __index_level_0__=[1, 0, 2])
    for other in ("t.csv", "t.parquet"):
        with pytest.raises(DataError, match="another order"):
            evaluate(tmp_path / "p.csv", tmp_path / other, L1)


def test_ids_stored_in_any_way_tell_rows_apart(tmp_path: Path) -> None:
    ids = [pa.array(values) for values in ([3, 1, 2], ["c", "a", "b"])]
    stored = [
        ids[0].cast(pa.float64()),
        ids[0].cast(pa.decimal128(38, 0)),
        ids[0].cast(pa.uint64()),
        ids[1].cast(pa.binary()),
        ids[1].cast(pa.binary(1)),
        ids[1].cast(pa.large_string()),
        ids[1].dictionary_encode(),
        ids[1].cast(pa.string_view()),
    ]
    numbers = pa.array([1.0, 2.0, 3.0])
    for i, one in enumerate(stored):
        paths = []
        for side, order in (("p", [0, 1, 2]), ("t", [1, 0, 2])):
            taken = pa.concat_arrays([one.slice(k, 1) for k in order])
            table = pa.table({"id": taken, side: numbers})
            with pa.ipc.new_file(tmp_path / f"{side}{i}x.arrow", table.schema) as file:
                file.write_table(table)
            paths.append(tmp_path / f"{side}{i}x.arrow")
        with pytest.raises(DataError, match=r"'id' differs .*another order"):
            evaluate(*paths, L1, **COLUMNS)
    (tmp_path / "p.csv").write_text("id,p\n1.0,1\n2.0,2\n12e4,3\n")
    (tmp_path / "t.csv").write_text("id,t\n2,1\n1,2\n12e4,3\n")
    with pytest.raises(DataError, match=r"'id' differs .*another order"):
        evaluate(tmp_path / "p.csv", tmp_path / "t.csv", L1, **COLUMNS)


def test_a_column_that_not_all_shards_have_is_no_witness(tmp_path: Path, suffix: str) -> None:
    (tmp_path / "p").mkdir()
    save(tmp_path / "p" / f"0{suffix}", id=[1], p=[1.0])
    save(tmp_path / "p" / f"1{suffix}", p=[2.0])
    t = save(tmp_path / f"t{suffix}", id=[1, 2], t=[1.0, 2.5])
    with pytest.warns(
        UserWarning, match=r"p: not all files have the columns in common, 'id': .* \(.*p.*: .*'id'"
    ):
        assert evaluate(tmp_path / "p", t, L1, **COLUMNS).values == (0.5,)


def test_inputs_of_the_same_shape_are_checked_though_they_may_be_flattened(
    tmp_path: Path, suffix: str
) -> None:
    p = save(tmp_path / f"p{suffix}", id=[1, 2, 3], p=[1.0, 2.0, 3.0])
    t = save(tmp_path / f"t{suffix}", id=[2, 1, 3], t=[1.0, 2.0, 3.0])
    with pytest.raises(DataError, match="another order"):
        evaluate(p, t, L1, options=ReadOptions(flatten=True), **COLUMNS)


def write_pandas_index(path: Path, values: list[float]) -> Path:
    """What `DataFrame.to_parquet` writes: the index is a column, and noted as such."""
    table = pa.table({"y": values, "row": [5, 6, 9]})
    note = b'{"index_columns": ["row"], "columns": []}'
    pq.write_table(table.replace_schema_metadata({"pandas": note}), path)
    return path


def test_an_index_is_never_a_prediction(tmp_path: Path) -> None:
    one, other = [1.0, 2.0, 3.0], [1.5, 2.0, 3.0]
    texts = {
        "pandas": ",y\n{}",
        "pandas again": "Unnamed: 0,y\n{}",
        "R": '"","y"\n{}',
        "two levels": ",,y\n{}",
    }
    for name, text in texts.items():
        before = "7,8," if name == "two levels" else "5,"
        paths = []
        for side, values in (("p", one), ("t", other)):
            path = tmp_path / f"{name}-{side}.csv"
            path.write_text(text.format("".join(f"{before}{value}\n" for value in values)))
            paths.append(path)
        result = evaluate(*paths, L1)
        assert (result.values, result.n) == ((0.5,), 3)
    paths = [
        save(tmp_path / f"{side}.parquet", y=values, __index_level_0__=[5, 6, 9])
        for side, values in (("p", one), ("t", other))
    ]
    assert evaluate(*paths, L1).values == (0.5,)
    named: dict[str, Any] = {"pred": ("__index_level_0__",), "target": ("y",)}
    assert evaluate(*paths, L1, **named).values == (13.5,)
    noted = [write_pandas_index(tmp_path / f"{s}.pq", v) for s, v in (("p", one), ("t", other))]
    assert evaluate(*noted, L1).values == (0.5,)


def test_numbers_paired_with_themselves_cause_a_warning(tmp_path: Path, suffix: str) -> None:
    np.save(tmp_path / "x.npy", [1.0, 2.0])
    (tmp_path / "link.npy").symlink_to("x.npy")
    for other in ("x.npy", "link.npy", "./x.npy"):
        with pytest.warns(UserWarning, match="predictions and targets are the same numbers"):
            assert evaluate(tmp_path / "x.npy", f"{tmp_path}/{other}", L1).values == (0.0,)
    table = save(tmp_path / f"p{suffix}", p=[1.0, 2.0], t=[1.0, 2.5])
    with pytest.warns(UserWarning, match=r"the same numbers \(column 'p'\)"):
        evaluate(table, None, L1, pred=("p",), target=("@1",))
    assert evaluate(table, table, L1, **COLUMNS).values == (0.5,)
    with pytest.warns(
        UserWarning, match="predictions of A and predictions of B are the same numbers"
    ):
        compare(tmp_path / "x.npy", tmp_path / "link.npy", save_zeros(tmp_path))


def save_zeros(folder: Path) -> Path:
    np.save(folder / "zeros.npy", [0.0, 0.0])
    return folder / "zeros.npy"


SAVED_TWICE = {
    "with an index": ",Unnamed: 0,{}\n0,0,{}\n1,1,{}\n",
    "without": "Unnamed: 0.1,Unnamed: 0,{}\n0,0,{}\n1,1,{}\n",
    "three times": ",Unnamed: 0.2,Unnamed: 0.1,Unnamed: 0,{}\n0,0,0,0,{}\n1,1,1,1,{}\n",
    "with two levels": ",Unnamed: 0,Unnamed: 1,{}\n0,0,7,{}\n1,1,3,{}\n",
}


@pytest.mark.parametrize("text", SAVED_TWICE.values(), ids=SAVED_TWICE)
def test_an_index_that_was_saved_twice_is_never_a_prediction(tmp_path: Path, text: str) -> None:
    p, t = tmp_path / "p.csv", tmp_path / "t.csv"
    p.write_text(text.format("pred", 1.5, 2.5))
    t.write_text(text.format("target", 1.0, 2.0))
    assert evaluate(p, t, EvalSettings((0.0,), "sum")).values == (1.0,)
    t.write_text(
        text.format("target", 1.0, 2.0).replace("\n0,0", "\n1,0").replace("\n1,1", "\n0,1")
    )
    assert evaluate(p, t, EvalSettings((0.0,), "sum"), key=("@1",)).values == (2.0,)


def test_a_column_that_pandas_named_further_left_is_an_index_only_among_the_first(
    tmp_path: Path,
) -> None:
    (tmp_path / "p.csv").write_text("Unnamed: 3,text\n1.5,a\n2.5,b\n")
    (tmp_path / "t.csv").write_text("text,Unnamed: 0\na,1.0\nb,2.0\n")
    found = evaluate(tmp_path / "p.csv", tmp_path / "t.csv", EvalSettings((0.0,), "sum"))
    assert found.values == (1.0,)


def test_folders_named_after_different_columns_do_not_go_together(tmp_path: Path) -> None:
    for side, column, order in (("a", "n", (1, 2, 3)), ("b", "m", (3, 2, 1))):
        for value, number in enumerate(order):
            folder = tmp_path / side / f"{column}={number}"
            folder.mkdir(parents=True)
            save(folder / "x.parquet", v=[float(value)])
    with pytest.raises(DataError, match=r"are named after 'n', those of .* after 'm'.*--key"):
        evaluate(tmp_path / "a", tmp_path / "b", L1)
