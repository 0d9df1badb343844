"""Packages that write and read containers, and the variable by which CI requires them."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

import pytest

REQUIRED = os.environ.get("SMOOTHL1_REQUIRE_CONTAINERS") == "1"


def imported(name: str) -> Any:
    """A package; where it is not installed, tests are skipped, but not in CI."""
    if REQUIRED:
        return import_module(name)
    return pytest.importorskip(name, reason="the extra test-containers is not installed")
