"""What a new user wants done, one test a job: the number or the text wanted is in the answer.

Jobs that other tests do already:

cli/test_advice.py
    another tool's command or option: test_an_option_of_another_name_is_answered_with_ours
    a misspelt file: test_a_file_that_is_not_there_is_answered_with_one_that_is
cli/test_compare.py
    the worse of two models fails: test_confidence_decides_what_is_worse
cli/test_completion.py
    completion: test_the_shell_itself_completes
cli/test_configuration.py
    settings in a file: test_an_option_beats_the_environment_which_beats_the_file
cli/test_eval.py
    the mean of two files: test_prints_the_mean_alone_in_the_shortest_digits
    the sum: test_sum_is_the_exact_sum
    two formats, one a side: test_formats_may_differ_between_the_sides
    several betas: test_several_betas_are_lines_of_name_and_value
    fewer digits: test_precision_shortens
    losses as an array: test_none_writes_an_array_of_the_inputs_shape_and_dtype
    losses down a pipe: test_binary_losses_go_down_a_pipe
    several columns of a table: test_several_columns_are_a_row
    a check that the bytes are those: test_digests_are_in_json_and_their_absence_elsewhere_is_said
cli/test_groups.py
    a loss a column: test_by_column_prints_a_line_for_each_column
    a weighted mean: test_a_weighted_mean_is_divided_by_the_weights
cli/test_help.py
    `help eval`: test_help_is_a_command_too
    `-V`: test_the_version_has_a_short_name
    `python -m smoothl1`: test_the_package_is_a_command
    help under headings: test_every_option_stands_under_one_heading
cli/test_man.py
    man pages: test_the_program_and_every_command_have_a_page
cli/test_merge.py
    a new baseline: test_a_baseline_is_created_in_silence_if_that_is_wanted
    a missing part: test_a_part_that_is_missing_is_refused_where_the_number_is_expected
cli/test_part.py
    a job array, merged: test_the_json_of_all_parts_merged_is_that_of_one_run
    a job array's plan: test_a_plan_is_a_table_in_every_form
cli/test_ranking.py
    several models ranked on a terminal: test_a_terminal_shows_what_it_has_room_for
cli/test_report.py
    a report on a terminal: test_a_terminal_of_few_columns_is_enough
cli/test_tables.py
    a table on a terminal: test_several_values_are_a_table_on_a_terminal_and_are_shown_once
    one value: test_one_value_stays_a_number_on_a_terminal_above_its_table_and_the_signature
    40 columns and fewer: test_a_narrow_terminal_has_a_line_for_each_cell
    a comparison that people can read: test_a_comparison_speaks_to_people
    a table for LaTeX and others: test_every_form_has_all_columns_and_reads_back
features/test_nested_by.py
    nested groups, all levels shown: test_lines_have_a_cell_for_each_level
features/test_top.py
    worst rows of parts, merged: test_merge_tells_worst_rows_with_their_inputs
figures/test_browser.py
    a report as a page: test_every_figure_is_seen_and_can_be_read_by_everyone
results/test_single.py
    a result in a notebook: test_a_notebook_shows_a_table
    a result as a number: test_a_result_of_one_value_is_a_number
    a result's short repr: test_a_result_looks_short
cli/views/test_progress.py
    progress: test_the_line_fits_and_says_all
test_ci_recipes.py
    metrics for DVC: test_dvc_reads_flat_metrics
    GitLab: test_gitlab_gets_a_number_and_both_reports
    pre-commit: test_pre_commit_runs_the_hook_on_the_files_of_the_recipe
    Make: test_make_evaluates_once_and_holds_the_result_against_the_baseline
test_github_recipes.py
    GitHub: test_the_action_is_used_and_its_output_read
    GitHub's matrix: test_shards_are_merged_and_held_against_a_baseline
"""

from __future__ import annotations

import csv
import gzip
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from pyarrow import feather

from smoothl1 import SettingsError
from smoothl1.cli.main import main
from tests.inside import called

if TYPE_CHECKING:
    from collections.abc import Callable

    Call = Callable[..., str]

TABLE = ("mine.csv", "--pred", "p", "--target", "y")
PAIRS = [(0.0, 0.0), (2.0, 1.0), (2.5, 2.0), (5.5, 3.5)]
DISTANCES = [abs(pred - target) for pred, target in PAIRS]
NAMES = ("best", "p", "worst")
LOSSES = [d * d / 2 if d < 1 else d - 0.5 for d in DISTANCES]


