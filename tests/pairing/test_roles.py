"""Which column plays which part: what was asked for, or what alone can be meant, not a guess."""

from __future__ import annotations

from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import DataError, EvalSettings, evaluate
from smoothl1.errors import SettingsError, ShapeError
from smoothl1.pairing.roles import assign_roles
from smoothl1.selection import Selection
from smoothl1.sources.contract import Wanted
from smoothl1.sources.formats import open_table
from tests.tables import save_table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from smoothl1.pairing.input_roles import InputRoles

    Save = Callable[..., Path]

SUFFIXES = ("csv", "parquet")
L1 = EvalSettings((0.0,), "sum")
SAMPLES = {"n": [1.0, 2.0], "i": [1, 2], "s": ["a", "b"]}
"""By the first letter of a column's name: n numbers, i whole numbers, s text."""


@pytest.fixture(params=SUFFIXES)
def save(request: pytest.FixtureRequest, tmp_path: Path) -> Save:
    """Write a table with columns of these names, filled by the first letters of the names."""

    def save(stem: str, names: str) -> Path:
        path = tmp_path / f"{stem}.{request.param}"
        columns = [SAMPLES[name[0]] for name in names.split()]
        return save_table(path, pa.Table.from_arrays(list(map(pa.array, columns)), names.split()))

    return save


def assign(
    paths: list[Path], asked: Selection = Selection(), **more: Any
) -> tuple[list[InputRoles], list[str]]:
    """The parts that were given out, and the warnings."""
    heard: list[str] = []
    with ExitStack() as stack:
        tables = [stack.enter_context(closing(open_table(str(path)))) for path in paths]
        return assign_roles(tables, asked, heard.append, **more), heard


def fields(assigned: list[InputRoles]) -> list[dict[str, tuple[str, ...]]]:
    return [dict(zip(assign.roles, assign.wanted.fields, strict=True)) for assign in assigned]


def labels(assigned: list[InputRoles]) -> list[list[tuple[str, str]]]:
    return [
        [(r.kind, name) for r, name in zip(of.label_roles, of.wanted.labels, strict=True)]
        for of in assigned
    ]


def test_the_only_numeric_columns_are_meant_whatever_they_are_called(save: Save) -> None:
    assigned, heard = assign([save("p", "s1 n1 s2"), save("t", "n2 s1")])
    assert fields(assigned) == [{"pred": ("n1",)}, {"target": ("n2",)}]
    assert labels(assigned) == [[], []]
    assert heard == []


def test_equal_names_on_both_sides_are_matched_in_the_order_of_the_first_with_a_warning(
    save: Save,
) -> None:
    assigned, heard = assign([save("p", "n2 s1 n1"), save("t", "n1 n2 s2")])
    assert fields(assigned) == [{"pred": ("n2", "n1")}, {"target": ("n2", "n1")}]
    assert heard == ["2 columns were matched by name: 'n2', 'n1' (--pred and --target choose)"]


def test_columns_matched_by_name_pair_by_name_not_by_position(tmp_path: Path) -> None:
    pred, target = tmp_path / "p.csv", tmp_path / "t.parquet"
    pred.write_text("a,b\n1,10\n2,20\n")
    pq.write_table(pa.table({"b": [10.0, 20.0], "a": [1.0, 2.0]}), target)
    heard: list[str] = []
    assert evaluate(pred, target, L1, warn=heard.append).values == (0.0,)
    assert len(heard) == 1
    with pytest.warns(UserWarning, match="2 columns were matched by name: 'a', 'b'"):
        evaluate(pred, target, L1)


@pytest.mark.parametrize("names", ["n1 n3", "n1 n2 n3", "n1", "s1 n1 n1x"])
def test_unequal_names_on_the_sides_are_refused_with_the_choice(save: Save, names: str) -> None:
    paths = [save("p", "n1 n2"), save("t", names)]
    for one, other in (paths, paths[::-1]):
        with pytest.raises(DataError, match=r"several numeric columns: .*choose with --") as caught:
            assign([one, other])
        several = one if len(names.split()) > 1 or one == paths[0] else other
        assert str(caught.value).startswith(f"{several}: ")


