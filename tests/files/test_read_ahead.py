"""Reading ahead changes nothing but the time: bytes, end and errors come in order."""

from __future__ import annotations

import io
import threading
import time

import pytest

from smoothl1.files.read_ahead import ReadAhead

DATA = bytes(range(256)) * 40


class Failing(io.BytesIO):
    """Fails where it would end."""

    def read(self, n_bytes: int | None = -1, /) -> bytes:
        data = super().read(n_bytes)
        if not data:
            raise EOFError("cut short")
        return data


class Endless(io.RawIOBase):
    """Never ends, and counts what was read."""

    n_reads = 0

    def read(self, n_bytes: int = -1, /) -> bytes:
        self.n_reads += 1
        return bytes(n_bytes)


def names() -> set[str]:
    return {thread.name for thread in threading.enumerate()}


def test_bytes_come_in_order_and_the_end_stays() -> None:
    reader = ReadAhead(io.BytesIO(DATA), 100)
    found = b""
    while piece := reader.read(7):
        assert len(piece) <= 100
        found += piece
    assert found == DATA
    assert reader.read(7) == b""
    reader.close()
    assert "smoothl1-read" not in names()


def test_an_error_comes_after_the_bytes_before_it_and_stays() -> None:
    reader = ReadAhead(Failing(DATA), 100)
    found = b"".join(reader.read(100) for _ in range(0, len(DATA), 100))
    assert found == DATA
    for _ in range(2):
        with pytest.raises(EOFError, match="cut short"):
            reader.read(100)
    reader.close()


def test_it_reads_a_little_ahead_and_no_further() -> None:
    source = Endless()
    reader = ReadAhead(source, 10)
    for n_taken in range(1, 100):
        assert reader.read(10) == bytes(10)
        assert source.n_reads <= n_taken + 9
    reader.close()


def test_closing_ends_the_thread_even_while_it_waits_for_room() -> None:
    source = Endless()
    reader = ReadAhead(source, 10)
    reader.read(10)
    for _ in range(5000):  # until the queue is full
        if source.n_reads >= 10:
            break
        time.sleep(0.001)
    for _ in range(2):
        reader.close()
        assert "smoothl1-read" not in names()
        assert source.closed


def test_what_was_never_read_is_only_closed() -> None:
    source = Endless()
    ReadAhead(source, 10).close()
    assert source.closed
    assert source.n_reads == 0


def test_nothing_is_read_after_closing() -> None:
    reader = ReadAhead(io.BytesIO(DATA), 100)
    reader.close()
    with pytest.raises(ValueError, match="after closing"):
        reader.read(1)


class Slow(Endless):
    """Reads until it is told to stop, as a library does that no signal interrupts."""

    def __init__(self) -> None:
        self.may_end = threading.Event()
        self.has_begun = threading.Event()

    def read(self, n_bytes: int = -1, /) -> bytes:
        self.has_begun.set()
        assert self.may_end.wait(60)
        return super().read(n_bytes)


def test_closing_does_not_wait_for_a_read_that_takes_long() -> None:
    source = Slow()
    reader = ReadAhead(source, 10)
    asking = threading.Thread(target=reader.read, args=(10,))
    asking.start()
    assert source.has_begun.wait(60)
    closing = threading.Thread(target=reader.close)
    closing.start()
    closing.join(30)
    try:
        assert not closing.is_alive()
        assert not source.closed  # the thread is still in it
    finally:
        source.may_end.set()
        asking.join(60)
        closing.join(60)
    for thread in threading.enumerate():
        if thread.name == "smoothl1-read":
            thread.join(60)
    assert source.closed
