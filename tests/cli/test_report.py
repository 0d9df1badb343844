"""`smoothl1 report` as a command: text, a page, a folder of drawings."""

from __future__ import annotations

import json
import os
import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import numpy as np
import pytest
from rich.cells import cell_len

from tests.cli.terminals import on_terminal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

NAMES = {"distances", "errors", "pairs", "betas", "rows"}


def test_a_pipe_gets_text_of_80_columns(run: Run, samples: Path) -> None:
    done = run("report", samples / "preds.npy", samples / "targets.npy", "-b", "0.5")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Smooth L1 loss of preds.npy against targets.npy\n")
    assert "0.3694987305987734" in done.stdout
    assert "█" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


@pytest.mark.parametrize(("width", "scale"), [(20, 1.0), (40, 1e-100)])
def test_a_terminal_of_few_columns_is_enough(
    samples: Path, tmp_path: Path, width: int, scale: float
) -> None:
    for name in ("preds", "targets"):
        np.save(tmp_path / name, np.load(samples / f"{name}.npy").astype(np.float64) * scale)
    how = {"COLUMNS": str(width), "TERM": "xterm", "PYTHONIOENCODING": "utf-8"}
    seen = on_terminal(["report", "preds.npy", "targets.npy"], tmp_path, **how)
    assert max(map(len, seen.splitlines())) <= width
    assert "█" in seen
    assert "\x1b" not in seen


@pytest.mark.parametrize("width", [20, 40, 100])
def test_groups_are_drawn_on_a_terminal_as_dots_in_intervals(tmp_path: Path, width: int) -> None:
    rows = "".join(f"g{i % 12},{i % 12 + 9 * (i // 12 % 2)},0\n" for i in range(96))
    (tmp_path / "t.csv").write_text("g,x,y\n" + rows + "lone,3,0\n")
    args = ["report", "t.csv", "--pred", "x", "--target", "y", "--by", "g"]
    how = {"COLUMNS": str(width), "TERM": "xterm", "PYTHONIOENCODING": "utf-8"}
    lines = on_terminal(args, tmp_path, **how).splitlines()
    drawn = [line for line in lines if "●" in line]
    assert len(drawn) == 10  # of 13
    assert "10 of 13" in lines
    begin = next(i for i, line in enumerate(lines) if "13 groups" in line)
    assert max(map(len, lines[begin : lines.index("10 of 13")])) <= width
    places = [at for _, at in sorted((float(line.split()[-1]), line.index("●")) for line in drawn)]
    assert places == sorted(places)
    whole = [line for line in drawn if line.find("├") < line.index("●") < line.find("┤")]
    assert len(whole) >= 9  # a group of one row has no interval


@pytest.mark.parametrize(
    ("encoding", "wanted"),
    [
        ("utf-8", {"a statio… region 0", "a statio… region 1", "süd 東"}),
        ("ascii", {"a statio..region 0", "a statio..region 1", r"s\xfcd \u6771"}),
    ],
)
def test_long_names_of_groups_are_cut_with_dots_where_they_stay_different(
    tmp_path: Path, encoding: str, wanted: set[str]
) -> None:
    names = ("a station of region 0", "a station of region 1", "süd 東")
    rows = "".join(f"{names[i % 3]},{i % 7},0\n" for i in range(42))
    (tmp_path / "t.csv").write_text("g,x,y\n" + rows, encoding="utf-8")
    args = ["report", "t.csv", "--pred", "x", "--target", "y", "--by", "g"]
    how = {"COLUMNS": "54", "TERM": "xterm", "PYTHONIOENCODING": encoding}
    lines = on_terminal(args, tmp_path, **how).splitlines()
    begin = lines.index("mean loss, with 95% intervals") + 1
    drawn = lines[begin : begin + 3]
    assert {re.split(r" +[|├]", line)[0] for line in drawn} == wanted
    assert len({cell_len(line) for line in drawn}) == 1


