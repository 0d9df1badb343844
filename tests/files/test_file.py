"""How often the system is asked for the bytes of a file."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from smoothl1 import StorageError
from smoothl1.files.file import InputFile

if TYPE_CHECKING:
    from pathlib import Path

CONTENT = b"p,t\n" + b"1,2\n" * 30


@pytest.mark.parametrize("is_changed", [False, True])
def test_a_small_file_is_read_once_and_compared_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_changed: bool
) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(CONTENT)
    asked: list[int] = []
    stored = InputFile._stored

    def counted(self: InputFile, offset: int, n_bytes: int) -> bytes:
        asked.append(n_bytes)
        data = stored(self, offset, n_bytes)
        return data.replace(b"2", b"3") if is_changed and len(asked) > 1 else data

    monkeypatch.setattr(InputFile, "_stored", counted)
    file = InputFile(str(path), io.FileIO(path))
    assert file.head == CONTENT
    for offset, n_bytes in ((0, 4), (4, 1000), (100, 3), (124, 9)):
        assert file.read(offset, n_bytes) == CONTENT[offset : offset + n_bytes]
        assert file.bytes_read == (min(offset + n_bytes, len(CONTENT)), len(CONTENT))
    if is_changed:
        with pytest.raises(StorageError, match="changed while being read"):
            file.close()
    else:
        file.close()
    assert asked == [len(CONTENT)] * 2
