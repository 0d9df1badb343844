"""Expressions that are compiled late are compiled, and do what compiled ones do."""

from __future__ import annotations

import re

import pytest

from smoothl1.lazy_patterns import LazyPattern, lazy_pattern
from tests.forking import import_everything


def test_nothing_is_compiled_before_a_method_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = []
    compile_now = re.compile

    def noted(*args: object) -> object:
        compiled.append(args)
        return compile_now(*args)

    monkeypatch.setattr(re, "compile", noted)
    digits = lazy_pattern("([0-9]+)x", re.IGNORECASE)
    assert digits.pattern == "([0-9]+)x"
    assert compiled == []
    assert [digits.sub(r"\1", text) for text in ("1x", "2X", "x")] == ["1", "2", "x"]
    assert compiled == [("([0-9]+)x", re.IGNORECASE)]
    assert (digits.groups, digits.flags & re.IGNORECASE) == (1, re.IGNORECASE)
    with pytest.raises(AttributeError):
        _ = digits.foo


def test_each_expression_can_be_compiled() -> None:
    found = 0
    for module in import_everything():
        for value in vars(module).values():
            if isinstance(value, LazyPattern):
                re.compile(value.pattern, value.flags)
                found += 1
    assert found > 100
