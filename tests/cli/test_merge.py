"""What `smoothl1 merge` prints and writes of saved results."""

from __future__ import annotations

import json
import os
import subprocess
from shutil import copyfile
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1 import EvalSettings, Result, evaluate
from tests.command import SCRIPT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

SIDES: Any = {"pred": ("x", "z"), "target": ("y", "v")}
GROUPED = EvalSettings((0.0, 1.0), by="g", by_column=True)


@pytest.fixture(autouse=True)
def parts(tmp_path: Path) -> None:
    """Losses 1 to 9 at beta 0, in three parts and as a whole; and the same of groups."""
    losses = np.arange(1.0, 10.0)
    for name, some in (("1", losses[:2]), ("2", losses[2:3]), ("3", losses[3:]), ("all", losses)):
        save(tmp_path, name, some)
        rows = "".join(f"{x},0,{x / 2},0,{'ab'[int(x) % 2]}\n" for x in some)
        (tmp_path / f"{name}.csv").write_text("x,y,z,v,g\n" + rows)
        result = evaluate(tmp_path / f"{name}.csv", settings=GROUPED, statistics=True, **SIDES)
        (tmp_path / f"grouped-{name}.json").write_text(json.dumps(result.to_json()))


def save(
    folder: Path, name: str, losses: Any, settings: EvalSettings = EvalSettings((0.0,))
) -> None:
    np.save(folder / f"p{name}.npy", losses)
    np.save(folder / f"t{name}.npy", np.zeros(len(losses)))
    result = evaluate(folder / f"p{name}.npy", folder / f"t{name}.npy", settings, statistics=True)
    (folder / f"part-{name}.json").write_text(json.dumps(result.to_json()))


def numbers(document: dict[str, Any]) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = document["results"]
    return results


def test_the_mean_of_the_parts_is_that_of_the_whole(run: Run) -> None:
    done = run("merge", "part-3.json", "part-1.json", "part-2.json")
    assert (done.returncode, done.stdout, done.stderr) == (0, "5.0\n", "")


def test_other_columns_are_told_and_other_weights_are_refused(run: Run, tmp_path: Path) -> None:
    for path, pred, target, weight in (
        ("a", "x", "y", "w"),
        ("b", "z", "y", "w"),
        ("c", "x", "v", "w"),
        ("d", "x", "y", "u"),
    ):
        (tmp_path / f"{path}.csv").write_text("x,y,z,v,w,u\n4,1,2,0,1,2\n")
        whole = evaluate(tmp_path / f"{path}.csv", pred=pred, target=target, weight=weight)
        bare = evaluate(tmp_path / f"{path}.csv", pred=pred, target=target)
        (tmp_path / f"{path}.json").write_text(json.dumps(whole.to_json()))
        (tmp_path / f"bare-{path}.json").write_text(json.dumps(bare.to_json()))
    for prefix in ("", "bare-"):
        done = run("merge", f"{prefix}a.json", f"{prefix}b.json")
        what = "the predictions of these results are different columns: 'x'; 'z'"
        assert (done.returncode, done.stdout) == (0, "1.5\n")
        assert done.stderr == f"smoothl1: warning: {what}\n"
        done = run("merge", f"{prefix}a.json", f"{prefix}c.json")
        what = "the targets of these results are different columns: 'v'; 'y'"
        assert (done.stdout, done.stderr) == ("3.0\n", f"smoothl1: warning: {what}\n")
    assert run("merge", "bare-a.json", "bare-d.json").stderr == ""
    done = run("merge", "a.json", "d.json")
    what = "results of different settings: weight column is 'w' and 'u'"
    assert done.returncode == 3
    assert done.stderr == f"smoothl1: error: a.json and d.json: {what}\n"


def test_other_targets_of_a_column_and_columns_by_number_are_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("p,q,t,h,T\n4,1,2,0,3\n")
    settings = EvalSettings(by_column=True)
    for name, target in (("a", ["t", "h"]), ("b", ["T", "h"])):
        found = evaluate(tmp_path / "a.csv", None, settings, pred=["p", "q"], target=target)
        (tmp_path / f"{name}.json").write_text(json.dumps(found.to_json()))
    arrays = evaluate(np.ones((3, 2)), np.zeros((3, 2)), settings)
    (tmp_path / "c.json").write_text(json.dumps(arrays.to_json()))
    done = run("merge", "a.json", "b.json")
    assert (done.returncode, done.stdout) == (0, "p\t1.0\nq\t0.5\n")
    assert "warning: the targets of column 'p' of these results are: 't'; 'T'\n" in done.stderr
    done = run("merge", "a.json", "c.json")
    assert "warning: columns 1, 2 of some results and p, q of others may be the same" in done.stderr


