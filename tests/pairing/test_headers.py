"""The first row of a CSV: a header where that is certain, data where that is, else refused."""

from __future__ import annotations

from functools import partial
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1 import DataError, EvalSettings, Execution, ReadOptions, compare, evaluate
from tests.pairing.first_rows import DISTANCE, PRED, TARGET, certain_sides, csv

if TYPE_CHECKING:
    from pathlib import Path

L1 = EvalSettings((0.0,), "sum")


def decided(path: Path, other: Path, **more: Any) -> str:
    """What was decided about the first row of an input."""
    result = evaluate(path, other, L1, warn=lambda _: None, **more)
    return next(d.choice for d in result.decisions if (d.subject, d.input) == ("header", str(path)))


@pytest.fixture
def target(tmp_path: Path) -> Path:
    np.save(tmp_path / "t.npy", TARGET)
    return tmp_path / "t.npy"


IN_DOUBT = {
    "the name that pandas gives": "0",
    "a year above fractions": "2024",
    "a number in quotes above numbers without": '"7.5"',
    "a name that is empty": '""',
}
FIGURES = ['"1,234.5"', "1'000", "1_000", "0x1F", "1d5", "1.234.567"]


@pytest.mark.parametrize("first", IN_DOUBT.values(), ids=IN_DOUBT)
def test_a_row_in_doubt_is_refused_where_nothing_settles_it(tmp_path: Path, first: str) -> None:
    paths = [csv(tmp_path / "p.csv", first), csv(tmp_path / "t.csv", first, TARGET)]
    with pytest.raises(DataError, match=r"p\.csv: the first row, .*--header or --no-header"):
        evaluate(*paths, L1)


@pytest.mark.parametrize("first", IN_DOUBT.values(), ids=IN_DOUBT)
def test_the_option_settles_a_row_in_doubt(tmp_path: Path, first: str) -> None:
    paths = [csv(tmp_path / "p.csv", first), csv(tmp_path / "t.csv", first, TARGET)]
    found = evaluate(*paths, L1, options=ReadOptions(header=True))
    assert (found.values, found.n) == ((DISTANCE,), 4)
    settings = EvalSettings((0.0,), "sum", "omit")
    found = evaluate(*paths, settings, options=ReadOptions(header=False), warn=lambda _: None)
    assert found.values == (DISTANCE,)
    assert found.n + found.tallies[0].n_omitted == 5


@pytest.mark.parametrize("first", FIGURES)
def test_a_number_in_another_notation_is_no_name_for_certain(tmp_path: Path, first: str) -> None:
    paths = [csv(tmp_path / "p.csv", first), csv(tmp_path / "t.csv", first, TARGET)]
    with pytest.raises(DataError, match=r"is like a number.*--header or --no-header"):
        evaluate(*paths, L1)
    assert evaluate(*paths, L1, options=ReadOptions(header=True)).values == (DISTANCE,)
    with pytest.raises(DataError, match="is not a number"):
        evaluate(*paths, L1, options=ReadOptions(header=False))


@pytest.mark.parametrize("first", ["0", "2024", '"7.5"'])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_rows_of_a_certain_side_settle_a_row_in_doubt(
    tmp_path: Path, target: Path, first: str, end: str
) -> None:
    path = csv(tmp_path / "p.csv", first, end=end)
    for one, other in ((path, target), (target, path)):
        assert evaluate(one, other, L1).values == (DISTANCE,)
    number = float(first.strip('"'))
    longer = tmp_path / "longer.npy"
    np.save(longer, [number, *TARGET])
    found = evaluate(path, longer, L1)
    assert (found.values, found.n) == ((DISTANCE,), 5)
    np.save(tmp_path / "longest.npy", np.zeros(6))
    with pytest.raises(DataError, match=r"may be .*makes 4 rows or 5, but .*longest.npy has 6"):
        evaluate(path, tmp_path / "longest.npy", L1)


def test_rows_are_counted_in_every_format(tmp_path: Path) -> None:
    path = csv(tmp_path / "p.csv", "0")
    for other in certain_sides(tmp_path):
        assert evaluate(path, other, L1).values == (DISTANCE,), other
        assert decided(path, other) == "the first row is the header"


