"""Rows that keys leave out: counted, and the same numbers as of files without them."""

from __future__ import annotations

import io
import itertools
import json
import random
import re
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from smoothl1 import DataError, Execution, ReadOptions, Result, compare, evaluate
from smoothl1.errors import SettingsError
from smoothl1.running.evaluate import LossOutput
from tests import oracle
from tests.schema import VALIDATOR

if TYPE_CHECKING:
    from pathlib import Path

BETA = 0.5
POLICIES = list(itertools.product(("error", "omit"), ("error", "first", "identical")))


class Row(NamedTuple):
    key: str
    value: float
    weight: float
    group: str


def rows_of(seed: int, keys: str, n: int) -> list[Row]:
    """Rows with random keys, whose repeats are identical unless the seed is odd."""
    chosen = random.Random(seed)
    known: dict[str, Row] = {}
    found = []
    for _ in range(n):
        key = chosen.choice(keys)
        row = Row(key, chosen.uniform(-3, 3), chosen.randint(1, 4), chosen.choice("gh"))
        found.append(known.setdefault(key, row) if seed % 2 == 0 else row)
    return found


def kept(sides: list[list[Row]], unmatched: str, duplicates: str) -> list[list[Row]] | None:
    """The rows of all sides that go together, in the order of the first; None if refused."""
    firsts: list[dict[str, Row]] = []
    for rows in sides:
        first: dict[str, Row] = {}
        for row in rows:
            if row.key in first:
                if duplicates == "error" or (duplicates == "identical" and row != first[row.key]):
                    return None
            else:
                first[row.key] = row
        firsts.append(first)
    common = set.intersection(*map(set, firsts))
    if not common or (unmatched == "error" and any(set(first) != common for first in firsts)):
        return None
    return [[first[key] for key in firsts[0] if key in common] for first in firsts]


def table(rows: list[Row], *, is_pred: bool = True) -> pa.Table:
    columns = {"k": [row.key for row in rows], "v": [row.value for row in rows]}
    if is_pred:
        columns |= {"w": [row.weight for row in rows], "g": [row.group for row in rows]}
    return pa.table(columns)


def run(pred: Any, target: Any, policies: tuple[str, str], /, **more: Any) -> Result:
    columns = {"pred": "v", "target": "v", "key": "k", "betas": BETA}
    said: list[str] = []
    given = dict(zip(("unmatched", "duplicates"), policies, strict=True))
    return evaluate(pred, target, **{**columns, **given, "warn": said.append, **more})


def counts(result: Result) -> list[tuple[int, int]]:
    return [(side.unmatched, side.duplicates) for side in result.inputs]


@pytest.mark.parametrize("policies", POLICIES, ids="-".join)
@pytest.mark.parametrize("seed", range(6))
def test_what_is_kept_is_that_of_plain_loops(seed: int, policies: tuple[str, str]) -> None:
    both = [rows_of(seed, "abcdefgh", 9), rows_of(seed + 2, "abcdefgi", 7)]
    if seed > 3:  # the same keys in the same order, but for rows that only one side has
        both[1] = [row for row in both[0] if row.key != "b"]
    wanted = kept(both, *policies)
    tables = table(both[0]), table(both[1], is_pred=False)
    for execution in (Execution(1, 1), Execution(2, 4)):
        if wanted is None:
            with pytest.raises(DataError):
                run(*tables, policies, execution=execution)
            continue
        result = run(*tables, policies, execution=execution, weight="w", by="g", top=3)
        pairs = list(zip(*wanted, strict=True))
        for group, tally in zip(result.groups, result.tallies, strict=True):
            some = [(x, y) for x, y in pairs if x.group == group.group]
            losses = [Fraction(x.weight * oracle.loss(x.value, y.value, BETA)) for x, y in some]
            assert (tally.n, tally.sum) == (len(some), float(sum(losses)))
        assert sum(tally.n for tally in result.tallies) == len(pairs)
        for rows, (unmatched, duplicates) in zip(both, counts(result), strict=True):
            assert duplicates == len(rows) - len({row.key for row in rows})
            assert unmatched == len({row.key for row in rows}) - len(pairs)
        for worst in result.top:  # rows are counted as in the file
            assert both[0][worst.row - 1].value == worst.pred
        document = result.to_json()
        VALIDATOR.validate(document)
        assert Result.from_json(json.dumps(document)) == result


