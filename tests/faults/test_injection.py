"""Some runs of `injection`: each kind of fault, with several outputs and with binary ones."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

import pytest

from tests.faults.injection import CASES, FAULTS, Case, Fault, Injection, library

if TYPE_CHECKING:
    from pathlib import Path

SEVERAL = next(case for case in CASES if len(case.outputs) > 1)
BINARY = next(case for case in CASES if case.outputs == ("o.parquet",) and "none" in case.args)
SHARDS = next(case for case in CASES if "shards" in case.args)


@pytest.fixture(scope="module")
def injection(tmp_path_factory: pytest.TempPathFactory) -> Injection:
    built = library(tmp_path_factory.mktemp("library"))
    if built is None:
        pytest.skip("needs Linux and a C compiler")
    folder: Path = tmp_path_factory.mktemp("inputs").resolve()
    return Injection(folder, built)


@pytest.mark.parametrize(
    ("case", "fault"),
    [
        (SEVERAL, Fault("write", errno.ENOSPC, onward=True)),
        (SEVERAL, Fault("close", errno.EIO)),
        (SEVERAL, Fault("rename", errno.EACCES)),
        (SEVERAL, Fault("rename", 0)),
        (BINARY, Fault("write", errno.EIO)),
        (BINARY, Fault("write", 0)),
        (BINARY, Fault("fsync", errno.EIO, onward=True)),
        (BINARY, Fault("open", errno.EMFILE, onward=True)),
        (SHARDS, Fault("read", errno.EIO, onward=True)),
    ],
    ids=str,
)
def test_each_call_may_fail(injection: Injection, case: Case, fault: Fault) -> None:
    assert fault in FAULTS
    assert injection.run(case, fault) > 1