@pytest.fixture
def call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Call:
    """What a command line prints in a folder with a table and arrays."""
    monkeypatch.chdir(tmp_path)
    names = zip("7891", ("cat", "dog", "cat", "dog"), PAIRS, strict=True)
    lines = [f"{name},{kind},{pred},{pred + 1},{y}\n" for name, kind, (pred, y) in names]
    Path("mine.csv").write_text("id,class,p,q,y\n" + "".join(lines))
    np.save("p.npy", [pred for pred, _ in PAIRS])
    np.save("t.npy", [target for _, target in PAIRS])
    return lambda *args: called(capfd, *args)


def test_a_csv_of_ones_own(call: Call) -> None:
    assert float(call("eval", *TABLE)) == sum(LOSSES) / 4


def test_a_csv_of_a_country_with_decimal_commas(call: Call) -> None:
    Path("comma.csv").write_text("p;y\n1,5;1\n9;3,0\n")
    args = ("eval", "comma.csv", "--pred", "p", "--target", "y", "--decimal", ",")
    with pytest.raises(SettingsError) as refused:
        call(*args)
    assert "--delimiter names another" in (refused.value.hint or "")
    assert float(call(*args, "--delimiter", ";")) == (0.125 + 5.5) / 2


def test_a_loss_a_class_of_a_table(call: Call) -> None:
    cat, dog = ((LOSSES[i] + LOSSES[i + 2]) / 2 for i in (0, 1))
    assert call("eval", *TABLE, "--by", "class") == f"cat\t{cat}\ndog\t{dog}\n"


def test_a_loss_a_class_of_arrays(call: Call) -> None:
    np.save("labels.npy", [5, 3, 5, 3])
    cat, dog = ((LOSSES[i] + LOSSES[i + 2]) / 2 for i in (0, 1))
    found = call("eval", "p.npy", "t.npy", "--groups", "labels.npy")
    assert found == f"3\t{dog}\n5\t{cat}\n"


def test_a_loss_an_image(call: Call) -> None:
    images = np.arange(2 * 3 * 4, dtype=np.float32).reshape(2, 3, 4)
    np.save("images.npy", images)
    np.save("zeros.npy", np.zeros_like(images))
    means = [np.maximum(image.astype(float) - 0.5, 0).mean() for image in images]
    found = call("eval", "images.npy", "zeros.npy", "--per-row")
    assert [float(line) for line in found.splitlines()] == means


def test_a_loss_a_row_beside_its_id(call: Call) -> None:
    call("eval", *TABLE, "-r", "none", "--keep", "id", "-o", "losses.tsv")
    lines = [f"{name}\t{loss}" for name, loss in zip("7891", LOSSES, strict=True)]
    assert Path("losses.tsv").read_text().splitlines() == ["id\tloss", *lines]


def test_losses_in_a_compressed_csv(call: Call) -> None:
    call("eval", *TABLE, "-r", "none", "-o", "losses.csv.gz")
    with gzip.open("losses.csv.gz", "rt") as file:
        assert [float(row["loss"]) for row in csv.DictReader(file)] == LOSSES


def test_losses_for_a_data_frame(call: Call) -> None:
    call("eval", *TABLE, "-r", "none", "-o", "losses.feather")
    assert feather.read_table("losses.feather")["loss"].to_pylist() == LOSSES


def test_the_worst_rows_with_prediction_and_target(call: Call) -> None:
    found = call("eval", *TABLE, "--top", 1, "--keep", "id")
    assert found.splitlines()[-2:] == ["row\tid\tpred\ttarget\tloss", "4\t1\t5.5\t3.5\t1.5"]


def test_other_errors_in_the_same_pass(call: Call) -> None:
    found = call("eval", *TABLE, "--also", "mae,mse,rmse,bias,max")
    mse = sum(d * d for d in DISTANCES) / 4
    assert {name: float(text) for name, text in map(str.split, found.splitlines())} == {
        "mean": sum(LOSSES) / 4,
        "mae": sum(DISTANCES) / 4,
        "mse": mse,
        "rmse": mse**0.5,
        "bias": sum(pred - target for pred, target in PAIRS) / 4,
        "max_error": max(DISTANCES),
    }


def test_the_median_and_how_many_are_near(call: Call) -> None:
    found = call("eval", *TABLE, "--quantile", "0.5", "--within", "0.75")
    assert found.splitlines()[1:] == [
        "within_0.75\t2",
        "share_within_0.75\t0.5",
        f"quantile_0.5\t{sorted(DISTANCES)[1]}",
    ]


def test_a_histogram(call: Call) -> None:
    found = call("report", *TABLE)
    told = "up to that of the next line. Bar: density, in pairs per doubling of the distance."
    assert told in " ".join(found.split())
    assert re.search(r"^Blocks of 1 row follow the order of the input", found, re.MULTILINE)


