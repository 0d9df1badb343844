"""Values of reading options that no input can be read with are refused, whatever is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from smoothl1 import ReadOptions, SettingsError, describe, evaluate

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"delimiter": ";;"}, "the delimiter must be one ASCII character"),
        ({"delimiter": ""}, "the delimiter must be one ASCII character"),
        ({"comment": '"'}, "the mark of comments must be one ASCII character, and no quote"),
        ({"comment": "-"}, "'-' is no mark of comments: numbers begin with it"),
        ({"decimal": ""}, "the decimal mark must be a point or a comma"),
        ({"decimal": ";"}, "the decimal mark must be a point or a comma"),
        ({"dtype": "float16"}, r"dtype must be one of bfloat16, .*float8_e8m0fnu, not 'float16'"),
        ({"missing_values": ("NA", "k\udce4")}, "a text for missing values is not UTF-8: 'k"),
        ({"missing_values": ("\ud800",)}, "a text for missing values is not UTF-8"),
    ],
)
def test_a_value_that_no_input_can_be_read_with_is_refused(
    given: dict[str, Any], says: str, tmp_path: Path
) -> None:
    path = tmp_path / "x.npy"
    np.save(path, np.arange(3.0))
    for function in (lambda o: evaluate(path, path, options=o), lambda o: describe(path, o)):
        with pytest.raises(SettingsError, match=says):
            function(ReadOptions(**given))
