"""Temporary copies: a full or a missing folder for them is named as such."""

from __future__ import annotations

import errno
import io
import os
import tempfile
from contextlib import closing
from typing import Any

import numpy as np
import pytest

from smoothl1 import StorageError
from smoothl1.files.stream import InputStream
from smoothl1.sinks.contract import Layout
from smoothl1.sinks.npy import NpySink

HINT = r"\[TMPDIR names the folder of temporary files\]"


class FullDisk(io.RawIOBase):
    """A file on a disk that has no room."""

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def full(**_: Any) -> io.BufferedWriter:
    return io.BufferedWriter(FullDisk(), 1 << 20)


def missing(**_: Any) -> None:
    raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found in ['/A']")


@pytest.mark.parametrize(
    ("made", "says"), [(full, "no space left on device"), (missing, "no such file or directory")]
)
def test_the_copy_of_a_stream_is_named(
    monkeypatch: pytest.MonkeyPatch, made: Any, says: str
) -> None:
    monkeypatch.setattr(tempfile, "TemporaryFile", made)
    with (
        closing(InputStream("-", io.BytesIO(b"1\n2\n"))) as stream,
        pytest.raises(StorageError, match=rf"^- \(temporary copy\): {says} {HINT}$"),
    ):
        stream.seekable()


class Pipe(io.BytesIO):
    def seekable(self) -> bool:
        return False


@pytest.mark.parametrize("made", [full, missing])
def test_the_copy_of_losses_is_named(monkeypatch: pytest.MonkeyPatch, made: Any) -> None:
    monkeypatch.setattr(tempfile, "TemporaryFile", made)

    def write() -> None:
        sink = NpySink(Pipe(), Layout((None,), np.dtype(np.float64)))
        try:
            sink.write(np.zeros(3))
            sink.close()
        finally:
            sink.abandon()

    with pytest.raises(StorageError, match=rf"^losses \(temporary copy\): .* {HINT}$"):
        write()