def test_a_table_with_header_and_count(call: Call) -> None:
    found = list(csv.DictReader(call("eval", *TABLE, "--by", "class", "-f", "csv").splitlines()))
    assert [(row["class"], row["count"]) for row in found] == [("cat", "2"), ("dog", "2")]
    call("eval", *TABLE, "--by", "class", "-o", "table.md")
    head, _, first, _, last = Path("table.md").read_text().splitlines()
    assert head.startswith("| beta | class | mean |")
    assert first.startswith(f"| 1 | `cat` | {(LOSSES[0] + LOSSES[2]) / 2} |")
    assert last.startswith(f"| 1 | `all` | {sum(LOSSES) / 4} |")
    call("eval", *TABLE, "--by", "class", "-o", "table.json")
    results = json.loads(Path("table.json").read_text())["results"]
    assert [of["sum"] for of in results] == [LOSSES[0] + LOSSES[2], LOSSES[1] + LOSSES[3]]


def test_every_group_of_many_is_shown(call: Call) -> None:
    Path("many.csv").write_text("g,p,y\n" + "".join(f"{i},{i + 2},{i}\n" for i in range(45)))
    found = call("eval", "many.csv", "--pred", "p", "--target", "y", "--by", "g")
    assert found.splitlines() == [f"{i}\t1.5" for i in range(45)]


def test_two_models_of_one_table(call: Call) -> None:
    found = call("compare", "mine.csv", "--pred-a", "p", "--pred-b", "q", "--target", "y")
    head, values = (line.split("\t") for line in found.splitlines())
    of = dict(zip(head, values, strict=True))
    others = [pred + 1 - target for pred, target in PAIRS]
    assert float(of["mean_b"]) == sum(d - 0.5 for d in others) / 4
    assert (of["a_better"], of["b_better"], of["ties"]) == ("4", "0", "0")


def test_several_models_the_best_first(call: Call) -> None:
    np.save("best.npy", np.load("t.npy"))
    np.save("worst.npy", np.load("t.npy") + 100)
    found = call("compare", "worst.npy", "p.npy", "best.npy", "t.npy").splitlines()
    ranks = [line.split("\t")[1:4] for line in found[1:]]
    means = ["0.0", str(sum(LOSSES) / 4), "99.5"]
    assert ranks == [[str(i + 1), *row] for i, row in enumerate(zip(NAMES, means, strict=True))]


def test_keys_of_two_names_and_rows_that_one_side_lacks(call: Call) -> None:
    Path("truth.csv").write_text("ID,y\n1,3.5\n8,1.0\n6,0.0\n")
    args = ("eval", "mine.csv", "truth.csv", "--pred", "p", "--target", "y", "-k", "id=ID")
    assert float(call(*args, "--unmatched", "omit")) == (LOSSES[1] + LOSSES[3]) / 2


def test_a_gate_with_reports(call: Call, capfd: pytest.CaptureFixture[str]) -> None:
    call("eval", *TABLE)
    args = (*TABLE, "--fail-above", "0.5", "--junit", "junit.xml", "--markdown", "pull.md")
    assert main.main(["eval", *args], standalone_mode=False) == 1
    mean = sum(LOSSES) / 4
    assert f"gate failed: the mean, {mean}, is above --fail-above 0.5" in capfd.readouterr().err
    assert 'failures="1"' in Path("junit.xml").read_text()
    title = "**Smooth L1 loss** of `p` against `y` in `mine.csv`"
    assert Path("pull.md").read_text().startswith(title)


def test_a_baseline(call: Call, capfd: pytest.CaptureFixture[str]) -> None:
    call("eval", *TABLE, "--json", "-o", "main.json")
    gate = ("--baseline", "main.json", "--max-increase", "5%")
    worse = ["eval", "mine.csv", "--pred", "q", "--target", "y", *gate]
    assert main.main(worse, standalone_mode=False) == 1
    assert "--max-increase 5%" in capfd.readouterr().err
    assert main.main(["eval", *TABLE, *gate], standalone_mode=False) in (0, None)


def test_what_a_file_holds(call: Call) -> None:
    found = call("inspect", *TABLE)
    assert "'class' text" in found
    assert found.splitlines()[-1] == "3\t2.5\t2.0"


def test_every_test_that_is_named_here_exists() -> None:
    files = re.findall(r"^(\S+\.py)\n((?:    .+\n)+)", __doc__ or "", re.MULTILINE)
    named = [(path, *re.findall(r": (test_\w+)$", jobs, re.MULTILINE)) for path, jobs in files]
    assert sum(map(len, named)) > 60
    for path, *tests in named:
        text = (Path(__file__).parents[1] / path).read_text()
        assert [name for name in tests if f"def {name}(" not in text] == [], path
