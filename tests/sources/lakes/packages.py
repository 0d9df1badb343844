"""The packages that read logs, which also write the tables of these tests."""

from __future__ import annotations

import importlib.util
import os

import pytest


def needs(package: str) -> pytest.MarkDecorator:
    """Skip tests where a package is not installed, but not in CI."""
    is_there = importlib.util.find_spec(package) is not None
    return pytest.mark.skipif(
        not is_there and os.environ.get("SMOOTHL1_REQUIRE_LAKES") != "1",
        reason=f"needs {package}: pip install '.[test-lakes]'",
    )