@pytest.mark.parametrize("environment", [{"TERM": "dumb"}, {"PYTHONIOENCODING": "ascii"}])
def test_characters_are_plain_where_others_cannot_be_shown(
    run: Run, samples: Path, environment: dict[str, str]
) -> None:
    done = run("report", samples / "preds.npy", samples / "targets.npy", env=environment)
    assert done.returncode == 0
    assert done.stdout.isascii()
    assert "####" in done.stdout


def test_numbers_have_the_minus_sign_of_programs(run: Run, samples: Path, tmp_path: Path) -> None:
    done = run("report", samples / "preds.npy", samples / "targets.npy")
    run("report", samples / "preds.npy", samples / "targets.npy", "-o", "r.html")
    page = (tmp_path / "r.html").read_text()
    assert ">-1<" in page
    assert "\N{MINUS SIGN}" not in done.stdout + page


def test_the_last_bar_has_an_end(run: Run, tmp_path: Path) -> None:
    np.save(tmp_path / "p.npy", np.linspace(0.5, 7.75, 90))
    np.save(tmp_path / "y.npy", np.zeros(90))
    lines = run("report", "p.npy", "y.npy").stdout.splitlines()
    begin = lines.index("Distances")
    *_, last, end = lines[begin : lines.index("", begin)]
    assert "%" in last
    assert float(end) >= 7.75 > float(last.split()[0])


def test_a_page_and_a_folder_are_written_whole(run: Run, samples: Path, tmp_path: Path) -> None:
    inputs = (samples / "table.csv", "--pred", "y_hat", "--target", "y")
    done = run("report", *inputs, "-o", "r.html")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    page = (tmp_path / "r.html").read_text()
    assert page.startswith("<!DOCTYPE html>")
    assert page.endswith("</html>\n")
    done = run("report", *inputs, "-o", "figures/")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert {path.name for path in (tmp_path / "figures").iterdir()} == {f"{n}.svg" for n in NAMES}
    for path in (tmp_path / "figures").iterdir():
        ET.parse(path)


@pytest.mark.parametrize("name", ["r.pdf", "r.txt", "figures", "r.html.gz"])
def test_a_name_that_says_no_form_is_refused_before_anything_is_read(run: Run, name: str) -> None:
    done = run("report", "none.npy", "none.npy", "-o", name)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert f"{name}: a report is a page, a folder of drawings, or JSON" in done.stderr


def test_a_refused_report_leaves_the_earlier_one(run: Run, samples: Path, tmp_path: Path) -> None:
    (tmp_path / "r.html").write_text("old")
    done = run("report", samples / "preds.npy", samples / "table.csv", "-o", "r.html")
    assert done.returncode == 3
    assert (tmp_path / "r.html").read_text() == "old"
    assert os.listdir(tmp_path) == ["r.html"]


def test_a_file_in_place_of_the_folder_is_a_refusal_of_the_system(
    run: Run, samples: Path, tmp_path: Path
) -> None:
    (tmp_path / "f").write_text("")
    done = run("report", samples / "preds.npy", samples / "targets.npy", "-o", "f/")
    assert done.returncode == 4
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("command", "output"),
    [
        ("report", "no/r.html"),
        ("report", "no/r.json"),
        ("report", "file/"),
        ("report", "taken/"),
        ("compare", "no/r.html"),
        ("merge", "no/r.html"),
        ("merge", "taken/"),
    ],
)
def test_an_output_that_cannot_be_opened_is_refused_before_any_input_is(
    run: Run, tmp_path: Path, command: str, output: str
) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "taken" / "rows.svg").mkdir(parents=True)
    inputs = ["none.npy"] * {"report": 2, "compare": 3, "merge": 1}[command]
    done = run(command, *inputs, "-o", output)
    assert done.returncode == 4
    assert done.stderr.count("\n") == 1
    assert f"error: {output}" in done.stderr
    assert sorted(os.listdir(tmp_path)) == ["file", "taken"]
    assert os.listdir(tmp_path / "taken") == ["rows.svg"]


