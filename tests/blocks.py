"""Many blocks, even of a small array."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.backends.choice import backend_name

if TYPE_CHECKING:
    import pytest


def set_blocks(patch: pytest.MonkeyPatch, size: int) -> None:
    """Let every backend go through chunks in blocks of so many elements."""
    for kind in {"cpu", backend_name()}:
        patch.setattr(f"smoothl1.backends.{kind}.BLOCK", size)
        if kind == "native":
            patch.setattr("smoothl1.backends.native.PIECE", size)
