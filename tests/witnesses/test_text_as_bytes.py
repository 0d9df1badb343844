"""Text that is stored as bytes without a mark, as Impala and fastparquet write it."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from smoothl1 import DataError, DtypeError, evaluate
from tests.witnesses.test_ids_of_other_types import IDS, SIDES, pair

if TYPE_CHECKING:
    from pathlib import Path

SHUFFLED = IDS[::-1]
FAR = float(sum(abs(i - (len(IDS) - 1 - i)) for i in range(len(IDS))))


def in_bytes(texts: list[str], kind: pa.DataType, end: bytes = b"") -> pa.Array:
    return pa.array([text.encode() + end for text in texts], kind)


@pytest.mark.parametrize("kind", [pa.binary(), pa.large_binary()])
@pytest.mark.parametrize("suffix", ["parquet", "arrow"])
def test_bytes_that_are_text_are_compared_and_can_be_keys(
    tmp_path: Path, kind: pa.DataType, suffix: str
) -> None:
    ids = in_bytes(IDS, kind)
    for other in (in_bytes(SHUFFLED, kind), pa.array(SHUFFLED)):
        paths = pair(tmp_path, ids, other, suffix, "name")
        with pytest.raises(DataError, match=r"'name' differs .* another order.*--key name"):
            evaluate(*paths, **SIDES)
        assert evaluate(*paths, key="name", **SIDES).sum == FAR
    paths = pair(tmp_path, ids, pa.array(IDS), suffix, "name")
    result = evaluate(*paths, by="name", **SIDES)
    assert [group.group for group in result.groups] == sorted(IDS)


@pytest.mark.parametrize("suffix", ["parquet", "arrow"])
def test_a_dictionary_of_bytes_is_one_of_text(tmp_path: Path, suffix: str) -> None:
    one, other = (in_bytes(some, pa.binary()).dictionary_encode() for some in (IDS, SHUFFLED))
    paths = pair(tmp_path, one, other, suffix, "name")
    with pytest.raises(DataError, match="another order"):
        evaluate(*paths, **SIDES)
    assert evaluate(*paths, key="name", **SIDES).sum == FAR
    assert len(evaluate(*pair(tmp_path, one, one, suffix, "name"), by="name", **SIDES).groups) == 12


@pytest.mark.parametrize("end", [b"\xff\xd8", b"\x00", b"x" * 80])
def test_bytes_that_are_no_short_text_are_not_compared(tmp_path: Path, end: bytes) -> None:
    one, other = (in_bytes(some, pa.binary(), end) for some in (IDS, SHUFFLED))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert evaluate(*pair(tmp_path, one, other, "parquet", "image"), **SIDES).sum == 0.0


def test_long_text_in_bytes_is_compared_with_text(tmp_path: Path) -> None:
    texts = [text * 30 for text in IDS]
    paths = pair(tmp_path, in_bytes(texts, pa.binary()), pa.array(texts[::-1]), "parquet", "note")
    with pytest.raises(DataError, match="another order"):
        evaluate(*paths, **SIDES)


@pytest.mark.parametrize("role", ["key", "by"])
def test_a_key_or_group_of_bytes_that_are_no_text_is_refused(tmp_path: Path, role: str) -> None:
    odd = [*(text.encode() for text in IDS[:5]), b"\xff", *(text.encode() for text in IDS[6:])]
    for suffix in ("parquet", "arrow"):
        paths = pair(tmp_path, pa.array(odd), pa.array(odd), suffix, "name")
        with pytest.raises(DataError, match="row 6, column 'name': the value is not UTF-8 text"):
            evaluate(*paths, **{role: "name"}, **SIDES)
    fixed = in_bytes(IDS, pa.binary(5))
    with pytest.raises(DtypeError, match="cannot be a key"):
        evaluate(*pair(tmp_path, fixed, fixed, "parquet", "name"), **{role: "name"}, **SIDES)