def test_a_column_named_on_one_side_is_looked_for_on_the_other(save: Save) -> None:
    same = [save("p", "n1 n2"), save("t", "n2 n1")]
    assigned, heard = assign(same, Selection(pred=("n2",)))
    assert fields(assigned) == [{"pred": ("n2",)}, {"target": ("n2",)}]
    assigned, _ = assign(same, Selection(target=("n2", "n1")))
    assert fields(assigned) == [{"pred": ("n2", "n1")}, {"target": ("n2", "n1")}]
    assert heard == []
    others = [same[0], save("t", "n2 n3 n1")]
    with pytest.raises(DataError, match=r"p\.\w+: several numeric columns: 'n1', 'n2'.*--pred"):
        assign(others, Selection(target=("n3",)))
    for name in ("@1", "n1", "n2"):
        with pytest.raises(DataError, match=r"t\.\w+: several numeric columns: .*--target"):
            assign(others, Selection(pred=(name,)))


@pytest.mark.parametrize(
    ("pred", "target"), [("pred", ""), ("", "target"), ("y_hat", ""), ("", "y")]
)
def test_predictions_are_not_paired_with_predictions(
    tmp_path: Path, pred: str, target: str
) -> None:
    name = pred or target
    one, both = tmp_path / "one.csv", tmp_path / "both.csv"
    for path, names in ((one, [name]), (both, [name, "other"])):
        path.write_text(
            "".join([",".join(names) + "\n", *(",".join("19"[: len(names)]) + "\n",) * 2])
        )
    for paths in ((both, both), (one, both) if pred else (both, one)):
        with pytest.raises(DataError, match="several numeric columns"):
            evaluate(*paths, L1, pred=pred or (), target=target or ())


def test_the_only_numeric_column_goes_before_one_of_the_same_name(save: Save) -> None:
    assigned, _ = assign([save("p", "n1 n2"), save("t", "s1 n3")], Selection(pred=("n1",)))
    assert fields(assigned) == [{"pred": ("n1",)}, {"target": ("n3",)}]


def test_columns_named_on_both_sides_are_taken_as_they_are(save: Save) -> None:
    asked = Selection(pred=("n2", "@1"), target=("n1", "n1"))
    assigned, heard = assign([save("p", "n1 n2"), save("t", "n1 n2")], asked)
    assert fields(assigned) == [{"pred": ("n2", "@1")}, {"target": ("n1", "n1")}]
    assert heard == []


def test_one_table_gives_both_sides(save: Save) -> None:
    asked = Selection(pred=("n1",), target=("n2",), weight="n3", by="s1", key=("s2",))
    assigned, _ = assign([save("p", "n1 n2 n3 s1 s2")], asked, with_keys=True)
    assert fields(assigned) == [{"pred": ("n1",), "target": ("n2",), "weight": ("n3",)}]
    assert labels(assigned) == [[("key", "s2"), ("by", "s1")]]


@pytest.mark.parametrize(
    "asked",
    [
        Selection(key=("i1",)),
        Selection(key=("@1",)),
        Selection(by="i1"),
        Selection(by="@1"),
    ],
)
def test_a_key_or_group_is_not_taken_for_the_numbers(save: Save, asked: Selection) -> None:
    assigned, heard = assign([save("p", "i1 n2"), save("t", "i1 n3")], asked)
    assert [
        part[role] for part, role in zip(fields(assigned), ("pred", "target"), strict=True)
    ] == [
        ("n2",),
        ("n3",),
    ]
    assert heard == []


def test_a_weight_is_not_taken_for_the_numbers(save: Save) -> None:
    assigned, _ = assign([save("p", "n1 s1"), save("t", "n1 n2")], Selection(weight="n2"))
    assert fields(assigned) == [{"pred": ("n1",)}, {"target": ("n1",), "weight": ("n2",)}]
    assigned, _ = assign([save("p", "n2 n1"), save("t", "n3")], Selection(weight="n2"))
    assert fields(assigned) == [{"pred": ("n1",), "weight": ("n2",)}, {"target": ("n3",)}]


def test_nothing_left_for_the_numbers_is_refused(save: Save) -> None:
    with pytest.raises(DataError, match=r"p\.\w+: no numeric column is left for the loss"):
        assign([save("p", "i1 s1"), save("t", "i1 n2")], Selection(key=("i1",)))
    with pytest.raises(DataError, match=r"t\.\w+: no numeric column; there are 's1', 's2'"):
        assign([save("p", "n1 s1"), save("t", "s1 s2")])