def test_files_of_every_kind_shards_and_chunks_give_the_same_bits(tmp_path: Path) -> None:
    both = [rows_of(10, "abcdefghijklmnop", 40), rows_of(12, "abcdefghijklmnqr", 40)]
    policies = ("omit", "identical")
    wanted = run(table(both[0]), table(both[1], is_pred=False), policies)
    for i, rows in enumerate(both):
        whole = table(rows, is_pred=i == 0)
        pyarrow.csv.write_csv(whole, tmp_path / f"{i}.csv")
        pq.write_table(whole, tmp_path / f"{i}.parquet", row_group_size=7)
        (tmp_path / f"s{i}").mkdir()
        for j, start in enumerate(range(0, 40, 11)):
            pq.write_table(whole.slice(start, 11), tmp_path / f"s{i}" / f"part-{j}.parquet")
    for one, other in (("0.csv", "1.parquet"), ("0.parquet", "1.csv"), ("s0", "s1")):
        for rows in (1, 5, 1000):
            paths = [tmp_path / name for name in (one, other)]
            found = run(*paths, policies, execution=Execution(2, rows))
            assert found.tallies == wanted.tallies
            assert counts(found) == counts(wanted)


def test_losses_of_elements_and_weights_of_a_file_follow_the_rows_of_the_predictions(
    tmp_path: Path,
) -> None:
    pred = pa.table({"k": ["c", "x", "a", "c", "b"], "v": [1.0, 9.0, 2.0, 1.0, 3.0]})
    target = pa.table({"k": ["a", "b", "c", "d"], "v": [2.5, 3.0, 2.0, 1.0]})
    weights = np.array([2.0, 7.0, 3.0, 2.0, 4.0])
    out = io.BytesIO()
    how: dict[str, Any] = {"losses_to": LossOutput(out, "text"), "reduction": "none"}
    result = run(pred, target, ("omit", "identical"), weights=weights, **how)
    losses = [2 * oracle.loss(1.0, 2.0, BETA), 3 * oracle.loss(2.0, 2.5, BETA), 0.0]
    keyed = zip("cab", losses, strict=True)
    assert out.getvalue().decode() == "".join(f"{key}\t{loss!r}\n" for key, loss in keyed)
    assert result.mean == float(sum(map(Fraction, losses)) / 9)
    with pytest.raises(DataError, match="row 4 repeats key 'c' of row 1 with other values"):
        run(pred, target, ("omit", "identical"), weights=np.array([2.0, 7.0, 3.0, 5.0, 4.0]))
    short = tmp_path / "w.csv"
    short.write_text("w\n" + "1.0\n" * 4)
    for some in (weights[:4], short):
        with pytest.raises(DataError, match=r"5 rows|4 rows"):
            run(pred, target, ("omit", "first"), weights=some)


@pytest.mark.parametrize(
    ("key", "names"),
    [("k", "kk"), ("a=b", ("a=b", "a=b")), ("k=id", ("k", "id")), ("@1", "kk")],
)
def test_weights_whose_keys_stand_elsewhere_are_refused_though_rows_are_left_out(
    tmp_path: Path, key: str, names: tuple[str, str]
) -> None:
    pred = pa.table({names[0]: ["a", "b", "c"], "v": [1.0, 2.0, 3.0]})
    target = pa.table({names[1]: ["b", "c"], "v": [2.0, 4.0]})
    for name, text in (("right", "a,5\nb,1\nc,9\n"), ("wrong", "c,9\nb,1\na,5\n")):
        (tmp_path / f"{name}.csv").write_text(f"{names[0]},w\n{text}")
    right = run(pred, target, ("omit", "error"), weights=tmp_path / "right.csv", key=key)
    assert right.mean == 0.9 * oracle.loss(3.0, 4.0, BETA)
    with pytest.raises(DataError, match=rf"'{names[0]}' differs .*weights must be in the order"):
        run(pred, target, ("omit", "error"), weights=tmp_path / "wrong.csv", key=key)


def test_several_models_keep_the_keys_that_all_have() -> None:
    values = {"k": list("abcd"), "v": [1.0, 2.0, 3.0, 4.0]}
    models = [
        pa.table(values),
        pa.table({"k": list("dcax"), "v": [4.5, 3.0, 1.5, 0.0]}),
        pa.table({"k": list("abda"), "v": [1.0, 2.5, 4.0, 1.0]}),
    ]
    target = pa.table({"k": list("dabcz"), "v": [4.0, 1.0, 2.0, 3.0, 0.0]})
    given = {"target": "v", "key": "k", "unmatched": "omit", "duplicates": "first"}
    said: list[str] = []
    ranking = compare(*models, target, pred="v", warn=said.append, **given)
    assert not any("differ" in one for one in said)
    means = {ranking.models[m.place]: m.tally.mean for _, _, r in ranking.entries for m in r}
    assert list(means.values()) == [0.0, 0.0, 0.125]  # of "a" and "d" alone
    assert [(s.unmatched, s.duplicates) for s in ranking.inputs] == [(2, 0), (2, 0), (1, 1), (3, 0)]
    assert ranking.to_arrow()["unmatched"].to_pylist() == [8, 8, 8]


