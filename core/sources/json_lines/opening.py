"""Opening a file of JSON Lines: the columns are the names in its first objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from smoothl1.errors import DataError
from smoothl1.files.encoding import as_utf8
from smoothl1.files.rewritten import blocks_of_lines, rewritten
from smoothl1.read_options import AUTO
from smoothl1.sources.csv.comments import comments_left_out
from smoothl1.sources.csv.quotes import BOM
from smoothl1.sources.json_lines.document import document_in, may_be_row
from smoothl1.sources.json_lines.layout import layout_of
from smoothl1.sources.json_lines.objects import object_of
from smoothl1.sources.json_lines.rows import NULL_HINT, Chosen, records_in
from smoothl1.sources.json_lines.table import ObjectRows, Objects, ObjectsTable

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from smoothl1.files.contract import Input
    from smoothl1.read_options import ReadOptions
    from smoothl1.sources.json_lines.document import Document
    from smoothl1.sources.table import Needs, Table

_SAMPLE_BYTES = (1 << 16, 1 << 22)
"""Bytes read of the first objects; the larger number if the first of them is longer."""

_MOST_NAMES = 1 << 18
"""Most columns: each takes some 800 bytes until the chosen ones are known."""

_UNSEEN = f"the columns are the names in the first {_SAMPLE_BYTES[0] >> 10} KiB; {NULL_HINT}"


def open_table(
    file: Input, options: ReadOptions, needs: Needs, warn: Callable[[str], None]
) -> Table:
    """Open a file of JSON Lines; see `table.Opener`."""
    try:
        file = as_utf8(file, options.encoding)
        if options.comment:
            without = _without_comments(file, options.comment.encode())
            file = rewritten(file, without, "JSON Lines without comments")
        start = len(BOM) if file.head.startswith(BOM) else 0
        lines, is_whole = _first_lines(file, start)
        is_line = is_whole and len(lines) == 1
        objects = _first_objects(lines, file.path, may_be_whole=is_line and options.format is None)
        document = _document_of(lines[0], objects[0], file.path, needs) if is_line else None
        if needs.read_again:
            file = file.seekable()
        first = _first_values(objects)
        _refuse_many(len(first))
        names, records = tuple(first), records_in(first)
        is_unsaid = options.decimal == AUTO
        options = options._replace(header=True, delimiter=",", decimal=".", skip_rows=0)
        layout = layout_of(file.path, names, objects, records, options)
        layout = layout._replace(unseen=None if is_whole else _UNSEEN)
    except BaseException:
        file.close()
        raise
    chosen = Chosen(names, frozenset(names), needs.selection.named, records)
    rows = ObjectRows(Objects(file, start, chosen), layout, options, needs, warn)
    decisions = [comments_left_out(file.path, options)] if options.comment else []
    if options.missing_values:
        from smoothl1.sources.csv.reading import missing_as_asked  # late: most name none

        decisions += missing_as_asked(file.path, options)
    first_objects = _without_nested(objects) if is_unsaid else ()
    cells = ObjectsTable(rows, tuple(decisions), first_objects, document)
    shapes = _shapes_of(first)
    if not shapes:
        return cells
    from smoothl1.sources.json_lines.lists import ListsTable  # late: pyarrow.compute

    return ListsTable(cells, shapes)


def _without_comments(file: Input, mark: bytes) -> Generator[bytes, None, None]:
    """The lines that do not begin with a mark; no text is longer than a line."""
    for block in blocks_of_lines(file, len(BOM) if file.head.startswith(BOM) else 0):
        lines = block.splitlines(keepends=True) if mark in block else [block]
        yield b"".join(line for line in lines if not line.lstrip(b" \t").startswith(mark))


def _first_objects(found: list[bytes], path: str, *, may_be_whole: bool) -> list[dict[str, Any]]:
    """The objects of the first lines, up to the first line below that is none."""
    _refuse_pretty(found, path)
    if may_be_whole:
        _refuse_whole(found[0], path)
    objects: list[dict[str, Any]] = []
    for row, line in enumerate(found, 1):
        try:
            objects.append(object_of(line, row))
        except DataError:
            if row == 1:
                raise
            break  # it is raised once the rows above are read
    return objects


def _first_values(objects: list[dict[str, Any]]) -> dict[str, Any]:
    """The names in the first objects, in their order, and the first value of each but null."""
    names: dict[str, Any] = {}
    for found in objects:
        for name, value in found.items():
            if names.get(name) is None:
                names[name] = value
    if not names:
        raise DataError("objects without names: there are no columns")
    return names


def _refuse_many(n_names: int) -> None:
    """Refuse objects with so many names that they were not meant as columns."""
    if n_names > _MOST_NAMES:
        raise DataError(
            f"the first objects have {n_names:,} names, and at most {_MOST_NAMES:,} are read",
            hint="numbers of one kind are a list, or an array: save them as .npy",
        )


def _without_nested(objects: list[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    """The objects without what is no cell of a number: lists and objects may be long."""
    return tuple(
        {name: value for name, value in found.items() if not isinstance(value, (dict, list))}
        for found in objects
    )


def _first_lines(file: Input, start: int) -> tuple[list[bytes], bool]:
    """The first lines that are not blank, as many as are looked at; whether they are all."""
    lines: list[bytes] = []
    for n_bytes in _SAMPLE_BYTES:
        sample = file.read(start, n_bytes)
        lines = sample.split(b"\n")
        if len(sample) == n_bytes:
            lines.pop()
        if lines:
            break
    if not lines:
        _refuse_whole_line(sample, file.path)
        raise DataError(
            f"line 1 is longer than the {_SAMPLE_BYTES[-1] >> 20} MiB that are looked at",
            hint="an object of columns is no JSON Lines: save it as Parquet, .npy or CSV",
        )
    return [line for line in lines if line.strip()], len(sample) < n_bytes


def _refuse_whole_line(head: bytes, path: str) -> None:
    """Refuse a long first line that begins as a document of JSON for which there is a command."""
    from smoothl1.sources.foreign import refusal  # late: only for an error
    from smoothl1.sources.foreign_json import JSON, kind_of_json

    kind = kind_of_json([head])
    if kind is not JSON:
        raise refusal(kind, path)


def _shapes_of(first: dict[str, Any]) -> dict[str, tuple[int, ...]]:
    """The shapes of the columns that hold lists of numbers, by their names."""
    if not any(isinstance(value, list) for value in first.values()):
        return {}
    from smoothl1.sources.json_lines.lists import shape_of  # late, as above

    shapes = {name: shape_of(value) for name, value in first.items()}
    return {name: shape for name, shape in shapes.items() if shape is not None}


def _refuse_pretty(lines: list[bytes], path: str) -> None:
    """Refuse a file that is one document of JSON over several lines."""
    if not lines or lines[0].strip() in (b"{", b"["):
        from smoothl1.sources.foreign import refusal  # late: only for an error
        from smoothl1.sources.foreign_json import kind_of_json

        raise refusal(kind_of_json(lines), path)


def _document_of(line: bytes, found: dict[str, Any], path: str, needs: Needs) -> Document | None:
    """The document that the only line may be; refused if it can be no row with what is needed."""
    document = document_in(line, found, path)
    if document is not None and not may_be_row(found, needs.selection.numbers):
        raise document.refusal()
    return document


def _refuse_whole(line: bytes, path: str) -> None:
    """Refuse a file whose only line is an object of columns, or was written by smoothl1."""
    values = object_of(line, 1).values()
    has_columns = bool(values) and all(isinstance(value, (dict, list)) for value in values)
    if not has_columns and b'"smoothl1.' not in line:
        return
    from smoothl1.sources.foreign import refusal  # late, as above
    from smoothl1.sources.foreign_json import JSON, OWN_JSON, OWN_RESULT, kind_of_json

    kind = kind_of_json([line])
    if has_columns or kind in (OWN_RESULT, OWN_JSON):
        error = refusal(kind, path)
        if kind is JSON and not any(isinstance(value, dict) for value in values):
            error.hint = f"{error.hint}; --format-in jsonl takes it for one row, in all inputs"
        raise error
