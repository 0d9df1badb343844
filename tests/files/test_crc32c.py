"""The checksum of Castagnoli's polynomial."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from smoothl1.files.crc32c import crc32c

if TYPE_CHECKING:
    import pytest

VECTORS = {
    b"": 0,
    b"123456789": 0xE3069283,
    bytes(32): 0x8A9136AA,
    b"\xff" * 32: 0x62A8AB43,
    bytes(range(32)): 0x46DD794E,
}
"""RFC 3720, section B.4, and the check value of the catalogue of parametrised CRC algorithms."""


def test_it_is_that_of_the_standard_with_and_without_a_package(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert {data: crc32c(data) for data in VECTORS} == VECTORS
    monkeypatch.setitem(sys.modules, "google_crc32c", None)
    assert {data: crc32c(data) for data in VECTORS} == VECTORS