def test_a_folder_made_for_a_report_that_fails_goes_again(run: Run, tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    for folder in ("new/inner/", "old/new", "old/"):
        done = run("report", "none.npy", "none.npy", "-o", folder)
        assert done.returncode == (2 if folder == "old/new" else 4)
    assert [path.name for path in tmp_path.rglob("*")] == ["old"]


def test_json_is_the_result_with_figures(run: Run, samples: Path, tmp_path: Path) -> None:
    inputs = (samples / "preds.npy", samples / "targets.npy", "-b", "0.5")
    ways = [("--json",), ("-f", "json"), ("--json", "-o", "-")]
    printed = [run("report", *inputs, *way).stdout for way in ways]
    for way in (("-o", "r.json"), ("--json", "-o", "r.json")):
        done = run("report", *inputs, *way)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        assert printed == [(tmp_path / "r.json").read_text()] * 3
    result = run("eval", *inputs, "--also", "bias", "--top", "10", "--json").stdout
    document = json.loads(printed[0])
    assert document.pop("figures").keys() == {"errors", "pairs", "betas", "along_rows"}
    assert document == json.loads(result)
    gate = run("eval", *inputs, "--baseline", "r.json", "--max-increase", "0")
    assert (gate.returncode, gate.stdout) == (0, "0.3694987305987734\n")
    for args in (("--json", "-o", "r.html"), ("--json", "-o", "figures/"), ("-f", "csv")):
        done = run("report", *inputs, *args)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)


def test_two_betas_are_refused(run: Run) -> None:
    done = run("report", "p.npy", "t.npy", "-b", "1", "-b", "2")
    assert done.returncode == 2
    assert "a report is of one beta" in done.stderr


def test_two_models_are_a_page_too(run: Run, samples: Path, tmp_path: Path) -> None:
    inputs = [samples / f"{name}.npy" for name in ("preds", "ridge", "targets")]
    done = run("compare", *inputs, "-b", "0.5", "-o", "r.html")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    page = (tmp_path / "r.html").read_text()
    found = json.loads(run("compare", *inputs, "-b", "0.5", "--json").stdout)["results"][0]
    share = found["b_better"] / found["rows"]
    assert f"B has the smaller loss in {share:.1%} of the pairs" in page
    numbers = dict(re.findall("<td[^>]*>([^<]*)</td>", page)[i : i + 2] for i in (0, 16, 20))
    assert numbers == {
        "mean loss of A": f"{found['mean_a']:.6g}",
        "A better": str(found["a_better"]),
        "ties": str(found["ties"]),
    }
    for args, said in (
        (("--json",), "--json"),
        (("-f", "csv"), "-f csv"),
        (("-b", "1"), "one beta"),
    ):
        done = run("compare", *inputs, "-b", "0.5", *args, "-o", "new.html")
        assert done.returncode == 2
        assert said in done.stderr
    assert not (tmp_path / "new.html").exists()


def test_groups_of_two_models_are_drawn(run: Run, tmp_path: Path) -> None:
    rows = "".join(f"{i % 3},{i / 7},{i / 7 + i % 2},{i / 6}\n" for i in range(60))
    (tmp_path / "t.csv").write_text("g,a,b,y\n" + rows)
    columns = ("--pred-a", "a", "--pred-b", "b", "--target", "y", "--by", "g")
    done = run("compare", "t.csv", *columns, "-o", "r.html")
    assert (done.returncode, done.stderr) == (0, "")
    page = (tmp_path / "r.html").read_text()
    assert "Differences of 3 groups" in page
    assert '<section class="wide" aria-labelledby="result">' in page  # thirteen columns
    assert "smaller than that of A in 3 of 3 groups" in page
    assert page.count("<svg") == 2
    assert page.count('class="text">g</th>') == 2  # in the result, and in the figure of groups
    whole = json.loads(run("compare", "t.csv", *columns[:-2], "--json").stdout)["results"][0]
    shown = [f"{whole[name]:.4g}" for name in ("mean_a", "mean_b", "difference", "low", "high")]
    sentence = "mean loss of A is {}, that of B {}: a difference of {}, 95% interval {} to {}."
    assert sentence.format(*shown) in page
    *_, last = re.findall(r"<tr>(.*?)</tr>", page.split("<h2", 2)[1], re.DOTALL)
    cells = re.findall(r">([^<>\n]+)</t[dh]>", last)
    assert (cells[0], cells[8], cells[9]) == ("all", "60", "60")
    assert "|by:g|n:60|version:" in page.replace("<wbr>", "")
    run("report", "t.csv", "--pred", "a", "--target", "y", "--by", "g", "-o", "r.html")
    assert (tmp_path / "r.html").read_text().count('class="text">g</th>') == 2


