"""Columns of text in another encoding than those that they are compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smoothl1 import DataError, ReadOptions, compare, evaluate
from smoothl1.errors import SmoothL1Error

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

NAMES = ["Müller", "Jäger", "Weiß", "Böhm", "Schön", "Krüger", "Öz", "Groß"]
ORDER = [3, 1, 0, 2, 7, 5, 6, 4]
OLD = ReadOptions(encoding="cp1252")
LOOSE = ReadOptions(key_check=False)


def save(
    path: Path,
    columns: dict[str, Sequence[object]],
    encoding: str = "utf-8",
    order: Sequence[int] = range(8),
) -> Path:
    """A table in an encoding, its rows in an order."""
    if path.suffix == ".parquet":
        table = {name: [values[i] for i in order] for name, values in columns.items()}
        pq.write_table(pa.table(table), path)
        return path
    rows = list(zip(*columns.values(), strict=True))
    lines = [tuple(columns), *(rows[i] for i in order)]
    path.write_text("".join(",".join(map(str, line)) + "\n" for line in lines), encoding)
    return path


Y = [float(i) for i in range(8)]


@pytest.mark.parametrize("names", [("name", "name"), ("Schlüssel", "Schlüssel"), ("who", "name")])
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "mac-roman", "cp850"])
def test_text_that_is_not_utf8_is_not_compared_with_text_that_is(
    tmp_path: Path, names: tuple[str, str], suffix: str, encoding: str
) -> None:
    p = save(tmp_path / "p.csv", {names[0]: NAMES, "one": Y}, encoding)
    t = save(tmp_path / f"t{suffix}", {names[1]: NAMES, "two": Y}, order=ORDER)
    match = "is not UTF-8.*--encoding cp1252 if all inputs have that encoding, else convert"
    for sides in ((p, t), (t, p)):
        with pytest.raises(DataError, match=match) as caught:
            evaluate(*sides)
        assert caught.value.path == str(p)
        str(caught.value).encode()  # no surrogates
    with pytest.raises(DataError, match=match):
        compare(p, p, t, warn=lambda _: None)
    assert evaluate(p, t, options=LOOSE).n == 8


def test_several_columns_with_names_in_another_encoding_are_found(tmp_path: Path) -> None:
    streets = [f"{name}straße {i}" for i, name in enumerate(NAMES)]
    columns = {"Straße": streets, "Größe": NAMES}
    p = save(tmp_path / "p.csv", {**columns, "pred": Y}, "cp1252")
    t = save(tmp_path / "t.csv", {**columns, "y": Y}, order=ORDER)
    with pytest.raises(DataError, match="is not UTF-8"):
        evaluate(p, t)


def test_utf8_that_is_read_as_another_encoding_is_not_compared(tmp_path: Path) -> None:
    p = save(tmp_path / "p.csv", {"Schlüssel": NAMES, "pred": Y}, "cp1252")
    t = save(tmp_path / "t.csv", {"Schlüssel": NAMES, "y": Y}, order=ORDER)
    match = r"t\.csv: column .* UTF-8 that was read as another encoding.*convert one"
    with pytest.raises(DataError, match=match):
        evaluate(p, t, options=OLD)


def test_files_of_one_other_encoding_are_compared(tmp_path: Path) -> None:
    p = save(tmp_path / "p.csv", {"Schlüssel": NAMES, "pred": Y}, "cp1252")
    t = save(tmp_path / "t.csv", {"Schlüssel": NAMES, "y": Y}, "cp1252")
    assert evaluate(p, t).values == (0.0,)
    save(t, {"Schlüssel": NAMES, "y": Y}, "cp1252", ORDER)
    with pytest.raises(DataError, match="in another order") as caught:
        evaluate(p, t)
    assert r"column 'Schl\xfcssel' differs" in str(caught.value)
    assert "[--key Schlüssel --encoding cp1252 matches rows by it" in str(caught.value)
    assert evaluate(p, t, key="Schlüssel", options=OLD).values == (0.0,)


def test_a_name_that_is_asked_for_in_another_encoding_has_a_hint(tmp_path: Path) -> None:
    p = save(tmp_path / "p.csv", {"Schlüssel": NAMES, "Größe": Y, "n": Y}, "cp1252")
    t = save(tmp_path / "t.csv", {"Schlüssel": NAMES, "y": Y}, "cp1252")
    for asked in ({"key": "Schlüssel", "pred": "n"}, {"pred": "Größe"}):
        with pytest.raises(SmoothL1Error, match=r"\[--encoding cp1252") as caught:
            evaluate(p, t, **asked)
        str(caught.value).encode()
    found = evaluate(p, t, key="Schlüssel", pred="Größe", options=OLD)
    assert found.values == (0.0,)


def test_the_encoding_says_nothing_where_another_column_proves_the_rows(tmp_path: Path) -> None:
    ids = ["a7", "b3", "c9", "d1", "e5", "f2", "g8", "h4"]
    p = save(tmp_path / "p.csv", {"id": ids, "name": NAMES, "pred": Y}, "cp1252")
    t = save(tmp_path / "t.csv", {"id": ids, "name": NAMES, "y": Y})
    assert evaluate(p, t).values == (0.0,)


def test_columns_of_other_names_and_other_text_may_have_another_encoding(tmp_path: Path) -> None:
    towns = ["Köln", "Düren", "Fürth", "Zürich", "Lübeck", "Höxter", "Wörgl", "Gößl"]
    p = save(tmp_path / "p.csv", {"comment": towns, "pred": Y}, "cp1252")
    t = save(tmp_path / "t.csv", {"place": NAMES, "y": Y})
    with pytest.warns(match="no column shows .*: columns 'comment' and 'place' differ"):
        assert evaluate(p, t).values == (0.0,)


def test_text_without_other_letters_is_compared_with_any_encoding(tmp_path: Path) -> None:
    p = save(tmp_path / "p.csv", {"name": NAMES, "pred": Y}, "cp1252")
    t = save(tmp_path / "t.csv", {"name": ["Smith", *"abcdefg"], "y": Y})
    heard: list[str] = []
    assert evaluate(p, t, warn=heard.append).values == (0.0,)
    assert "column 'name' differs from that of" in heard[0]


def test_a_name_in_another_encoding_is_that_of_a_column_in_common(tmp_path: Path) -> None:
    ids = ["a7", "b3", "c9", "d1", "e5", "f2", "g8", "h4"]
    p = save(tmp_path / "p.csv", {"Schlüssel": ids, "other": ids, "pred": Y}, "cp1252")
    t = save(tmp_path / "t.csv", {"Schlüssel": ids, "more": NAMES, "y": Y}, order=ORDER)
    with pytest.raises(DataError, match=r"in another order.*\[--encoding cp1252 if all inputs"):
        evaluate(p, t)
