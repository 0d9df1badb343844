"""Ways to cut the same data: every one must give the same bits."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest

from smoothl1 import Execution
from smoothl1.backends.choice import backend_name
from smoothl1.running import one_pass

if TYPE_CHECKING:
    from collections.abc import Iterator

EXECUTIONS = [Execution(1, 1), Execution(2, 7), Execution(1, 64), Execution(2)]


def set_blocks(patch: pytest.MonkeyPatch, size: int) -> None:
    """Let every backend go through chunks in blocks of so many elements."""
    for kind in {"cpu", backend_name()}:
        patch.setattr(f"smoothl1.backends.{kind}.BLOCK", size)
        if kind == "native":
            patch.setattr("smoothl1.backends.native.PIECE", size)
    patch.setattr("smoothl1.backends.cuda.backend.PIECE", size)


@contextlib.contextmanager
def cut_small(part: int, block: int | None = None) -> Iterator[None]:
    """Many parts, and perhaps blocks, even of a small array."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(one_pass, "PART_ELEMENTS", part)
        if block is not None:
            set_blocks(patch, block)
        yield