def test_repeats_are_the_same_only_to_the_bit() -> None:
    target = pa.table({"k": ["a", "b"], "v": [1.0, 2.0]})
    zeros = pa.table({"k": ["a", "b", "a"], "v": [0.0, 2.0, -0.0]})
    with pytest.raises(DataError, match="row 3 repeats key 'a' of row 1 with other values"):
        run(zeros, target, ("error", "identical"))
    missing = pa.table({"k": ["a", "b", "a"], "v": [None, 2.0, None]})
    options = ReadOptions(allow_missing=True)
    found = run(missing, target, ("error", "identical"), nan="omit", options=options)
    assert (found.tallies[0].n, found.tallies[0].n_omitted, counts(found)[0]) == (1, 1, (0, 1))


def test_one_table_drops_its_repeats() -> None:
    both = pa.table({"k": ["a", "b", "a"], "v": [1.0, 2.0, 5.0], "y": [1.5, 2.0, 0.0]})
    found = run(both, None, ("error", "first"), target="y")
    assert (found.n, found.sum, counts(found)) == (2, 0.25, [(0, 1), (0, 1)])


def test_policies_without_a_key_with_parts_or_without_a_row_left_are_refused(
    tmp_path: Path,
) -> None:
    one, other = pa.table({"k": ["a"], "v": [1.0]}), pa.table({"k": ["b"], "v": [1.0]})
    with pytest.raises(DataError, match="no row is left to evaluate: no key is on every side"):
        run(one, other, ("omit", "error"), options=ReadOptions(allow_empty=True))
    with pytest.raises(SettingsError, match="there is no key"):
        evaluate(one, other, pred="v", target="v", unmatched="omit")
    pq.write_table(one, tmp_path / "p.parquet")
    path = tmp_path / "p.parquet"
    with pytest.raises(SettingsError, match="parts are cut before keys are matched"):
        run(path, path, ("omit", "error"), part=(1, 2))
    with pytest.raises(SettingsError, match="duplicates must be one of error, first, identical"):
        run(one, other, ("omit", "last"))


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        ("Ä", "A\u0308", "'Ä' and 'A\u0308' differ in Unicode form (NFC, NFD)"),
        ("ab", "AB", "'ab' and 'AB' differ in case"),
        (" ab", "AB", "' ab' and 'AB' differ in surrounding blanks and case"),
        ("img_007", "img_7", "'img_007' and 'img_7' differ in leading zeros"),
    ],
)
def test_a_key_that_is_nearly_the_same_is_named_with_the_difference(
    one: str, other: str, words: str
) -> None:
    pred = pa.table({"k": ["x", one], "v": [1.0, 2.0]})
    target = pa.table({"k": [other, "x"], "v": [2.0, 1.0]})
    with pytest.raises(DataError, match=re.escape(f"has no match in <targets>: {words} [")):
        run(pred, target, ("error", "error"))
    said: list[str] = []
    run(pred, target, ("omit", "error"), warn=said.append)
    assert any(words in one for one in said)


def test_padded_numbers_that_stand_beside_others_are_told_apart() -> None:
    """Texts are compared in one form unless that makes two keys of a side the same."""
    pred = pa.table({"k": ["007", "7", "8"], "v": [1.0, 2.0, 3.0]})
    target = pa.table({"k": ["7", "07", "8"], "v": [2.0, 1.0, 3.0]})
    with pytest.raises(DataError, match="'007' and '07' differ in leading zeros"):
        run(pred, target, ("error", "error"))


@pytest.mark.parametrize(
    ("one", "other"),
    [("007", "7"), ("1.0", "1"), ("2024-01-01T00:00:00", "2024-01-01"), ("A-1 ", "A-1")],
)
def test_keys_in_another_spelling_match_whether_or_not_a_row_is_left_out(
    one: str, other: str
) -> None:
    pred = pa.table({"k": [one, "8", "long x"], "v": [1.0, 2.0, 3.0]})
    target = pa.table({"k": [other, "8"], "v": [5.0, 2.0]})
    with pytest.raises(DataError, match=r"key 'long x' of row 3 has no match in <targets> \["):
        run(pred, target, ("error", "error"))
    said: list[str] = []
    found = run(pred, target, ("omit", "error"), warn=said.append)
    assert (found.n, found.sum, counts(found)) == (2, 3.75, [(1, 0), (0, 0)])
    words = f"1 key matches only in another spelling, such as {one!r} and {other!r}"
    assert [text.endswith(words) for text in said].count(True) == 1
    for policy in ("omit", "error"):
        said.clear()
        whole = run(pred.slice(0, 2), target, (policy, "error"), warn=said.append)
        assert (whole.n, whole.sum, said) == (2, 3.75, [])
    lone = run(pred, target.slice(1), ("omit", "error"), warn=said.append)
    assert lone.n == 1
    assert not any("spelling" in text for text in said)


