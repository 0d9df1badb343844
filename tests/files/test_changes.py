"""A file that changes while it is read is noticed wherever the reader is called from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from smoothl1 import DataError, Result, StorageError, evaluate
from smoothl1.files.file import InputFile

if TYPE_CHECKING:
    from pathlib import Path

ROWS = 20_000


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file to which another program writes once, behind the place that was read last."""
    found = tmp_path / "big.csv"
    found.write_text("p,y\n" + "1.5,2.5\n" * ROWS)
    read, is_written = InputFile.read, list[bool]()

    def read_and_write(self: InputFile, offset: int, n_bytes: int) -> bytes:
        data = read(self, offset, n_bytes)
        if offset > 8 * ROWS // 2 and not is_written:
            is_written.append(True)
            with found.open("r+") as file:
                file.seek(4)
                file.write("9.5,2.5\n" * 10)
        return data

    monkeypatch.setattr(InputFile, "read", read_and_write)
    return found


def evaluated(path: Path) -> Result:
    return evaluate(path, pred="p", target="y")


def test_a_change_is_noticed(path: Path) -> None:
    with pytest.raises(StorageError, match="the file changed while being read"):
        evaluated(path)


@pytest.mark.parametrize("error", [FileNotFoundError("newest.csv"), DataError("damaged")])
def test_a_change_is_noticed_while_the_caller_handles_another_error(
    path: Path, error: Exception
) -> None:
    try:
        raise error
    except (FileNotFoundError, DataError):
        with pytest.raises(StorageError, match="the file changed while being read"):
            evaluated(path)