def test_a_folder_has_the_drawings_of_one_report(run: Run, samples: Path, tmp_path: Path) -> None:
    boxes = (samples / "boxes_preds.npy", samples / "boxes_targets.npy", "--by-column")
    assert run("report", *boxes, "-o", "figures/").returncode == 0
    assert (tmp_path / "figures" / "groups.svg").exists()
    (tmp_path / "figures" / "mine.svg").write_text("")
    inputs = (samples / "preds.npy", samples / "targets.npy")
    assert run("report", *inputs, "-o", "figures/").returncode == 0
    names = {path.name for path in (tmp_path / "figures").iterdir()}
    assert names == {"mine.svg", *(f"{name}.svg" for name in NAMES)}


def test_a_folder_that_cannot_take_one_drawing_takes_none(
    run: Run, samples: Path, tmp_path: Path
) -> None:
    (tmp_path / "f" / "errors.svg").mkdir(parents=True)
    done = run("report", samples / "preds.npy", samples / "targets.npy", "-o", "f/")
    assert done.returncode == 4
    assert os.listdir(tmp_path / "f") == ["errors.svg"]


def test_names_with_control_characters_are_shown_escaped(run: Run, tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text('x,y,g\n1,2,a\n2,2.5,"b\001\033[31m\u202e"\n')
    sides = ("c.csv", "--pred", "x", "--target", "y", "--by", "g")
    assert run("report", *sides, "-o", "c/").returncode == 0
    ET.parse(tmp_path / "c" / "groups.svg")
    assert run("report", *sides, "-o", "c.html").returncode == 0
    page = (tmp_path / "c.html").read_text()
    assert page.replace("\n", "").isprintable()
    assert "b\\x01\\x1b[31m\\u202e" in page


def test_a_nan_on_either_side_leaves_a_report_of_the_rest(run: Run, tmp_path: Path) -> None:
    (tmp_path / "n.csv").write_text("x,y\n1,2\n3,3.5\nnan,1\n2,nan\n")
    done = run("report", "n.csv", "--pred", "x", "--target", "y")
    assert done.returncode == 0
    assert "In 50.0% of the pairs the distance of" in done.stdout
    assert "2 pairs, counted in squares" in done.stdout


def test_rows_that_a_key_leaves_out_are_counted_by_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("id,pred\na,1.5\nb,2.5\nc,3.5\n")
    (tmp_path / "t.csv").write_text("id,y\nb,2.0\na,1.0\n")
    done = run("report", "p.csv", "t.csv", "--key", "id", "--unmatched", "omit", cwd=tmp_path)
    assert done.returncode == 0
    said = " ".join(done.stdout.split())
    assert "rows left out of p.csv 1 without a match" in said
    assert "There are no NaN losses, infinite losses or pairs left out." in said


def test_a_saved_result_is_named_as_one(run: Run, samples: Path) -> None:
    sides = (samples / "preds.npy", samples / "targets.npy")
    assert run("eval", *sides, "--json", "-o", "r.json").returncode == 0
    done = run("report", "r.json")
    assert (done.returncode, done.stdout) == (3, "")
    assert "looks like a result of smoothl1 [smoothl1 merge r.json shows it" in done.stderr