def test_the_json_of_the_parts_has_the_numbers_of_the_whole(run: Run, tmp_path: Path) -> None:
    done = run("merge", "part-2.json", "part-1.json", "part-3.json", "--json")
    merged = json.loads(done.stdout)
    whole = json.loads((tmp_path / "part-all.json").read_text())
    assert numbers(merged) == numbers(whole)
    assert merged["settings"] == whole["settings"]
    assert merged["inputs"]["pred"]["paths"] == [str(tmp_path / f"p{i}.npy") for i in (1, 2, 3)]
    assert merged["inputs"]["pred"]["shape"] == [9]
    assert Result.from_json(done.stdout).n == 9


def test_groups_columns_and_betas_are_lines(run: Run, tmp_path: Path) -> None:
    done = run("merge", "grouped-1.json", "grouped-2.json", "grouped-3.json", "--precision", "4")
    assert done.stdout == (
        "0.0\ta\tx\t5\n0.0\ta\tz\t2.5\n0.0\tb\tx\t5\n0.0\tb\tz\t2.5\n"
        "1.0\ta\tx\t4.5\n1.0\ta\tz\t2\n1.0\tb\tx\t4.5\n1.0\tb\tz\t2.025\n"
    )


def test_merged_files_may_be_merged_again(run: Run, tmp_path: Path) -> None:
    run("merge", "grouped-3.json", "grouped-1.json", "--json", "-o", "some.json")
    run("merge", "some.json", "grouped-2.json", "--json", "-o", "again.json")
    again = json.loads((tmp_path / "again.json").read_text())
    whole = json.loads((tmp_path / "grouped-all.json").read_text())
    assert numbers(again) == numbers(whole)


