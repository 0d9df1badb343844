"""Tables of results: every form reads back to the numbers, for every command alike."""

from __future__ import annotations

import csv
import gzip
import io
import json
import math
import os
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import evaluate
from smoothl1.cli.views import Report
from smoothl1.cli.views.summary import show_summary, terminal_table
from smoothl1.cli.views.tables import rounded, write_table
from smoothl1.results.changes import change_text
from smoothl1.results.columns import Column
from smoothl1.tallies import many
from tests.cli.terminals import on_terminal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Run

NAMES = ['a,"b', "tab\there", "pipe|`x`", "50% & #1_$ {x} \\ ~^", "line\nend", "ünï"]
COLUMNS = ("--pred", "p", "--target", "y", "--by", "g", "-b", "0.5", "-b", "2")
EVAL = ("eval", "t.parquet", *COLUMNS)
MERGE = ("merge", "part.json")
COMPARE = ("compare", "t.parquet", "--pred-a", "p", "--pred-b", "q", *COLUMNS[2:])
COMMANDS = pytest.mark.parametrize("command", [EVAL, MERGE, COMPARE], ids=lambda c: str(c[0]))


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, run: Run) -> None:
    """Groups with names that every form must quote, and one of a NaN alone."""
    rng = np.random.default_rng(0)
    groups = [name for name in NAMES for _ in range(5)]
    p, q, y = rng.standard_normal((3, len(groups)))
    p[-5:] = np.nan
    pq.write_table(pa.table({"g": groups, "p": p, "q": q, "y": y}), tmp_path / "t.parquet")
    run(*EVAL, "--json", "-o", "part.json")


Rows = list[dict[str, Any]]


def expected(run: Run, command: tuple[str, ...]) -> Rows:
    """The rows of the table, from the JSON."""
    results = json.loads(run(*command, "--json").stdout)["results"]
    rows = [{"g" if name == "group" else name: row[name] for name in row} for row in results]
    for row in rows:
        row.pop("exact", None)
        for name in [name for name in row if name.endswith("_text")]:
            is_of_no_loss = name in ("min_text", "max_text") and row["nan"] == row["count"]
            text = row.pop(name)
            row[name.removesuffix("_text")] = None if is_of_no_loss else float(text)
    return rows


def for_people(run: Run, command: tuple[str, ...]) -> Rows:
    """The same, with rows for all groups together: those of a run without groups."""
    rows = expected(run, command)
    of_all = COMPARE if command == COMPARE else EVAL
    whole = expected(run, tuple(word for word in of_all if word not in ("--by", "g")))
    return rows + [{"beta": row["beta"], "g": "all", **row} for row in whole]


def unescaped(cell: str) -> str:
    return re.sub(r"\\(.)", lambda m: {"t": "\t", "n": "\n"}.get(m[1], m[1]), cell)


def read_tsv(data: bytes) -> Rows:
    heads, *lines = [line.split("\t") for line in data.decode().splitlines()]
    return [dict(zip(heads, map(unescaped, line), strict=True)) for line in lines]


def read_csv(data: bytes) -> Rows:
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


def read_markdown(data: bytes) -> Rows:
    """As CommonMark reads a table: a name is code, or HTML with every special character escaped."""
    lines = [line[2:-2].split(" | ") for line in data.decode().splitlines()]
    heads, rules, *rows = lines
    assert all(re.fullmatch(r":---|---:", rule) for rule in rules)
    found = [dict(zip(heads, row, strict=True)) for row in rows]
    for row in found:
        code = re.fullmatch(r"`([^`|]*)`", row["g"])
        text = re.fullmatch("<code>(.*)</code>", row["g"])
        assert code or text
        escaped = code[1] if code else re.sub("&#(.+?);", lambda m: chr(int(m[1])), text[1])
        row["g"] = unescaped(escaped)
    return found


def plain_number(match: re.Match[str]) -> str:
    sign, digits, power = match.groups()
    return f"{sign}{digits.replace(chr(92) + 'infty', 'inf')}{f'e{power}' if power else ''}"


