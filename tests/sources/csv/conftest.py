from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import smoothl1.sources.csv.opening  # noqa: F401  it takes sizes from modules that tests change

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def save(tmp_path: Path) -> Callable[[str | bytes], Path]:
    """Write a file of this very text, line ends and all."""

    def save(text: str | bytes) -> Path:
        path = tmp_path / "x.csv"
        path.unlink(missing_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return save