def test_a_folder_and_a_pattern_stand_for_their_files(run: Run, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for i in (1, 2, 3):
        (tmp_path / f"part-{i}.json").rename(tmp_path / "folder" / f"{i}.json")
    (tmp_path / "folder" / ".hidden").write_text("")
    for path in ("folder", "folder/*.json", "folder/[12].json"):
        paths = (path, "folder/3.json") if "12" in path else (path,)
        done = run("merge", *paths)
        assert (done.returncode, done.stdout) == (0, "5.0\n")
        assert ("hidden" in done.stderr) == (path == "folder")


@pytest.mark.parametrize("more", [(), ("--expect", "4")])
def test_a_result_without_a_byte_is_refused_however_it_is_named(
    run: Run, tmp_path: Path, more: tuple[str, ...]
) -> None:
    folder = tmp_path / "r"
    folder.mkdir()
    for i in (1, 2, 3):
        (tmp_path / f"part-{i}.json").rename(folder / f"part-{i}.json")
    assert run("merge", "r/").stdout == "5.0\n"
    (folder / "part-4.json").write_bytes(b"")  # of a command that failed before it wrote
    for paths in (("r/",), ("r/part-*.json",), sorted(folder.iterdir())):
        done = run("merge", *paths, *more)
        assert (done.returncode, done.stdout) == (3, "")
        assert "part-4.json: empty (0 bytes): not written to the end? [run the" in done.stderr


def test_standard_output_is_no_part_of_a_pattern(tmp_path: Path) -> None:
    for name, code in (("part-0.json", 2), ("whole.json", 0)):
        with (tmp_path / name).open("wb") as file:  # as `>` opens it
            line = [SCRIPT, "merge", "part-?.json"]
            how: dict[str, Any] = {"stdout": file, "stderr": subprocess.PIPE, "cwd": tmp_path}
            done = subprocess.run(line, check=False, **how)
        assert (done.returncode, b"too, which is no part" in done.stderr) == (code, code == 2)
        if code:
            assert b"part-?.json: stands for standard output, too" in done.stderr
            (tmp_path / name).unlink()


def test_a_part_that_is_counted_twice_is_warned_of(run: Run, tmp_path: Path) -> None:
    copyfile(tmp_path / "part-1.json", tmp_path / "copy.json")
    done = run("merge", "part-1.json", "part-2.json", "copy.json")
    assert (done.returncode, done.stdout) == (0, "1.8\n")
    assert done.stderr.startswith("smoothl1: warning: several results are of ")
    assert "p1.npy" in done.stderr
    assert done.stderr.endswith("is a part counted twice?\n")
    assert run("merge", "part-1.json", "copy.json", "-q").stderr == ""


def test_data_that_are_counted_twice_by_other_paths_are_warned_of(run: Run, tmp_path: Path) -> None:
    for name in ("p", "t"):
        np.save(tmp_path / f"{name}.npy", np.full(2, float(name == "p")))
        copyfile(tmp_path / f"{name}.npy", tmp_path / f"{name}2.npy")
    for i, (end, more) in enumerate(
        (("", ()), ("2", ()), ("", ("--digest",)), ("2", ("--digest",)))
    ):
        sides = (f"p{end}.npy", f"t{end}.npy")
        assert run("eval", *sides, *more, "--json", "-o", f"r{i}.json").returncode == 0
    assert run("eval", "./p.npy", "./t.npy", "--json", "-o", "r4.json").returncode == 0
    for others, said in (
        (("r0.json", "r1.json"), ""),  # few losses, so their sums may be equal by chance
        (("r0.json", "r4.json"), "several results are of p.npy: is a part counted twice?"),
        (("r2.json", "r3.json"), "are of files of the same SHA-256: is a part counted twice?"),
    ):
        done = run("merge", *others)
        assert (done.stdout, done.stderr.count("\n")) == ("0.5\n", bool(said))
        assert said in done.stderr


def test_a_part_that_is_counted_in_a_merged_result_is_warned_of(run: Run, tmp_path: Path) -> None:
    results = [Result.from_json((tmp_path / f"part-{i}.json").read_text()) for i in (1, 2)]
    (tmp_path / "both.json").write_text(json.dumps(Result.merged(results).to_json()))
    done = run("merge", "both.json", "part-2.json")
    assert (done.returncode, done.stdout) == (0, "2.25\n")
    assert "counted twice" in done.stderr
    for name in ("1.json", "2.json"):
        document = json.loads((tmp_path / "part-1.json").read_text())
        for side in document["inputs"].values():
            side["path"] = "-"
        (tmp_path / name).write_text(json.dumps(document))
    assert "counted twice" not in run("merge", "1.json", "2.json").stderr


def test_a_merged_result_beside_all_of_its_parts_is_refused(run: Run, tmp_path: Path) -> None:
    parts = [f"part-{i}.json" for i in (1, 2, 3)]
    run("merge", *parts[:2], "--json", "-o", "both.json")
    run("merge", "both.json", parts[2], "--json", "-o", "whole.json")
    together = f"is of the same rows as {', '.join(parts)} together"
    for paths, whole, said in (
        ((*parts, "whole.json"), "whole.json", together),
        (
            ("both.json", *parts),
            "both.json",
            "of the same rows as part-1.json, part-2.json together",
        ),
        (("both.json", parts[2], "whole.json"), "whole.json", "both.json, part-3.json together"),
    ):
        done = run("merge", *paths)
        assert (done.returncode, done.stdout) == (3, "")
        assert done.stderr.startswith(f"smoothl1: error: {whole}: is of the same rows as ")
        assert done.stderr.endswith(
            f"{said}, and a part counts once [give the merged result, or its parts]\n"
        )
    for paths in (("whole.json", *parts[:2]), ("both.json", parts[2])):
        assert run("merge", *paths).returncode == 0


def test_parts_of_other_rows_in_files_of_the_same_names_are_no_parts_of_a_merged_result(
    run: Run, tmp_path: Path
) -> None:
    parts = [f"part-{i}.json" for i in (1, 2, 3)]
    run("merge", *parts, "--json", "-o", "whole.json")
    document = (tmp_path / "part-3.json").read_text()
    save(tmp_path, "3", np.arange(6.0))
    assert (tmp_path / "part-3.json").read_text() != document
    done = run("merge", *parts, "whole.json")
    assert (done.returncode, "counted twice" in done.stderr) == (0, True)


def test_results_of_two_models_over_the_same_targets_are_warned_of(
    run: Run, tmp_path: Path
) -> None:
    for name in ("a", "b"):
        pred, target = tmp_path / f"{name}.npy", tmp_path / "t1.npy"
        np.save(pred, np.ones(2))
        (tmp_path / f"{name}.json").write_text(json.dumps(evaluate(pred, target).to_json()))
    done = run("merge", "a.json", "b.json")
    assert (done.returncode, done.stdout) == (0, "0.5\n")
    assert done.stderr == (
        f"smoothl1: warning: several results are of the targets {tmp_path / 't1.npy'}: is a part "
        "counted twice, or are these results of several models of the same rows?\n"
    )


def test_results_of_equal_sums_are_warned_of_unless_they_may_be_a_coincidence(
    run: Run, tmp_path: Path
) -> None:
    fine = np.random.default_rng(1).normal(size=8)
    cases = (
        ("few", np.arange(3), np.arange(3), False),
        ("many", np.arange(100), np.arange(100), True),
        ("fine", fine, fine, True),
        ("other order", fine, fine[::-1], True),
        ("too few", fine[:7], fine[:7], False),
        ("coarse", np.arange(8), np.arange(8), False),
        ("constant", np.full(8, 0.1), np.full(8, 0.1), False),
        ("zero", np.zeros(100), np.zeros(100), False),
        ("other squares", np.repeat([1.0, 2.0, 3.0], 40), np.full(120, 2.0), False),
    )
    for name, *both, is_warned in cases:
        for folder, values in zip(("a", "b"), both, strict=True):
            (tmp_path / folder).mkdir(exist_ok=True)
            sides = [tmp_path / folder / f"{side}.npy" for side in "pt"]
            for side, numbers in zip(sides, (values, np.zeros(len(values))), strict=True):
                np.save(side, numbers)
            result = evaluate(*sides, betas=1e-300)
            (tmp_path / f"{folder}.json").write_text(json.dumps(result.to_json()))
        said = run("merge", "a.json", "b.json").stderr
        assert ("equal sums and counts: is a part counted twice?" in said) is is_warned, name


def test_other_settings_are_refused_with_both_names(run: Run, tmp_path: Path) -> None:
    save(tmp_path, "sum", np.ones(2), EvalSettings((0.0,), "sum"))
    done = run("merge", "part-1.json", "part-2.json", "part-sum.json", "-o", "out.txt")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == (
        "smoothl1: error: part-1.json and part-sum.json: results of different settings: "
        "reduction is 'mean' and 'sum'\n"
    )
    assert not (tmp_path / "out.txt").exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"schema": "smoothl1.result/2"}', "a newer smoothl1 reads it"),
        (b"\xff\xfe\n", "not a JSON document"),
        (b"[]", "not an object"),
    ],
)
def test_what_is_no_result_is_refused_with_its_name(
    run: Run, tmp_path: Path, content: bytes, said: str
) -> None:
    (tmp_path / "bad.json").write_bytes(content)
    done = run("merge", "part-1.json", "bad.json")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("smoothl1: error: bad.json: ")
    assert done.stderr.count("\n") == 1
    assert said in done.stderr