def read_latex(data: bytes) -> Rows:
    begin, top, head, middle, *rows, bottom, end = data.decode().splitlines()
    assert re.fullmatch(r"\\begin\{tabular\}\{[lr]+\}", begin)
    assert (top, middle, bottom) == (r"\toprule", r"\midrule", r"\bottomrule")
    assert end == r"\end{tabular}"
    known = {r"\textbackslash{}": "\\", r"\textasciitilde{}": "~", r"\textasciicircum{}": "^"}
    known |= {r"\textbar{}": "|", r"\textquotedbl{}": '"'}

    def cells(line: str) -> list[str]:
        assert line.endswith(r" \\")
        found = re.split(r"(?<!\\) & ", line[:-3])
        for written, meant in known.items():
            found = [cell.replace(written, f"\0{ord(meant)};") for cell in found]
        number = r"\$(-?)([0-9.]+|\\infty)(?: \\times 10\^\{(-?[0-9]+)\})?\$"
        found = [re.sub(number, plain_number, cell) for cell in found]
        found = [re.sub(r"\\([&%$#_{}])", r"\1", cell) for cell in found]
        return [re.sub("\0(.+?);", lambda m: chr(int(m[1])), cell) for cell in found]

    return [dict(zip(cells(head), cells(row), strict=True)) for row in rows]


READERS: dict[str, Callable[[bytes], Rows]] = {
    "tsv": read_tsv,
    "csv": read_csv,
    "markdown": read_markdown,
    "latex": read_latex,
    "parquet": lambda data: pq.read_table(io.BytesIO(data)).to_pylist(),
    "arrow": lambda data: pa.ipc.open_file(data).read_all().to_pylist(),
}
SUFFIXES = {"markdown": ".md", "latex": ".tex"}


def assert_same_rows(found: Rows, wanted: Rows, form: str) -> None:
    assert len(found) == len(wanted)
    for got, want in zip(found, wanted, strict=True):
        assert got.keys() == want.keys()
        for name, value in want.items():
            if isinstance(value, str):
                shown = value.replace("\n", r"\n").replace("\t", r"\t")
                assert got[name] == (shown if form == "latex" else value)
            elif value is None:
                assert got[name] in ("", None)
            else:
                np.testing.assert_equal(float(got[name]), float(value))


@COMMANDS
@pytest.mark.parametrize("form", READERS)
def test_every_form_has_all_columns_and_reads_back(
    run: Run, tmp_path: Path, command: tuple[str, ...], form: str
) -> None:
    name = f"x{SUFFIXES.get(form, f'.{form}')}"
    assert run(*command, "-o", name).returncode == 0
    data = (tmp_path / name).read_bytes()
    wanted = for_people(run, command) if form in SUFFIXES else expected(run, command)
    assert_same_rows(READERS[form](data), wanted, form)
    assert run(*command, "-f", form, "-o", "other").returncode == 0
    assert (tmp_path / "other").read_bytes() == data


@COMMANDS
def test_a_json_form_is_the_option(run: Run, command: tuple[str, ...]) -> None:
    assert run(*command, "-f", "json").stdout == run(*command, "--json").stdout


@COMMANDS
def test_metrics_are_numbers_under_their_names(
    run: Run, tmp_path: Path, command: tuple[str, ...]
) -> None:
    assert run(*command, "-f", "metrics", "-o", "m.json").returncode == 0
    text = (tmp_path / "m.json").read_text()
    assert text == run(*command, "-f", "metrics").stdout
    document, n_rows = json.loads(text), 0
    for row in for_people(run, command):
        numbers = document[str(row.pop("beta"))][row.pop("g")]
        finite = {name: x if math.isfinite(x) else None for name, x in row.items() if x is not None}
        assert numbers == finite
        n_rows += 1
    assert n_rows == sum(map(len, document.values())) > 2
    refused = run(*command, "-f", "metrics", "--precision", "3")
    assert (refused.returncode, refused.stdout) == (2, "")


