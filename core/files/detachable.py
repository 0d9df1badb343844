"""A file that a codec or a format's writer can be kept from finishing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import BinaryIO


class Detachable:
    """A file that can be detached: writers write an end even when they are discarded."""

    def __init__(self, file: BinaryIO) -> None:
        self.closed = False
        self._file: BinaryIO | None = file

    def write(self, data: bytes) -> int:
        return len(data) if self._file is None else self._file.write(data)

    def flush(self) -> None:
        if self._file is not None:
            self._file.flush()

    def detach(self) -> None:
        """Drop everything written from now on."""
        self._file = None

    def close(self) -> None:
        """Leave that to the owner of the file."""