def test_an_input_whose_rows_cannot_be_counted_settles_nothing(tmp_path: Path) -> None:
    path = csv(tmp_path / "p.csv", "0")
    np.savez(tmp_path / "t.npz", a=TARGET, b=TARGET[1:])
    with pytest.raises(DataError, match=r"writes as names \[--header or --no-header"):
        evaluate(path, tmp_path / "t.npz", L1, target="a")
    lines = tmp_path / "t.jsonl"
    lines.write_text('{"y": 1}\n{"y": [1}\n')
    with pytest.raises(DataError, match=r"t\.jsonl: row 2 is not a whole JSON object"):
        evaluate(path, lines, L1)


@pytest.mark.parametrize(
    "text",
    ["1\n2.25\n", "3\n1\n", "2024\n7\n", "1,2\n3,4\n", "5,5\n1.5,2\n", "0,2\n1.5,2\n", "0.0\n1\n"],
)
def test_a_row_of_plain_numbers_is_data(tmp_path: Path, text: str) -> None:
    (tmp_path / "p.csv").write_text(text)
    width = text.split("\n", maxsplit=1)[0].count(",") + 1
    columns = tuple(f"@{i + 1}" for i in range(width))
    np.save(tmp_path / "t.npy", np.zeros((2, width) if width > 1 else 2))
    found = evaluate(tmp_path / "p.csv", tmp_path / "t.npy", L1, pred=columns)
    assert found.values == (sum(map(float, text.replace("\n", ",").strip(",").split(","))),)


TABLES = {
    "names that pandas gives": "0,1\n1.5,2\n",
    "years above fractions": "2019,2020\n1.5,2\n",
    "whole numbers above an exponent": "7,8\n1e1,2\n",
    "numbers in quotes": '"1.5",2\n3,4\n',
    "text, and a number that is chosen": "img_1,2.5\nimg_2,3.5\n",
    "a missing value": "NA,2.5\n1.5,3.5\n",
}


@pytest.mark.parametrize("text", TABLES.values(), ids=TABLES)
def test_a_doubtful_row_of_one_table_is_refused_though_columns_are_named_by_position(
    tmp_path: Path, text: str
) -> None:
    (tmp_path / "p.csv").write_text(text)
    chosen: dict[str, Any] = {"pred": ("@2",), "target": ("@1",)}
    with pytest.raises(DataError, match="--header or --no-header"):
        evaluate(tmp_path / "p.csv", None, L1, **chosen)


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("0,1\n1.5,2\n", ("0", "1")),
        ("2019,2020\n1.5,2\n", ("2019", "@2")),
        ("x,7\n1.5,2\n", ("x", "7")),
        ("x,7\n1.5,2\n", ("x", "@2")),
        (",y\n1.5,2\n", ("@1", "@2")),
        ("x,\n1.5,2\n", ("x", "@2")),
    ],
)
def test_a_name_that_was_asked_for_makes_the_row_a_header(
    tmp_path: Path, text: str, columns: tuple[str, str]
) -> None:
    (tmp_path / "p.csv").write_text(text)
    chosen: dict[str, Any] = {"pred": columns[:1], "target": columns[1:]}
    assert evaluate(tmp_path / "p.csv", None, L1, **chosen).values == (0.5,)


@pytest.mark.parametrize("text", ["3.5,7\n1.5,2\n", "1,1.5\n2,2.5\n"])
def test_a_name_that_is_found_in_plain_numbers_makes_no_header(tmp_path: Path, text: str) -> None:
    (tmp_path / "p.csv").write_text(text)
    chosen: dict[str, Any] = {"pred": ("@2",), "target": ("@1",)}
    for more in ({"key": ("1",)}, {"settings": EvalSettings(by=text.split(",", maxsplit=1)[0])}):
        with pytest.raises(DataError, match="no column"):
            evaluate(tmp_path / "p.csv", None, **{"settings": L1, **chosen, **more})


def test_a_number_as_key_or_group_may_be_meant_as_a_position(tmp_path: Path) -> None:
    """As by sort and cut: it makes no header of a row that may be data."""
    (tmp_path / "p.csv").write_text("1,2\n1.5,2.5\n")
    chosen: dict[str, Any] = {"pred": ("@2",), "target": ("@1",)}
    with pytest.raises(DataError, match="--header or --no-header"):
        evaluate(tmp_path / "p.csv", None, L1, key=("1",), **chosen)