@COMMANDS
def test_a_table_for_people_is_aligned_and_whole(run: Run, command: tuple[str, ...]) -> None:
    done = run(*command, "-f", "table", env={"COLUMNS": "20"})
    head, *lines = done.stdout.splitlines()
    wanted = for_people(run, command)
    assert head.split() == list(wanted[0])
    assert len(lines) == len(wanted)
    assert "line\\nend" in done.stdout
    end = re.search(r"mean\w*", head).end()  # type: ignore[union-attr]
    assert all(line[end - 1] != " " == line[end] for line in lines)


@COMMANDS
def test_a_precision_shortens_every_text_form(run: Run, command: tuple[str, ...]) -> None:
    for form in ("csv", "tsv", "markdown", "latex"):
        whole = for_people(run, command) if form in SUFFIXES else expected(run, command)
        data = run(*command, "-f", form, "--precision", "3").stdout.encode()
        for row, wanted in zip(READERS[form](data), whole, strict=True):
            zeros = "#" if form in SUFFIXES else ""
            assert row["stderr"] == f"{wanted['stderr']:{zeros}.3g}"
            assert row["count"] == str(wanted["count"])


def test_people_and_papers_see_every_digit_that_they_asked_for(run: Run, tmp_path: Path) -> None:
    """The mean is 0.25 and the beta is a setting; programs read the same numbers as before."""
    np.save(tmp_path / "p.npy", [0.75, 0.0])
    np.save(tmp_path / "q.npy", [1.25, 0.5])
    np.save(tmp_path / "y.npy", [0.25, 0.0])
    chosen = ("--precision", "4", "--columns", "beta,mean,count")
    args = ("eval", "p.npy", "y.npy", "-b", "0", *chosen)
    assert run(*args, "-f", "markdown").stdout.splitlines()[2] == "| 0 | 0.2500 | 2 |"
    assert run(*args, "-f", "latex").stdout.splitlines()[4] == r"0 & 0.2500 & 2 \\"
    assert run(*args, "-f", "table").stdout.splitlines()[1].split() == ["0", "0.2500", "2"]
    assert run(*args, "-f", "csv").stdout.splitlines()[1] == "0,0.25,2"
    assert run(*args, "-f", "tsv").stdout.splitlines()[1] == "0\t0.25\t2"


@pytest.mark.parametrize("models", [("p.npy",), ("p.npy", "q.npy"), ("p.npy", "q.npy", "r.npy")])
def test_a_terminal_shows_every_digit_that_was_asked_for(
    tmp_path: Path, models: tuple[str, ...]
) -> None:
    """The means at beta 0 are 1/4, 1/2 and 3/4."""
    for name, pred in {"p": 0.25, "q": 0.5, "r": 0.75, "y": 0.0}.items():
        np.save(tmp_path / f"{name}.npy", [pred, pred])
    command = ["eval"] if len(models) == 1 else ["compare"]
    args = [*command, *models, "y.npy", "-b", "0", "-b", "0.5", "--precision", "3"]
    shown = on_terminal(args, tmp_path, COLUMNS="200").split()
    assert {f"{(i + 1) / 4:.3f}" for i in range(len(models))} <= set(shown)


@pytest.mark.parametrize(
    ("number", "digits", "text"),
    [
        (0.25, 4, "0.2500"),
        (1234.0, 4, "1234"),
        (2700.4, 3, "2700"),
        (-123456.0, 2, "-120000"),
        (999_499.0, 3, "999000"),
        (999_500.0, 3, "1.00e+06"),
        (1e6, 1, "1e+06"),
        (0.0, 3, "0"),
        (1e-7, 3, "1.00e-07"),
        (math.inf, 3, "inf"),
        (math.nan, 3, "nan"),
        (0.25, None, "0.25"),
    ],
)
def test_a_number_for_people_has_all_the_digits_and_no_bare_point(
    number: float, digits: int | None, text: str
) -> None:
    assert rounded(number, digits) == text


