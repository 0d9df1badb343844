"""Some runs of `injection`: each kind of fault, with several outputs and with binary ones."""

from __future__ import annotations

import errno
import shutil
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.faults import injection as injection_module
from tests.faults.injected import CASES, FAULTS, SIGNALS, Case, Fault
from tests.faults.injection import Injection, library

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SEVERAL = next(case for case in CASES if case.outputs == ("o.json", "o.xml", "o.md"))
BINARY = next(case for case in CASES if case.outputs == ("o.parquet",) and "none" in case.args)
SHARDS = next(case for case in CASES if "shards" in case.args)
INSPECTED = next(case for case in CASES if case.args[0] == "inspect" and "o.json" in case.outputs)
DRAWN = next(case for case in CASES if "d/errors.svg" in case.outputs)


@pytest.fixture(scope="module")
def injection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Injection]:
    built = library(tmp_path_factory.mktemp("library"))
    if built is None:
        pytest.skip("needs Linux and a C compiler")
    folder: Path = tmp_path_factory.mktemp("inputs").resolve()
    found = Injection(folder, built)
    yield found
    found.close()


@pytest.mark.parametrize(
    ("case", "fault"),
    [
        (SEVERAL, Fault("write", errno.ENOSPC, onward=True)),
        (SEVERAL, Fault("close", errno.EIO)),
        (SEVERAL, Fault("rename", errno.EACCES)),
        (SEVERAL, Fault("rename", 0)),
        (SEVERAL, Fault("link", errno.EPERM)),
        (SEVERAL, Fault("link", -signal.SIGTERM)),
        (SEVERAL, Fault("rename", -signal.SIGTERM)),
        (BINARY, Fault("write", errno.EIO)),
        (BINARY, Fault("write", 0)),
        (BINARY, Fault("fsync", errno.EIO, onward=True)),
        (BINARY, Fault("open", errno.EMFILE, onward=True)),
        (SEVERAL, Fault("fsync", -signal.SIGTERM)),
        (DRAWN, Fault("write", errno.ENOSPC)),
        (DRAWN, Fault("rename", errno.EACCES)),
        (DRAWN, Fault("rename", -signal.SIGTERM)),
        (DRAWN, Fault("fsync", -signal.SIGTERM)),
        (SHARDS, Fault("read", errno.EIO, onward=True)),
        (SHARDS, Fault("opendir", errno.EACCES)),
        (INSPECTED, Fault("open", errno.EMFILE)),
        (INSPECTED, Fault("read", errno.EIO)),
    ],
    ids=str,
)
def test_each_call_may_fail(injection: Injection, case: Case, fault: Fault) -> None:
    assert fault in (*FAULTS, *SIGNALS)
    assert injection.run(case, fault) > 1


@pytest.mark.skipif(
    shutil.which("cc") is None or not sys.platform.startswith("linux"), reason="no compiler"
)
def test_a_library_that_does_not_compile_is_no_reason_to_skip(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(injection_module, "SOURCE", tmp_path / "nothing.c")
    with pytest.raises(subprocess.CalledProcessError):
        library(tmp_path)