def test_keys_that_one_spelling_would_make_the_same_match_as_they_are_written() -> None:
    pred = pa.table({"k": ["007", "7", "8"], "v": [1.0, 2.0, 3.0]})
    target = pa.table({"k": ["7", "8", "9"], "v": [2.0, 3.5, 4.0]})
    found = run(pred, target, ("omit", "error"))
    assert (found.n, found.sum, counts(found)) == (2, 0.25, [(1, 0), (1, 0)])


def test_a_value_may_be_missing_in_a_row_that_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("id,p\na,1\nb,\nc,3\na,\n")
    (tmp_path / "t.csv").write_text("id,t\nc,3\na,1.5\n")
    paths = tmp_path / "p.csv", tmp_path / "t.csv"
    columns = {"pred": "p", "target": "t", "key": "id", "warn": lambda _: None}
    assert evaluate(*paths, **columns, unmatched="omit", duplicates="first").mean == 0.0625
    (tmp_path / "p.csv").write_text("id,p\na,1\nb,2\nc,\n")
    with pytest.raises(DataError, match="row 3, column 'p': the value is missing"):
        evaluate(*paths, **columns, unmatched="omit")


@pytest.mark.parametrize(
    ("beside", "is_refused"),
    [
        ({"n": ["1", "2", "3", "4"], "site": ["a", "a", "b", "b"]}, False),
        ({"site": ["a", "b", "a", "b"]}, False),
        ({"n": ["im_b", "im_a", "im_c", "im_d"], "site": ["a", "a", "b", "b"]}, True),
        ({"n": ["im_b", "2", "im_c", "im_d"], "site": ["a", "a", "b", "b"]}, True),
    ],
    ids=["numbers", "groups alone", "another order", "some numbers"],
)
def test_keys_are_compared_with_what_may_be_the_same_column_beside_groups(
    beside: dict[str, list[str]], *, is_refused: bool
) -> None:
    pred = pa.table({"image": ["im_a", "im_b", "im_c", "im_d"], "p": [1.0, 2.0, 3.0, 4.0]})
    target = pa.table({"image": ["im_b", "im_a", "im_c"], "y": [2.0, 1.5, 3.0]})

    def run() -> int:
        how: dict[str, Any] = {"key": "image", "unmatched": "omit", "by": "site"}
        return len(evaluate(pred, target, groups=pa.table(beside), warn=str, **how).values)

    if is_refused:
        with pytest.raises(DataError, match=r"'image' differs from 'n' .* do not show"):
            run()
    else:
        assert run() == 2


@pytest.mark.parametrize(
    ("beside", "is_refused"),
    [
        ([0, 1, 0, 1, 0, 1], False),
        ([810, 820, 830, 840, 850, 860], False),
        (["yes", "no", "yes", "no", "yes", "no"], False),
        ([12, 11, 13, 14, 15, 16], True),
        ([17, 11, 12, 13, 14, 15], True),
        ([10, 11, 12, 13, 14, 15], True),
    ],
    ids=["flags", "other numbers", "words", "another order", "late", "counted from another number"],
)
def test_a_column_beside_groups_that_cannot_be_the_key_is_none(
    beside: list[Any], *, is_refused: bool
) -> None:
    pred = pa.table({"id": [11, 12, 13, 14, 15, 16], "p": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]})
    target = pa.table({"id": [12, 11, 13, 15, 16], "y": [2.0, 1.0, 3.0, 5.0, 6.5]})
    groups = pa.table({"n": beside, "site": list("aabbab")})
    how: dict[str, Any] = {"key": "id", "unmatched": "omit", "by": "site", "warn": str}
    if is_refused:
        with pytest.raises(DataError, match=r"'id' differs from 'n' .* do not show"):
            evaluate(pred, target, groups=groups, **how)
    else:
        assert [t.n for t in evaluate(pred, target, groups=groups, **how).tallies] == [3, 2]


def test_keys_that_repeated_may_be_a_column_beside_groups_that_repeats() -> None:
    pred = pa.table({"id": ["x", "x", "y", "z"], "p": [1.0, 1.0, 2.0, 3.0]})
    target = pa.table({"id": ["x", "y", "z"], "y": [1.0, 2.0, 3.0]})
    groups = pa.table({"n": ["z", "y", "x", "x"], "site": list("aabb")})
    how: dict[str, Any] = {"key": "id", "duplicates": "first", "by": "site", "warn": str}
    with pytest.raises(DataError, match=r"'id' differs from 'n' .* do not show"):
        evaluate(pred, target, groups=groups, **how)
