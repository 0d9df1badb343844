"""A moment of fuzzing every reader; `python -m tests.faults.fuzz` does it for as long as wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from smoothl1 import SmoothL1Error
from tests.faults import fuzz
from tests.faults.fuzz import READERS, judge, variants

if TYPE_CHECKING:
    from pathlib import Path

_N_RUNS = 40


@pytest.mark.parametrize("reader", READERS)
def test_any_bytes_are_read_or_refused(tmp_path: Path, reader: str) -> None:
    for data in variants(reader, _N_RUNS, 0):
        judge(reader, data, tmp_path / "x")


def test_the_specimens_of_a_reader_are_read(tmp_path: Path) -> None:
    path = tmp_path / "x"
    for reader, names in READERS.items():
        for name in names:
            path.write_bytes(fuzz.specimen(name).data)
            try:
                fuzz.try_file(reader, path)
            except SmoothL1Error:
                assert name != names[0]  # others may have other columns


@pytest.mark.parametrize("error", [KeyError("x"), MemoryError(), SmoothL1Error("")])
def test_a_reader_that_ends_otherwise_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(fuzz, "try_file", fail)
    with pytest.raises((AssertionError, type(error))):
        judge("csv", b"1\n", tmp_path / "x")
