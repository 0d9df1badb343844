"""Open files that wait, also where another program has set their descriptor not to.

`O_NONBLOCK` belongs to the open file, which several programs may share: node.js, ssh and others set
it on their standard streams, and leave it so.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

_PIECE_BYTES = 1 << 16


class PatientFile(io.FileIO):
    """A file that is read and written as one that waits."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or size < 0:
            return self.readall()
        while (data := super().read(size)) is None:
            _wait(self, to_write=False)
        return data

    def readall(self) -> bytes:
        pieces = []
        while piece := self.read(_PIECE_BYTES):
            pieces.append(piece)
        return b"".join(pieces)

    def readinto(self, buffer: Any, /) -> int:
        while (n_bytes := super().readinto(buffer)) is None:
            _wait(self, to_write=False)
        return n_bytes

    def write(self, data: Any, /) -> int:
        while (n_bytes := super().write(data)) is None:
            _wait(self, to_write=True)
        return n_bytes


def _wait(file: io.FileIO, *, to_write: bool) -> None:
    """Wait until a file can be read, or written to."""
    import select  # late: hardly any file needs it

    select.select([] if to_write else [file], [file] if to_write else [], [])
