"""Text in other encodings, as UTF-8."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

from smoothl1.errors import SettingsError
from smoothl1.files.stream import Cursor, InputStream

if TYPE_CHECKING:
    from smoothl1.files.contract import Input


def as_utf8(file: Input, encoding: str) -> Input:
    """The text of an input in UTF-8; the input itself if that is its encoding.

    Raises:
        SettingsError: There is no encoding of this name for text.
        DataError: The bytes are no text in this encoding. It may be raised only when they are read.
    """
    try:
        codec = codecs.lookup(encoding)
        if codec.name == "utf-8":
            return file
        "".encode(encoding)  # refuses codecs that are not for text
        decoder = codec.incrementaldecoder()
    except (LookupError, TypeError, ValueError) as error:
        raise SettingsError(f"no text encoding is called {encoding!r}") from error
    what = f"{codec.name} text"
    return InputStream(file.path, _Transcoder(file, decoder), what, (UnicodeError,), file)


class _Transcoder:
    """A reader that converts one encoding to another."""

    def __init__(self, file: Input, decoder: codecs.IncrementalDecoder) -> None:
        self._cursor = Cursor(file)
        self._decoder = decoder
        self._ended = False

    def read(self, n_bytes: int, /) -> bytes:
        while not self._ended:
            data = self._cursor.read(n_bytes)
            self._ended = not data
            text = self._decoder.decode(data, final=self._ended)
            if text:
                return text.encode("utf-8", "surrogatepass")
        return b""

    def close(self) -> None:
        """The input is closed by the stream."""
