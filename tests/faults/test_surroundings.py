"""What surrounds a run does not change its answer: a pause, files beside it, what a shell sets."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.command import SCRIPT
from tests.faults.injected import write_inputs
from tests.forking import forks

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name != "posix", reason="POSIX processes")

PRED = [0.5, 3.0, -2.0]
MEAN = b"1.375\n"  # 0.125, 2.5 and 1.5 against 0


@pytest.fixture(autouse=True)
def pair(tmp_path: Path) -> None:
    np.save(tmp_path / "p.npy", PRED)
    np.save(tmp_path / "t.npy", np.zeros(3))


def test_a_run_that_is_paused_goes_on(tmp_path: Path) -> None:
    command = [SCRIPT, "eval", "-", "t.npy"]
    with subprocess.Popen(
        command, cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        process.stdin.write(b"x\n0.5\n3.")
        process.stdin.flush()
        process.send_signal(signal.SIGSTOP)
        _, status = os.waitpid(process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        process.send_signal(signal.SIGCONT)
        stdout, _ = process.communicate(b"0\n-2\n", timeout=60)
    assert (process.returncode, stdout) == (0, MEAN)


def test_modules_in_the_working_folder_are_not_imported_and_little_room_is_enough(
    tmp_path: Path,
) -> None:
    for name in ("numpy", "click", "json", "rich", "pyarrow", "smoothl1"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('imported')")
    surroundings = {"PATH": os.environ["PATH"], "TMPDIR": "/nonexistent", "TZ": "XXX-99:99"}
    surroundings |= {"LC_ALL": "tr_TR.UTF-8", "PYTHONHASHSEED": "7", "PYTHONDEVMODE": "1"}
    done = subprocess.run(
        ["sh", "-c", f"ulimit -s 512; exec {SCRIPT} eval p.npy t.npy"],
        cwd=tmp_path,
        env=surroundings,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, MEAN, b"")


LINES = """
import gc, sys
from smoothl1.cli.main import main
for line in sys.stdin:
    main.main([*line.split(), "-q"], "smoothl1", standalone_mode=False)
gc.collect()
"""


IN_LOCALE = """
import locale, sys
if locale.setlocale(locale.LC_ALL, "") != "C" and locale.localeconv()["decimal_point"] != ",":
    sys.exit("not this locale")
from smoothl1.cli.boundary import complete
for line in sys.stdin:
    print(complete(line.split()), flush=True)
"""


def locales_made(folder: Path, *names: str) -> bool:
    """Whether the system can make these locales in UTF-8."""
    if shutil.which("localedef") is None:
        return False
    folder.mkdir()
    for name in names:
        made_by = ["localedef", "-i", name, "-f", "UTF-8", str(folder / f"{name}.UTF-8")]
        if subprocess.run(made_by, capture_output=True, check=False).returncode:
            return False
    return True


@pytest.mark.grid
def test_a_locale_with_a_decimal_comma_changes_no_byte(tmp_path: Path) -> None:
    """Turkish has other small letters for I, and German sorts letters without regard to case."""
    if not locales_made(tmp_path / "locales", "tr_TR", "de_DE"):
        pytest.skip("the system describes no Turkish or German, or has no localedef")
    rows = "1.5,0.1,a\n2e-3,-0.25,Z\n1234567.875,3.5,ä\n"
    (tmp_path / "p.csv").write_text(f"IMAGE_ID,ILI,G\n{rows}", encoding="utf-8")
    (tmp_path / "t.csv").write_text(f"image_id,ili,g\n{rows}", encoding="utf-8")
    (tmp_path / "d").mkdir()
    for name in ("ä1.csv", "Z1.csv", "b1.csv"):
        (tmp_path / "d" / name).write_text("x,y\n1,2\n", encoding="utf-8")
    lines = ["eval p.csv t.csv --pred ILI --target ili --key IMAGE_ID=image_id --json"]
    lines += ["eval p.csv --pred ILI --target IMAGE_ID -r none", "inspect p.csv --json"]
    lines += [f"eval p.csv --pred ILI --target IMAGE_ID {form}" for form in ("-f csv", "-f table")]
    lines += ["eval p.csv --pred ILI --target IMAGE_ID --by G", "inspect d --json"]
    lines += ["eval p.csv --pred ILI --target IMAGE_ID --beta 0,5", "eval p.csv t.csv --pred q"]
    done = [
        subprocess.run(
            [sys.executable, "-c", IN_LOCALE],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], "LC_ALL": name, "LOCPATH": str(tmp_path / "locales")},
            input="\n".join(lines),
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        for name in ("C", "tr_TR.UTF-8", "de_DE.UTF-8")
    ]
    c, *others = done
    assert (c.returncode, c.stderr.count("error: ")) == (0, 2)
    assert [(one.returncode, one.stdout, one.stderr) for one in others] == [
        (0, c.stdout, c.stderr)
    ] * 2
    assert "1234563.875" in c.stdout  # 1234567.875 - 3.5, less half of beta


def test_no_command_leaves_a_warning_or_an_open_file_in_development_mode(tmp_path: Path) -> None:
    write_inputs(tmp_path)
    lines = [
        "eval p.csv t.parquet -o o.json",
        "eval shards t.npz -r none -o o.csv.gz",
        "eval t.csv.gz t.jsonl -r none -o o.parquet",
        "eval t.safetensors t.nc --junit o.xml --markdown o.md -o o.tsv",
        "eval kp.csv kt.csv --key id --top 1 -f table",
        "eval t.arrow t.csv.zip --quantile 0.5 -o o.arrow",
        "eval t.arrows t.npy.gz -r none -o o.npy",
        "compare p.npy p.jsonl t.npy --separate -o o.html",
        "merge a.json b.json -o o.md",
        "report p.npy t.csv.bz2 -o d/",
        "inspect p.csv t.csv.zst",
    ]
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-c", LINES],
        cwd=tmp_path,
        input="\n".join(lines),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_colors_that_are_forced_reach_no_pipe(tmp_path: Path) -> None:
    forced = {**os.environ, "FORCE_COLOR": "1", "CLICOLOR_FORCE": "1", "TERM": "xterm-256color"}
    for args in (["eval", "p.npy", "t.npy"], ["--help"], ["report", "p.npy", "t.npy"]):
        done = forks().run(args, tmp_path, forced, b"", 60)
        assert done.returncode == 0
        assert b"\x1b" not in done.stdout + done.stderr


LONG = "9" * 130_000  # nearly the longest argument that Linux passes on


@pytest.mark.parametrize(
    "args",
    [
        [f"--{LONG}"],
        ["--reduction", LONG],
        ["--threads", LONG],
        ["--baseline", "b.json", "--max-increase", LONG],
        ["--pred", LONG],
        ["--by", LONG],
        ["--output", LONG],
        ["--github", "--format", LONG],
    ],
)
def test_a_huge_argument_is_refused_in_a_short_line(tmp_path: Path, args: list[str]) -> None:
    done = forks().run(["eval", "p.npy", "t.npy", *args], tmp_path, dict(os.environ), b"", 60)
    assert done.returncode in (2, 3, 4)
    assert done.stdout == b""
    assert done.stderr.startswith(b"smoothl1: error: ")
    assert done.stderr.count(b"\n") == 1 + ("--github" in args)
    assert len(done.stderr) < 1000
    assert sorted(os.listdir(tmp_path)) == ["p.npy", "t.npy"]
