"""What `smoothl1 compare` prints, writes and refuses of three models or more."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import numpy as np
import pyarrow.parquet as pq
import pytest
import xmlschema

from smoothl1 import compare
from tests.cli.terminals import on_terminal
from tests.cli.views.test_junit import SCHEMA

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

LOSSES = {"a": [1.0, 2.0, 4.0, 3.0], "b": [1.0, 3.0, 2.0, 2.0], "c": [1.5, 2.5, 4.5, 3.5]}
FILES = ("compare", "a.npy", "b.npy", "c.npy", "y.npy", "-b", "0")
COLUMNS = ("--pred", "a", "--pred", "b", "--pred", "c", "--target", "y")
ONE_TABLE = ("compare", "t.csv", *COLUMNS, "-b", "0")
HEAD = "rank\tmodel\tmean\tdifference\tlow\thigh\tt\tp_value\tbetter\tworse\tties"
NOTE = (
    "intervals and p allow for all 3 pairs of models: together the intervals hold at the 95% "
    "level, whichever model is best"
)


@pytest.fixture(autouse=True)
def _files(tmp_path: Path) -> None:
    for name, side in {**LOSSES, "y": [0.0] * 4}.items():
        np.save(tmp_path / f"{name}.npy", side)
    rows = zip(*LOSSES.values(), "vuvu", strict=True)
    lines = [f"{a},{b},{c},0,{g}\n" for a, b, c, g in rows]
    (tmp_path / "t.csv").write_text("a,b,c,y,g\n" + "".join(lines))


def rows_of(text: str) -> list[dict[str, str]]:
    head, *lines = [line.split("\t") for line in text.splitlines()]
    return [dict(zip(head, line, strict=True)) for line in lines]


def test_models_are_lines_from_the_best_to_the_worst(run: Run) -> None:
    done = run(*FILES)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(
        f"beta\t{HEAD}\n0.0\t1\tb\t2.0\t\t\t\t\t\t\t\t\n0.0\t2\ta\t2.5\t0.5\t"
    )
    rows = rows_of(done.stdout)
    assert [(row["model"], row["mean"]) for row in rows] == [
        ("b", "2.0"),
        ("a", "2.5"),
        ("c", "3.0"),
    ]
    assert [rows[2][name] for name in ("better", "worse", "ties")] == ["1", "3", "0"]
    assert run(*ONE_TABLE).stdout == done.stdout
    assert (
        run("compare", "t.csv", "--pred", "[abc]", "--target", "y", "-b", "0").stdout == done.stdout
    )
    assert run(*FILES, "--chunk-size", "1", "--threads", "2").stdout == done.stdout


def test_two_columns_of_one_table_are_a_and_b(run: Run) -> None:
    two = ("compare", "t.csv", "--target", "y")
    done = run(*two, "--pred", "a", "--pred", "b")
    assert done.stdout == run(*two, "--pred-a", "a", "--pred-b", "b").stdout
    assert "mean_b" in done.stdout


def test_a_column_that_every_model_has_is_named_once(run: Run, tmp_path: Path) -> None:
    for name, side in {**LOSSES, "y": [0.0] * 4}.items():
        order = [2, 0, 3, 1] if name == "b" else range(4)
        lines = "".join(f"{i},{side[i]},9\n" for i in order)
        (tmp_path / f"{name}.csv").write_text(f"id,loss,other\n{lines}")
    files = [f"{name}.csv" for name in "abcy"]
    done = run("compare", *files, "--pred", "loss", "--target", "loss", "-k", "id", "-b", "0")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == run(*FILES).stdout
    done = run("compare", *files, "--pred", "loss", "--target", "loss")
    assert done.returncode == 3
    assert "'id' differs from that of b.csv" in done.stderr


def test_a_model_that_lacks_a_value_changes_no_mean_of_the_others(run: Run, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,b,c,y,w\n1,0,1,0,1\n,0,1,0,4\n3,2,1,0,1\n")
    for policy in ("propagate", "omit-target"):
        done = run(*ONE_TABLE[:-2], "--weight", "w", "--nan", policy, "-q")
        means = {row["model"]: row["mean"] for row in rows_of(done.stdout)}
        assert means == {"b": "0.25", "c": "0.5", "a": "nan"}


def test_each_beta_and_group_has_a_ranking(run: Run, tmp_path: Path) -> None:
    args = (*ONE_TABLE, "-b", "2", "--by", "g")
    rows = rows_of(run(*args).stdout)
    assert [(row["beta"], row["g"], row["rank"]) for row in rows] == [
        (beta, group, rank) for beta in ("0.0", "2.0") for group in "uv" for rank in "123"
    ]
    run(*args, "-o", "r.parquet")
    assert pq.read_table(tmp_path / "r.parquet").num_rows == 12
    seen = on_terminal([*args], tmp_path, COLUMNS="160")
    assert seen.splitlines()[-1] == (
        "of 4 results, the smallest mean loss is that of a in 2, b in 2; in none are all "
        "others worse at the 95% level"
    )


def test_json_is_that_of_python(run: Run, tmp_path: Path) -> None:
    done = run(*FILES, "--confidence", "0.9", "-o", "r.json")
    assert done.stderr.count("fewer than 30") == 1
    found = compare(*(str(tmp_path / f"{name}.npy") for name in "abcy"), betas=0.0)
    document = json.loads((tmp_path / "r.json").read_text())
    assert document["results"] == found.to_json(0.9)["results"]
    assert (
        run(*FILES, "--json", "--confidence", "0.9", "-q").stdout
        == (tmp_path / "r.json").read_text()
    )


@pytest.mark.parametrize(
    ("width", "heads", "rest"),
    [
        (100, "rank model mean above best 95% from to change p better worse ties", ""),
        (60, "rank model mean above best 95% from to p", "change, better, worse, ties"),
    ],
)
def test_a_terminal_shows_what_it_has_room_for(
    tmp_path: Path, width: int, heads: str, rest: str
) -> None:
    lines = on_terminal([*FILES], tmp_path, COLUMNS=str(width)).splitlines()
    assert " ".join(lines[0].split()) == heads
    assert max(map(len, lines[:4])) <= width
    assert lines[1].split() == ["1", "b", "2"]
    without = f"not shown: {rest} (in a wider terminal, and with --json) " if rest else ""
    ending = "b has the smallest mean loss; no clear difference from a, c"
    assert " ".join(lines[4:]) == f"{without}3 models against y {NOTE} {ending}"
    assert max(map(len, lines)) <= width


def test_a_terminal_without_room_for_the_interval_has_several_tables(tmp_path: Path) -> None:
    seen = on_terminal([*FILES, "-q"], tmp_path, COLUMNS="30")
    first, second = (table.splitlines() for table in seen.split("\n\n"))
    heads = [" ".join(table[0].split()) for table in (first, second)]
    assert heads == ["model mean above best", "model 95% from to"]
    assert [table[1].split()[0] for table in (first, second)] == ["b", "b"]
    assert second[4].startswith("not shown: rank, change, p,")
    assert max(map(len, first + second)) <= 30


def test_the_sentence_tells_what_is_sure(run: Run, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    y = np.zeros(200)
    sides = {
        "z.npy": y + 1,
        "same.npy": y + 1,
        "odd.npy": np.where(rng.random(200) < 0.1, np.inf, 1),
    }
    for i in range(5):
        sides[f"m{i}.npy"] = 2 + i + rng.random(200)
    for name, side in sides.items():
        np.save(tmp_path / name, side)
    np.save(tmp_path / "y.npy", y)
    (tmp_path / "out").touch()
    args = ("compare", *sides, "y.npy", "-b", "0", "--github", "-q")
    assert run(*args, env={"GITHUB_OUTPUT": str(tmp_path / "out")}).returncode == 0
    said = (tmp_path / "out").read_text()
    assert "z has the smallest mean loss; m0 is worse by 1.52 (+152%), 95% interval 1.46" in said
    assert "; 2 more are worse; no clear difference from same; not finite: odd" in said
    assert "\nz\n" in said
    assert "\nz\t1.0\nsame\t1.0\n" in said


def test_reports_name_every_model(run: Run, tmp_path: Path) -> None:
    run(*FILES, "--junit", "j.xml", "--markdown", "m.md")
    xmlschema.XMLSchema.validate(SCHEMA, str(tmp_path / "j.xml"))
    junit = (tmp_path / "j.xml").read_text()
    assert junit.count("<testcase") == 3
    assert "mean of model 'b' at beta 0" in junit
    blocks = (tmp_path / "m.md").read_text().split("\n\n")
    assert blocks[0].endswith("of `a.npy` (`a`), `b.npy` (`b`), `c.npy` (`c`) against `y.npy`")
    assert blocks[1] == "`b` has the smallest mean loss; no clear difference from `a`, `c`."
    assert "\n| 1 | `b` | 2 |" in blocks[2]
    assert blocks[3].startswith("Intervals and p allow for all 3 pairs")


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ((*FILES, "--fail-if", "worse"), "--fail-if worse is about two models, and there are 3"),
        (
            (*ONE_TABLE, "--fail-if", "worse", "--margin", "1%"),
            "--fail-if worse is about two models",
        ),
        ((*FILES, "--pred-a", "a"), "--pred-a and --pred-b are columns of two models"),
        ((*ONE_TABLE, "--pred-a", "a"), "--pred stands beside --pred-a or --pred-b"),
        (("compare", "t.csv", "--pred", "a", "--target", "y"), "there is one model"),
        (
            ("compare", "t.csv", "--pred", "[abc]", "--target", "y", "--fail-if", "worse"),
            "--fail-if worse is about two models, and a pattern may match more [name two columns",
        ),
        (("compare", *["a.npy"] * 34), "33 models: at most 32 are compared at once"),
        (
            ("compare", "[abc].npy", "y.npy"),
            (
                "give the predictions of two models or more and the targets, or one table of all "
                "[a quoted pattern is one model in several files; without quotes each is a model]"
            ),
        ),
        (
            ("compare", "a.npy", "b.npy"),
            (
                "give the predictions of two models or more and the targets, or one table of all "
                "[the targets are missing: a.npy b.npy TARGET; of one model eval gives the loss]"
            ),
        ),
    ],
)
def test_what_does_not_go_together_is_refused_in_one_line(
    run: Run, tmp_path: Path, args: tuple[str, ...], said: str
) -> None:
    done = run(*args)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert f"smoothl1: error: {said}" in done.stderr
    assert " [" in done.stderr
    assert not (tmp_path / "r.html").exists()


def test_the_name_of_a_model_cannot_forge_a_cell(run: Run, tmp_path: Path) -> None:
    np.save(tmp_path / "x\t9\n.npy", LOSSES["a"])
    done = run("compare", "x\t9\n.npy", "b.npy", "c.npy", "y.npy")
    assert len(rows_of(done.stdout)) == 3
    assert "\tx\\t9\\n\t" in done.stdout


def test_files_that_differ_in_a_number_alone_are_doubted_if_no_target_tells_them_apart(
    run: Run, tmp_path: Path
) -> None:
    for i in range(4):
        np.save(tmp_path / f"s{i}.npy", LOSSES["a"])
    doubted = run("compare", "s0.npy", "s1.npy", "s2.npy", "s3.npy").stderr
    assert "s0.npy, s1.npy, s2.npy and s3.npy differ in a number alone" in doubted
    assert run("compare", "s0.npy", "s1.npy", "s2.npy", "y.npy").stderr == ""


def test_numbers_given_twice_are_told(run: Run) -> None:
    done = run("compare", "a.npy", "b.npy", "a.npy", "y.npy")
    assert "predictions of model 1 and predictions of model 3 are the same numbers" in done.stderr
    done = run("compare", "a.npy", "b.npy", "b.npy")
    assert "b.npy: predictions of B and targets are the same numbers" in done.stderr


def test_columns_of_every_model_that_are_of_one_file_alone_are_refused_with_the_options_for_both(
    run: Run, tmp_path: Path
) -> None:
    for name in "ab":
        (tmp_path / f"{name}.csv").write_text(f"p{name}\n1\n2\n")
    (tmp_path / "y.csv").write_text("y\n1\n1\n")
    columns = ("--pred", "pa", "--pred", "pb", "--target", "y")
    done = run("compare", "a.csv", "b.csv", "y.csv", *columns)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == (
        "smoothl1: error: a.csv: no column 'pb', and --pred names the columns of every model "
        "[--pred-a pa --pred-b pb names one of each]\n"
    )
    both = run("compare", "a.csv", "b.csv", "y.csv", "--pred-a", "pa", "--pred-b", "pb")
    assert both.returncode == 0


def test_a_page_has_the_table_and_the_differences_from_the_best(run: Run, tmp_path: Path) -> None:
    done = run(*FILES, "-o", "r.html")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    page = (tmp_path / "r.html").read_text()
    assert "<h1>3 models against y.npy</h1>" in page
    assert "At beta 0, b has the smallest mean loss of 3 models, 2." in page
    cells = re.findall(r"<td[^>]*>([^<]*)</td>", page)
    assert cells[:3] == ["1", "b", "2"]
    assert [cells[cells.index(name) + 1] for name in "bac"] == ["2", "2.5", "3"]  # their means
    assert page.count("<svg") == 1
    assert page.count("Intervals and p allow for all 3 pairs") == 1
    for more in (("--pred", "[abc]", "--target", "y"), COLUMNS):
        assert run("compare", "t.csv", *more, "-b", "0", "-o", "t.html").stderr == ""
        assert "b has the smallest mean loss of 3" in (tmp_path / "t.html").read_text()
    grouped = run(*ONE_TABLE, "--by", "g", "-b", "1", "-o", "g.html")
    assert grouped.returncode == 0
    page = (tmp_path / "g.html").read_text()
    assert (
        "4 rankings of 3 models by their mean loss. The smallest is that of a in 2, b in 2. "
        "By their 95% intervals, all other models are worse in 0." in page
    )
    (tmp_path / "nan.csv").write_text("a,b,c,y\nnan,nan,nan,0\n")
    columns = ("--pred", "[abc]", "--target", "y", "-q")
    assert run("compare", "nan.csv", *columns, "-o", "n.html").returncode == 0
    page = (tmp_path / "n.html").read_text()
    assert "No verdict: none of 3 models has a finite mean loss." in page
    assert "<svg" not in page
