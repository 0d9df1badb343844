"""What `smoothl1 eval` prints of groups, columns, weights, NaN and missing values."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import smoothl1

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

TABLE = """\
y_hat,y,who,w
1,0,anna,1
2,0,bert,3
4,0,anna,0.5
8,0,carl,0
"""

SIDES = ("--pred", "y_hat", "--target", "y", "-b", "0")
COLUMNS = ("--pred", "a", "--pred", "b", "--target", "c", "--target", "d", "-b", "0")

VERSION = smoothl1.__version__


@pytest.fixture(autouse=True)
def _tables(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(TABLE)
    (tmp_path / "rows.csv").write_text("a,b,c,d,who\n1,2,0,0,x\n3,4,0,0,y\n5,6,0,0,x\n")
    (tmp_path / "holes.csv").write_text("y_hat,y\n1,0\n,0\n2,nan\nnan,0\n5,0\n3,NA\n")


def result_of(run: Run, *args: str) -> dict[str, Any]:
    done = run("eval", *args, "--json")
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def assert_refused(run: Run, code: int, said: str, *args: str) -> None:
    """One line that says it, and nothing on stdout."""
    done = run("eval", *args)
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.startswith("smoothl1: error: ")
    assert done.stderr.count("\n") == 1
    assert said in done.stderr


def test_by_prints_a_line_for_each_group(run: Run) -> None:
    done = run("eval", "t.csv", *SIDES, "--by", "who")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "anna\t2.5\nbert\t2.0\ncarl\t8.0\n"
    done = run("eval", "t.csv", *SIDES, "--by", "who", "-r", "sum", "--precision", "3")
    assert done.stdout == "anna\t5\nbert\t2\ncarl\t8\n"


def test_several_betas_of_groups_are_lines_of_beta_group_and_value(run: Run) -> None:
    done = run("eval", "t.csv", *SIDES, "-b", "2", "--by", "who", "-r", "sum")
    assert done.stdout == (
        "0.0\tanna\t5.0\n0.0\tbert\t2.0\n0.0\tcarl\t8.0\n"
        "2.0\tanna\t3.25\n2.0\tbert\t1.0\n2.0\tcarl\t7.0\n"
    )


def test_by_column_prints_a_line_for_each_column(run: Run) -> None:
    assert run("eval", "rows.csv", *COLUMNS, "--by-column").stdout == "a\t3.0\nb\t4.0\n"


def test_groups_and_columns_are_both_named(run: Run) -> None:
    done = run("eval", "rows.csv", *COLUMNS, "--by-column", "--by", "who")
    assert done.stdout == "x\ta\t3.0\nx\tb\t4.0\ny\ta\t3.0\ny\tb\t4.0\n"


def test_columns_of_an_array_are_numbered(run: Run, tmp_path: Path) -> None:
    np.save(tmp_path / "p.npy", [[1.0, 2.0], [3.0, 4.0]])
    np.save(tmp_path / "t.npy", np.zeros((2, 2)))
    done = run("eval", "p.npy", "t.npy", "-b", "0", "--by-column")
    assert done.stdout == "1\t2.0\n2\t3.0\n"


def test_numbers_are_groups_in_the_order_of_numbers(run: Run, tmp_path: Path) -> None:
    (tmp_path / "n.csv").write_text("y_hat,y,g\n1,0,10\n2,0,9\n3,0,-1\n4,0,10\n")
    done = run("eval", "n.csv", *SIDES, "--by", "g")
    assert done.stdout == "-1\t3.0\n9\t2.0\n10\t2.5\n"


def test_control_characters_in_a_name_do_not_break_a_line(run: Run, tmp_path: Path) -> None:
    groups = ["a\tb", "c\nd", "e\x1b[31m", "ü"]
    columns = {"y_hat": [1.0, 2.0, 3.0, 4.0], "y": [0.0] * 4, "g": groups}
    pq.write_table(pa.table(columns), tmp_path / "t.parquet")
    done = run("eval", "t.parquet", *SIDES, "--by", "g")
    lines = done.stdout.splitlines()
    assert [line.split("\t")[-1] for line in lines] == ["1.0", "2.0", "3.0", "4.0"]
    assert all(line.count("\t") == 1 for line in lines)
    assert "\x1b" not in done.stdout
    assert lines[3] == "ü\t4.0"
    written = result_of(run, "t.parquet", *SIDES, "--by", "g")["results"]
    assert [entry["group"] for entry in written] == groups


def test_stdin_may_be_grouped_and_weighed(run: Run) -> None:
    done = run("eval", "-", *SIDES, "--by", "who", "--weight", "w", input=TABLE)
    assert done.stdout == "anna\t2.0\nbert\t2.0\ncarl\tnan\n"


@pytest.mark.grid
def test_chunks_and_threads_do_not_change_a_byte(run: Run) -> None:
    args = ("t.csv", *SIDES, "--by", "who", "--weight", "w", "--json")
    cuts = [(), ("--threads", "1", "--chunk-size", "1"), ("--threads", "2", "--chunk-size", "3")]
    assert len({run("eval", *args, *cut).stdout for cut in cuts}) == 1


def test_json_names_group_and_column_of_each_result(run: Run) -> None:
    result = result_of(run, "rows.csv", *COLUMNS, "-b", "1", "--by-column", "--by", "who")
    assert result["settings"]["by"] == "who"
    assert result["settings"]["by_column"] is True
    named = [(e["beta"], e["group"], e["column"], e["count"]) for e in result["results"]]
    cells = [("x", "a", 2), ("x", "b", 2), ("y", "a", 1), ("y", "b", 1)]
    assert named == [(beta, *cell) for beta in (0.0, 1.0) for cell in cells]
    assert [e["sum"] for e in result["results"]] == [6.0, 8.0, 3.0, 4.0, 5.0, 7.0, 2.5, 3.5]


def test_json_without_groups_names_none(run: Run) -> None:
    result = result_of(run, "t.csv", *SIDES)
    assert (result["settings"]["by"], result["settings"]["by_column"]) == (None, False)
    assert not {"group", "column"} & set(result["results"][0])


@pytest.mark.parametrize(
    ("args", "middle"),
    [
        ((), "w:no|n:4"),
        (("--by", "who", "--by-column"), "w:no|by:who,column|n:4"),
        (("--by", "who", "--weight", "w"), "w:yes|by:who|n:3"),
        (("--by", "who", "-b", "2"), "w:no|by:who|n:4"),
    ],
)
def test_the_signature_says_what_the_numbers_depend_on(
    run: Run, args: tuple[str, ...], middle: str
) -> None:
    betas = "0.0,2.0" if "-b" in args else "0.0"
    signature = result_of(run, "t.csv", *SIDES, *args)["signature"]
    assert signature == (f"smoothl1|beta:{betas}|red:mean|nan:propagate|{middle}|version:{VERSION}")


def test_the_signature_names_the_policy_and_counts_what_is_left(run: Run) -> None:
    signature = result_of(run, "holes.csv", *SIDES, "--nan", "omit-target")["signature"]
    assert signature == f"smoothl1|beta:0.0|red:mean|nan:omit-target|w:no|n:4|version:{VERSION}"


def test_a_weighted_mean_is_divided_by_the_weights(run: Run) -> None:
    done = run("eval", "t.csv", *SIDES, "--weight", "w")
    assert (done.stdout, done.stderr) == ("2.0\n", "")
    assert run("eval", "t.csv", *SIDES, "--weight", "w", "-r", "sum").stdout == "9.0\n"
    result = result_of(run, "t.csv", *SIDES, "--weight", "w")
    (entry,) = result["results"]
    assert result["settings"]["weighted"] is True
    assert (entry["count"], entry["zero_weight"]) == (3, 1)
    assert entry["exact"]["total"] == "0x9p0"
    assert entry["exact"]["weight"] == "0x9p-1"


def test_a_file_of_weights_may_have_any_format(run: Run, tmp_path: Path) -> None:
    np.save(tmp_path / "w.npy", [1.0, 3.0, 0.5, 0.0])
    pq.write_table(pa.table({"w": [1.0, 3.0, 0.5, 0.0]}), tmp_path / "w.parquet")
    for name in ("w.npy", "w.parquet"):
        assert run("eval", "t.csv", *SIDES, "--weights", name).stdout == "2.0\n"


def test_written_losses_are_weighted(run: Run, tmp_path: Path) -> None:
    done = run("eval", "t.csv", *SIDES, "--weight", "w", "-r", "none")
    assert done.stdout == "1.0\n6.0\n2.0\n0.0\n"
    run("eval", "t.csv", *SIDES, "--weight", "w", "-r", "none", "-o", "o.npy")
    assert np.load(tmp_path / "o.npy").tolist() == [1.0, 6.0, 2.0, 0.0]


def test_written_losses_are_nan_where_a_pair_is_left_out(run: Run) -> None:
    done = run("eval", "holes.csv", *SIDES, "--nan", "omit", "-r", "none")
    assert done.stdout == "1.0\nnan\nnan\nnan\n5.0\nnan\n"
    assert done.stderr == (
        "smoothl1: warning: 4 of 6 pairs were left out: NaN or missing (2 missing)\n"
    )


def test_missing_values_are_refused_unless_a_policy_is_named(run: Run) -> None:
    assert_refused(run, 3, "row 2, column 'y_hat': the value is missing", "holes.csv", *SIDES)
    done = run("eval", "holes.csv", *SIDES, "--nan", "propagate")
    assert (done.returncode, done.stdout) == (0, "nan\n")
    assert done.stderr == ""


def test_omit_and_omit_target_count_what_they_leave_out(run: Run) -> None:
    done = run("eval", "holes.csv", *SIDES, "--nan", "omit")
    assert done.stdout == "3.0\n"
    assert done.stderr == (
        "smoothl1: warning: 4 of 6 pairs were left out: NaN or missing (2 missing)\n"
    )
    done = run("eval", "holes.csv", *SIDES, "--nan", "omit-target")
    assert done.stdout == "nan\n"
    assert done.stderr == (
        "smoothl1: warning: 2 of 4 losses are NaN, the first in row 2, "
        "where column 'y_hat' of holes.csv has no value\n"
        "smoothl1: warning: 2 of 6 pairs were left out: NaN or missing "
        "(of all pairs, 2 have a missing side)\n"
    )
    assert run("eval", "holes.csv", *SIDES, "--nan", "omit", "-q").stderr == ""


def test_json_counts_nan_missing_and_omitted(run: Run) -> None:
    counts = {
        "propagate": (6, 4, 2, 0),
        "omit": (2, 0, 2, 4),
        "omit-target": (4, 2, 2, 2),
    }
    for policy, wanted in counts.items():
        result = result_of(run, "holes.csv", *SIDES, "--nan", policy)
        assert result["settings"]["nan"] == policy
        (entry,) = result["results"]
        names = ("count", "nan", "missing", "omitted")
        assert tuple(entry[name] for name in names) == wanted, policy


def test_nan_error_exits_3_and_writes_no_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "nan.csv").write_text("y_hat,y\n1,0\n2,nan\n3,nan\n")
    args = ("nan.csv", *SIDES, "--nan", "error")
    assert_refused(run, 3, "2 of 3 losses are NaN, the first in row 2", *args)
    before = sorted(tmp_path.iterdir())
    assert_refused(run, 3, "2 of 3 losses are NaN", *args, "-r", "none", "-o", "o.npy")
    assert sorted(tmp_path.iterdir()) == before
    assert_refused(run, 3, "the value is missing", "holes.csv", *SIDES, "--nan", "error")


def test_groups_in_which_nothing_is_left_have_no_mean(run: Run, tmp_path: Path) -> None:
    (tmp_path / "g.csv").write_text("y_hat,y,g\n1,0,a\nnan,0,b\n2,0,a\n")
    done = run("eval", "g.csv", *SIDES, "--by", "g", "--nan", "omit")
    assert (done.returncode, done.stdout) == (0, "a\t1.5\nb\tnan\n")
    result = result_of(run, "g.csv", *SIDES, "--by", "g", "--nan", "omit")
    assert result["results"][1]["mean"] is None
    assert math.isnan(float(result["results"][1]["mean_text"]))
    assert (result["results"][1]["count"], result["results"][1]["omitted"]) == (0, 1)


def test_a_nan_in_one_group_leaves_the_others_alone(run: Run, tmp_path: Path) -> None:
    (tmp_path / "g.csv").write_text("y_hat,y,g\n1,0,a\nnan,0,b\ninf,0,c\n")
    done = run("eval", "g.csv", *SIDES, "--by", "g")
    assert done.stdout == "a\t1.0\nb\tnan\nc\tinf\n"
    where = "row 2, where column 'y_hat' of g.csv has NaN"
    assert done.stderr == f"smoothl1: warning: 1 of 3 losses is NaN, the first in {where}\n"


WEIGHTS = {
    "negative.csv": ("1\n-2\n3\n4\n", "the weight in row 2 is -2.0"),
    "nan.csv": ("1\n2\nnan\n4\n", "the weight in row 3 is nan"),
    "missing.csv": ("1\nNA\n3\n4\n", "row 2"),
    "zero.csv": ("0\n0\n0\n0\n", "of weight 0"),
    "short.csv": ("1\n2\n3\n", "they must be equal"),
}


@pytest.mark.parametrize("name", WEIGHTS)
def test_weights_that_cannot_be_trusted_are_refused(run: Run, tmp_path: Path, name: str) -> None:
    text, said = WEIGHTS[name]
    (tmp_path / name).write_text("w\n" + text)
    assert_refused(run, 3, said, "t.csv", *SIDES, "--weights", name)


@pytest.mark.parametrize(
    ("code", "said", "args"),
    [
        (3, "no column 'whom'", ("--by", "whom")),
        (3, "no column 'v'", ("--weight", "v")),
        (3, "not a number", ("--weight", "who")),
        (2, "cannot be the weight", ("--weight", "y")),
        (2, "cannot be numbers and a key or group", ("--by", "y")),
        (2, "'drop' is not one of", ("--nan", "drop")),
        (4, "no such file", ("--weights", "none.npy")),
        (2, "standard input can be only one", ("-", "--weights", "-")),
    ],
)
def test_what_cannot_be_grouped_or_weighed_is_refused(
    run: Run, code: int, said: str, args: tuple[str, ...]
) -> None:
    sides = [side for side in SIDES if side not in ("-b", "0")]
    if args[0] == "-":
        assert_refused(run, code, said, "-", *sides, *args[1:])
    else:
        assert_refused(run, code, said, "t.csv", *sides, *args)


@pytest.mark.parametrize("policy", ["omit", "omit-target"])
def test_where_nothing_is_left_there_is_no_number(run: Run, tmp_path: Path, policy: str) -> None:
    (tmp_path / "none.csv").write_text("y_hat,y,g\n1,nan,a\n2,NA,b\n")
    for more in ((), ("--by", "g", "-r", "sum", "--allow-empty")):
        args = ("none.csv", *SIDES, "--nan", policy, *more)
        assert_refused(run, 3, "no pair is left to evaluate: 2 NaN or missing", *args)


def test_a_missing_group_is_refused_with_its_row(run: Run, tmp_path: Path) -> None:
    (tmp_path / "g.csv").write_text("y_hat,y,g\n1,0,a\n2,0,\n")
    said = "row 2, column 'g': the value is missing"
    assert_refused(run, 3, said, "g.csv", *SIDES, "--by", "g")
    assert_refused(run, 3, said, "g.csv", *SIDES, "--by", "g", "--nan", "omit")


def test_groups_that_disagree_are_refused_with_their_row(run: Run, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("y_hat,g\n1,a\n2,b\n3,c\n")
    (tmp_path / "y.csv").write_text("y,g\n0,a\n0,x\n0,c\n")
    said = "row 2 is of group 'b', but of group 'x' in y.csv"
    assert_refused(run, 3, said, "p.csv", "y.csv", *SIDES, "--by", "g")


def test_groups_of_a_csv_and_a_parquet_file_agree_or_are_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("y_hat,g\n1,7\n2,8\n")
    pq.write_table(pa.table({"y": [0.0, 0.0], "g": [7, 8]}), tmp_path / "y.parquet")
    done = run("eval", "p.csv", "y.parquet", *SIDES, "--by", "g")
    assert (done.returncode, done.stdout) in ((0, "7\t1.0\n8\t2.0\n"), (3, "")), done.stderr


def test_groups_of_different_names_are_different_lines(run: Run, tmp_path: Path) -> None:
    """A backslash is doubled, so that the letters of an escape are no escape."""
    groups = ["a\tb", "a\\tb", "a\\\\tb", "C:\\new"]
    columns = {"y_hat": [1.0, 2.0, 3.0, 4.0], "b": [0.0] * 4, "y": [0.0] * 4, "g": groups}
    pq.write_table(pa.table(columns), tmp_path / "t.parquet")
    shown = ["C:\\\\new", "a\\tb", "a\\\\\\\\tb", "a\\\\tb"]
    done = run("eval", "t.parquet", *SIDES, "--by", "g")
    assert [line.split("\t")[0] for line in done.stdout.splitlines()] == shown
    run("eval", "t.parquet", *SIDES, "--by", "g", "-o", "part.json")
    assert run("merge", "part.json").stdout == done.stdout
    sides = ("--pred-a", "y_hat", "--pred-b", "b", "--target", "y", "--by", "g")
    lines = run("compare", "t.parquet", *sides).stdout.splitlines()[1:]
    assert [line.split("\t")[1] for line in lines] == shown


@pytest.mark.parametrize("more", [(), ("-o", "o.csv"), ("-o", "o.npy", "--json"), ("-f", "csv")])
def test_losses_of_elements_leave_no_groups_out_in_silence(
    run: Run, tmp_path: Path, more: tuple[str, ...]
) -> None:
    said = "--by is for mean and sum: the losses of elements have no groups [leave out --reduction"
    assert_refused(run, 2, said, "t.csv", *SIDES, "-r", "none", "--by", "who", *more)
    said = said.replace("--by", "--by-column")
    assert_refused(run, 2, said, "rows.csv", *COLUMNS, "-r", "none", "--by-column", *more)
    assert not list(tmp_path.glob("o.*"))
