"""Files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from smoothl1.errors import StorageError
from smoothl1.files.atomic import OutputFiles, atomic_file
from smoothl1.files.new_files import NewFile

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def test_the_name_appears_when_all_is_written(tmp_path: Path) -> None:
    target = tmp_path / "out"
    with atomic_file(str(target)) as file:
        file.write(b"new")
        assert not target.exists()
    assert target.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["out"]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, OSError])
def test_on_any_error_the_old_file_stays_and_nothing_else(
    tmp_path: Path, error: type[BaseException]
) -> None:
    target = tmp_path / "out"
    target.write_bytes(b"old")
    with pytest.raises((error, StorageError)):
        write_and_fail(str(target), error)
    assert target.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["out"]


@pytest.mark.parametrize(
    ("name", "says"), [("", "the name is empty"), ("a\0b", "the name holds a NUL character")]
)
def test_a_name_that_no_file_can_have_is_refused(name: str, says: str) -> None:
    with pytest.raises(StorageError, match=says), atomic_file(name):
        pass


def test_a_folder_that_is_not_there_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="no such directory"), atomic_file(f"{tmp_path}/a/"):
        pass
    assert os.listdir(tmp_path) == []


def write_and_fail(target: str, error: type[BaseException]) -> None:
    with atomic_file(target) as file:
        file.write(b"new")
        raise error


def test_a_new_file_gets_the_mode_that_the_umask_allows(tmp_path: Path) -> None:
    old = os.umask(0o027)
    try:
        with atomic_file(str(tmp_path / "out")) as file:
            file.write(b"new")
    finally:
        os.umask(old)
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o640


def test_a_name_as_long_as_they_come_works(tmp_path: Path) -> None:
    target = tmp_path / ("é" * 127)
    with atomic_file(str(target)) as file:
        file.write(b"new")
    assert target.read_bytes() == b"new"


@pytest.mark.skipif(sys.platform != "linux", reason="the longest path of Linux")
@pytest.mark.parametrize("n_bytes", [4050, 4064, 4065, 4090, 4095])
@pytest.mark.parametrize("n_of_name", [10, 31, 200])
def test_a_path_as_long_as_they_come_works(tmp_path: Path, n_bytes: int, n_of_name: int) -> None:
    folder = str(tmp_path)
    while (rest := n_bytes - n_of_name - 1 - len(folder)) > 0:
        n = min(rest - 1, 200)
        folder = os.path.join(folder, "d" * (n if rest - 1 - n != 1 else n - 1))
    os.makedirs(folder)
    target = os.path.join(folder, "x" * n_of_name)
    assert len(target) == n_bytes
    with atomic_file(target) as file:
        file.write(b"new")
    with open(target, "rb") as file:
        assert file.read() == b"new"
    assert os.listdir(folder) == ["x" * n_of_name]


@pytest.mark.parametrize(
    "name", ["", "nosuch/out", "file/out", ".", "a\0b", "x" * 300, "loop/out", "loop"]
)
def test_what_cannot_be_created_is_refused_with_its_name(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "loop").symlink_to("loop")
    path = os.path.join(tmp_path, name) if name else ""
    with pytest.raises(StorageError) as caught, atomic_file(path):
        pytest.fail("it was opened")
    assert caught.value.path == path
    assert sorted(os.listdir(tmp_path)) == ["file", "loop"]


def test_a_relative_name_without_a_folder_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with atomic_file("out") as file:
        file.write(b"new")
    assert Path("out").read_bytes() == b"new"


def test_of_two_writers_one_whole_result_wins(tmp_path: Path) -> None:
    target = str(tmp_path / "out")
    with atomic_file(target) as one, atomic_file(target) as other:
        one.write(b"1" * 10)
        other.write(b"2" * 5)
    assert Path(target).read_bytes() == b"1" * 10
    assert os.listdir(tmp_path) == ["out"]


def has_files_without_names(folder: Path) -> bool:
    try:
        os.close(os.open(folder, os.O_RDWR | os.O_TMPFILE))
    except (AttributeError, OSError):
        return False
    return True


ENDED = """
import os, signal, sys
from smoothl1.files.atomic import atomic_file
with atomic_file("out") as file:
    file.write(b"new")
    file.flush()
    os.kill(os.getpid(), int(sys.argv[1]))
"""


@pytest.mark.parametrize("name", ["SIGKILL", "SIGABRT", "SIGRTMIN"])
def test_no_signal_leaves_a_temporary_file(tmp_path: Path, name: str) -> None:
    if not has_files_without_names(tmp_path):
        pytest.skip("the file system has no files without names")
    number = int(getattr(signal, name))
    (tmp_path / "out").write_bytes(b"old")
    command = [sys.executable, "-c", ENDED, str(number)]
    done = subprocess.run(command, cwd=tmp_path, check=False)
    assert done.returncode == -number
    assert (tmp_path / "out").read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["out"]


@pytest.mark.parametrize("mode", [0o640, 0o600])
@pytest.mark.parametrize("refused", ["", "open", "link"])
def test_what_refuses_files_without_names_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refused: str, mode: int
) -> None:
    """Some file systems have none; others have some, and give them no name."""
    given, no_name = os.open, getattr(os, "O_TMPFILE", -1)

    def opened(path: str, flags: int, mode: int = 0o777) -> int:
        if flags & no_name == no_name:
            raise OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP))
        return given(path, flags, mode)

    def link(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    if refused:
        monkeypatch.setattr(os, refused, {"open": opened, "link": link}[refused])
    target = tmp_path / "out"
    target.write_bytes(b"old")
    target.chmod(mode)
    with atomic_file(str(target)) as file:
        file.write(b"new" * 1000)
    assert target.read_bytes() == b"new" * 1000
    assert target.stat().st_mode & 0o777 == mode
    assert os.listdir(tmp_path) == ["out"]


def test_a_file_system_that_sets_no_mode_takes_an_output_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FAT has one mode for all files, and refuses to set another."""

    def chmod(*_: object) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "chmod", chmod)
    target = tmp_path / "out"
    for content in (b"old", b"new"):
        with atomic_file(str(target)) as file:
            file.write(content)
        assert target.read_bytes() == content


