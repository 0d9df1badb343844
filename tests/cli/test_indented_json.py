"""The writer of indented JSON gives the bytes of Python's own."""

import json
import math

import pytest

from smoothl1.cli.indented_json import indented

_VALUES = [0, -7, 1 << 70, 0.1, -0.0, 5e-324, 1e22, True, False, None, "", 'é"\\\n\x7f😀\udce9']
_NESTED = [[], {}, [[]], [{}], _VALUES, {"%s": 1, "%%": [1, {"a": {}}], 'q"': {"b": [[1], 2]}}]


@pytest.mark.parametrize("content", [{}, {"a": 1}, {"a": _VALUES, "b": _NESTED, "c": (1, 2)}])
def test_the_bytes_are_those_of_the_json_module(content: dict[str, object]) -> None:
    assert indented(content) == (json.dumps(content, indent=2) + "\n").encode()


@pytest.mark.parametrize("items", [[], _VALUES, _NESTED])
def test_an_iterator_is_written_as_a_list(items: list[object]) -> None:
    expected = indented({"first": 1, "items": items, "last": {}})
    assert indented({"first": 1, "items": iter(items), "last": {}}) == expected


def test_numbers_of_other_types_are_written_by_their_value() -> None:
    class Count(int):
        pass

    class Share(float):
        pass

    assert indented({"a": Count(3), "b": Share(0.5)}) == b'{\n  "a": 3,\n  "b": 0.5\n}\n'


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_not_finite_is_no_json(value: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        indented({"a": [value]})
