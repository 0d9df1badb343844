"""A run in parts: the merged results of all parts are the result of one run, to the bit."""

from __future__ import annotations

import io
import json
import random
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smoothl1 import DataError, EvalSettings, ReadOptions, Result, SettingsError, evaluate
from smoothl1.running import loss_writing
from smoothl1.running.evaluate import LossOutput
from smoothl1.settings import ALSO
from tests.tables import save

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

N = 211


def say_nothing(_: str) -> None:
    pass


def in_parts(of: int, *inputs: Any, **how: Any) -> Result:
    """The parts, each read back from its JSON, merged in another order."""
    found = []
    for index in range(1, of + 1):
        part = evaluate(*inputs, part=(index, of), statistics=True, warn=say_nothing, **how)
        found.append(Result.from_json(json.dumps(part.to_json())))
    random.Random(of).shuffle(found)
    return Result.merged(found)


def check_same(numbers_of_parts: Sequence[int], *inputs: Any, **how: Any) -> None:
    expected = evaluate(*inputs, statistics=True, warn=say_nothing, **how).to_json()
    for of in numbers_of_parts:
        assert in_parts(of, *inputs, **how).to_json() == expected


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Boxes, a table in row groups and shards, with weights, groups, ids and some NaN."""
    rng = np.random.default_rng(3)
    scale = np.exp(rng.uniform(-30, 30, (N, 4)))
    for name, order in (("p", "C"), ("t", "C"), ("f", "F")):
        boxes = rng.normal(size=(N, 4)) * scale
        np.save(tmp_path / f"{name}.npy", np.asarray(boxes, order=order))
    y_hat = rng.normal(size=N) * scale[:, 0]
    y_hat[rng.integers(0, N, 20)] = np.nan
    table = pa.table(
        {
            "id": np.arange(N),
            "y_hat": y_hat,
            "y": rng.normal(size=N) * scale[:, 0],
            "w": rng.integers(0, 3, N) / 2,
            "g": rng.integers(0, 4, N).astype(str),
            "h": rng.integers(0, 2, N),
        }
    )
    pred = table.select(["id", "y_hat", "w", "g", "h"])
    pq.write_table(table, tmp_path / "table.parquet", row_group_size=20)
    pq.write_table(pred, tmp_path / "pred.parquet", row_group_size=10)
    target = table.select(["id", "y"])
    for i, (start, stop) in enumerate(pairwise([0, 35, 40, 110, N])):
        shard = target.slice(start, stop - start)
        pq.write_table(shard, tmp_path / f"target-{i}.parquet", row_group_size=30)
    shuffled = target.take(pa.array(rng.permutation(N)))
    pq.write_table(shuffled, tmp_path / "shuffled.parquet", row_group_size=50)
    return tmp_path


METRICS: dict[str, Any] = {"also": ALSO, "within": (0.5, 2.0), "quantiles": (0.1, 0.5), "top": 9}


def test_arrays_of_boxes(folder: Path) -> None:
    p, t = folder / "p.npy", folder / "t.npy"
    check_same((1, 3, 16), p, t, betas=(0.0, 1.0), by_column=True)
    check_same((1, 16), p, t, **METRICS)
    few = np.load(p)[:20], np.load(t)[:20]
    check_same((25,), *few, **METRICS)
    check_same((3,), folder / "f.npy", t, betas=0.5)
    plain = [evaluate(p, t, part=(i, 5)) for i in range(1, 6)]  # without statistics
    assert Result.merged(plain) == evaluate(p, t)


@pytest.mark.parametrize(("nan", "numbers_of_parts"), [("propagate", (1, 3)), ("omit", (16,))])
def test_row_groups_and_shards_with_weights_and_groups(
    folder: Path, nan: str, numbers_of_parts: tuple[int, ...]
) -> None:
    sides = folder / "pred.parquet", folder / "target-*.parquet"
    how: dict[str, Any] = {"pred": "y_hat", "nan": nan, "by": ("g", "h"), "weight": "w"}
    check_same(numbers_of_parts, *sides, betas=(0.5, 1.0), **how, **METRICS)


def test_one_table_without_groups(folder: Path) -> None:
    table = folder / "table.parquet"
    for nan, of in (("propagate", 16), ("omit", 3), ("omit-target", 1)):
        check_same((of,), table, pred="y_hat", target="y", nan=nan, keep="g", **METRICS)


def test_keys_in_another_order(folder: Path) -> None:
    sides = folder / "pred.parquet", folder / "shuffled.parquet"
    check_same((16,), *sides, pred="y_hat", key="id", nan="omit", by="g", top=3)


ROWS = st.lists(
    st.tuples(
        st.sampled_from([0.0, 1.5, -1e300, 5e-324, float("nan"), float("inf")]),
        st.sampled_from(["b", "a", "c"]),
        st.sampled_from([0.0, 0.5, 2.0]),
    ),
    max_size=12,
)
LABELS = st.sampled_from([{}, {"by": "g"}, {"weight": "w"}, {"by": "g", "weight": "w"}])


@settings(max_examples=30)
@given(ROWS, st.integers(1, 5), st.integers(1, 5), st.integers(1, 6), LABELS, st.booleans())
def test_any_small_table(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[float, str, float]],
    group: int,
    other: int,
    of: int,
    labels: dict[str, str],
    omits: bool,
) -> None:
    folder = tmp_path_factory.getbasetemp()
    columns = [*map(list, zip(*rows, strict=True))] or [[], [], []]
    x, g, w = (pa.array(c, k) for c, k in zip(columns, ("f8", "str", "f8"), strict=True))
    save(folder / "x.parquet", group, x=x, g=g, w=w)
    save(folder / "y.parquet", other, y=pa.array([1.0] * len(rows)))
    sides = folder / "x.parquet", folder / "y.parquet"
    how: dict[str, Any] = {"pred": "x", "nan": "omit" if omits else "propagate", "betas": (0, 1)}

    def outcome(run: Callable[[], Result]) -> Any:
        try:
            return run().to_json()
        except DataError as error:
            return error.what

    how |= labels
    whole = partial(evaluate, *sides, statistics=True, warn=say_nothing, **how)
    assert outcome(partial(in_parts, of, *sides, **how)) == outcome(whole)


def test_equal_losses_of_a_row_stay_in_the_order_of_its_elements(tmp_path: Path) -> None:
    ones = [1.0, 1.0, 2.0, 1.0, 1.0]
    save(tmp_path / "x.parquet", 2, b=ones, c=ones, a=ones, y=[0.0] * 5)
    save(tmp_path / "y.parquet", 1, b=[0.0] * 5, c=[0.0] * 5, a=[0.0] * 5)
    names = ("b", "c", "a")
    sides = tmp_path / "x.parquet", tmp_path / "y.parquet"
    check_same((2, 3, 5), *sides, pred=names, target=names, top=8)


def test_columns_stay_in_order_though_the_first_part_is_empty(tmp_path: Path) -> None:
    ones = [1.0, 2.0]
    save(tmp_path / "x.parquet", b=ones, c=ones, a=ones, g=["v", "u"])
    save(tmp_path / "y.parquet", b=[0.0] * 2, c=[0.0] * 2, a=[0.0] * 2)
    names = ("b", "c", "a")
    sides = tmp_path / "x.parquet", tmp_path / "y.parquet"
    check_same((3,), *sides, pred=names, target=names, by="g", by_column=True)


def test_hundreds_of_parts_of_a_small_file(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.arange(30.0))
    x = tmp_path / "x.npy"
    found = [evaluate(x, [0.5] * 30, part=(i, 300)) for i in range(1, 301)]
    assert sum(result.n == 0 for result in found) == 270
    assert Result.merged(found).values == evaluate(x, [0.5] * 30).values


def test_an_empty_input_is_refused_in_every_part_unless_it_is_allowed() -> None:
    with pytest.raises(DataError, match="no elements, so nothing to evaluate"):
        evaluate([], [], part=(2, 3))
    check_same((3,), [], [], options=ReadOptions(allow_empty=True))


@pytest.mark.parametrize("format", ["text", "npy"])
def test_the_losses_of_all_parts_are_those_of_the_whole(folder: Path, format: str) -> None:
    def losses(part: tuple[int, int] | None) -> bytes:
        file = io.BytesIO()
        output, sides = LossOutput(file, format), (folder / "p.npy", folder / "t.npy")
        evaluate(*sides, reduction="none", losses_to=output, part=part, warn=say_nothing)
        return file.getvalue()

    some = [losses((i, 5)) for i in range(1, 6)]
    if format == "text":
        assert b"".join(some) == losses(None)
        return
    arrays = [np.load(io.BytesIO(content)) for content in some]
    assert [array.shape for array in arrays] == [(42, 4)] * 4 + [(43, 4)]
    np.testing.assert_array_equal(np.concatenate(arrays), np.load(io.BytesIO(losses(None))))


def test_losses_of_large_row_groups_are_those_of_the_part(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loss_writing, "WAITING_ELEMENTS", 1)

    def losses(part: tuple[int, int] | None) -> bytes:
        file = io.BytesIO()
        evaluate(
            folder / "table.parquet",
            pred="y_hat",
            target="y",
            reduction="none",
            losses_to=LossOutput(file, "text"),
            part=part,
            warn=say_nothing,
        )
        return file.getvalue()

    assert b"".join(losses((i, 4)) for i in range(1, 5)) == losses(None)


def test_only_the_files_of_a_part_are_opened_for_their_data(tmp_path: Path) -> None:
    """The data of one file are overwritten, up to its footer."""
    for i in range(4):
        save(tmp_path / f"x-{i}.parquet", x=np.arange(10.0) + i, y=np.ones(10))
    path = tmp_path / "x-2.parquet"
    content = path.read_bytes()
    footer = int.from_bytes(content[-8:-4], "little") + 8
    path.write_bytes(content[:4] + bytes(len(content) - footer - 4) + content[-footer:])

    def part(index: int) -> Result:
        return evaluate(tmp_path / "x-*.parquet", pred="x", target="y", part=(index, 4))

    assert [part(i).n for i in (1, 2, 4)] == [10, 10, 10]
    with pytest.raises(DataError, match=r"x-2\.parquet"):
        part(3)


def shared_columns(folder: Path, others: Callable[[Any], Any]) -> tuple[Path, Path]:
    ids = np.arange(100)
    save(folder / "x.parquet", 10, id=ids, x=np.arange(100.0))
    save(folder / "y.parquet", 10, id=others(ids), y=np.ones(100))
    return folder / "x.parquet", folder / "y.parquet"


def test_a_column_in_common_that_agrees_is_a_decision_of_the_whole(tmp_path: Path) -> None:
    check_same((3,), *shared_columns(tmp_path, lambda ids: ids), pred="x", target="y")


def test_a_column_in_common_that_differs_in_a_part_is_refused(tmp_path: Path) -> None:
    """Over all rows these are the same ids in another order; no part shows that."""
    sides = shared_columns(tmp_path, lambda ids: np.roll(ids, 50))
    said = "differs from that of .*, and a part does not show whether rows are in another order"
    for index in (1, 2):
        with pytest.raises(DataError, match=said) as caught:
            evaluate(*sides, pred="x", target="y", part=(index, 2))
        assert caught.value.hint is not None
        assert "--key id" in caught.value.hint
        assert "--no-key-check" in caught.value.hint
    check_same((2,), *sides, pred="x", target="y", key="id")
    check_same((2,), *sides, pred="x", target="y", options=ReadOptions(key_check=False))


def texts_beside_integers(folder: Path, texts: list[str], *shards: pa.Array) -> tuple[Path, Path]:
    """Predictions with texts and targets with integers, which have no name in common."""
    save(folder / "x.parquet", 2, x=np.arange(float(len(texts))), c=texts)
    for i, shard in enumerate(shards):
        save(folder / f"y-{i}.parquet", 2, y=np.ones(len(shard)), h=shard)
    return folder / "x.parquet", folder / "y-*.parquet"


def test_words_beside_integers_are_not_the_same_ids_in_a_part_either(tmp_path: Path) -> None:
    sides = texts_beside_integers(tmp_path, ["v", "1", "z.png", "", "", "w"], pa.array([*range(6)]))
    check_same((2, 3), *sides, pred="x", target="y")


REORDERED: dict[str, tuple[Any, ...]] = {
    "whole numbers": (["4", "3", "2", "1"], pa.array([1, 2, 3, 4])),
    "names of files": (["a/4.png", "3.PNG", "2.png", "1.png"], pa.array([1, 2, 3, 4])),
    "missing": (["4", "3", "", "1"], pa.array([1, None, 3, 4])),
    "shards of two types": (["a", "b", "2", "1"], pa.array([1, 2]), pa.array(["a", "b"])),
}


@pytest.mark.parametrize("what", REORDERED)
def test_texts_that_may_be_integers_in_another_order_are_refused_in_a_part(
    tmp_path: Path, what: str
) -> None:
    """Over all rows these are the same values; the only part of one may not tell either."""
    sides = texts_beside_integers(tmp_path, *REORDERED[what])
    with pytest.raises(DataError, match="holds the same values in another order"):
        evaluate(*sides, pred="x", target="y")
    for part in ((1, 1), (2, 2)):
        with pytest.raises(DataError, match="a part does not show whether rows are in another"):
            evaluate(*sides, pred="x", target="y", part=part)


def test_more_distances_than_a_result_holds_are_refused_before_they_are_read() -> None:
    many = np.zeros(1 << 14)
    check_same((2,), many, many + 1, quantiles=0.5)
    more = np.zeros((1 << 14) + 1)
    with pytest.raises(SettingsError, match=r"up to 16,384 elements, and there are 16,385"):
        evaluate(more, more + 1, quantiles=0.5, part=(1, 2))


@pytest.mark.parametrize("part", [(0, 3), (4, 3), (1.0, 3), 3, (1,), (1, 10**6)])
def test_what_is_no_part_is_refused_before_anything_is_opened(part: Any) -> None:
    with pytest.raises(SettingsError, match="part"):
        evaluate("nosuch.npy", "nosuch.npy", part=part)


def test_inputs_of_other_sizes_are_not_merged() -> None:
    one = evaluate([1.0, 2.0], [0.0, 0.0], part=(1, 2))
    other = evaluate([1.0, 2.0, 3.0], [0.0, 0.0, 0.0], part=(2, 2))
    with pytest.raises(DataError, match="of another plan"):
        Result.merged([one, other])
    settings = EvalSettings(betas=(2.0,))
    with pytest.raises(DataError, match="different settings"):
        Result.merged([one, evaluate([1.0, 2.0], [0.0, 0.0], settings, part=(2, 2))])


@pytest.mark.parametrize("stem", ["region=", "day"])
def test_parts_of_folders_of_other_names_are_not_merged(tmp_path: Path, stem: str) -> None:
    for mount, order in (("one", "ab"), ("other", "cd")):
        for value, name in enumerate(order):
            folder = tmp_path / mount / f"{stem}{name}"
            folder.mkdir(parents=True)
            pq.write_table(pa.table({"p": [1.0 + value], "t": [0.0]}), folder / "x.parquet")

    def part(mount: str, index: int) -> Result:
        path = tmp_path / mount
        pattern = path if stem == "region=" else path / "*" / "x.parquet"
        return evaluate(pattern, pred="p", target="t", part=(index, 2), warn=say_nothing)

    first = part("one", 1)
    (tmp_path / "one").rename(tmp_path / "moved")
    assert Result.merged([first, part("moved", 2)]).mean == 1.0
    with pytest.raises(DataError, match="plan"):
        Result.merged([first, part("other", 2)])