@pytest.mark.parametrize("refused", ["a", "b", "c", "d"])
@pytest.mark.parametrize("unlinked", ["", "b", "ab"])
def test_several_files_are_all_new_or_all_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refused: str, unlinked: str
) -> None:
    """Whichever cannot be renamed; where old ones cannot have a second name, none is lost."""
    names = ("a", "b", "c", "d")
    for name in names[:2]:
        (tmp_path / name).write_text("old")
    before = contents(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", refusing(os.replace, [str(tmp_path / refused)], at=1))
        patched.setattr(os, "link", refusing(os.link, [str(tmp_path / name) for name in unlinked]))
        with pytest.raises(StorageError, match=f"{refused}: operation not permitted"):
            write_all(tmp_path, names)
    after = contents(tmp_path)
    if unlinked == "ab":  # they are renamed last, so one that is refused may come after the other
        assert after.keys() == before.keys()
        assert after[refused if refused in unlinked else "a"] == "old"
    else:
        assert after == before
    write_all(tmp_path, names)
    assert contents(tmp_path) == dict.fromkeys(names, "new")


def contents(folder: Path) -> dict[str, str]:
    return {name: (folder / name).read_text() for name in os.listdir(folder)}


def write_all(folder: Path, names: Sequence[str]) -> None:
    with OutputFiles() as files, contextlib.ExitStack() as stack:
        for name in names:
            stack.enter_context(files.opened(str(folder / name))).write(b"new")


def refusing(call: Callable[..., None], paths: Sequence[str], at: int = 0) -> Callable[..., None]:
    """A call of the system that refuses paths where they are an argument."""

    def refuse(*args: str, **options: object) -> None:
        if args[at] in paths:
            raise PermissionError(errno.EPERM, os.strerror(errno.EPERM), args[0], None, args[1])
        call(*args, **options)

    return refuse


def test_what_may_not_be_replaced_is_refused_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of somebody else in a folder such as /tmp."""
    tmp_path.chmod(0o1777)
    target = tmp_path / "out"
    target.write_text("old")
    monkeypatch.setattr(os, "geteuid", lambda: target.stat().st_uid + 1)
    with (
        pytest.raises(StorageError, match="out: operation not permitted"),
        atomic_file(str(target)),
    ):
        pytest.fail("the work began")
    tmp_path.chmod(0o777)
    with atomic_file(str(target)) as file:
        file.write(b"new")
    assert contents(tmp_path) == {"out": "new"}


def test_a_file_that_is_mounted_is_refused_before_the_work(tmp_path: Path) -> None:
    """As containers mount single files."""
    target = tmp_path / "a name\\with signs"
    target.write_text("old")
    script = """
import subprocess, sys
from smoothl1.errors import StorageError
from smoothl1.files.atomic import atomic_file

if subprocess.run(["mount", "--bind", sys.argv[1], sys.argv[1]]).returncode:
    sys.exit(77)
try:
    with atomic_file(sys.argv[1]):
        print("the work began")
except StorageError as error:
    print(error.what, error.hint)
"""
    command = ["unshare", "--mount", "--map-root-user", sys.executable, "-c", script, str(target)]
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    except FileNotFoundError:
        pytest.skip("needs unshare")
    if "unshare failed" in done.stderr or done.returncode == 77:
        pytest.skip("this system lets nobody mount")
    assert done.stdout == (
        "is mounted by itself, and cannot be replaced mount its folder, or name another file\n"
    ), done.stderr


@pytest.mark.parametrize("refused", ["", "a", "gone"])
def test_files_that_go_do_so_with_the_new_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refused: str
) -> None:
    before = {"a": "old", "gone": "old", "beside": "old"}
    for name, text in before.items():
        (tmp_path / name).write_text(text)

    def write() -> None:
        with OutputFiles() as files:
            files.remove(str(tmp_path / "gone"))
            files.remove(str(tmp_path / "nothing"))
            with files.opened(str(tmp_path / "a")) as file:
                file.write(b"new")

    if not refused:
        write()
        assert contents(tmp_path) == {"a": "new", "beside": "old"}
        return
    at, path = (1, tmp_path / "a") if refused == "a" else (0, tmp_path / "gone")
    monkeypatch.setattr(os, "replace", refusing(os.replace, [str(path)], at=at))
    with pytest.raises(StorageError, match=f"{refused}: operation not permitted"):
        write()
    assert contents(tmp_path) == before


@pytest.mark.parametrize("at", range(1, 9))
def test_a_signal_while_renaming_fails_leaves_all_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    """It comes before any of the steps by which the old files get their names again."""
    names = ("a", "b", "c", "new", "d")
    for name in ("a", "b", "c", "d"):
        (tmp_path / name).write_text("old")
    before = contents(tmp_path)
    restore, steps = NewFile.restore, []

    def interrupted(file: NewFile) -> None:
        steps.append(file)
        if len(steps) == at:
            raise KeyboardInterrupt
        restore(file)

    monkeypatch.setattr(NewFile, "restore", interrupted)
    monkeypatch.setattr(os, "replace", refusing(os.replace, [str(tmp_path / "d")], at=1))
    with pytest.raises(KeyboardInterrupt if at <= len(names) else StorageError):
        write_all(tmp_path, names)
    assert contents(tmp_path) == before