def test_the_same_first_row_on_both_sides_may_be_names(tmp_path: Path) -> None:
    paths = [csv(tmp_path / f"{side}.csv", "1", [0.5, 0.25]) for side in "pt"]
    with pytest.raises(DataError, match="another input has the same one"):
        evaluate(*paths, L1)
    (tmp_path / "whole.csv").write_text("1\n1\n2\n")
    for other in (csv(tmp_path / "other.csv", "3", [0.5, 0.25]), tmp_path / "whole.csv"):
        assert evaluate(paths[0], other, L1).n == 3
    for first, *below in (("2024", "7", "8"), ("2019,2020", "1,2", "3,3")):
        years = [tmp_path / f"{len(first)}{side}.csv" for side in "pt"]
        for path in years:
            path.write_text("".join(f"{row}\n" for row in (first, *below)))
        with pytest.raises(DataError, match="another input has the same one"):
            evaluate(*years, L1, warn=lambda _: None)
        loose = ReadOptions(header=False)
        assert evaluate(*years, L1, options=loose, warn=lambda _: None).values[0] == 0.0


@pytest.mark.parametrize("names", ["0", "0,1"])
def test_an_index_above_columns_without_names_is_a_header(tmp_path: Path, names: str) -> None:
    width = names.count(",") + 1
    for side, add in (("p", 0.0), ("t", 0.5)):
        rows = [",".join([str(i), *([repr(i + add)] * width)]) for i in range(3)]
        (tmp_path / f"{side}.csv").write_text("".join(f"{row}\n" for row in [f",{names}", *rows]))
    found = evaluate(tmp_path / "p.csv", tmp_path / "t.csv", L1, warn=lambda _: None)
    assert (found.values, found.n) == ((1.5 * width,), 3 * width)


@pytest.mark.parametrize("labels", [(17, 3, 5), (1, 2, 3), (-1, 0, 1)])
def test_an_empty_cell_and_0_are_a_header_above_any_index_of_whole_numbers(
    tmp_path: Path, labels: tuple[int, ...]
) -> None:
    """pandas writes a Series without a name so, in whatever order its rows are."""
    for side, values in (("p", (1.5, 2.5, 4.0)), ("t", (1.0, 2.5, 3.0))):
        rows = (f"{label},{value}\n" for label, value in zip(labels, values, strict=True))
        (tmp_path / f"{side}.csv").write_text(",0\n" + "".join(rows))
    found = evaluate(tmp_path / "p.csv", tmp_path / "t.csv", L1)
    assert (found.values, found.n) == ((1.5,), 3)
    index: dict[str, Any] = {"pred": ("@1",), "target": ("@2",)}
    with pytest.raises(DataError, match="--header or --no-header"):
        evaluate(tmp_path / "p.csv", None, L1, **index)


def test_the_same_plain_numbers_on_both_sides_are_data(tmp_path: Path) -> None:
    for first in ("5", "3", "17"):
        p, t = (csv(tmp_path / f"{side}.csv", first, [4.5, 2.25]) for side in "pt")
        assert evaluate(p, t, L1).n == 3


def test_what_may_be_names_itself_does_not_settle_another(tmp_path: Path) -> None:
    path = csv(tmp_path / "p.csv", "0", [1.5, 2.5])
    for text in ("2024\n3\n5\n", "0\n1\n2\n", "5\n1\n2\n"):
        (tmp_path / "t.csv").write_text(text)
        with pytest.raises(DataError, match=r"p\.csv: the first row"):
            evaluate(path, tmp_path / "t.csv", L1)


def test_a_column_named_for_one_side_leaves_the_other_to_be_settled(tmp_path: Path) -> None:
    p = csv(tmp_path / "p.csv", "y_hat", [2019.5, 2.5])
    t = csv(tmp_path / "t.csv", "2020", [1.5])
    assert evaluate(p, t, L1, pred=("y_hat",)).values == (1.5,)


