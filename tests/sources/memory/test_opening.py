"""Data in memory as inputs: the same bits as from files, and the same refusals."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import (
    DataError,
    DtypeError,
    EvalSettings,
    Execution,
    ReadOptions,
    Result,
    SettingsError,
    ShapeError,
    compare,
    evaluate,
    smooth_l1_loss,
)
from smoothl1.cli.merging import merged_results
from smoothl1.job import InMemory
from smoothl1.running.evaluate import LossOutput
from smoothl1.sources.contract import Part
from smoothl1.sources.memory.opening import open_memory
from tests.columns import Frame
from tests.schema import VALIDATOR

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

N = 500
BOXES = tuple(np.random.default_rng(25).normal(size=(2, N, 4)))
BOTH_BETAS = EvalSettings((0.25, 1.0))
SMALL = Execution(2, 37)


def layouts(values: NDArray[Any]) -> dict[str, NDArray[Any]]:
    """The same numbers, laid out differently in memory."""
    wide = np.zeros((2 * len(values), *values.shape[1:]), values.dtype)
    wide[::2] = values
    return {
        "C": values,
        "Fortran": np.asfortranarray(values),
        "gaps": wide[::2],
        "backwards": values[::-1].copy()[::-1],
        "other bytes": values.astype(values.dtype.newbyteorder()),
    }


@pytest.mark.parametrize("dtype", ["f8", "f4", "f2", "i8", "u1", "?"])
@pytest.mark.parametrize("shape", [(N, 4), (N,)])
@pytest.mark.parametrize("option", ["", "statistics", "by_column"])
def test_an_array_gives_the_bits_of_its_file(
    tmp_path: Path, dtype: str, shape: tuple[int, ...], option: str
) -> None:
    pred, target = (
        (values * 40 + 120).astype(dtype)[..., : len(shape) * 2].reshape(-1)[: np.prod(shape)]
        for values in BOXES
    )
    pred, target = (np.resize(values, shape) for values in (pred, target))
    np.save(tmp_path / "p.npy", pred)
    np.save(tmp_path / "t.npy", target)
    files = tmp_path / "p.npy", tmp_path / "t.npy"
    options: dict[str, Any] = {option: True} if option else {}
    expected = evaluate(*files, BOTH_BETAS, **options)
    for one, other in zip(layouts(pred).values(), layouts(target).values(), strict=True):
        found = evaluate(one, other, BOTH_BETAS, execution=SMALL, **options)
        assert found.tallies == expected.tallies
    assert evaluate(pred, files[1], BOTH_BETAS, **options).tallies == expected.tallies
    mixed = evaluate(np.asfortranarray(pred), target, BOTH_BETAS, **options)
    assert mixed.tallies == expected.tallies


def test_losses_and_weights_of_arrays_are_those_of_files(tmp_path: Path) -> None:
    weights = np.abs(BOXES[0][:, 1])
    arrays = {"p": BOXES[0], "t": BOXES[1], "w": weights}
    for name, values in arrays.items():
        np.save(tmp_path / f"{name}.npy", values)
    p, t, w = (tmp_path / f"{name}.npy" for name in arrays)
    for format_name in ("npy", "csv"):
        of_files, of_arrays = io.BytesIO(), io.BytesIO()
        output = {"reduction": "none"}
        evaluate(p, t, weights=w, losses_to=LossOutput(of_files, format_name), **output)  # type: ignore[arg-type]
        found = evaluate(
            *BOXES,
            weights=weights,
            losses_to=LossOutput(of_arrays, format_name),
            **output,  # type: ignore[arg-type]
        )
        assert of_files.getvalue() == of_arrays.getvalue()
        assert found.settings.weighted
    for form in (weights.tolist(), pa.array(weights), pa.chunked_array([weights[:9], weights[9:]])):
        assert evaluate(*BOXES, weights=form).tallies == evaluate(p, t, weights=w).tallies


@pytest.mark.parametrize("shape", [(), (0,), (0, 4), (4, 0)])
def test_an_array_without_rows_or_elements_is_what_its_file_is(
    tmp_path: Path, shape: tuple[int, ...]
) -> None:
    values = np.full(shape, 2.5)
    np.save(tmp_path / "x.npy", values)
    accepted = ReadOptions(allow_empty=True)
    expected = evaluate(tmp_path / "x.npy", tmp_path / "x.npy", options=accepted, warn=print)
    found = evaluate(values, values.copy(), options=accepted)
    assert repr(found.tallies) == repr(expected.tallies)
    assert found.inputs[0].shape == expected.inputs[0].shape
    if not values.size:
        with pytest.raises(DataError, match="<predictions>: no elements"):
            evaluate(values, values.copy())


def test_rows_are_views_of_an_array() -> None:
    values = BOXES[0]
    source = open_memory(InMemory("<x>", values), ReadOptions()).select(_nothing())
    for block in source.blocks(Part(3, None), 100):
        assert np.shares_memory(block.fields[0].values, values)


def test_columns_are_views_of_a_table() -> None:
    values = BOXES[0][:, 0].copy()
    source = open_memory(InMemory("<x>", pa.table({"x": values})), ReadOptions()).select(_nothing())
    for block in source.blocks(Part(3, None), 100):
        assert np.shares_memory(block.fields[0].values, values)


def _nothing() -> Any:
    from smoothl1.sources.contract import Wanted

    return Wanted()


def test_any_byte_but_0_is_true() -> None:
    odd = np.array([0, 1, 2, 255], np.uint8).view(np.bool_)
    assert evaluate(odd, [False] * 4, betas=0.0, reduction="sum").sum == 3


def table() -> pa.Table:
    """Numbers, a group, a key and a weight, in several chunks."""
    whole = pa.table(
        {
            "id": np.arange(N) * 3,
            "y_hat": BOXES[0][:, 0],
            "y": BOXES[1][:, 0],
            "g": pa.array([f"g{i % 7}" for i in range(N)]).dictionary_encode(),
            "w": pa.array([None if i % 50 == 0 else float(i % 4) for i in range(N)]),
        }
    )
    return pa.concat_tables([whole[:123], whole[123:130], whole[130:]])


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"by": "g"},
        {"statistics": True},
        {"target": "w", "nan": "omit"},
        {"target": "w", "nan": "omit-target", "by": "g"},
    ],
)
def test_a_table_gives_the_bits_of_its_file(tmp_path: Path, options: dict[str, Any]) -> None:
    pq.write_table(table(), tmp_path / "x.parquet")
    options = {"pred": "y_hat", "target": "y", "warn": lambda _: None, **options}
    expected = evaluate(tmp_path / "x.parquet", **options)
    for execution in (Execution(), SMALL):
        found = evaluate(table(), execution=execution, **options)
        assert (found.tallies, found.groups) == (expected.tallies, expected.groups)
    batch = table().combine_chunks().to_batches()[0]
    assert evaluate(batch, **options).tallies == expected.tallies


@pytest.mark.parametrize(
    "form", [list, np.array, pa.array, lambda labels: pa.chunked_array([labels[:9], labels[9:]])]
)
@pytest.mark.parametrize("kind", [str, int])
def test_groups_may_be_in_memory_beside_arrays(tmp_path: Path, form: Any, kind: type) -> None:
    labels = [kind(i % 7) for i in range(N)]
    (tmp_path / "g.csv").write_text("groups\n" + "\n".join(map(str, labels)) + "\n")
    expected = evaluate(*BOXES, groups=tmp_path / "g.csv")
    found = evaluate(*BOXES, groups=form(labels))
    assert (found.tallies, found.groups) == (expected.tallies, expected.groups)
    assert len(found.groups) == 7
    with pytest.raises(ShapeError, match="<groups>"):
        evaluate(*BOXES, groups=form(labels[:-1]))


def test_rows_of_tables_in_another_order_are_matched_by_a_key() -> None:
    whole = table()
    shuffled = whole.take(np.arange(N)[::-1])
    expected = evaluate(whole, pred="y_hat", target="y")
    columns = {"pred": "y_hat", "target": "y"}
    assert evaluate(whole, shuffled, key="id", **columns).tallies == expected.tallies  # type: ignore[arg-type]
    with pytest.raises(DataError, match="differs from that of <targets> from row 1 on, and"):
        evaluate(whole, shuffled, **columns)  # type: ignore[arg-type]


def test_a_missing_value_of_a_table_is_refused_by_row_and_column() -> None:
    with pytest.raises(DataError, match=r"<predictions>: row 1, column 'w': the value is missing"):
        evaluate(table(), pred="y_hat", target="w")


def test_a_comparison_takes_data_in_memory(tmp_path: Path) -> None:
    arrays = BOXES[0], BOXES[0] * 1.5, BOXES[1]
    paths = [tmp_path / f"{name}.npy" for name in ("old", "new", "y")]
    for path, values in zip(paths, arrays, strict=True):
        np.save(path, values)
    expected = compare(*paths)
    assert compare(*arrays).differences == expected.differences
    assert compare(arrays[0].tolist(), paths[1], arrays[2]).differences == expected.differences
    one = pa.table({"a": arrays[0][:, 0], "b": arrays[1][:, 0], "y": arrays[2][:, 0]})
    columns = [values[:, 0] for values in arrays]
    of_table = compare(one, pred_a="a", pred_b="b", target="y")
    assert of_table.differences == compare(*columns).differences


def test_a_result_of_data_in_memory_is_a_document_like_any_other() -> None:
    result = evaluate(*BOXES, statistics=True)
    document = json.loads(json.dumps(result.to_json()))
    VALIDATOR.validate(document)
    assert document["inputs"]["target"] == {
        "path": "<targets>",
        "format": "array",
        "shape": [N, 4],
        "dtype": "<f8",
        "columns": [],
    }
    assert Result.from_json(json.dumps(document)) == result
    assert evaluate(table(), pred="y_hat", target="y").inputs[0].format == "table"


def test_parts_of_data_in_memory_are_not_taken_for_one_counted_twice(tmp_path: Path) -> None:
    paths = [str(tmp_path / f"part-{i}.json") for i in range(2)]
    for path, rows in zip(paths, (slice(0, 100), slice(100, None)), strict=True):
        part = evaluate(BOXES[0][rows], BOXES[1][rows])
        (tmp_path / path).write_text(json.dumps(part.to_json()))
    warnings: list[str] = []
    merged = merged_results(paths, 2, "none", warnings.append, None).result
    assert (merged.tallies, warnings) == (evaluate(*BOXES).tallies, [])


def test_text_and_paths_are_always_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    np.save("1.npy", [1.0])
    assert evaluate("1.npy", [3.0], betas=0.0).mean == 2.0
    for names in (["1.npy"], b"1.npy"):
        with pytest.raises(DtypeError, match=r"<predictions>"):
            evaluate(names, [3.0])


class OnGpu:
    """An array on a GPU, as DLPack tells."""

    def __dlpack_device__(self) -> tuple[int, int]:
        return 2, 0


class Failing:
    """An array whose library fails."""

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        raise RuntimeError("Can't call numpy() on\nTensor that requires grad.")


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        (OnGpu(), DtypeError, "<predictions>: on a GPU [SmoothL1Loss takes it there; or copy it]"),
        (Failing(), DtypeError, "<predictions>: no array of numbers: Can't call numpy() on Tensor"),
        (["a"], DtypeError, "<predictions> holds a str at position 0"),
        ([[1.0], [1.0, 2.0]], ShapeError, "<predictions> has lists that are not equally long"),
        ({"a": 1}, DtypeError, "<predictions>: a dict is no array or table [give one of"),
        (np.ma.masked_equal([1.0, 2.0], 2.0), DataError, "<predictions>: row 2: a value is masked"),
        (Frame({"x": [1.0]}), DtypeError, "<predictions>: cannot be had as a table of Arrow"),
        (np.zeros((2, 1)), ShapeError, "<predictions>: shape (2, 1), but <targets> has (2,)"),
        (np.zeros(2, "M8[s]"), DtypeError, "<predictions>: dtype datetime64[s] has no Smooth L1"),
    ],
)
def test_what_holds_no_numbers_is_refused_by_name(given: Any, error: Any, said: str) -> None:
    with pytest.raises(error) as caught:
        evaluate(given, [1.0, 2.0])
    assert str(caught.value).startswith(said)
    assert "\n" not in str(caught.value)


def test_an_array_has_no_columns() -> None:
    with pytest.raises(DataError, match=r"<predictions>: .*no column"):
        evaluate([1.0], [2.0], pred="x", target="y")
    with pytest.raises(SettingsError, match="weighted"):
        evaluate([1.0], [2.0], EvalSettings(weighted=True))


class Labelled:
    """A column with an index, as pandas and xarray have it."""

    def __init__(self, values: list[float], index: list[int]) -> None:
        self._values = values
        self.index = Index(index)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return np.array(self._values)


class Index(list[int]):
    """An index, as far as it is asked."""

    def equals(self, other: Index) -> bool:
        return [*self] == [*other]

    def sort_values(self) -> Index:
        return Index(sorted(self))


def test_an_index_in_another_order_is_refused_unless_nobody_checks() -> None:
    one, other = Labelled([1.0, 2.0], [7, 9]), Labelled([2.0, 1.0], [9, 7])
    said = "^<predictions> and <targets> have the same index in another order"
    with pytest.raises(ShapeError, match=said):
        evaluate(one, other)
    with pytest.raises(ShapeError, match=r"^<predictions> and <weights> have the same index"):
        evaluate(one, one, weights=other)
    with pytest.raises(ShapeError, match=r"^<predictions_a> and <targets> have the same index"):
        compare(one, one, other)
    with pytest.raises(ShapeError, match=r"^<targets> and <weights> have the same index"):
        evaluate(np.ones(2), one, weights=other)  # what a model predicts has no index
    with pytest.raises(ShapeError, match=r"^<predictions_b> and <targets> have the same index"):
        compare(np.ones(2), one, other)
    unchecked = evaluate(one, other, betas=0.0, options=ReadOptions(key_check=False))
    assert unchecked.sum == 2.0


def test_pandas_is_read_as_it_is_written(tmp_path: Path) -> None:
    pd = pytest.importorskip("pandas")
    frame = table().to_pandas().drop(columns="w").set_index("id")
    frame.to_parquet(tmp_path / "x.parquet")
    columns: dict[str, Any] = {"pred": "y_hat", "target": "y", "by": "g"}
    expected = evaluate(tmp_path / "x.parquet", **columns)
    assert evaluate(frame, **columns).tallies == expected.tallies
    shuffled = frame.sample(frac=1, random_state=1)
    sides = frame[["y_hat"]], shuffled[["y"]]
    with pytest.raises(DataError, match="column 'id' differs from that of <targets>"):
        evaluate(*sides)
    whole = evaluate(frame, pred="y_hat", target="y")
    assert evaluate(*sides, key="id").tallies == whole.tallies
    assert evaluate(frame["y_hat"], frame["y"]).tallies == whole.tallies
    with pytest.raises(ShapeError, match="the same index in another order"):
        evaluate(frame["y_hat"], shuffled["y"])
    nan = pd.DataFrame({"p": [1.0, np.nan], "t": [1.0, 2.0]})
    assert evaluate(nan, pred="p", target="t", warn=lambda _: None).tallies[0].n_nan == 1
    with pytest.raises(DataError, match="row 2, column 'p': the value is missing"):
        evaluate(nan.astype("Float64").assign(p=pd.array([1.0, None])), pred="p", target="t")
    with pytest.raises(DtypeError, match="cannot be had as a table of Arrow: Duplicate"):
        evaluate(pd.concat([nan, nan], axis=1), pred="p", target="t")


def test_polars_is_read_without_a_copy_of_its_numbers() -> None:
    pl = pytest.importorskip("polars")
    frame = pl.from_arrow(table())
    expected = evaluate(table(), pred="y_hat", target="y", by="g")
    assert evaluate(frame, pred="y_hat", target="y", by="g").tallies == expected.tallies
    whole = evaluate(table(), pred="y_hat", target="y")
    assert evaluate(frame["y_hat"], frame["y"]).tallies == whole.tallies


@pytest.mark.parametrize("name", ["LazyFrame", "DuckDBPyRelation"])
def test_a_query_that_was_not_run_is_refused_with_the_method_that_runs_it(name: str) -> None:
    """Only its class is looked at: to ask it for columns may run it, or warn."""
    query = type(name, (), {})()
    for inputs in ((query, [1.0]), ([1.0], query)):
        with pytest.raises(DtypeError, match=f"a {name} is a query") as caught:
            evaluate(*inputs)
        assert (caught.value.hint or "").endswith(" returns")


class Stored:
    """An array as it is stored, with attributes that nobody applied, as rioxarray gives it."""

    def __init__(self, values: Any, attributes: dict[str, Any], index: Any = None) -> None:
        self._values = np.asarray(values)
        self.attrs = attributes
        self.index = index

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return self._values


NEUTRAL = {"scale_factor": 1.0, "add_offset": 0.0, "AREA_OR_POINT": "Area"}


def test_values_that_attributes_call_missing_are_missing() -> None:
    marks = {"_FillValue": -9999.0, **NEUTRAL}
    pred = Stored([[1.0, 2.0, -9999.0], [4.0, 5.0, 6.0]], marks)
    target = Stored([[1.5, 2.0, 3.0], [4.0, 5.0, -9999.0]], marks)
    with pytest.raises(DataError, match=r"<predictions>: row 1: the value is missing \(-9999.0\)"):
        evaluate(pred, target)
    assert evaluate(pred, target, EvalSettings(nan="omit"), warn=[].append).mean == 0.125 / 4
    with pytest.raises(DtypeError, match=r"input has missing values \(-9999.0, by its attributes"):
        smooth_l1_loss(pred, target)
    assert smooth_l1_loss(Stored([1.0], NEUTRAL), [2.0]) == 0.5
    with pytest.raises(DtypeError, match="'<predictions>' has the attribute scale_factor"):
        evaluate(Stored([1.0], {"scale_factor": 0.1}), [1.0])
    with pytest.raises(DtypeError, match="'<predictions>' has the attribute Scale-Factor"):
        evaluate(Stored([1.0], {"Scale-Factor": 0.1, 5: None}), [1.0])


def test_missing_values_of_a_column_with_an_index_are_missing() -> None:
    pd = pytest.importorskip("pandas")
    pred = pd.Series([1.0, -9999.0], index=["a", "b"], name="p")
    pred.attrs["missing_value"] = -9999.0
    with pytest.raises(DataError, match="<predictions>: row 2, column 'p': the value is missing"):
        evaluate(pred, [1.5, 2.0])
    assert evaluate(pred, [1.5, 2.0], EvalSettings(nan="omit"), warn=[].append).mean == 0.125


def test_units_of_arrays_that_extend_those_of_numpy_are_compared() -> None:
    class Quantity(np.ndarray[Any, Any]):
        unit = "km"

    said: list[str] = []
    evaluate(np.ones(3).view(Quantity), Stored(np.ones(3), {"units": "m"}), warn=said.append)
    assert "are their units the same?" in said[0]
