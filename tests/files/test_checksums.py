"""A file is held to the SHA-256 of its stored bytes, in whatever way it is read."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import numpy as np
import pytest

from smoothl1 import ReadOptions, compare, evaluate
from smoothl1.errors import DataError, SettingsError
from smoothl1.running.content import describe
from smoothl1.running.parts import plan_tasks
from tests.forking import forks

OTHER = "0" * 64


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Predictions as one file, compressed, and in a folder; and targets."""
    monkeypatch.chdir(tmp_path)
    np.save("t.npy", np.array([1.0, 4.0]))
    Path("p.csv").write_bytes(b"1\n2\n")
    Path("p.csv.gz").write_bytes(gzip.compress(b"1\n2\n"))
    Path("run").mkdir()
    Path("run/p-0.csv").write_bytes(b"1\n")
    Path("run/p-1.csv").write_bytes(b"2\n")
    return tmp_path


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize(
    ("given", "name"), [("p.csv", "p.csv"), ("p.csv.gz", "p.csv.gz"), ("run", "run/p-1.csv")]
)
def test_a_file_with_another_checksum_is_refused_by_name(given: str, name: str) -> None:
    right = ReadOptions(
        checksums=((name, sha256(Path(name)).upper()), ("t.npy", sha256(Path("t.npy"))))
    )
    assert evaluate(given, "t.npy", options=right).mean == 0.75
    wrong = ReadOptions(checksums=((name, OTHER),))
    with pytest.raises(
        DataError, match=f"^{name}: the SHA-256 is {sha256(Path(name))}, but 0{{64}}"
    ):
        evaluate(given, "t.npy", options=wrong)


@pytest.mark.usefixtures("files")
def test_every_way_to_read_a_file_holds_it_to_its_checksum() -> None:
    of_target = ReadOptions(checksums=(("t.npy", OTHER),))
    with pytest.raises(DataError, match=r"^t\.npy: the SHA-256"):
        compare("p.csv", "run", "t.npy", options=of_target)
    with pytest.raises(DataError, match=r"^t\.npy: the SHA-256"):
        plan_tasks("t.npy", "t.npy", options=of_target)
    with pytest.raises(DataError, match=r"^t\.npy: the SHA-256"):
        describe("t.npy", of_target)


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize("name", ["q.csv", "run"])
def test_a_checksum_of_a_file_that_is_not_read_is_refused(name: str) -> None:
    options = ReadOptions(checksums=((name, OTHER),))
    with pytest.raises(SettingsError, match=f"a checksum of {name}, but no such file is read"):
        evaluate("run", "t.npy", options=options)
    with pytest.raises(SettingsError, match=f"a checksum of {name}, but no such file is read"):
        describe("t.npy", options)


def test_a_checksum_names_one_file_by_its_uri(files: Path) -> None:
    """A name with an encoded star was taken for a pattern that is refused."""
    given = f"{files.as_uri()}/p.csv"
    right = ReadOptions(checksums=((given, sha256(files / "p.csv")),))
    assert evaluate(str(files / "p.csv"), "t.npy", options=right).mean == 0.75
    other = ReadOptions(checksums=((f"{files.as_uri()}/%2A.csv", OTHER),))
    with pytest.raises(SettingsError, match="but no such file is read"):
        evaluate(given, "t.npy", options=other)


def test_the_bytes_of_a_pipe_are_those_that_came(files: Path) -> None:
    data = (files / "p.csv.gz").read_bytes()

    def run(digits: str) -> tuple[int, bytes]:
        args = ["eval", "-", "t.npy", "-q", "--checksum", f"-=sha256:{digits}"]
        done = forks().run(args, files, {}, data, 60)
        return done.returncode, done.stdout

    assert run(sha256(files / "p.csv.gz")) == (0, b"0.75\n")
    assert run(OTHER) == (3, b"")
    assert run("12") == (2, b"")