@pytest.mark.parametrize(
    ("form", "row"), [("latex", r"2700 & 0 & 0.000490 \\"), ("markdown", "| 2700 | 0 | 0.000490 |")]
)
def test_documents_write_out_moderate_numbers_and_an_exact_zero(form: str, row: str) -> None:
    file = io.BytesIO()
    numbers = {"sum": 2701.4, "min": 0.0, "mean": 0.00049}
    columns = [Column(name, "float", [number]) for name, number in numbers.items()]
    write_table(file, columns, form, precision=3)
    assert row in file.getvalue().decode().splitlines()


def test_the_lines_of_a_comparison_are_shortened_too(run: Run) -> None:
    lines = [line.split("\t") for line in run(*COMPARE).stdout.splitlines()]
    short = [line.split("\t") for line in run(*COMPARE, "--precision", "2").stdout.splitlines()]
    assert short[0] == lines[0]
    assert short[1][:2] == lines[1][:2]
    assert short[1][2:9] == [f"{float(cell):.2g}" for cell in lines[1][2:9]]
    assert short[1][9:] == lines[1][9:]


@COMMANDS
@pytest.mark.parametrize("name", ["x.csv", "x.json", "x.md", "x.txt", "x"])
def test_text_may_be_compressed(
    run: Run, tmp_path: Path, command: tuple[str, ...], name: str
) -> None:
    for suffix in ("", ".gz", ".zst"):
        assert run(*command, "-o", f"{name}{suffix}").returncode == 0
    plain = (tmp_path / name).read_bytes()
    assert gzip.decompress((tmp_path / f"{name}.gz").read_bytes()) == plain
    packed = pa.input_stream(str(tmp_path / f"{name}.zst"), compression="zstd")
    assert packed.read() == plain


@pytest.mark.parametrize("name", ["x.csv", "x.tsv", "x.json", "x.txt"])
@pytest.mark.parametrize("suffix", ["gz", "zst"])
def test_losses_of_elements_may_be_compressed(
    run: Run, tmp_path: Path, name: str, suffix: str
) -> None:
    np.save(tmp_path / "a.npy", np.arange(5.0))
    args = ("eval", "a.npy", "a.npy", "-r", "none")
    for output in (name, f"{name}.{suffix}"):
        assert run(*args, "-o", output).returncode == 0
    packed = pa.input_stream(str(tmp_path / f"{name}.{suffix}"), compression="detect")
    assert packed.read() == (tmp_path / name).read_bytes()


def test_a_compressed_output_is_the_same_in_every_run(run: Run, tmp_path: Path) -> None:
    for name in ("a.csv.gz", "b.csv.gz"):
        assert run(*EVAL, "-o", name).returncode == 0
    one, other = ((tmp_path / name).read_bytes() for name in ("a.csv.gz", "b.csv.gz"))
    assert one == other
    assert one[4:8] == bytes(4)  # no time


@pytest.mark.parametrize("name", ["x.csv.gz", "x.csv.zst"])
def test_a_failed_run_leaves_the_old_compressed_output(run: Run, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"old")
    (tmp_path / "bad.npy").write_bytes(b"\x93NUMPY")
    assert run("eval", "bad.npy", "bad.npy", "-o", name).returncode == 3
    assert (tmp_path / name).read_bytes() == b"old"
    assert not list(tmp_path.glob(".x*"))


@COMMANDS
def test_a_binary_table_does_not_go_to_a_terminal(tmp_path: Path, command: tuple[str, ...]) -> None:
    seen = on_terminal([*command, "-f", "parquet"], tmp_path, code=2)
    assert "refusing to write binary data to a terminal" in seen


def test_several_values_are_a_table_on_a_terminal_and_are_shown_once(
    run: Run, tmp_path: Path
) -> None:
    seen = on_terminal([*EVAL, "-q"], tmp_path, COLUMNS="120")
    head, *lines = seen.splitlines()
    names = ["beta", "g", "mean", "std.", "error", "count", "quadratic", "smallest", "largest"]
    assert head.split() == [*names, "nan"]
    assert len(lines) == 2 * len(NAMES) + 2
    assert [line.split()[1] for line in lines[-2:]] == ["all", "all"]
    first = expected(run, EVAL)[0]["mean"]
    assert seen.count(f"{first:.6g}") == 1
    loud = on_terminal(list(EVAL), tmp_path, COLUMNS="120")
    assert loud.startswith(seen)
    rest = loud.removeprefix(seen)
    assert "30 elements in" in rest
    assert f"{first:.6g}" not in rest