def test_a_position_goes_after_a_name_that_is_the_same(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("y,@1\n5.5,2\n")
    chosen: dict[str, Any] = {"pred": ("@1",), "target": ("y",)}
    assert evaluate(tmp_path / "p.csv", None, L1, **chosen).values == (3.5,)


def test_only_the_cell_of_a_chosen_column_matters_in_a_mixed_row(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("2024,a,b\n1,2.5,3\n")
    chosen: dict[str, Any] = {"pred": ("a",), "target": ("b",)}
    assert evaluate(tmp_path / "p.csv", None, L1, **chosen).values == (0.5,)


def test_a_key_by_position_does_not_make_numbers_a_header(tmp_path: Path) -> None:
    for name, values in (("p", PRED), ("t", TARGET)):
        lines = (f"img_{i},{value}\n" for i, value in enumerate(values))
        (tmp_path / f"{name}.csv").write_text("".join(lines))
    paths = (tmp_path / "p.csv", tmp_path / "t.csv")
    with pytest.raises(DataError, match="the cell of column @2 is a number"):
        evaluate(*paths, L1, key=("@1",))
    found = evaluate(*paths, L1, key=("@1",), options=ReadOptions(header=False))
    assert (found.values, found.n) == ((DISTANCE,), 4)


def test_weights_in_doubt_are_settled_by_the_rows_of_the_sides(
    tmp_path: Path, target: Path
) -> None:
    np.save(tmp_path / "p.npy", PRED)
    weights = csv(tmp_path / "w.csv", "0", [1.0, 1.0, 2.0, 1.0])
    found = evaluate(tmp_path / "p.npy", target, L1, weights=weights)
    assert found.values == (DISTANCE + 2,)


def shards(folder: Path, *texts: str) -> Path:
    folder.mkdir()
    for i, text in enumerate(texts):
        (folder / f"part-{i}.csv").write_text(text)
    return folder


def test_shards_in_doubt_are_settled_together(tmp_path: Path, target: Path) -> None:
    folder = shards(tmp_path / "p", "0\n1.0\n2.5\n", "0\n0.0\n4.0\n")
    assert evaluate(folder, target, L1).values == (DISTANCE,)
    np.save(tmp_path / "long.npy", np.zeros(6))
    assert evaluate(folder, tmp_path / "long.npy", L1).values == (7.5,)
    with pytest.raises(DataError, match="may be a header or data"):
        evaluate(folder, folder, L1)


def test_a_shard_of_plain_numbers_tells_that_none_has_a_header(
    tmp_path: Path, target: Path
) -> None:
    folder = shards(tmp_path / "p", "1.0\n2.5\n", "0\n4.0\n")
    assert evaluate(folder, target, L1).values == (DISTANCE,)


@pytest.mark.parametrize("labels", [("2024-01-01", "2024-01-02"), ("a", "b"), ("0", "1")])
def test_what_pandas_writes_of_a_series_without_a_name_has_a_header(
    tmp_path: Path, labels: tuple[str, str]
) -> None:
    p, t = tmp_path / "p.csv", tmp_path / "t.csv"
    for path, values in ((p, ("1.5", "2.5")), (t, ("1.0", "2.0"))):
        rows = (f"{label},{value}\n" for label, value in zip(labels, values, strict=True))
        path.write_text(",0\n" + "".join(rows))
    assert evaluate(p, t, L1).values == (1.0,)


def test_a_header_of_numbers_may_be_in_the_first_shard_alone_as_split_leaves_it(
    tmp_path: Path,
) -> None:
    folder = shards(tmp_path / "p", "0,1\n1.5,1\n", "4.5,4\n9.5,9\n")
    chosen: dict[str, Any] = {"pred": ("@1",), "target": ("@2",)}
    with pytest.raises(DataError, match="may be a header or data"):
        evaluate(folder, None, L1, **chosen)
    headless = ReadOptions(header=False)
    assert evaluate(folder, None, L1, options=headless, **chosen).values == (1.0 + 1.5,)


def test_a_shard_without_the_header_of_the_others_is_refused(tmp_path: Path, target: Path) -> None:
    folder = shards(tmp_path / "p", "y\n1.0\n", "y\n2.5\n", "0.0\n4.0\n")
    with pytest.raises(DataError, match=r"part-2\.csv: begins with data"):
        evaluate(folder, target, L1, pred=("y",))
    folder = shards(tmp_path / "q", "y,z\n1.0,1\n2.5,1\n", "0.5,x\n4.0,1\n")
    with pytest.raises(DataError, match=r"part-1\.csv"):
        evaluate(folder, target, L1, pred=("y",))


@pytest.mark.parametrize("execution", [Execution(1, 1), Execution(2, 3), Execution(2)])
def test_the_decision_does_not_depend_on_chunks_or_threads(
    tmp_path: Path, target: Path, execution: Execution
) -> None:
    path = csv(tmp_path / "p.csv", "0")
    assert evaluate(path, target, L1, execution=execution).values == (DISTANCE,)


def test_what_was_decided_stands_in_the_result_with_its_reason(
    tmp_path: Path, target: Path
) -> None:
    cases = {
        "y": ("the first row is the header", "its cells are text"),
        "0": ("the first row is the header", f"{target} has 4 rows, too"),
    }
    for first, expected in cases.items():
        path = csv(tmp_path / "p.csv", first)
        found = evaluate(path, target, L1).decisions
        assert ("header", str(path), *expected) in found
    path = csv(tmp_path / "p.csv", "1.0", PRED[1:])
    reason = "all of its cells are numbers"
    assert ("header", str(path), "there is no header", reason) in evaluate(
        path, target, L1
    ).decisions
    found = evaluate(path, target, L1, options=ReadOptions(header=False)).decisions
    assert ("header", str(path), "there is no header", "--no-header") in found


def test_flattened_inputs_do_not_settle_each_other(tmp_path: Path) -> None:
    path = csv(tmp_path / "p.csv", "0")
    np.save(tmp_path / "t.npy", np.array(TARGET).reshape(2, 2))
    with pytest.raises(DataError, match="may be a header or data"):
        evaluate(path, tmp_path / "t.npy", L1, options=ReadOptions(flatten=True))


MARKS = [".", "None", "NA", "N/A", "#N/A", "NULL", "null", "Null", r"\N", "-", "?", "n/a", "n.a."]
MARKS += ["--", "NaT", "none", "missing", "(null)", "*", "#VALUE!"]


@pytest.mark.sampled
@pytest.mark.parametrize(
    ("label", "mark"),
    [*product(["", "img_{},", "1{},"], MARKS), ("img_{},", "<NA>")],
)
def test_a_first_row_of_marks_for_missing_values_is_no_header_for_certain(
    tmp_path: Path, label: str, mark: str
) -> None:
    for side, values in (("p", "1.5 2.5"), ("t", "1.0 2.5")):
        rows = [f"{label.format(i)}{cell}\n" for i, cell in enumerate([mark, *values.split()])]
        (tmp_path / f"{side}.csv").write_text("".join(rows))
    paths = (tmp_path / "p.csv", tmp_path / "t.csv")
    chosen: dict[str, Any] = dict.fromkeys(("pred", "target"), ("@2" if label else "@1",))
    with pytest.raises(DataError, match="--header or --no-header"):
        evaluate(*paths, L1, **chosen)
    found = evaluate(*paths, L1, options=ReadOptions(header=True), **chosen)
    assert (found.values, found.n) == ((0.5,), 2)
    with pytest.raises(DataError, match=r"row 1, .*(is missing|is not a number)"):
        evaluate(*paths, L1, options=ReadOptions(header=False), **chosen)
    np.save(tmp_path / "t.npy", [0.0, 1.0, 2.5])
    with pytest.raises(DataError, match=r"row 1, .*(is missing|is not a number)"):
        evaluate(paths[0], tmp_path / "t.npy", L1, pred=chosen["pred"])


def test_marks_of_both_columns_of_one_table_are_no_header_for_certain(tmp_path: Path) -> None:
    for first in ("#N/A,#N/A", "img_1,.,."):
        rows = [first, *(("img_2," if "img" in first else "") + "1.5,1" for _ in range(2))]
        (tmp_path / "p.csv").write_text("".join(f"{row}\n" for row in rows))
        n = first.count(",")
        with pytest.raises(DataError, match="may be a missing value"):
            evaluate(tmp_path / "p.csv", None, L1, pred=(f"@{n}",), target=(f"@{n + 1}",))


@pytest.mark.parametrize(
    ("text", "pred"), [("None,y\n1.5,1\n", "None"), ("y,-\n1.5,1\n", "@2"), ("id,?\n7,1\n", "@2")]
)
def test_a_mark_that_was_asked_for_or_is_beside_a_name_above_numbers_is_a_name(
    tmp_path: Path, text: str, pred: str
) -> None:
    (tmp_path / "p.csv").write_text(text)
    np.save(tmp_path / "t.npy", [1.0])
    assert evaluate(tmp_path / "p.csv", tmp_path / "t.npy", L1, pred=(pred,)).n == 1


@pytest.mark.parametrize("name", ["2", "3", "24", "50", "0.5", ".9", "0,95"])
@pytest.mark.parametrize("n_models", [1, 2])
def test_the_same_number_apart_from_those_below_may_be_a_name(
    tmp_path: Path, name: str, n_models: int
) -> None:
    """A horizon, a quantile or a channel, as pandas writes a column of that name."""
    point = "," if "," in name else "."
    models = [tmp_path / f"{side}.csv" for side in "pq"][:n_models]
    for i, path in enumerate([*models, tmp_path / "t.csv"]):
        rows = "".join(f"{x}{point}123456{i}\n" for x in (7, -3, 12))
        path.write_text(f"{name}\n{rows}")
    how: Any = {"options": ReadOptions(decimal=point, delimiter=";")}
    run = partial(evaluate, settings=L1) if n_models == 1 else compare
    with pytest.raises(DataError, match="another input has the same one"):
        run(*models, tmp_path / "t.csv", **how)
    how = {"options": ReadOptions(decimal=point, delimiter=";", header=False)}
    assert run(*models, tmp_path / "t.csv", **how)


@pytest.mark.parametrize(
    ("first", "below", "others"),
    [
        ("100", "101.25 103.5 99.75", "98.5 97.125 99.5"),  # both begin with it
        ("300", "300.31 300.6 301.5", "299.5 299.9 302.5"),
        ("24", "23.5 7 8.5", "1.5 2.5 3.5"),  # others are whole, too
        ("0.5", "7.25 3.5 1.75", "7.5 3.25 1.5"),  # of few digits
        ("24.0", "1.5 2.5 3.5", "1.25 2.25 3.25"),
        ("-3", "1.5 2.5 3.5", "1.25 2.25 3.25"),
    ],
)
def test_the_same_number_that_may_be_one_of_those_below_is_data(
    tmp_path: Path, first: str, below: str, others: str
) -> None:
    paths = [tmp_path / "p.csv", tmp_path / "t.csv"]
    for path, rows in zip(paths, (below, others), strict=True):
        path.write_text("\n".join([first, *rows.split(), ""]))
    assert evaluate(*paths, L1).n == 4


def test_the_same_rising_fractions_above_other_rows_may_be_names(tmp_path: Path) -> None:
    """Quantile levels: of 0.1, 0.5, 0.9 no file tells by itself that they are no quantiles."""
    p, t = tmp_path / "p.csv", tmp_path / "t.csv"
    p.write_text("0.1,0.5,0.9\n1,2,3\n2,3,4\n")
    t.write_text("0.1,0.5,0.9\n1.5,2.5,3.5\n2.5,3.5,4.5\n")
    with pytest.raises(DataError, match="another input has the same one"):
        evaluate(p, t, L1)
    result = evaluate(p, t, L1, options=ReadOptions(header=True), warn=lambda _: None)
    assert result.values == (3.0,)  # 6 times 0.5
    assert evaluate(p, p, L1, warn=lambda _: None).n == 9


@pytest.mark.parametrize(
    ("first", "other"),
    [("0.1,0.5", "0.10,.5"), ("0,0.5,1", "0.0,0.5,1.0"), ("-0.5,0.5", "-0.5,5e-1")],
)
def test_fractions_that_are_written_in_two_ways_are_the_same(
    tmp_path: Path, first: str, other: str
) -> None:
    paths = (tmp_path / "p.csv", tmp_path / "t.csv")
    below = ",".join("7" * len(first.split(",")))
    for path, row, last in zip(paths, (first, other), (below, other), strict=True):
        path.write_text(f"{row}\n{below}\n{last}\n")  # the rows below differ in the second alone
    with pytest.raises(DataError, match="another input has the same one"):
        evaluate(*paths, L1)


@pytest.mark.parametrize("first", ["0.0,1.0", "0.9,0.5", "0.5,0.5", "1,2.5", "0.5"])
def test_other_numbers_that_agree_are_data(tmp_path: Path, first: str) -> None:
    paths = [tmp_path / "p.csv", tmp_path / "t.csv"]
    for path, cell in zip(paths, ("0.25", "0.75"), strict=True):
        row = ",".join([cell] * len(first.split(",")))
        path.write_text(f"{first}\n{row}\n")
    result = evaluate(*paths, L1, warn=lambda _: None)
    assert result.values == (0.5 * len(first.split(",")),)


def test_a_delimiter_at_the_end_of_each_row_makes_no_column_of_numbers(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("pred,\n1.5,\n2.5,\n")
    (tmp_path / "t.csv").write_text("y,\n1,\n2,\n")
    assert evaluate(tmp_path / "p.csv", tmp_path / "t.csv").values == (0.125,)
    (tmp_path / "t.csv").write_text("y,\n1,7\n2,8\n")
    with pytest.raises(DataError, match="several numeric columns: 'y', ''"):
        evaluate(tmp_path / "p.csv", tmp_path / "t.csv")
