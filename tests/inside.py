"""The command in this process: much faster than one of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smoothl1.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def called(capfd: pytest.CaptureFixture[str], *args: str | Path) -> str:
    """What a command line writes to stdout; its errors are raised as they are."""
    capfd.readouterr()
    main.main([*map(str, args)], standalone_mode=False)
    return capfd.readouterr().out