def test_one_value_stays_a_number_on_a_terminal_above_its_table_and_the_signature(
    tmp_path: Path,
) -> None:
    np.save(tmp_path / "p.npy", [2.0, 3.5])
    np.save(tmp_path / "t.npy", [0.0, 0.0])
    number, *table, elapsed, signature = on_terminal(
        ["eval", "p.npy", "t.npy"], tmp_path
    ).splitlines()
    assert number == "2.25"
    assert "2.25" not in "".join([*table, elapsed, signature])
    assert (elapsed[:13], signature[:9]) == ("2 elements in", "smoothl1|")
    assert len(table) == 2
    assert table[0].split() == [
        "beta",
        "std.",
        "error",
        "count",
        "quadratic",
        "smallest",
        "largest",
    ]


def test_a_baseline_is_shown_beside_a_table(run: Run, tmp_path: Path) -> None:
    args = [*EVAL, "--baseline", "part.json", "--max-increase", "5%"]
    seen = on_terminal(args, tmp_path, code=1, COLUMNS="120")  # a NaN never passes
    assert "baseline" in seen
    assert seen.splitlines()[-1].startswith("smoothl1: gate failed: ")  # the verdict comes last
    mean = f"{expected(run, EVAL)[0]['mean']:.6g}"
    assert seen.count(mean) == 2  # the value and its baseline
    assert seen.splitlines()[0].split()[:5] == ["beta", "g", "mean", "baseline", "change"]


def test_what_a_terminal_shows_in_another_form_is_not_repeated(tmp_path: Path) -> None:
    np.save(tmp_path / "p.npy", [2.0, 3.5])
    np.save(tmp_path / "t.npy", [0.0, 0.0])
    args = ["eval", "p.npy", "t.npy"]
    for form in ("csv", "json"):
        shown = on_terminal([*args, "-f", form, "-q"], tmp_path)
        elapsed, signature = on_terminal([*args, "-f", form], tmp_path)[len(shown) :].splitlines()
        assert (elapsed[:13], signature[:9]) == ("2 elements in", "smoothl1|")
    assert "2.25" in on_terminal([*args, "-o", "x.csv"], tmp_path)


def test_a_narrow_terminal_has_a_line_for_each_cell(tmp_path: Path) -> None:
    seen = on_terminal([*EVAL, "-q"], tmp_path, COLUMNS="20")
    blocks = seen.split("\n\n")
    assert len(blocks) == 2 * len(NAMES) + 2
    named = "beta        0.5\ng\n  50% & #1_$ {x} \\\\ ~^\nmean        "
    assert blocks[0].startswith(named)


