"""Reports of parts, merged on the command line into the page of the whole."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING

import numpy as np
import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

ENDS = (0, 700, 701, 1500)


@pytest.fixture(autouse=True)
def parts(tmp_path: Path, run: Run) -> None:
    """The reports of three parts, and the page of all rows."""
    rng = np.random.default_rng(3)
    target = rng.normal(size=ENDS[-1])
    pred = target + rng.normal(size=ENDS[-1])
    for name, start, stop in (("all", 0, 1500), *zip("123", ENDS, ENDS[1:], strict=False)):
        np.save(tmp_path / f"p{name}.npy", pred[start:stop])
        np.save(tmp_path / f"t{name}.npy", target[start:stop])
        output = "all.html" if name == "all" else f"part-{name}.json"
        given = (f"p{name}.npy", f"t{name}.npy", "--rows-before", start, "-o", output)
        assert run("report", *given).returncode == 0


def without_names(page: Path) -> str:
    """A page without what names its inputs: title, worst rows, and paths at the end."""
    text = re.sub("(<title>|<h1>).*", "", page.read_text())
    text = re.sub('(?s)<section aria-labelledby="worst">.*?</section>', "", text)
    return re.sub("<p>(Predictions|Targets): .*", "", text)


def test_the_page_of_the_parts_is_that_of_the_whole(run: Run, tmp_path: Path) -> None:
    done = run("merge", "part-3.json", "part-1.json", "part-2.json", "-o", "merged.html")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert without_names(tmp_path / "merged.html") == without_names(tmp_path / "all.html")
    assert "p1.npy, p2.npy, p3.npy" in (tmp_path / "merged.html").read_text()
    assert "Loss along the rows" in (tmp_path / "merged.html").read_text()
    for first, then in ((("2", "3"), "part-1.json"), (("1", "2"), "part-3.json")):
        run("merge", *(f"part-{name}.json" for name in first), "--json", "-o", "some.json")
        run("merge", "some.json", then, "-o", "again.html")
        assert (tmp_path / "again.html").read_bytes() == (tmp_path / "merged.html").read_bytes()


def test_the_sentence_on_the_worst_row_names_its_part(run: Run, tmp_path: Path) -> None:
    """The number alone was that of another row of the whole."""
    run("merge", "part-1.json", "part-2.json", "part-3.json", "-o", "merged.html")
    loss = np.abs(np.load(tmp_path / "pall.npy") - np.load(tmp_path / "tall.npy"))
    place = int(np.argmax(loss))
    i = sum(end <= place for end in ENDS[1:])
    row = f"in row {place - ENDS[i] + 1:,}"
    assert f"{row} of p{i + 1}.npy: the prediction is" in (tmp_path / "merged.html").read_text()
    assert f"in row {place + 1:,}: the prediction is" in (tmp_path / "all.html").read_text()
    run("merge", f"part-{i + 1}.json", "-o", "one.html")
    assert f"{row}: the prediction is" in (tmp_path / "one.html").read_text()


def test_the_sentence_on_the_worst_element_names_its_column(run: Run, tmp_path: Path) -> None:
    pred = np.zeros((4, 3))
    pred[2, 1] = 9.0
    np.save(tmp_path / "p.npy", pred)
    np.save(tmp_path / "t.npy", np.zeros((4, 3)))
    run("report", "p.npy", "t.npy", "-o", "page.html")
    assert "in row 3, column 2: the prediction is 9" in (tmp_path / "page.html").read_text()


def test_parts_are_drawn_into_a_folder(run: Run, tmp_path: Path) -> None:
    done = run("merge", "part-1.json", "part-2.json", "part-3.json", "-o", "merged/")
    assert (done.returncode, done.stderr) == (0, "")
    run("report", "pall.npy", "tall.npy", "-o", "all/")
    assert len(os.listdir(tmp_path / "all")) == 5
    for path in (tmp_path / "all").iterdir():
        assert (tmp_path / "merged" / path.name).read_bytes() == path.read_bytes()


def test_without_a_page_the_parts_are_results(run: Run) -> None:
    lines = run("merge", "part-1.json", "part-2.json", "part-3.json").stdout
    mean = run("eval", "pall.npy", "tall.npy").stdout
    assert lines.startswith(f"mean\t{mean}bias\t")


def test_figures_that_contradict_the_result_are_refused_by_whatever_reads_it(
    run: Run, tmp_path: Path
) -> None:
    document = json.loads((tmp_path / "part-1.json").read_text())
    document["figures"]["along_rows"][0]["rows"] += 1
    (tmp_path / "part-1.json").write_text(json.dumps(document))
    gate = ("--baseline", "part-1.json", "--max-increase", "0")
    for command in (
        ("merge", "part-1.json"),
        ("merge", "part-1.json", "part-2.json", "--json"),
        ("merge", "part-1.json", "-o", "page.html"),
        ("merge", "part-2.json", *gate),
        ("eval", "p1.npy", "t1.npy", *gate),
    ):
        done = run(*command)
        assert (done.returncode, done.stdout) == (3, "")
        assert "figures.along_rows does not have the rows of the inputs" in done.stderr
    assert not (tmp_path / "page.html").exists()


def test_a_part_without_figures_is_named(run: Run, tmp_path: Path) -> None:
    run("eval", "p2.npy", "t2.npy", "--also", "bias", "--top", 10, "-o", "plain.json")
    done = run("merge", "part-1.json", "plain.json", "-o", "page.html")
    assert done.returncode == 3
    assert done.stderr == (
        "smoothl1: error: plain.json: a result without figures [smoothl1 report --json writes one "
        "with them]\n"
    )
    assert not (tmp_path / "page.html").exists()
    done = run("merge", "part-1.json", "plain.json", "--json")
    assert "figures" not in json.loads(done.stdout)
    assert "the merged result has no figures, since plain.json has none" in done.stderr


def test_parts_that_do_not_say_where_they_begin_follow_each_other(run: Run, tmp_path: Path) -> None:
    for name in "123":
        run("report", f"p{name}.npy", f"t{name}.npy", "-o", f"part-{name}.json")
    done = run("merge", "part-1.json", "part-2.json", "part-3.json", "-o", "merged.html")
    assert (done.returncode, done.stderr.count("\n")) == (0, 1)
    assert "[make it with --rows-before 701]" in done.stderr
    page = (tmp_path / "merged.html").read_text()
    assert "Loss along the rows" not in page
    assert "--rows-before 701" in page
    run("report", "p3.npy", "t3.npy", "--rows-before", 701, "-o", "part-3.json")
    done = run("merge", "part-1.json", "part-2.json", "part-3.json", "-o", "merged.html")
    assert (done.returncode, done.stderr) == (0, "")
    assert without_names(tmp_path / "merged.html") == without_names(tmp_path / "all.html")


def test_a_missing_part_is_told(run: Run, tmp_path: Path) -> None:
    done = run("merge", "part-1.json", "part-3.json", "-o", "merged.html")
    assert done.returncode == 3
    assert "row 701 of the whole is in none of the parts" in done.stderr
    assert not (tmp_path / "merged.html").exists()


def test_rows_in_two_parts_are_refused_in_every_form(run: Run, tmp_path: Path) -> None:
    run("report", "pall.npy", "tall.npy", "--rows-before", 900, "-o", "twice.json")
    for output in ((), ("--json",), ("-f", "csv"), ("-o", "page.html"), ("--fail-above", 9)):
        done = run("merge", "part-3.json", "part-1.json", "twice.json", *output)
        assert (done.returncode, done.stdout) == (3, "")
        assert "row 901 of the whole is in two of the parts [give each part once" in done.stderr
    assert not (tmp_path / "page.html").exists()


def test_rows_in_none_of_the_parts_are_refused_where_no_part_may_hold_them(run: Run) -> None:
    said = "row 701 of the whole is in none of the parts"
    for output in ((), ("-f", "csv"), ("--fail-above", 9)):
        done = run("merge", "part-1.json", "part-3.json", *output)
        assert (done.returncode, done.stdout) == (3, "")
        assert f"{said} [give all parts]" in done.stderr
    run("report", "p2.npy", "t2.npy", "-o", "unplaced.json")
    run("eval", "p2.npy", "t2.npy", "--also", "bias", "--top", 10, "-o", "plain.json")
    for other in ("unplaced.json", "plain.json"):
        done = run("merge", "part-1.json", "part-3.json", other)
        assert (done.returncode, done.stderr) == (0, "")


def test_rows_that_a_later_merge_adds_are_a_warning(run: Run) -> None:
    done = run("merge", "part-1.json", "part-3.json", "-o", "some.json")
    assert done.returncode == 0
    assert "row 701 of the whole is in none of the parts: merge the parts that" in done.stderr
    done = run("merge", "some.json", "part-2.json")
    assert (done.returncode, done.stderr) == (0, "")
    assert run("merge", "some.json").returncode == 3


def test_options_of_other_forms_are_refused_with_a_page(run: Run) -> None:
    for args in (("--json",), ("-f", "csv"), ("--precision", "3")):
        done = run("merge", "part-1.json", *args, "-o", "merged.html")
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)
        assert args[0] in done.stderr