def test_a_weight_that_both_sides_have_is_read_of_both(save: Save) -> None:
    assigned, _ = assign([save("p", "n1 n2"), save("t", "n1 n2")], Selection(weight="n2"))
    assert fields(assigned) == [
        {"pred": ("n1",), "weight": ("n2",)},
        {"target": ("n1",), "weight": ("n2",)},
    ]


@pytest.mark.parametrize("asked", [Selection(by="s9"), Selection(weight="s9")])
def test_a_column_that_is_nowhere_is_refused_with_the_names_there_are(
    save: Save, asked: Selection
) -> None:
    with pytest.raises(DataError, match=r"a column 's9'; .*t\.\w+ has 's1', 'n1'"):
        assign([save("p", "n1 s2"), save("t", "s1 n1")], asked)


def test_groups_are_read_from_every_side_that_has_them_and_keys_from_the_first(save: Save) -> None:
    paths = [save("p", "n1 s1 s2"), save("t", "n1 s1"), save("w", "n1 n2")]
    asked = Selection(by="s2", key=("s1",), weight="n2")
    assigned, _ = assign(paths, asked, beside=("weight",), with_keys=True)
    assert labels(assigned) == [[("key", "s1"), ("by", "s2")], [], []]
    assert fields(assigned)[2] == {"weight": ("n2",)}
    assigned, _ = assign(paths[:2], Selection(by="s1", key=("s1",)))
    assert labels(assigned) == [[("by", "s1")], [("by", "s1")]]


def test_weights_of_a_file_of_their_own_need_no_name(save: Save) -> None:
    paths = [save("p", "n1 s1"), save("t", "n1"), save("w", "s1 n2")]
    (tally,) = evaluate(*paths[:2], L1, weights=paths[2]).tallies
    assert tally.weight is not None
    assert tally.weight.units == 3 << 1074


@pytest.mark.parametrize("names", ["s1 n1", "n1"])
def test_a_file_of_weights_may_use_the_names_of_the_others(save: Save, names: str) -> None:
    paths = [save("p", names), save("t", names), save("w", names)]
    result = evaluate(*paths[:2], L1, weights=paths[2], weight="n1")
    assert result.values == (0.0,)
    columns = ("n1",)
    more: dict[str, Any] = {"pred": columns, "target": columns}
    assert evaluate(*paths[:2], L1, weights=paths[2], weight="n1", **more).values == (0.0,)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"pred": ("i1",), "key": ("i1",)}, "'i1' cannot be numbers and a key or group"),
        ({"target": ("n1", "i1"), "key": ("s1", "i1")}, "'i1' cannot be numbers and a key"),
        ({"pred": ("i1",), "by": "i1"}, "'i1' cannot be numbers and a key or group"),
        ({"weight": "i1", "by": "i1"}, "column 'i1' cannot be "),
        ({"weight": "i1", "key": ("i1",)}, "column 'i1' cannot be "),
        ({"weight": "i1", "target": ("i1",)}, "column 'i1' cannot be the weight"),
        ({"key": ("i1", "s1", "i1")}, "a key column is given twice"),
    ],
)
def test_parts_that_exclude_each_other_are_refused(
    save: Save, asked: dict[str, Any], says: str
) -> None:
    more = dict(asked)
    settings = EvalSettings((0.0,), by=more.pop("by", None))
    with pytest.raises((SettingsError, DataError), match=says):
        evaluate(save("p", "i1 n1 s1"), save("t", "i1 n1 s1"), settings, **more)


def test_a_key_may_be_the_group(save: Save) -> None:
    paths = [save("p", "n1 s1"), save("t", "s1 n1")]
    result = evaluate(*paths, EvalSettings((0.0,), "sum", by="s1"), key=("s1",))
    assert [group.group for group in result.groups] == ["a", "b"]
    assert result.values == (0.0, 0.0)


def test_an_array_has_nothing_to_choose_from(tmp_path: Path, save: Save) -> None:
    array = tmp_path / "x.npy"
    np.save(array, [1.0, 2.0])
    table = save("t", "s1 n1")
    chosen = {array: Wanted(((),)), table: Wanted((("n1",),))}
    for paths in ([array, array], [array, table], [table, array]):
        assigned, _ = assign(paths)
        assert [assign.wanted for assign in assigned] == [chosen[path] for path in paths]
        with pytest.raises(DataError, match=r"x\.npy: an array has no key column"):
            evaluate(*paths, key=("s1",))