def test_an_input_may_be_the_output(run: Run, tmp_path: Path) -> None:
    done = run("merge", "part-1.json", "part-2.json", "--json", "-o", "part-1.json")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert Result.from_json((tmp_path / "part-1.json").read_text()).values == (2.0,)


@pytest.mark.parametrize("policy", ["pass", "fail", "create"])
def test_a_baseline_that_is_missing(run: Run, tmp_path: Path, policy: str) -> None:
    args = ("--baseline", "base.json", "--max-increase", "0", "--on-missing-baseline", policy)
    done = run("merge", "part-1.json", "part-2.json", *args)
    assert (done.returncode, done.stdout) == (int(policy == "fail"), "2.0\n")
    assert (tmp_path / "base.json").exists() == (policy == "create")
    if policy == "create":
        assert Result.from_json((tmp_path / "base.json").read_text()).values == (2.0,)
        assert done.stderr == "smoothl1: created the baseline base.json\n"
        again = run("merge", "part-1.json", "part-2.json", *args)
        assert (again.returncode, again.stderr) == (0, "")
        before = (tmp_path / "base.json").read_bytes()
        assert run("merge", "part-3.json", *args).returncode == 3
        assert run("merge", "part-3.json", *args, "--other-data").returncode == 1
        assert (tmp_path / "base.json").read_bytes() == before


def test_a_baseline_is_created_in_silence_if_that_is_wanted(run: Run, tmp_path: Path) -> None:
    args = ("--baseline", "base.json", "--max-increase", "0", "--on-missing-baseline", "create")
    assert run("merge", "part-1.json", *args, "-q").stderr == ""
    assert (tmp_path / "base.json").exists()


def test_a_part_that_is_missing_is_refused_where_the_number_is_expected(run: Run) -> None:
    gate = ("--fail-above", "100")
    assert run("merge", "part-[123].json", "--expect", "3", *gate).stdout == "5.0\n"
    for paths, are, expected in (
        (("part-[12].json",), "are 2 results", 3),
        (("part-1.json",), "is 1 result", 2),
        (("part-[123].json", "part-all.json"), "are 4 results", 3),
    ):
        done = run("merge", *paths, "--expect", expected, *gate)
        assert (done.returncode, done.stdout) == (3, "")
        assert done.stderr == f"smoothl1: error: there {are}, and --expect says {expected}\n"