def test_columns_without_room_stand_in_a_table_below(run: Run, tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("mean,split,p,y\n" + "u,v,1,1.5\nu,w,3,1\nx,v,2,2\n" * 2)
    args = ["eval", "c.csv", "--pred", "p", "--target", "y", "--by", "mean", "--by", "split", "-q"]
    args += ["--also", "mae,rmse,bias", "--quantile", "0.25,0.5,0.75"]
    for width in (40, 80):
        seen = on_terminal(args, tmp_path, COLUMNS=str(width)).replace("std. error", "stderr")
        assert max(map(len, seen.splitlines())) <= width
        seen, left_out = seen.split("not shown: ")
        assert left_out.replace("\n", " ").startswith("stderr, count, quadratic, smallest,")
        tables = [[line.split() for line in table.splitlines()] for table in seen.split("\n\n")]
        assert len(tables) > 1
        names = [["mean_group", "split"], ["u", "v"], ["u", "w"], ["x", "v"]]
        for table in tables:
            assert table.pop()[0] == "all"
        assert all([line[:2] for line in table] == names for table in tables)
        second = dict(pair for head, _, row, _ in tables for pair in zip(head, row, strict=True))
        assert [second[name] for name in ("mean", "mae", "bias", "quantile_0.5")] == [
            *("1.5", "2", "2", "2")  # of 3 and 1
        ]


def test_a_pipe_never_depends_on_the_terminal(run: Run) -> None:
    assert run(*EVAL).stdout == run(*EVAL, env={"COLUMNS": "20", "TERM": "dumb"}).stdout
    assert len(run(*EVAL).stdout.splitlines()[0].split("\t")) == 3


def test_a_comparison_speaks_to_people(run: Run, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    t = rng.standard_normal(200)
    np.save(tmp_path / "t.npy", t)
    np.save(tmp_path / "a.npy", t + 0.1 * rng.standard_normal(200))
    np.save(tmp_path / "b.npy", t + 2.0 * rng.standard_normal(200))
    found = json.loads(run("compare", "a.npy", "b.npy", "t.npy", "--json").stdout)["results"][0]
    seen = on_terminal(["compare", "a.npy", "b.npy", "t.npy"], tmp_path, COLUMNS="120")
    head, row, models, sentence = seen.splitlines()
    assert models == "A is a, B is b, against t"
    assert head.split()[:4] == ["mean", "A", "mean", "B"]
    assert row.split()[:2] == [f"{found[name]:.6g}" for name in ("mean_a", "mean_b")]
    ratio = found["difference"] / found["mean_a"]
    assert sentence == (
        f"B is worse by {found['difference']:.3g} ({100 * ratio:+,.0f}%), 95% interval of B - A "
        f"{found['low']:.3g} to {found['high']:.3g}, p = {found['p_value']:.3g}"
    )
    better = on_terminal(["compare", "b.npy", "a.npy", "t.npy"], tmp_path, COLUMNS="120")
    assert "\nB is better by " in better
    same = on_terminal(["compare", "a.npy", "a.npy", "t.npy"], tmp_path, COLUMNS="120")
    assert same.endswith("A and B have the same losses\n")
    assert "worse" not in on_terminal(["compare", "a.npy", "b.npy", "t.npy", "-q"], tmp_path)


def test_columns_of_one_table_are_called_by_their_names(tmp_path: Path) -> None:
    long = "a_name_longer_than_a_head"
    (tmp_path / "m.csv").write_text(f"B,A,{long},y\n1,2,3,0\n2,3,5,0\n3,4,6,0\n")
    args = ["compare", "m.csv", "--target", "y", "-b", "0", "--pred-a"]
    seen = on_terminal([*args, "B", "--pred-b", "A"], tmp_path, COLUMNS="120")
    head, _, models, sentence = seen.splitlines()
    assert head.split()[:7] == ["mean", "B", "mean", "A", "A", "-", "B"]
    assert head.split()[-5:] == ["B", "better", "A", "better", "ties"]
    assert models == "B and A against y"
    assert sentence.startswith("A is worse than B by 1 (+50%), 95% interval of A - B 1 to 1")
    (tmp_path / "m.csv").write_text(f"x,{long},y\n1,3,0\n2,5,0\n3,6,0\n")
    seen = on_terminal([*args, "x", "--pred-b", long], tmp_path, COLUMNS="160")
    head, _, models, sentence = seen.splitlines()
    assert head.split()[:4] == ["mean", "A", "mean", "B"]
    assert models == f"A is x, B is {long}, against y"
    assert sentence.startswith(f"no clear difference: {long} is worse than x by ")


def test_a_difference_that_may_be_chance_is_said_to_be_unclear(tmp_path: Path) -> None:
    np.save(tmp_path / "t.npy", np.zeros(4))
    np.save(tmp_path / "a.npy", [0.1, 0.2, 0.3, 0.4])
    np.save(tmp_path / "b.npy", [0.2, 0.1, 0.4, 0.35])
    seen = on_terminal(["compare", "a.npy", "b.npy", "t.npy"], tmp_path, COLUMNS="120")
    assert "no clear difference: B is worse by " in seen


def test_a_comparison_by_groups_counts_the_sides(tmp_path: Path) -> None:
    seen = on_terminal(list(COMPARE), tmp_path, COLUMNS="160")
    assert re.search(
        r"of 12 results, q is better than p in \d and worse in \d, each at the 95% level", seen
    )


def test_a_terminal_has_the_values_of_many_groups_formed_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "g.csv").write_text("g,p,y\n" + "".join(f"{i},{i},0\n" for i in range(300)))
    result = evaluate(tmp_path / "g.csv", pred="p", target="y", by="g", betas=(1, 2))
    calls = []
    of_all = many.ManyTallies.means
    monkeypatch.setattr(many.ManyTallies, "means", lambda t: (calls.append(1), of_all(t))[1])
    assert len(terminal_table(result, None).splitlines()) == 603
    show_summary(Report(result), 1.0, "nothing")
    assert len(calls) <= 1


@pytest.mark.parametrize(
    ("n_groups", "n_shown", "end"),
    [(21, 21, []), (22, 20, ["and 2 more, which are in the output"])],
)
def test_a_summary_of_groups_is_short_and_has_no_beta_that_all_have(
    n_groups: int,
    n_shown: int,
    end: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    rows = "".join(f"{i},{i},0\n" for i in range(n_groups))
    (tmp_path / "g.csv").write_text(f"g,p,y\n{rows}")
    result = evaluate(tmp_path / "g.csv", pred="p", target="y", by="g")
    show_summary(Report(result), 1.0, "nothing")
    table = capsys.readouterr().err.splitlines()[:-2]
    assert table[0].split()[:2] == ["g", "mean"]
    assert table[1 + n_shown].split()[0] == "all"
    assert table[2 + n_shown :] == end


def test_a_comparison_of_no_groups_has_a_header_everywhere(run: Run, tmp_path: Path) -> None:
    (tmp_path / "e.csv").write_text("g,a,b,y\n")
    columns = ("--pred-a", "a", "--pred-b", "b", "--target", "y", "--by", "g", "--allow-empty")
    args = ("compare", "e.csv", *columns)
    head = run(*args).stdout
    assert head.startswith("beta\tg\tmean_a\t")
    seen = on_terminal(list(args), tmp_path)
    assert seen.splitlines()[0].split() == head.split()
    table = run(*args, "-f", "csv").stdout
    full = run(*COMPARE, "-f", "csv").stdout
    assert table == full[: full.index("\n") + 1]
    both = ("eval", "e.csv", "--pred", "a", "--target", "y", "--by", "g", "--allow-empty")
    whole = run(*EVAL, "-f", "csv").stdout
    assert run(*both, "-f", "csv").stdout == whole[: whole.index("\n") + 1]


@pytest.mark.parametrize("suffix", ["gz", "zst", "gzip", "zstd"])
def test_a_failed_run_leaves_no_end_of_a_compressed_pipe(
    run: Run, tmp_path: Path, suffix: str
) -> None:
    rows = "".join(f"{i},0\n" for i in range(3000))
    (tmp_path / "bad.csv").write_text(f"p,y\n{rows}x,0\n")
    pipe = tmp_path / f"pipe.csv.{suffix}"
    os.mkfifo(pipe)
    args = ["eval", "bad.csv", "--pred", "p", "--target", "y", "-r", "none", "-o", pipe.name]
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)  # which holds all of the output
    assert run(*args, "--chunk-size", "100").returncode == 3
    data = os.read(reader, 1 << 20)
    os.close(reader)
    (tmp_path / "got").write_bytes(data)
    done = run("eval", "got", "got")
    assert (done.returncode, done.stdout) == (3, "")
    assert "truncated" in done.stderr or "end" in done.stderr or "empty" in done.stderr


@pytest.mark.parametrize(
    ("form", "head"),
    [
        ("table", "a|b\\tc"),
        ("tsv", "a|b\\tc"),
        ("csv", "a|b\tc"),
        ("markdown", "| <code>a&#124;b&#92;tc</code> |"),
        ("latex", r"a\textbar{}b\textbackslash{}tc \\"),
    ],
)
def test_the_name_of_a_column_is_written_as_its_values_are(form: str, head: str) -> None:
    file = io.BytesIO()
    write_table(file, [Column("a|b\tc", "text", ["x"])], form)
    assert head in file.getvalue().decode().splitlines()


@pytest.mark.parametrize(
    ("difference", "base", "text"),
    [
        (0.0246, 1.0, "+2.46%"),
        (-0.5, 1.0, "-50%"),
        (12.999, 1.0, "+1,300%"),
        (9.996, 1.0, "+1,000%"),
    ],
)
def test_a_change_of_thousands_of_percent_has_no_power_of_ten(
    difference: float, base: float, text: str
) -> None:
    assert change_text(difference, base) == text


def test_files_whose_names_are_no_text_are_in_every_table(tmp_path: Path, run: Run) -> None:
    names = [f"m{c}.npy" for c in ("\udce9", "é", "n")]
    for i, name in enumerate((*names, "t.npy")):
        np.save(tmp_path / name, np.arange(3.0) + i)
    assert run("compare", *names, "t.npy", "-o", "c.parquet").returncode == 0
    assert run("compare", *names, "t.npy", "-o", "c.csv").returncode == 0
    stored = pq.read_table(tmp_path / "c.parquet")["model"].to_pylist()
    assert sorted(stored) == ["m\\udce9", "mn", "mé"]
    text = (tmp_path / "c.csv").read_text("utf-8")
    assert [row["model"] for row in csv.DictReader(io.StringIO(text))] == stored


def test_cells_and_names_with_a_carriage_return_are_quoted(run: Run, tmp_path: Path) -> None:
    names = ["a", "b\rc", "a", "b\rc"]
    data = {"g": names, "p": [1.0, 2.0, 3.0, 4.0], "t\r1": [2.0, 3.0, 5.0, 9.0]}
    pq.write_table(pa.table(data), tmp_path / "cr.parquet")
    sides = ("eval", "cr.parquet", "--pred", "p", "--target", "t\r1")
    for options in (("--by", "g"), ("--top", "3", "--keep", "g"), ("-r", "none", "--keep", "g")):
        assert run(*sides, *options, "-f", "csv", "-o", "out.csv").returncode == 0
        with (tmp_path / "out.csv").open(newline="") as file:
            _, *rows = csv.reader(file)
        assert {cell for row in rows for cell in row} >= {"a", "b\rc"}
        assert len({*map(len, rows)}) == 1
    both = ("-r", "none", "--keep", "t\r1", "-f", "csv")
    assert run(*sides, *both).stdout.startswith('"t\r1",')


def test_negative_and_scientific_numbers_are_mathematics_in_latex() -> None:
    numbers = [-0.25, 1e-20, -2.5e30, 0.5, math.inf, -math.inf]
    columns = [Column("df", "number", [4.0] * 6), Column("low", "number", numbers)]
    file = io.BytesIO()
    write_table(file, columns, "latex", precision=2)
    rows = [line.removesuffix(r" \\") for line in file.getvalue().decode().splitlines()[4:-2]]
    assert [row.removeprefix("4.0 & ") for row in rows] == [
        "$-0.25$",
        r"$1.0 \times 10^{-20}$",
        r"$-2.5 \times 10^{30}$",
        "0.50",
        r"$\infty$",
        r"$-\infty$",
    ]


def test_a_row_of_latex_begins_with_nothing_that_the_line_above_takes(
    run: Run, tmp_path: Path
) -> None:
    """A line end and a rule take a bracket or an asterisk that follows them."""
    rows = '"[0, 10)",1,2\n*best,2,2\n"a [x]",1,3\n'
    (tmp_path / "b.csv").write_text(f"g,p,y\n{rows}")
    args = ("eval", "b.csv", "--pred", "p", "--target", "y", "--by", "g", "-f", "latex")
    done = run(*args, "--columns", "g,mean")
    assert done.stdout.splitlines()[4:7] == [
        r"{}*best & 0.0 \\",
        r"{}[0, 10) & 0.5 \\",
        r"a [x] & 1.5 \\",
    ]
