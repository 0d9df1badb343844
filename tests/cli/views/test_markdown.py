"""Results as Markdown tables."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

import smoothl1
from smoothl1 import EvalSettings, ExactSum, Result, Tally
from smoothl1.cli.views import Report
from smoothl1.cli.views.markdown import markdown_table
from smoothl1.cli.views.markdown_text import as_code
from smoothl1.numerics.row_moments import Moments
from smoothl1.results.gates import Limits, Verdict, check
from smoothl1.results.increase import parse_increase
from smoothl1.results.input_summary import InputSummary
from smoothl1.tallies.group import Group

SIGNED = f"version:{smoothl1.__version__}\n```\n"


def tally_of(*losses: float, **counts: int) -> Tally:
    """Of rows of one loss each."""
    units = [ExactSum.of([loss]).units for loss in losses]
    squares, cross = sum(s * s for s in units), sum(units) << 1074
    moments = Moments(len(losses), squares, cross, len(losses) << 2148, third=None)
    n = len(losses) + counts.get("n_nan", 0)
    return Tally(n=n, total=ExactSum.of(list(losses)), moments=moments, **counts)


def result_of(
    *tallies: Tally,
    settings: EvalSettings = EvalSettings(),
    groups: tuple[Group, ...] = (Group(),),
    paths: tuple[str, ...] = ("preds.npy",),
) -> Result:
    inputs = (InputSummary(paths, "npy", (4,), "<f8"), InputSummary(("y.npy",), "npy", (4,), "<f8"))
    return Result(settings, inputs, tallies, groups)


def body_of(markdown: str) -> list[str]:
    """The lines of the table, without its head."""
    return [line for line in markdown.splitlines() if line.startswith("|")][2:]


def test_one_result_is_one_line_with_standard_error_and_share() -> None:
    # Mean of 1, 2, 3, 4: 2.5; variance of the sample 5/3; standard error sqrt(5/12) = 0.645...
    result = result_of(tally_of(1, 2, 3, 4, n_quadratic=1))
    assert markdown_table(Report(result)) == (
        "**Smooth L1 loss** of `preds.npy` against `y.npy`\n"
        "\n"
        "| mean | count | quadratic |\n"
        "| ---: | ---: | ---: |\n"
        "| 2.5 ± 0.65 | 4 | 25.0% |\n"
        "\n"
        "Behind ± stands the standard error.\n"
        "\n"
        "```\n"
        f"smoothl1|beta:1.0|red:mean|nan:propagate|w:no|n:4|{SIGNED}"
    )


def test_values_have_six_significant_digits_and_counts_have_commas() -> None:
    tally = Tally(n=3_000_000, total=ExactSum.of([1e6]), moments=None)
    assert body_of(markdown_table(Report(result_of(tally)))) == ["| 0.333333 | 3,000,000 | 0.0% |"]


def test_a_sum_has_the_standard_error_of_the_sum() -> None:
    result = result_of(tally_of(1, 2, 3, 4), settings=EvalSettings(reduction="sum"))
    lines = markdown_table(Report(result)).splitlines()
    assert lines[2] == "| sum | count | quadratic |"
    assert lines[4] == "| 10 ± 2.6 | 4 | 0.0% |"


@pytest.mark.parametrize(
    ("losses", "cell"), [((1, 3), "2 ± 1.0"), ((2, 2), "2 ± 0"), ((0, 26), "13 ± 13")], ids=str
)
def test_a_standard_error_has_two_digits_also_where_they_are_zeros(
    losses: tuple[float, ...], cell: str
) -> None:
    (line,) = body_of(markdown_table(Report(result_of(tally_of(*losses)))))
    assert line == f"| {cell} | 2 | 0.0% |"


def test_betas_groups_and_columns_are_named_where_there_are_several() -> None:
    settings = EvalSettings((0.5, 2.0), by="region", by_column=True)
    groups = (Group("north", "x"), Group("south", "x"))
    result = result_of(*(tally_of(n) for n in (1, 2, 3, 4)), settings=settings, groups=groups)
    lines = markdown_table(Report(result)).splitlines()
    assert lines[2] == "| beta | `region` | column | mean | count | quadratic |"
    assert lines[3] == "| ---: | :--- | :--- | ---: | ---: | ---: |"
    assert lines[4:8] == [
        "| 0.5 | `north` | `x` | 1 | 1 | 0.0% |",
        "| 0.5 | `south` | `x` | 2 | 1 | 0.0% |",
        "| 2 | `north` | `x` | 3 | 1 | 0.0% |",
        "| 2 | `south` | `x` | 4 | 1 | 0.0% |",
    ]


def test_a_baseline_shows_the_change_and_its_percentage() -> None:
    settings = EvalSettings(by="who")
    groups = (Group("a"), Group("b"), Group("c"), Group("new"))
    result = result_of(*(tally_of(n) for n in (3, 2, 1, 1)), settings=settings, groups=groups)
    before = (Group("a"), Group("b"), Group("c"))
    baseline = result_of(*(tally_of(n) for n in (2, 2, 0)), settings=settings, groups=before)
    markdown = markdown_table(Report(result, (), baseline))
    assert "| `who` | mean | baseline | change | count | quadratic |" in markdown
    assert body_of(markdown) == [
        "| `a` | 3 | 2 | +1 (+50.00%) | 1 | 0.0% |",
        "| `b` | 2 | 2 | 0 (0%) | 1 | 0.0% |",
        "| `c` | 1 | 0 | +1 | 1 | 0.0% |",
        "| `new` | 1 |  | new | 1 | 0.0% |",
        "| `all` | 1.75 ± 0.48 |  | other groups | 4 | 0.0% |",
    ]
    same = replace(result, groups=result.groups[:3], tallies=result.tallies[:3])
    *_, of_all = body_of(markdown_table(Report(same, (), baseline)))
    assert of_all == "| `all` | 2 ± 0.58 | 1.33333 | +0.6667 (+50.00%) | 3 | 0.0% |"


def test_gates_have_a_mark_each() -> None:
    result, baseline = result_of(tally_of(3)), result_of(tally_of(2))
    limits = Limits(fail_above=4.0, increases=(parse_increase("5%"),))
    markdown = markdown_table(Report(result, check(result, limits, baseline), baseline))
    assert body_of(markdown) == [
        "| 3 | 2 | +1 (+50.00%) | 1 | 0.0% | ✅ fail-above 4<br>❌ max-increase 5% |"
    ]


def test_a_group_that_is_gone_has_a_line_with_its_failed_gate() -> None:
    settings = EvalSettings(by="who")
    result = result_of(tally_of(2), settings=settings, groups=(Group("a"),))
    baseline = result_of(
        tally_of(2), tally_of(5), settings=settings, groups=(Group("a"), Group("b"))
    )
    verdicts = check(result, Limits(increases=(parse_increase("0"),)), baseline)
    assert body_of(markdown_table(Report(result, verdicts, baseline))) == [
        "| `a` | 2 | 2 | 0 (0%) | 1 | 0.0% | ✅ max-increase 0 |",
        "| `b` |  | 5 | gone |  |  | ❌ max-increase 0 |",
    ]


def test_what_was_not_a_number_or_left_out_is_counted_where_it_is_not_zero() -> None:
    groups = (Group("a"), Group("b"))
    tallies = (tally_of(2, n_nan=1), tally_of(2, n_omitted=1200, n_weightless=1))
    result = result_of(*tallies, settings=EvalSettings(by="who"), groups=groups)
    markdown = markdown_table(Report(result))
    assert "| `who` | mean | count | quadratic | NaN | omitted | weight 0 |" in markdown
    assert body_of(markdown) == [
        "| `a` | nan | 2 | 0.0% | 1 | 0 | 0 |",
        "| `b` | 2 | 1 | 0.0% | 0 | 1,200 | 1 |",
        "| `all` | nan | 3 | 0.0% | 1 | 1,200 | 1 |",
    ]


def many(n: int, n_failed: int) -> tuple[Result, list[Verdict]]:
    """Groups of which the last ones fail."""
    groups = tuple(Group(f"g{i}") for i in range(n))
    losses = [2.0 if i >= n - n_failed else 1.0 for i in range(n)]
    result = result_of(*map(tally_of, losses), settings=EvalSettings(by="g"), groups=groups)
    return result, check(result, Limits(fail_above=1.5))


def test_of_more_than_fifty_lines_the_failed_ones_are_shown() -> None:
    markdown = markdown_table(Report(*many(60, 3), None))
    lines = body_of(markdown)
    names = [*(f"g{i}" for i in (*range(47), 57, 58, 59)), "all"]
    assert [line.split("`")[1] for line in lines] == names
    assert "\n\nand 10 more\n\n" in markdown


def test_fifty_lines_are_all_shown_and_failed_ones_beyond_are_counted() -> None:
    assert "more" not in markdown_table(Report(*many(50, 50), None))
    assert "\n\nand 1,950 more, of which 10 failed\n\n" in markdown_table(
        Report(*many(2000, 60), None)
    )


def test_many_paths_are_counted() -> None:
    result = result_of(tally_of(1), paths=("a.npy", "b.npy", "c.npy", "d.npy", "e.npy"))
    first = markdown_table(Report(result)).splitlines()[0]
    assert first == ("**Smooth L1 loss** of `a.npy`, `b.npy`, `c.npy` and 2 more against `y.npy`")


def test_columns_of_one_table_are_named_with_it() -> None:
    sides = [InputSummary(("t.csv",), "csv", (4,), "<f8", names) for names in (("p", "q"), ("y",))]
    result = Result(EvalSettings(), tuple(sides), (tally_of(1),), (Group(),))
    first = markdown_table(Report(result)).splitlines()[0]
    assert first == "**Smooth L1 loss** of `p`, `q` against `y` in `t.csv`"
    moved = sides[1]._replace(paths=("u.csv",))
    first = markdown_table(Report(replace(result, inputs=(sides[0], moved)))).splitlines()[0]
    assert first == "**Smooth L1 loss** of `t.csv` against `u.csv`"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("north", "`north`"),
        ("*a* <b>&amp; $x$ @you #1 \\", "`*a* <b>&amp; $x$ @you #1 \\`"),
        ("a|b", "<code>a&#124;b</code>"),
        ("a`b", "<code>a&#96;b</code>"),
        ("|<i>", "<code>&#124;&#60;i&#62;</code>"),
        ("two\nlines\r", "`two\\nlines\\r`"),
        (" padded ", "<code>&#32;padded&#32;</code>"),
        ("", "<code></code>"),
        ("x" * 81, f"`{'x' * 40}…{'x' * 40}`"),
    ],
)
def test_any_text_is_code_that_shows_just_that_text(text: str, code: str) -> None:
    assert as_code(text) == code


HOSTILE = [
    "|",
    "`",
    "``a``",
    "a\nb",
    "<script>",
    "</table>",
    "**a**",
    "\\|",
    "&lt;",
    "[a](b)",
    "\\",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_of_a_group_breaks_the_rendered_table(name: str) -> None:
    result = result_of(tally_of(1), settings=EvalSettings(by=name), groups=(Group(name, name),))
    html = MarkdownIt("commonmark").enable("table").render(markdown_table(Report(result)))
    columns, cell = (text.replace("\n", "\\n") for text in (name, name.replace("\\", "\\\\")))
    for find, replacement in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        columns, cell = columns.replace(find, replacement), cell.replace(find, replacement)
    cells = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", html)
    assert cells == [
        *(f"<code>{columns}</code>", "column", "mean", "count", "quadratic"),
        *(f"<code>{cell}</code>", f"<code>{cell}</code>", "1", "1", "0.0%"),
    ]


def test_groups_that_differ_stay_different() -> None:
    groups = (Group("a\tb"), Group("a\\tb"), Group("all"))
    result = result_of(*map(tally_of, (1, 1, 1)), settings=EvalSettings(by="g"), groups=groups)
    cells = [line.split("|")[1].strip() for line in body_of(markdown_table(Report(result)))]
    assert cells == ["`a\\tb`", "`a\\\\tb`", "`all`", "`(all)`"]


def test_a_table_says_with_which_baseline_and_confidence_its_gates_compare() -> None:
    """Without it, a rise above the limit that passes looks like a broken gate."""
    result, baseline = result_of(tally_of(1, 5)), result_of(tally_of(1, 2))
    limits = Limits(increases=(parse_increase("10%"),), confidence=0.95)
    verdicts = check(result, limits, baseline)
    report = Report(result, verdicts, baseline, "b_main.json", 0.95)
    assert [verdict.passed for verdict in verdicts] == [True]
    first, *lines = markdown_table(report).splitlines()
    assert first.endswith("against `y.npy`, compared with the baseline `b_main.json`")
    assert "A gate fails if the loss is above its limit at 0.95 confidence." in lines
    assert {("baseline", "b_main.json"), ("confidence", "0.95")} <= {*report.properties}
