"""Which files of two sides go together, by the names of files and folders; orders in doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds
import pytest

from smoothl1 import DataError, EvalSettings, ReadOptions, evaluate
from tests.tables import save_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

L1 = EvalSettings((0.0,), "sum")
LOOSE = ReadOptions(key_check=False)


def arrays(folder: Path, names: Sequence[str]) -> Path:
    """A file of one row for each name: 1.0, 2.0 and so on, in the order of the names."""
    for i, name in enumerate(names):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        with open(folder / name, "wb") as file:
            np.save(file, [i + 1.0])
    return folder


def numbered(folder: Path, values: Sequence[str], name: str) -> Path:
    return arrays(folder, [name.format(value) for value in values])


DIFFERENT = [
    ("fold_{}/preds.npy", "1 3", "fold_{}/targets.npy", "1 2", "*/*.npy"),
    ("fold={}/part-0.npy", "0 1 2", "fold={}/part-0.npy", "1 2 3", "*/*.npy"),
    ("{}.npy", "1 3", "{}.npy", "1 2", "*.npy"),
    ("lag={}/x.npy", "-1 0 1", "lag={}/x.npy", "0 1 2", "*/*.npy"),
    ("lag{}.npy", "-1 0 1", "lag{}.npy", "-2 0 1", "*.npy"),
    ("q{}.npy", "0.25 0.5 1", "t{}.npy", "0.25 0.75 1", "*.npy"),
    ("q{}.npy", "0.05 0.06", "t{}.npy", "0.5 0.6", "*.npy"),
    ("{}.npy", "20240101 20240102", "{}.npy", "2024-01-01 2024-01-03", "*.npy"),
    ("{}.npy", "20240112 20240113", "{}.npy", "2024-1-12 2024-11-3", "*.npy"),
    ("{}/preds.npy", "A B", "{}/targets.npy", "B C", "*/*.npy"),
    (
        "fold={}/3f2a9c1e-aaaa-4bbb-8ccc-1234567890ab-0.npy",
        "0 1",
        "fold={}/4f2a9c1e-aaaa-4bbb-8ccc-1234567890ab-0.npy",
        "1 2",
        "*/*.npy",
    ),
]


@pytest.mark.parametrize(("mine", "ones", "theirs", "others", "ends"), DIFFERENT)
def test_folders_and_files_with_other_numbers_do_not_go_together(
    tmp_path: Path, mine: str, ones: str, theirs: str, others: str, ends: str
) -> None:
    p = numbered(tmp_path / "p", ones.split(), mine) / ends
    t = numbered(tmp_path / "t", others.split(), theirs) / ends
    with pytest.raises(DataError, match=r"file \d of \d is .* names differ.*--key.*--no-key-check"):
        evaluate(p, t, L1)
    assert evaluate(p, t, L1, options=LOOSE).values == (0.0,)


ALIKE = [
    ("fold_{}/preds.npy", "1 2", "fold_{}/targets.npy", "1 2", "*/*.npy", "*/*.npy"),
    ("{}.npy", "2 10", "{}.npy", "02 10", "*.npy", "*.npy"),
    ("{}/x.npy", "2 10", "{}/x.npy", "02 10", "*/*.npy", "*/*.npy"),
    ("lr={}/x.npy", "1e-05 0.001", "lr={}/x.npy", "0.00001 0.001", "*/*.npy", "*/*.npy"),
    ("q{}.npy", "0.25 0.5 1", "t{}.npy", "0.25 0.50 1.00", "*.npy", "*.npy"),
    ("p{}.npy", "2024.01 2024.02", "t-{}.npy", "2024-01 2024-02", "*.npy", "*.npy"),
    ("fold_{}/preds.npy", "0 1", "targets_{}.npy", "0 1", "*/*.npy", "*.npy"),
    ("m_{}.npy", "1.8 1.9 1.10", "t_{}.npy", "1.8 1.9 1.10", "*.npy", "*.npy"),
    ("t{}.npy", "2.5 2.25", "y{}.npy", "2.5 2.25", "*.npy", "*.npy"),
    ("{}.npy", "20240101 20240102", "{}.npy", "2024-01-01 2024-01-02", "*.npy", "*.npy"),
    ("{}.npy", "2024_01_31 2024_02_01", "t_{}.npy", "20240131 20240201", "*.npy", "*.npy"),
    (
        "d={}/x.npy",
        "2024-01-31 2024-02-01",
        "d={}/x.npy",
        "20240131 20240201",
        "*/*.npy",
        "*/*.npy",
    ),
    ("{}-0.npy", "2024.01.31 2024.02.01", "t_{}.npy", "20240131-0 20240201-0", "*.npy", "*.npy"),
    ("t{}.npy", "9a 9b 10", "y{}.npy", "9a 9b 10", "*.npy", "*.npy"),
]


@pytest.mark.parametrize(("mine", "ones", "theirs", "others", "ends", "their_ends"), ALIKE)
def test_folders_and_files_with_the_same_numbers_go_together(
    tmp_path: Path, mine: str, ones: str, theirs: str, others: str, ends: str, their_ends: str
) -> None:
    p = numbered(tmp_path / "p", ones.split(), mine) / ends
    t = numbered(tmp_path / "t", others.split(), theirs) / their_ends
    assert evaluate(p, t, L1).values == (0.0,)


def test_the_leftmost_numbers_that_identify_the_files_are_enough(tmp_path: Path) -> None:
    p = arrays(tmp_path / "p", [f"fold={i}/part-{j}-tid-8{i}{j}.npy" for i in "01" for j in "01"])
    t = arrays(tmp_path / "t", [f"fold={i}/part-{j}-tid-9{j}{i}.npy" for i in "01" for j in "01"])
    assert evaluate(p / "*/*.npy", t / "*/*.npy", L1).values == (0.0,)


@pytest.mark.parametrize("values", [[-1.0, 0.0, 1.0], [0.25, 0.5, 0.75, 1.0], [1e-5, 1e-4, 1e-3]])
def test_the_partitions_of_a_dataset_are_in_the_order_of_their_values(
    tmp_path: Path, values: list[float]
) -> None:
    if values[0] < 0:
        column = pa.array([int(value) for value in values for _ in range(4)])
    else:
        column = pa.array([value for value in values for _ in range(4)])
    y = np.arange(len(column)) + 0.5
    ds.write_dataset(
        pa.table({"x": column, "y": y}),
        tmp_path / "p",
        format="parquet",
        partitioning=["x"],
        partitioning_flavor="hive",
        max_rows_per_file=2,
        max_rows_per_group=2,
    )
    np.save(tmp_path / "t.npy", y)
    found = evaluate(tmp_path / "p/*/*.parquet", tmp_path / "t.npy", L1, pred=("y",))
    assert found.values == (0.0,)


CITIES, OTHER_CITIES = ["berlin", "bonn", "dresden"], ["aachen", "berlin", "bonn"]
SUFFIXES = [".npy", ".csv", ".csv.gz", ".parquet", ".arrow", ".arrows"]

ALIASES = {".pq": ".parquet", ".feather": ".arrow", ".ipc": ".arrow", ".ipc.zst": ".arrow"}
ALIASES |= {".tsv": ".csv", ".txt": ".csv", ".CSV": ".csv", ".csv.GZ": ".csv.gz"}


def saved(folder: Path, names: Sequence[str]) -> str:
    """A file of one row for each name, in the format that the name says."""
    folder.mkdir()
    for i, name in enumerate(names):
        kind = name[name.find(".") :]
        path = folder / f"x{ALIASES.get(kind, kind)}"
        if kind == ".npy":
            np.save(path, [i + 1.0])
        else:
            save_table(path, {"y": [i + 1.0]})
        path.rename(folder / name)
    return str(folder)


@pytest.mark.filterwarnings("ignore:.*the content is not compressed")
@pytest.mark.parametrize("suffix", [*SUFFIXES, *ALIASES])
def test_names_are_compared_without_the_suffixes_of_formats(tmp_path: Path, suffix: str) -> None:
    p = saved(tmp_path / "p", [f"{city}{suffix}" for city in CITIES])
    for other in (".npy", ".csv"):
        t = saved(tmp_path / f"t{other}", [f"{city}{other}" for city in OTHER_CITIES])
        with pytest.raises(DataError, match=r"file 1 of 3 is .* names differ.*--key COL"):
            evaluate(p, t, L1)
        with pytest.raises(DataError, match=r"file 1 of 3 is .* names differ.*--key COL"):
            evaluate(t, p, L1)


@pytest.mark.filterwarnings("ignore:.*the content is not compressed")
@pytest.mark.parametrize("suffix", [*SUFFIXES, *ALIASES])
def test_names_that_agree_without_the_suffixes_go_together(tmp_path: Path, suffix: str) -> None:
    p = saved(tmp_path / "p", [f"{city}{suffix}" for city in CITIES])
    for other in (".npy", ".csv"):
        t = saved(tmp_path / f"t{other}", [f"{city}{other}" for city in CITIES])
        assert evaluate(p, t, L1).values == (0.0,)
    months = [
        saved(tmp_path / x, [f"jan{y}", f"feb{y}"]) for x, y in (("a", suffix), ("b", ".npy"))
    ]
    assert evaluate(*months, L1).values == (0.0,)


@pytest.mark.parametrize(
    ("ones", "others", "is_told"),
    [
        ("de en fr", "english french german", True),
        ("1 2 3 4", "autumn spring summer winter", True),
        ("de en fr", "de_DE en_GB fr_FR", False),
        ("ber bo osl", "berlin bonn oslo", False),
        ("apr aug dec", "04 08 12", False),
        ("first rest", "x y", False),
        ("high low medium", "risk1 risk2 risk3", True),
        ("b g r", "0 1 2", True),
        ("e n s w", "0 1 2 3", True),
        ("berlin oslo x", "1 2 3", True),
        ("a b c", "1 2 3", False),
        ("u v w", "1 2 3", False),
        ("part-0 part-1", "xaa xab", False),
        ("bern_1 oslo_2", "part-1 part-2", False),
        ("3f2a9c1e-aaaa-4bbb-8ccc-1234567890ab", "oslo", False),
    ],
)
def test_names_with_nothing_in_common_are_told(
    tmp_path: Path, ones: str, others: str, *, is_told: bool
) -> None:
    p, t = (
        numbered(tmp_path / side, names.split(), "{}.npy") / "*.npy"
        for side, names in (("p", ones), ("t", others))
    )
    said: list[str] = []
    assert evaluate(p, t, L1, warn=said.append).values == (0.0,)
    assert ["which have nothing in common" in text for text in said] == [True] * is_told


NUMBERS_OF_MOST = [
    ("2019 2020 mean", "avg y2020 y2021"),
    ("day1 day2 final", "d2 d3 last"),
    ("FLAIR T1 T2", "mod1 mod2 mod3"),
    ("B02 B03 B04 B11 B12 B8A", "1 2 3 4 5 6"),
    ("q0.25 q0.5 mean", "avg t0.5 t0.75"),
    ("2024-01-31 2024-02-01 latest", "20240201 20240202 mean"),
]
NUMBERS_OF_MOST_ALIKE = [
    ("2024-01-31 2024-02-01 latest", "20240131 20240201 mean"),
    ("q0.25 q0.5 x", "t0.250 t0.50 y"),
    ("p_08 p_09 p_0a", "8 9 10"),
    ("1 2 first", "p1 p2 x"),
    ("1_a 2_a bern", "1_b 2_b oslo"),
]


@pytest.mark.parametrize(("ones", "others"), NUMBERS_OF_MOST)
def test_numbers_are_compared_though_a_few_names_have_none(
    tmp_path: Path, ones: str, others: str
) -> None:
    p, t = (
        numbered(tmp_path / side, names.split(), "{}.npy") / "*.npy"
        for side, names in (("p", ones), ("t", others))
    )
    for pair in ((p, t), (t, p)):
        with pytest.raises(DataError, match="numbers in the names differ"):
            evaluate(*pair, L1)
    assert evaluate(p, t, L1, options=LOOSE).n == len(ones.split())


@pytest.mark.parametrize(("ones", "others"), NUMBERS_OF_MOST_ALIKE)
def test_numbers_of_most_names_that_are_the_same_go_together(
    tmp_path: Path, ones: str, others: str
) -> None:
    p, t = (
        numbered(tmp_path / side, names.split(), "{}.npy") / "*.npy"
        for side, names in (("p", ones), ("t", others))
    )
    assert evaluate(p, t, L1, warn=str).n == len(ones.split())


NAMED_BEHIND_A_COUNTER = [
    "N46E007 N46E008 N47E007 S01W079",
    "ACCESS-CM2_ssp126 ACCESS-CM2_ssp585 MPI-ESM_ssp126",
    "ablation1 ablation2 baseline",
    "ctl mem00 mem01",
    "v_ApplyEyeMakeup_g01_c01 v_ApplyEyeMakeup_g01_c02 v_Archery_g01_c01",
    "S1A_20240101_asc S1A_20240113_asc S1B_20240107_asc",
    "rcp45 rcp85",
]


@pytest.mark.parametrize("counted", ["{:02d}_{}", "pred_{}-{}", "{}_{}_pred", "{:03d}/{}"])
@pytest.mark.parametrize("names", NAMED_BEHIND_A_COUNTER)
def test_a_counter_before_the_whole_name_of_each_counterpart_says_nothing(
    tmp_path: Path, names: str, counted: str
) -> None:
    all_counted = [f"{counted.format(i, name)}.npy" for i, name in enumerate(names.split(), 9)]
    p = arrays(tmp_path / "p", all_counted) / "**/*.npy"
    t = numbered(tmp_path / "t", names.split(), "{}.npy") / "*.npy"
    for pair in ((p, t), (t, p)):
        assert evaluate(*pair, L1).values == (0.0,)


@pytest.mark.parametrize(
    ("ones", "others"),
    [
        ("0_1 1_2", "1 2"),
        ("0_5m 5_9m", "5m 9m"),
        ("1.5k 2.6k", "5k 6k"),
        ("0_x2 1_x3 2_base", "x1 x2 base2"),
        ("0_x-2 1_x-3 2_base", "x1 x2 y"),
    ],
)
def test_numbers_are_compared_unless_names_that_begin_with_a_letter_follow_the_counter(
    tmp_path: Path, ones: str, others: str
) -> None:
    p, t = (
        numbered(tmp_path / side, names.split(), "{}.npy") / "*.npy"
        for side, names in (("p", ones), ("t", others))
    )
    with pytest.raises(DataError, match="in the names differ"):
        evaluate(p, t, L1)


ALIKE = [
    ("Los_Angeles New_York Zurich", "Los Angeles,New York,Zurich"),
    ("electricity exchange_rate traffic", "electricity,exchange-rate,traffic"),
    ("001.Black_footed 002.Laysan_Albatross", "001.Black footed,002.Laysan Albatross"),
    ("New_York S\u00e3o_Paulo Z\u00fcrich", "New_York,Sa\u0303o_Paulo,Zu\u0308rich"),
    ("chr1 chr2 chr10 chrX chrY", "chr01,chr02,chr10,chrX,chry"),
    ("T1 T2 FLAIR", "T01,T02,FLAIR"),
    ("2024-01 2024-02 2024-11", "202401,202402,202411"),
    ("20240101 20240102 20240104", "00_20240101,01_20240102,02_20240104"),
    ("06610 06770", "1_06610,2_06770"),
    ("1 2 background", "00_1,01_2,02_background"),
    ("New_York Zurich", "1_new york,2_zurich"),
    ("Bern_CH Oslo_NO Paris", "Bern (CH),Oslo (NO),Paris"),
    ("group sub-01 sub-02", "group,sub01,sub02"),
    ("ERA-5 GFS ICON-D2", "ERA5,GFS,ICON_D2"),
    ("Los_Angeles New_York Zurich", "LosAngeles,NewYork,Zurich"),
    ("10C 20C ref", "10\u00b0C,20\u00b0C,ref"),
    ("1_2 2_3 3_1", "1,2,3"),
]


@pytest.mark.parametrize(("ones", "others"), ALIKE)
def test_names_that_differ_in_spelling_go_together(tmp_path: Path, ones: str, others: str) -> None:
    p = numbered(tmp_path / "p", ones.split(), "{}.npy")
    t = numbered(tmp_path / "t", others.split(","), "{}.npy")
    for pair in ((p, t), (t, p)):
        assert evaluate(*pair, L1).values == (0.0,)


def test_folders_of_days_go_with_days(tmp_path: Path) -> None:
    days = ["2023/12/31", "2024/01/01", "2024/01/02"]
    p = arrays(tmp_path / "p", [f"{day}.npy" for day in days]) / "**/*.npy"
    t = arrays(tmp_path / "t", [f"{day.replace('/', '')}.npy" for day in days])
    assert evaluate(p, t, L1).values == (0.0,)


@pytest.mark.parametrize(
    ("ones", "others"),
    [
        ("lag_-1 x", "lag_1 x"),
        ("a.05 x", "a.5 x"),
        ("x+1 y", "x-1 y"),
        ("a_b a-b x", "a_b a b"),
        ("snr-5 snr0 x", "snr0 snr5 x"),
        ("q.5 x", "q5 x"),
        ("T_\u22125 x", "T_5 x"),
        ("w_0_05 x", "w_0.5 x"),
        ("1.5 x", "1-5 x"),
        ("t_<5 x", "t_>5 x"),
        ("T\u221210 x", "T10 x"),
        ("lr1e-3 x", "lr1e3 x"),
        ("CD4- x", "CD4 x"),
        ("\u0930\u092e\u093e x", "\u0930\u0940\u092e\u093e x"),
        ("de-en en-de en-fr", "00_en-de 01_en-fr 02_de-en"),
        ("1 2 10 X MT", "00_1 01_2 02_10 03_X 04_MT"),
        ("apr feb jan", "1_jan 2_feb 3_apr"),
    ],
)
def test_names_that_differ_in_more_do_not(tmp_path: Path, ones: str, others: str) -> None:
    p, t = (
        numbered(tmp_path / side, names.split(), "{}.npy")
        for side, names in (("p", ones), ("t", others))
    )
    for pair in ((p, t), (t, p)):
        with pytest.raises(DataError, match=r"the (names|numbers|words).* differ, so rows may be"):
            evaluate(*pair, L1)


def test_marks_of_most_names_that_are_the_same_go_together(tmp_path: Path) -> None:
    p = numbered(tmp_path / "p", ["00_x1", "01_x2", "02_mean"], "{}.npy") / "*.npy"
    t = numbered(tmp_path / "t", ["x1", "x2", "y"], "{}.npy") / "*.npy"
    assert evaluate(p, t, L1, warn=str).values == (0.0,)


def test_words_beside_numbers_are_told_if_most_names_have_numbers(tmp_path: Path) -> None:
    names = [*map(str, range(1, 7)), "M", "X", "Y"]
    p = numbered(tmp_path / "p", names, "chr{}.npy")
    t = numbered(tmp_path / "t", [*map(str, range(1, 7)), "23", "24", "26"], "{}.npy")
    said: list[str] = []
    assert evaluate(p, t, L1, warn=said.append).values == (0.0,)
    assert "chrM.npy is paired with" in said[0]
    assert "23.npy, and 2 more files so, by the order of names, which have nothing" in said[0]


@pytest.mark.parametrize("other", ["{}_{}", "station_{}/year_{}", "{}/{}_obs", "{}-{}"])
def test_folders_of_words_and_files_of_years_go_with_names_of_both(
    tmp_path: Path, other: str
) -> None:
    both = [(city, year) for city in ("bern", "oslo") for year in (2024, 2025)]
    p = arrays(tmp_path / "p", [f"{city}/{year}.npy" for city, year in both])
    t = arrays(tmp_path / "t", [f"{other.format(*of)}.npy" for of in both])
    assert evaluate(p / "**/*.npy", t / "**/*.npy", L1).values == (0.0,)
    np.save(tmp_path / "y.npy", np.arange(4) + 1.0)
    with pytest.raises(DataError, match=r"oslo/2024.npy and bern/2025.npy may be named by"):
        evaluate(p / "**/*.npy", tmp_path / "y.npy", L1)


AFFIXES = [("{}_pred", "{}"), ("pred_{}", "target_{}"), ("{}.pred", "{}.true"), ("p-{}-0", "{}_t")]


@pytest.mark.parametrize(("mine", "theirs"), AFFIXES)
def test_names_are_compared_without_the_words_that_all_have(
    tmp_path: Path, mine: str, theirs: str
) -> None:
    p = arrays(tmp_path / "p", [f"{mine.format(city)}.npy" for city in CITIES])
    t = arrays(tmp_path / "t", [f"{theirs.format(city)}.npy" for city in OTHER_CITIES])
    alike = arrays(tmp_path / "y", [f"{theirs.format(city)}.npy" for city in CITIES])
    others = arrays(tmp_path / "o", [f"{theirs.format(city)}.npy" for city in ("a", "ber", "bo")])
    with pytest.raises(DataError, match=r"file 1 of 3 is .*the names differ.*--key COL"):
        evaluate(p, t, L1)
    assert evaluate(p, alike, L1).values == (0.0,)
    assert evaluate(p, others, L1, warn=str).values == (0.0,)


DOUBTFUL = [
    (["t2.5.npy", "t2.25.npy"], "2.25 and 2.5 may be fractions or versions"),
    (["r0.10.npy", "r0.5.npy", "r0.9.npy"], "0.10 and 0.5 may be fractions or versions"),
    (["m1.8.npy", "m1.9.npy", "m1.11.npy"], "1.11 and 1.8 may be fractions or versions"),
    (["x9a.npy", "x9b.npy", "x10.npy"], "x10 and x9b may have hexadecimal digits"),
    (["1pm.npy", "11am.npy"], "11am.npy and 1pm.npy may be named by times of day"),
    (["bern_2.npy", "oslo_1.npy"], "oslo_1 and bern_2 may be in the order of their numbers"),
]


@pytest.mark.parametrize(("names", "why"), DOUBTFUL)
def test_an_order_in_doubt_is_refused_where_it_matters(
    tmp_path: Path, names: list[str], why: str
) -> None:
    p = arrays(tmp_path / "p", names)
    np.save(tmp_path / "t.npy", np.arange(len(names)) + 1.0)
    with pytest.raises(DataError, match=rf"the order of its files is in doubt: {why}.*--key COL"):
        evaluate(p, tmp_path / "t.npy", L1)
    with pytest.raises(DataError, match="p: the order of its files is in doubt"):
        evaluate(tmp_path / "t.npy", p, L1)
    assert evaluate(p, tmp_path / "t.npy", L1, options=LOOSE).n == len(names)
    alike = arrays(tmp_path / "y", names)
    assert evaluate(p, alike, L1).values == (0.0,)


@pytest.mark.parametrize(
    ("header", "key"),
    [("id,v", "id"), ("v,house_id", "house_id"), ("v,w", "COL"), ("id,user_id", "COL")],
)
def test_the_key_that_settles_how_files_go_together_is_the_only_id_of_both_sides(
    tmp_path: Path, header: str, key: str
) -> None:
    for side, numbers in (("p", (1, 3)), ("t", (1, 2))):
        (tmp_path / side).mkdir()
        for i in numbers:
            text = f"{header},{side}\n{i},{i},1\n"
            (tmp_path / side / f"{side}-{i}.csv").write_text(text)
    with pytest.raises(DataError, match=rf"numbers in the names differ.*\[--key {key} matches"):
        evaluate(tmp_path / "p", tmp_path / "t", L1, pred="p", target="t")


def test_an_order_in_doubt_does_not_matter_to_one_table_or_to_a_key(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    for i, name in enumerate(("t2.25", "t2.5")):
        (tmp_path / "p" / f"{name}.csv").write_text(f"id,p,t\n{i},{i}.5,{i}\n")
    (tmp_path / "t.csv").write_text("id,t\n0,0\n1,1\n")
    both = evaluate(tmp_path / "p", None, L1, pred=("p",), target=("t",))
    keyed = evaluate(tmp_path / "p", tmp_path / "t.csv", L1, pred=("p",), key=("id",))
    assert (both.values, keyed.values) == ((1.0,), (1.0,))


def test_the_order_of_files_is_told_with_their_folders(tmp_path: Path) -> None:
    p = numbered(tmp_path / "p", ["0", "1"], "fold={}/part-0.npy")
    np.save(tmp_path / "t.npy", [1.0, 2.0])
    found = evaluate(p / "*/*.npy", tmp_path / "t.npy", L1, warn=str)
    told = next(decision for decision in found.decisions if decision.subject == "order of shards")
    assert told.reason == "2 files, fold=0/part-0.npy to fold=1/part-0.npy"


WORDS_ELSEWHERE = [
    ("1_oslo 2_bern", "1_bern 2_oslo"),
    ("OSLO ROME bern", "Bern Oslo Rome"),
    ("AAPL GOOG MSFT", "1_MSFT 2_AAPL 3_GOOG"),
    ("fold1_B fold2_A", "A_fold1 B_fold2"),
]
NUMBERS_ELSEWHERE = [
    ("x0_y1 x1_y0", "y0_x1 y1_x0"),  # the leftmost numbers are those of x, and of y
    ("epoch1_fold2 epoch2_fold1", "fold1 fold2"),
    ("oslo_x0 oslo_x1 bern_x0 bern_x1", "x0_oslo x1_oslo x0_bern x1_bern"),
    ("bern_2 lima_3 oslo_1", "part-1 part-2 part-3"),
    ("bern_1 bern_2 oslo_1 oslo_2", "1_bern 1_oslo 2_bern 2_oslo"),
    ("bern1 bern2 oslo1 oslo2", "fold1_bern fold1_oslo fold2_bern fold2_oslo"),
    ("s_1k s_2k s_1M", "s_1000 s_2000 s_1000000"),
]
NUMBERS_ALIKE = [
    ("bern_1 bern_2 oslo_3", "1_bern 2_bern 3_oslo"),
    ("x0_y5 x1_y6", "y5_x0 y6_x1"),
    ("bern_2 lima_3 oslo_1", "bern-x0 lima-x0 oslo-x0"),
    ("bern_2 lima_3 oslo_1", "bern-x1 lima-x2 oslo-x3"),
    ("a1_b2 a1_b3 a2_b1", "a01-b2 a01-b3 a02-b1"),
]
WORDS_ALIKE = [
    ("1_oslo_lstm 2_bern_lstm", "1OSLO 2BERN"),
    ("1_bern 2_oslo", "1_a 2_b"),
    ("1_3f2a9c1e00c0ffee-ab 2_4f2a9c1e00c0ffee-ab", "1_ab-4f2a9c1e00c0ffee 2_ab-3f2a9c1e00c0ffee"),
]


@pytest.mark.parametrize(("ones", "others"), WORDS_ELSEWHERE)
def test_words_at_other_places_contradict_the_order(tmp_path: Path, ones: str, others: str) -> None:
    p, t = (
        numbered(tmp_path / side, names.split(), "{}.npy") / "*.npy"
        for side, names in (("p", ones), ("t", others))
    )
    with pytest.raises(DataError, match="words in the names differ"):
        evaluate(p, t, L1)


@pytest.mark.parametrize(("ones", "others"), WORDS_ALIKE)
def test_words_that_do_not_tell_files_apart_say_nothing(
    tmp_path: Path, ones: str, others: str
) -> None:
    p, t = (
        numbered(tmp_path / side, names.split(), "{}.npy") / "*.npy"
        for side, names in (("p", ones), ("t", others))
    )
    assert evaluate(p, t, L1).values == (0,)


@pytest.mark.parametrize(("ones", "others"), NUMBERS_ELSEWHERE)
def test_numbers_after_the_same_words_at_other_places_contradict_the_order(
    tmp_path: Path, ones: str, others: str
) -> None:
    p, t = (
        numbered(tmp_path / side, names.split(), "{}.npy") / "*.npy"
        for side, names in (("p", ones), ("t", others))
    )
    with pytest.raises(DataError, match="numbers in the names differ"):
        evaluate(p, t, L1)
    assert evaluate(p, t, L1, options=LOOSE).n == len(ones.split())


@pytest.mark.parametrize(("ones", "others"), NUMBERS_ALIKE)
def test_numbers_after_the_same_words_go_together_in_any_order_within_names(
    tmp_path: Path, ones: str, others: str
) -> None:
    p, t = (
        numbered(tmp_path / side, names.split(), "{}.npy") / "*.npy"
        for side, names in (("p", ones), ("t", others))
    )
    assert evaluate(p, t, L1).values == (0.0,)
