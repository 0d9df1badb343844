"""How the process begins, ends and treats its files: streams, signals, exit codes."""

from __future__ import annotations

import os
import pty
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.command import SCRIPT, heeding
from tests.forking import forks
from tests.open_outputs import has_output

if TYPE_CHECKING:
    from tests.cli.conftest import Run

pytestmark = pytest.mark.skipif(os.name != "posix", reason="POSIX processes")

ARGS = ["eval", "p.npy", "t.npy", "-b", "0"]


@pytest.fixture(autouse=True)
def pair(tmp_path: Path) -> None:
    np.save(tmp_path / "p.npy", np.arange(100_000.0))
    np.save(tmp_path / "t.npy", np.zeros(100_000))


def shell(command: str, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", command.replace("smoothl1", SCRIPT, 1)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_reader_that_leaves_ends_it_quietly_by_sigpipe(tmp_path: Path) -> None:
    done = shell("smoothl1 eval p.npy t.npy -r none | head -1; echo ${PIPESTATUS[0]}", tmp_path)
    assert (done.stdout, done.stderr) == ("0.0\n141\n", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
@pytest.mark.parametrize("args", ["eval p.npy t.npy -r none", "--help"])
def test_a_full_stdout_is_an_io_error(tmp_path: Path, args: str) -> None:
    done = shell(f"smoothl1 {args} >/dev/full", tmp_path)
    assert done.returncode == 4
    assert done.stderr == "smoothl1: error: standard output: no space left on device\n"


@pytest.mark.parametrize("args", ["eval p.npy t.npy", "--help"])
def test_a_closed_stdout_is_an_io_error(tmp_path: Path, args: str) -> None:
    done = shell(f"smoothl1 {args} >&-", tmp_path)
    assert done.returncode == 4
    assert done.stderr.startswith("smoothl1: error: standard output: ")


def test_a_closed_stderr_leaves_the_exit_code(tmp_path: Path) -> None:
    assert shell("smoothl1 eval nosuch.npy t.npy 2>&-", tmp_path).returncode == 4
    assert shell("smoothl1 eval p.npy t.npy 2>&-", tmp_path).returncode == 0


def test_an_output_never_lands_on_a_closed_standard_stream(tmp_path: Path) -> None:
    done = shell("smoothl1 eval p.npy t.npy -r none -o out.npy <&- >&- 2>&-", tmp_path)
    assert done.returncode == 0
    assert np.load(tmp_path / "out.npy").shape == (100_000,)


def test_a_file_that_may_not_grow_is_an_io_error_and_the_old_one_stays(tmp_path: Path) -> None:
    (tmp_path / "out.npy").write_text("old")
    done = shell("ulimit -f 16; smoothl1 eval p.npy t.npy -r none -o out.npy", tmp_path)
    assert (done.returncode, done.stderr) == (4, "smoothl1: error: out.npy: file too large\n")
    assert (tmp_path / "out.npy").read_text() == "old"
    assert sorted(os.listdir(tmp_path)) == ["out.npy", "p.npy", "t.npy"]


@pytest.mark.parametrize("begin", ["ulimit -v 150000", "export PYTHONPATH=$PWD/short"])
def test_a_library_that_memory_does_not_suffice_for_is_a_system_error(
    tmp_path: Path, begin: str
) -> None:
    """With more memory, it depends on the libraries where they fail: some crash then."""
    (tmp_path / "p.csv").write_text("x\n1\n2\n")
    (tmp_path / "short").mkdir()
    message = "libarrow.so: failed to map segment from shared object"  # as glibc says it
    (tmp_path / "short" / "pyarrow.py").write_text(f"raise ImportError({message!r})")
    done = shell(f"{begin}; smoothl1 eval p.csv p.csv", tmp_path)
    assert done.returncode == 4
    assert done.stderr.startswith("smoothl1: error: ")
    assert done.stderr.count("\n") == 1


def test_an_unbuffered_stdout_gets_every_byte_or_an_error(tmp_path: Path) -> None:
    # Python's own stdout, unbuffered, takes what fits and says so; the rest must not be forgotten.
    command = "ulimit -f 4; smoothl1 eval p.npy t.npy -r none -f npy >out"
    done = shell(f"export PYTHONUNBUFFERED=1; {command}", tmp_path)
    assert (done.returncode, done.stderr) == (
        4,
        "smoothl1: error: standard output: file too large\n",
    )


@pytest.mark.skipif(not os.access("/dev/shm", os.W_OK), reason="no shared memory")
def test_a_file_under_dev_is_a_file(run: Run, tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        output = Path(folder) / "out.txt"
        output.write_text("old")
        assert run("eval", "nosuch.npy", "t.npy", "-o", output).returncode == 4
        assert output.read_text() == "old"
        assert run(*ARGS, "-o", output).returncode == 0
        assert output.read_text() == "49999.5\n"


def test_a_late_fault_leaves_nothing_of_a_parquet_output(run: Run, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("x\n" + "1\n" * 599_999 + "oops\n")
    (tmp_path / "t.csv").write_text("x\n" + "1\n" * 600_000)
    done = run("eval", "p.csv", "t.csv", "-r", "none", "-o", "out.parquet")
    assert done.returncode == 3
    assert done.stderr.count("\n") == 1
    assert sorted(os.listdir(tmp_path)) == ["p.csv", "p.npy", "t.csv", "t.npy"]


def test_words_of_an_input_do_not_change_the_blame(run: Run, tmp_path: Path) -> None:
    (tmp_path / "null.csv").write_text("x\nnull\n")
    done = run("eval", "null.csv", "null.csv", "-o", "out.txt")
    assert done.returncode == 3
    assert "null.csv: row 1, column 'x': the value is missing ('null')" in done.stderr


def test_nothing_to_evaluate_writes_nothing(run: Run, tmp_path: Path) -> None:
    np.save(tmp_path / "empty.npy", np.zeros((0, 2)))
    done = run("eval", "empty.npy", "empty.npy", "-r", "none", "-f", "npy")
    assert (done.returncode, done.stdout) == (3, "")


def test_json_beside_an_output_appears_when_that_is_in_place(run: Run, tmp_path: Path) -> None:
    done = run("eval", "p.npy", "t.npy", "-r", "none", "-o", "-", "--json")
    assert (done.returncode, done.stdout) == (2, "")


def test_an_output_replaces_a_file_and_keeps_its_mode(run: Run, tmp_path: Path) -> None:
    (tmp_path / "out.txt").write_text("old")
    (tmp_path / "out.txt").chmod(0o640)
    assert run(*ARGS, "-o", "out.txt").returncode == 0
    assert (tmp_path / "out.txt").read_text() == "49999.5\n"
    assert stat.S_IMODE((tmp_path / "out.txt").stat().st_mode) == 0o640


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_an_output_belongs_to_who_ran_the_command(run: Run, tmp_path: Path) -> None:
    (tmp_path / "out.txt").write_text("old")
    os.chown(tmp_path / "out.txt", 12345, 12345)
    assert run(*ARGS, "-o", "out.txt").returncode == 0
    assert (tmp_path / "out.txt").stat().st_uid == os.geteuid()


def test_an_output_may_be_an_input(run: Run, tmp_path: Path) -> None:
    assert run("eval", "p.npy", "t.npy", "-b", "0", "-r", "none", "-o", "p.npy").returncode == 0
    np.testing.assert_array_equal(np.load(tmp_path / "p.npy"), np.arange(100_000.0))


def test_an_output_behind_a_link_is_replaced_where_it_is(run: Run, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "out.txt").symlink_to("real/out.txt")
    assert run(*ARGS, "-o", "out.txt").returncode == 0
    assert (tmp_path / "out.txt").is_symlink()
    assert (tmp_path / "real" / "out.txt").read_text() == "49999.5\n"


def test_a_failed_run_leaves_the_old_output(run: Run, tmp_path: Path) -> None:
    (tmp_path / "out.npy").write_text("old")
    (tmp_path / "p.csv").write_text("x\n" + "1\n" * 99_999 + "oops\n")
    done = run("eval", "p.csv", "t.npy", "-r", "none", "-o", "out.npy")
    assert done.returncode == 3
    assert (tmp_path / "out.npy").read_text() == "old"
    assert sorted(os.listdir(tmp_path)) == ["out.npy", "p.csv", "p.npy", "t.npy"]


@pytest.mark.parametrize(
    ("output", "code"), [("nosuch/out.txt", 4), (".", 2), ("p.npy/out.txt", 4), ("new/", 2)]
)
def test_an_output_that_cannot_be_made_is_refused_before_any_work(
    run: Run, output: str, code: int
) -> None:
    done = run("eval", "nosuch.npy", "t.npy", "-o", output)
    assert done.returncode == code
    assert done.stderr.startswith(f"smoothl1: error: {output}: ")


def test_a_device_is_written_in_place(run: Run, tmp_path: Path) -> None:
    assert run(*ARGS, "-o", "/dev/null").returncode == 0
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)
    assert run(*ARGS, "-o", "/dev/stdout").stdout == "49999.5\n"
    assert shell(
        f"smoothl1 {' '.join(ARGS)} -o >(cat >seen); wait $!; cat seen", tmp_path
    ).stdout == ("49999.5\n")


@pytest.fixture
def endless(tmp_path: Path) -> Path:
    """An array of holes, which take no space but hours to read."""
    path = tmp_path / "endless.npy"
    np.save(path, np.zeros(0, np.uint8))
    header = path.read_bytes().replace(b"(0,), }" + b" " * 13, b"(%d,), }" % 10**13)
    with path.open("wb") as file:
        file.write(header)
        file.truncate(len(header) + 10**13)
    return path


SIGNAL_IN_A_CALLBACK = """
import signal, sys, weakref
from smoothl1.cli import boundary

class Doomed: pass

def signalled(_): signal.raise_signal(signal.SIGTERM)

def interrupt():
    doomed = Doomed()
    reference = weakref.ref(doomed, signalled)
    del doomed
"""
"""A program that is interrupted in a callback, whose exceptions Python reports and forgets."""


@pytest.mark.parametrize(
    "where",
    [
        """
class Finder:
    def find_spec(name, path=None, target=None):
        if name == "numpy": interrupt()
sys.meta_path.insert(0, Finder)
""",
        """
class Finder:
    def find_spec(name, path=None, target=None):
        if name == "numpy": signalled(None)
sys.meta_path.insert(0, Finder)
""",
        """
def hook(event, args):
    if event == "open" and str(args[0]).endswith("endless.npy"): interrupt()
sys.addaudithook(hook)
""",
        """
def hook(event, args):
    if event == "open" and str(args[0]).endswith("endless.npy"): forget()
def forget():
    try: signalled(None)
    except BaseException: pass
sys.addaudithook(hook)
""",
        """
import glob, os
def has_output():
    links = [os.readlink(x) for x in glob.glob("/proc/self/fd/*") if os.path.islink(x)]
    return glob.glob(".out.txt.*") or any(x.endswith(" (deleted)") for x in links)
def profile(frame, event, arg):
    if event == "c_return" and frame.f_code.co_name == "__enter__" and has_output():
        sys.setprofile(None)
        signalled(None)
sys.setprofile(profile)
""",
    ],
    ids=["import-callback", "import", "callback", "swallowed", "with"],
)
def test_a_signal_that_comes_at_an_awkward_moment_ends_it_and_nothing_is_left(
    tmp_path: Path, endless: Path, where: str
) -> None:
    program = f"{SIGNAL_IN_A_CALLBACK}{where}boundary.run(sys.argv[1:])"
    done = subprocess.run(
        [sys.executable, "-c", program, "eval", endless, endless, "-o", "out.txt"],
        cwd=tmp_path,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (-signal.SIGTERM, b"")
    assert sorted(os.listdir(tmp_path)) == ["endless.npy", "p.npy", "t.npy"]


ENDING = ("TERM", "HUP", "QUIT", "USR1", "USR2", "XCPU", "ALRM", "VTALRM", "PROF")


@pytest.mark.parametrize(
    ("number", "n_times"),
    [
        (signal.SIGINT, 1),
        (signal.SIGINT, 5),
        *((getattr(signal, f"SIG{name}"), 1) for name in ENDING if hasattr(signal, f"SIG{name}")),
    ],
)
def test_a_signal_ends_it_by_that_signal_and_nothing_is_left(
    tmp_path: Path, endless: Path, number: signal.Signals, n_times: int
) -> None:
    (tmp_path / "out.txt").write_text("old")
    command = [SCRIPT, "eval", endless, endless, "-o", "out.txt"]
    with heeding(number):
        process = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE)
    while not has_output(process.pid, tmp_path):
        assert process.poll() is None
        time.sleep(0.01)
    for _ in range(n_times):
        process.send_signal(number)
    _, stderr = process.communicate(timeout=60)
    assert (process.returncode, stderr) == (-number, b"")
    assert (tmp_path / "out.txt").read_text() == "old"
    assert sorted(os.listdir(tmp_path)) == ["endless.npy", "out.txt", "p.npy", "t.npy"]


STUCK_THREADS = """
import sys, threading, time
from smoothl1.cli import boundary, signals
from smoothl1.engines.threads import mapped

signals._PATIENCE_S = float(sys.argv[1])

def read(place):
    if place: return
    print("reads", flush=True)
    while signals.ended_by() is None: time.sleep(0.001)
    print("ends", flush=True)
    if len(sys.argv) > 2: sys.stdin.readline()
    else: threading.Event().wait()  # as a disk or a server that does not answer
    print("has read", flush=True)

boundary._run = lambda args: list(mapped(read, range(4), 2))
sys.exit(boundary.complete([]))
"""


@pytest.mark.parametrize("answers", [False, True])
def test_a_later_signal_ends_it_at_once_and_one_soon_after_the_first_does_not(
    answers: bool,
) -> None:
    command = [sys.executable, "-c", STUCK_THREADS, *(["1e9", "answers"] if answers else ["0"])]
    with heeding(signal.SIGINT):
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"reads\n"
    process.send_signal(signal.SIGINT)
    assert process.stdout.readline() == b"ends\n"
    process.send_signal(signal.SIGINT)
    stdout, _ = process.communicate(b"\n", timeout=60)
    assert (process.returncode, stdout) == (-signal.SIGINT, b"has read\n" if answers else b"")


@pytest.mark.skipif(not hasattr(signal, "SIGPROF"), reason="no such signal")
def test_a_signal_that_others_have_taken_or_ignore_is_left_to_them(tmp_path: Path) -> None:
    program = """
import signal, sys
from smoothl1.cli import boundary
taken, ignored = signal.SIGPROF, signal.SIGUSR1
signal.signal(taken, lambda *_: print("taken"))
signal.signal(ignored, signal.SIG_IGN)
def hook(event, args):
    if event == "open" and str(args[0]).endswith("p.npy"):
        signal.raise_signal(taken)
        signal.raise_signal(ignored)
sys.addaudithook(hook)
boundary.run(["eval", "p.npy", "p.npy", "-q"])
"""
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=tmp_path, stdout=subprocess.PIPE, check=False)
    assert done.returncode == 0
    assert sorted(set(done.stdout.split())) == [b"0.0", b"taken"]


def on_terminal(args: list[str], tmp_path: Path, **environment: str) -> tuple[str, str]:
    """Run with stderr on a terminal of its own; returns stdout and what the terminal saw."""
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [forks().script, *args],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=follower,
        env={**os.environ, "TERM": "xterm", **environment},
    )
    os.close(follower)
    seen = b""
    while True:
        try:
            data = os.read(leader, 4096)
        except OSError:  # all ends of the terminal are closed
            break
        if not data:
            break
        seen += data
    os.close(leader)
    stdout, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    return stdout.decode(), seen.decode()


def test_a_terminal_sees_a_summary_and_stdout_is_the_same(tmp_path: Path) -> None:
    stdout, seen = on_terminal(ARGS, tmp_path)
    assert stdout == "49999.5\n"
    assert "elements" in seen
    assert "100,000" in seen


def test_quiet_silences_a_terminal(tmp_path: Path) -> None:
    assert on_terminal([*ARGS, "-q"], tmp_path) == ("49999.5\n", "")


def test_a_narrow_terminal_gets_the_whole_number(tmp_path: Path) -> None:
    stdout, _ = on_terminal(ARGS, tmp_path, COLUMNS="20")
    assert stdout == "49999.5\n"


def test_a_terminal_of_unknown_width_sees_the_summary(tmp_path: Path) -> None:
    assert "100,000" in on_terminal(ARGS, tmp_path, COLUMNS="0")[1]


def test_no_color_is_respected(tmp_path: Path) -> None:
    args = [*ARGS, "--no-progress"]
    assert "\x1b[2m" in on_terminal(args, tmp_path, NO_COLOR="")[1]
    assert "\x1b" not in on_terminal(args, tmp_path, NO_COLOR="1")[1]  # nor what is dim or bold


def test_binary_data_does_not_go_to_a_terminal(tmp_path: Path) -> None:
    leader, follower = pty.openpty()
    done = subprocess.run(
        [forks().script, "eval", "p.npy", "t.npy", "-r", "none", "-f", "npy"],
        cwd=tmp_path,
        stdout=follower,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(follower)
    os.close(leader)
    assert done.returncode == 2
    assert "refusing to write binary data to a terminal" in done.stderr


def test_an_unexpected_error_is_one_line_and_exits_70() -> None:
    broken = (
        "import sys; from smoothl1.cli import main, boundary;"
        "main._COMMANDS['eval'] = ('smoothl1.cli.main:no_such_command', '');"
        "sys.exit(boundary.complete(sys.argv[1:]))"
    )
    for flags, n_lines in (([], 1), (["--traceback"], 2)):
        done = subprocess.run(
            [sys.executable, "-c", broken, *flags, "eval"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 70
        lines = done.stderr.splitlines()
        assert lines[-1].startswith("smoothl1: error: unexpected AttributeError")
        assert (len(lines) > 1) == (n_lines > 1)


@pytest.mark.parametrize(
    "environment",
    [
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"},
        {"PYTHONWARNINGS": "error"},
        {"PYTHONOPTIMIZE": "2"},
        {"COLUMNS": "1"},
        {"HOME": "/nonexistent"},
    ],
    ids=lambda environment: "".join(environment)[:12],
)
def test_the_environment_does_not_change_the_answer(run: Run, environment: dict[str, str]) -> None:
    done = run(*ARGS, env=environment)
    assert (done.returncode, done.stdout, done.stderr) == (0, "49999.5\n", "")