def test_several_columns_against_an_array_must_be_chosen(tmp_path: Path, save: Save) -> None:
    np.save(tmp_path / "x.npy", np.zeros((2, 2)))
    paths = [save("p", "n1 n2"), tmp_path / "x.npy"]
    with pytest.raises(DataError, match=r"p\.\w+: several numeric columns: .*--pred"):
        assign(paths)
    assert evaluate(*paths, L1, pred=("n1", "n2")).values == (6.0,)
    with pytest.raises(ShapeError, match=r"shape \(\w+,\), but .*has \(2, 2\)"):
        evaluate(*paths, L1, pred=("n1",))


@pytest.mark.parametrize("names", ["n1 n1", "n1 n2 n1"])
def test_a_name_that_is_there_twice_is_never_guessed(save: Save, names: str) -> None:
    path = save("p", names)
    with pytest.raises(DataError, match=r"p\.\w+: .*(@1|--pred)"):
        evaluate(path, path, L1, warn=lambda _: None)
    chosen: dict[str, Any] = {"pred": ("@1",), "target": ("@2",)}
    assert evaluate(path, path, L1, **chosen).values == (0.0,)


def test_doubled_names_are_not_matched_with_other_doubled_names(save: Save) -> None:
    with pytest.raises(DataError, match=r"p\.\w+: .*(@1|--pred)"):
        evaluate(save("p", "n1 n1"), save("t", "n2 n2"), L1, warn=lambda _: None)


def test_the_only_numeric_column_is_meant_though_a_text_has_its_name(tmp_path: Path) -> None:
    table = pa.table([pa.array(["a", "b"]), pa.array([1.0, 2.0])], names=["v", "v"])
    pq.write_table(table, tmp_path / "p.parquet")
    pq.write_table(table, tmp_path / "t.parquet")
    assert evaluate(tmp_path / "p.parquet", tmp_path / "t.parquet", L1).values == (0.0,)


def test_a_key_named_twice_in_different_ways_is_refused(save: Save) -> None:
    path = save("p", "s1 n1")
    with pytest.raises((SettingsError, DataError)):
        evaluate(path, path, L1, key=("s1", "@1"))


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize(
    ("pred", "target"),
    [
        *(("forecast", "actual"), ("y_hat", "y"), ("fitted", "observed"), ("output", "label")),
        *(("prediction", "gt"), ("preds_ridge", "y_true"), ("estimate", "truth"), ("model", "ref")),
    ],
)
def test_a_column_named_for_one_side_is_not_taken_for_the_other_if_its_name_says_so(
    tmp_path: Path, suffix: str, pred: str, target: str
) -> None:
    a = save_table(tmp_path / f"a{suffix}", {pred: [1.0, 2.5, 3.5], target: [2.0, 4.0, 3.0]})
    b = save_table(tmp_path / f"b{suffix}", {pred: [1.5, 2.5, 3.25], target: [2.0, 4.0, 3.0]})
    with pytest.raises(DataError, match="choose with --pred"):
        evaluate(a, b, target=target, warn=[].append)
    with pytest.raises(DataError, match="choose with --target"):
        evaluate(a, b, pred=pred, warn=[].append)
    found = evaluate(a, b, pred=pred, target=target, warn=[].append)
    assert found.values == ((0.5 + 1 + 0.125) / 3,)


@pytest.mark.parametrize(
    "asked",
    [{"by": "modelz"}, {"cluster": "modelz"}, {"weight": "modelz"}, {"keep": "modelz", "top": 1}],
)
def test_a_column_that_no_input_has_is_sought_in_all_of_them(asked: dict[str, Any]) -> None:
    rows = {"id": [1, 2], "model": ["a", "b"], "score": [1.5, 2.5]}
    pred, target = pa.table(rows), pa.table({"id": [1, 2], "rating": [1.0, 3.0]})
    with pytest.raises(DataError) as caught:
        evaluate(pred, target, key="id", pred="score", target="rating", **asked)
    assert str(caught.value) == (
        "no input has a column 'modelz'; <predictions> has 'id', 'model', 'score'; <targets> has "
        "'id', 'rating' [did you mean 'model'?]"
    )