@pytest.mark.parametrize("options", [(), ("--expect", "2")])
def test_a_file_that_is_given_twice_is_refused(
    run: Run, tmp_path: Path, options: tuple[str, ...]
) -> None:
    (tmp_path / "link.json").symlink_to("part-1.json")
    for again in ("part-1.json", "./part-1.json", "link.json", "part-1*.json"):
        done = run("merge", "part-1.json", again, *options)
        assert (done.returncode, done.stdout) == (3, "")
        told = "part-1.json: given 2 times, and a part counts once [give it once]"
        assert told in done.stderr


def test_a_pipe_that_is_given_twice_is_refused(run: Run, tmp_path: Path) -> None:
    pipe = "a pipe can be only one of the inputs [write it to a file]"
    (tmp_path / "link").symlink_to("pipe")
    os.mkfifo(tmp_path / "pipe")
    for args, told in (
        (("-", "-"), "standard input can be only one of the inputs"),
        (("-", "/dev/stdin"), "standard input can be only one of the inputs"),
        (("pipe", "part-2.json", "pipe"), f"pipe: {pipe}"),
        (("pipe", "link"), f"link: the same pipe as pipe, and {pipe}"),
    ):
        done = run("merge", *args, input="{}", timeout=20)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == f"smoothl1: error: {told}\n"


def test_no_baseline_is_created_of_what_fails(run: Run, tmp_path: Path) -> None:
    args = ("--baseline", "base.json", "--max-increase", "0", "--on-missing-baseline", "create")
    done = run("merge", "part-all.json", *args, "--fail-above", "4")
    assert (done.returncode, done.stdout) == (1, "5.0\n")
    assert not (tmp_path / "base.json").exists()


def test_the_output_may_be_an_input_but_is_no_part_of_a_pattern(run: Run, tmp_path: Path) -> None:
    names = ("part-1.json", "part-2.json", "part-3.json")
    apart = tmp_path / "apart"
    apart.mkdir()
    for name in names:
        copyfile(tmp_path / name, apart / name)
    for path in ("apart", "apart/*.json"):
        before = (apart / names[0]).read_bytes()
        done = run("merge", path, "-o", f"apart/{names[0]}")
        assert (done.returncode, done.stdout) == (2, "")
        assert f"{path}: stands for --output apart/{names[0]}, too, which is" in done.stderr
        assert (apart / names[0]).read_bytes() == before
    assert run("merge", *names, "-o", names[0]).stderr == ""
    assert run("merge", names[0]).stdout == "5.0\n"


def test_worst_rows_that_a_table_has_no_room_for_are_not_dropped_in_silence(
    run: Run, tmp_path: Path
) -> None:
    save(tmp_path, "top", np.arange(1.0, 4.0), EvalSettings((0.0,), top=1))
    done = run("merge", "part-top.json", "-f", "csv")
    assert done.stdout.startswith("beta,mean,")
    assert "warning: -f csv is one table, which lacks the worst rows" in done.stderr
    rows = run("merge", "part-top.json", "-f", "csv", "--columns", "row,loss")
    assert (rows.stdout, rows.stderr) == ("row,loss\n3,3.0\n", "")
    assert run("merge", "part-top.json", "-f", "table").stderr == ""
    assert run("merge", "part-1.json", "-f", "csv").stderr == ""


def test_infinite_losses_and_sums_of_parts_are_said(run: Run, tmp_path: Path) -> None:
    cases = {
        "1 of 4 losses is infinite: where they were evaluated, a warning says why": -1.7e308,
        "the sum is infinite: finite losses add up to more than binary64 holds": 0.0,
        "": 1.7e308,
    }
    np.save(tmp_path / "p.npy", [1.7e308, 1.0, 1.0, 1.7e308])
    for said, target in cases.items():
        np.save(tmp_path / "y.npy", [target, 0.0, 0.0, 0.0])
        for part in ("1/2", "2/2"):
            args = ("p.npy", "y.npy", "-r", "sum", "--part", part, "--json")
            run("eval", *args, "-o", f"of-{part[0]}.json")
        done = run("merge", "of-1.json", "of-2.json")
        assert done.stdout == ("inf\n" if said else "1.7e+308\n")
        assert done.stderr == (f"smoothl1: warning: {said}\n" if said else "")
