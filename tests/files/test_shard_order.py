"""The order of files by their names: signs, fractions, versions and hexadecimal digits."""

from __future__ import annotations

import pytest

from smoothl1.files.shard_names import in_order, order_of

SIGNED = [
    [f"lag={lag}/part-{i}.parquet" for lag in (-1, 0, 1) for i in (0, 1, 2)],
    [f"lag={lag}/part-{i}.parquet" for lag in (-10, -9) for i in (0, 1, 10)],
    [
        f"lat={lat}/part-{i:05}-3f2a9c1e-aaaa-4bbb-8ccc-1234567890ab.c000.snappy.parquet"
        for lat in (-5, 5)
        for i in (0, 1)
    ],
    [f"lag{lag}_part-{i}.csv" for lag in (-1, 0, 1) for i in (0, 1)],
    ["lag-1.npy", "lag+0.npy", "lag+1.npy"],
    ["lag+1.npy", "lag+2.npy", "lag+10.npy"],
    ["lag--1.npy", "lag-0.npy", "lag-1.npy"],
    ["lat-2.5", "lat0", "lat2.5"],
    ["lag=-1.5", "lag=0", "lag=1.5"],
    ["lag=-1.5", "lag=-1.25", "lag=-1"],
    ["-10.csv", "-9.csv", "-1.csv"],
    ["lag_-3", "lag_-2", "lag_-1"],
    ["part-1", "part-2", "part-10"],
    ["2024-01-01--2024-01-31", "2024-01-01--2024-02-29", "2024-01-01--2024-10-31"],
    ["bin_-20--15", "bin_-10--5", "bin_-5-0", "bin_0-5"],
    ["x/run-1/p-0", "x/run-1/p-1", "x/run-2/p-0"],
]

FRACTIONS = [
    [f"quantile={q}/part-0.parquet" for q in ("0.25", "0.5", "0.75", "1")],
    [f"quantile={q}" for q in ("0.025", "0.5", "0.975", "1")],
    ["lr=1e-05", "lr=0.0001", "lr=0.001"],
    ["lr2e-05.csv", "lr1e-04.csv", "lr0.001.csv", "lr1e+01.csv"],
    ["lr1e-5", "lr1e-4", "lr1e-3"],
    ["q0.25", "q0.5", "q0.75", "q1"],
    ["q0.25.npy", "q0.5.npy", "q0.75.npy", "q1.0.npy"],
    ["t1.25", "t1.5", "t1.75", "t2"],
    ["t7.25", "t7.5", "t7.75", "t8"],
    ["t5.05", "t5.1", "t5.5"],
    [f"lr=0.{lr}/fold_{fold}" for lr in ("01", "1") for fold in (-1, 1, 2)],
]

VERSIONS = [
    ["model_1.8", "model_1.9", "model_1.10"],
    ["model_1.8.csv", "model_1.9.csv", "model_1.10.csv", "model_2.csv"],
    ["version=1.8", "version=1.9", "version=1.10"],
    ["v0.9", "v0.11"],
    ["v1", "v1.2", "v1.10", "v2.1"],
    ["r0.8", "r0.9", "r0.10", "r0.11"],
    ["x1.9.3", "x1.10", "x1.10.2"],
    ["data.v2.csv", "data.v10.csv"],
    ["2024.9.csv", "2024.10.csv"],
]

LETTERS = [
    ["p9_ab.csv", "p10_a.csv"],
    ["fold9x", "fold10"],
    [f"p_{i:02x}.csv" for i in range(20)],
    [f"{i:02x}/{j:02x}.csv" for i in (9, 10, 16, 255) for j in (9, 10, 16)],
    [f"lat={lat}/{i:02x}" for lat in (-5, 10) for i in (0, 1, 10, 16)],
    ["b1", "b2", "f9", "f10"],
    ["e9", "f1", "f2", "f10", "f11"],
    ["p_1", "p_2", "p_f1", "p_f2", "p_f10"],
    ["x_a", "x_b", "x_f9", "x_f10"],
    ["f9.npy", "f10.npy", "f100.npy"],
    ["pef", "pf000", "pf009", "pf00a", "pf010"],
    ["ef", "f00e", "f00f", "f010", "fe00", "ff0000"],
    ["x08", "x09", "x0a", "xf000"],
    ["01ARZ3NDEKTSV4RRFFQ69G5FAV", "01ARZ3NDEKTSV4RRFFQ69GAAAA", "01BX5ZZKBKACTAV9WEVGEMMVRZ"],
]


@pytest.mark.parametrize("names", SIGNED)
def test_a_hyphen_is_a_minus_only_where_a_sign_can_stand(names: list[str]) -> None:
    assert in_order(names[::-1]) == names
    assert in_order(sorted(names)) == names


@pytest.mark.parametrize("names", FRACTIONS)
def test_fractions_are_read_place_by_place(names: list[str]) -> None:
    assert in_order(names[::-1]) == names
    assert in_order(sorted(names)) == names


@pytest.mark.parametrize("names", VERSIONS)
def test_versions_are_no_fractions(names: list[str]) -> None:
    assert in_order(names[::-1]) == names
    assert in_order(sorted(names)) == names


@pytest.mark.parametrize("names", LETTERS)
def test_letters_between_digits_count_only_in_names_of_one_form(names: list[str]) -> None:
    assert in_order(names[::-1]) == names
    assert in_order(sorted(names)) == names


@pytest.mark.parametrize(
    "names",
    [
        ["ckpt_9_1.25.npy", "ckpt_10_1.3.npy", "ckpt_11_1.117.npy"],
        ["run1/loss-2.5.npy", "run2/loss-2.25.npy"],
        ["2024-01-01/9a", "2024-01-02/10", "2024-01-03/9b"],
        ["9a", "9b", "10a", "10b"],
        ["t2.05", "t2.5"],
    ],
)
def test_what_does_not_decide_the_order_raises_no_doubt(names: list[str]) -> None:
    assert order_of(names[::-1]) == (names, "")
