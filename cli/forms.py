"""The form of an output: what -f, --json and the suffix of a file's name ask for.

They are checked before any work, so that a wrong command line changes no file.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from smoothl1.cli import meant
from smoothl1.cli.configuration import is_typed
from smoothl1.errors import SettingsError
from smoothl1.sinks import formats as sinks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from smoothl1.cli.arguments import Output
    from smoothl1.settings import EvalSettings

TABLES = {
    "table": (),
    "tsv": (".tsv",),
    "csv": (".csv",),
    "json": (".json",),
    "markdown": (".md", ".markdown"),
    "latex": (".tex",),
    "metrics": (),
    "parquet": (".parquet", ".pq"),
    "arrow": (".arrow", ".feather"),
}
"""The forms of a table of results, by the suffix of a file's name."""

FOR_PEOPLE = ("table", "markdown", "latex")
"""Forms that people read, which have room for a row of all groups and for a second table."""

PAGES = (".html", ".htm")
"""Suffixes of a report."""

PAGE_HINT = "smoothl1 report draws a page from the same inputs; so does compare, of models"

_UNWRITTEN = sinks.UNWRITTEN | {".npy"}
"""Suffixes of formats that no table is written in: readers trust the name of a file."""

_PLAIN = frozenset([".txt", ".text", ".log", ".dat", ".out"])
"""Suffixes of plain text, which lines of values are."""


def all_forms() -> tuple[str, ...]:
    """The names of all forms: of tables, and of losses of elements."""
    return tuple(dict.fromkeys((*TABLES, *sinks.formats())))


def summary_output(
    output: Output, forms: Sequence[str] = tuple(TABLES), *, may_be_losses: bool = False
) -> Output:
    """The output of a result, with its form.

    Args:
        output: The output as the user typed it.
        forms: The forms that the command writes, besides lines of text.
        may_be_losses: Whether the command can write the losses of elements instead.

    Returns:
        The output, whose table is the form; None for plain lines of values.

    Raises:
        SettingsError: The name, an option and another contradict each other, or ask for a form
            that means, sums or tables do not have.
    """
    path, (suffix, codec) = output.path, sinks.suffixes_of(output.path)
    hint = "add --reduction none" if may_be_losses else None
    if output.format is not None and output.format not in TABLES:
        raise SettingsError(
            f"-f {output.format} is for losses of single elements",
            hint=hint or f"-f {'|'.join(TABLES)}",
        )
    if output.as_json and output.format not in (None, "json"):
        raise SettingsError(f"--json and -f {output.format} ask for two forms")
    asked = "json" if output.as_json else output.format
    named = _named(TABLES, suffix)
    if asked is None:
        _refuse_typing_error(path, suffix)
    named = asked if (asked, named) == ("metrics", "json") else named  # metrics are JSON, too
    is_unwritten = suffix in _UNWRITTEN or (named is not None and named not in forms)
    if is_unwritten or (asked and named and asked != named):
        if suffix in PAGES:
            raise SettingsError(f"{suffix} is a page, and no table", path=path, hint=PAGE_HINT)
        what = {None: "text", "json": "JSON"}.get(asked, f"-f {asked}")
        if may_be_losses and sinks.format_of(path or "") is not None and named is None:
            hint = "losses of elements need --reduction none"
        else:
            known = {None: ".csv, .txt or .json", "metrics": ".json", "table": ".txt"}
            hint = f"name it {known.get(asked) or ' or '.join(TABLES.get(asked or '', ()))}"
        raise SettingsError(f"{suffix} is another format than {what}", path=path, hint=hint)
    form = asked or named
    if form == "json" and output.chosen:
        raise SettingsError(
            "--columns chooses columns of a table, and JSON is the whole result",
            hint="leave it out, or -f csv",
        )
    is_json = form in ("json", "metrics")
    if is_json and output.precision is not None and is_typed("precision"):
        what = "--precision shortens text, and nothing is rounded in JSON or metrics"
        raise SettingsError(what, hint=f"leave it out, or -f tsv --precision {output.precision}")
    sinks.check_codec(path, form, codec)
    precision = None if is_json else output.precision
    return output._replace(
        as_json=form == "json", format=None, table=form, codec=codec, precision=precision
    )


def is_page(output: Output) -> bool:
    """Whether the name of the output asks for a report, one page of HTML.

    Raises:
        SettingsError: It does, and an option asks for something else.
    """
    if not (output.path or "").lower().endswith(PAGES):
        return False
    _refuse_forms(output)
    return True


def is_drawn(output: Output) -> bool:
    """Whether the name of the output asks for a report, a page or a folder of drawings.

    Raises:
        SettingsError: It does, and an option asks for something else.
    """
    if not is_folder(output.path):
        return is_page(output)
    _refuse_forms(output)
    return True


def is_folder(path: str | None) -> bool:
    """Whether a path is a folder, or says that it is to be one."""
    return path is not None and (path.endswith(("/", os.sep)) or os.path.isdir(path))


def report_output(output: Output) -> Output:
    """The output of a report: text, a page, a folder of drawings, or JSON.

    Args:
        output: The output as the user typed it.

    Returns:
        The output, as JSON or not.

    Raises:
        SettingsError: The name says none of these forms, or another one than an option.
    """
    is_named_json = sinks.suffixes_of(output.path)[0] == ".json"
    is_json = output.as_json or output.format is not None or is_named_json
    if is_json and not is_folder(output.path):
        return summary_output(output, ("json",))
    if output.path is None or is_drawn(output):
        return output
    raise SettingsError(
        "a report is a page, a folder of drawings, or JSON",
        path=output.path,
        hint="name it .html or .json, or end the name of a folder with /",
    )


def _refuse_forms(output: Output) -> None:
    """Refuse options that ask for another form than a report that is drawn."""
    for name, is_given in (
        ("--json", output.as_json),
        (f"-f {output.format}", output.format is not None),
        ("--columns", bool(output.chosen)),
        ("--precision", output.precision is not None and is_typed("precision")),
    ):
        if is_given:
            raise SettingsError(f"a report that is drawn has no {name}", path=output.path)


def losses_output(
    output: Output, settings: EvalSettings, files: Mapping[str, str | None]
) -> Output:
    """The output of the losses of elements, with their format.

    Args:
        output: The output as the user typed it.
        settings: The settings of the evaluation.
        files: The files of groups and of clusters that are given, by their options.

    Raises:
        SettingsError: No format is named, or two are, or an option is for means and sums only.
    """
    path, (suffix, codec) = output.path, sinks.suffixes_of(output.path)
    if len(settings.betas) > 1:
        raise SettingsError("the losses of rows take one beta")
    option = "--per-row" if output.per_row else "--reduction none"
    given = {
        "--by": settings.by is not None,
        "--by-column": settings.by_column,
        "--cluster": settings.cluster is not None,
        **{name: path is not None for name, path in files.items()},
        "--top": settings.top is not None,
    }
    if any(given.values()):
        raise _only_for_means(next(name for name, is_given in given.items() if is_given), option)
    if output.precision is not None and is_typed("precision"):
        raise SettingsError(f"--precision is for mean and sum, not for {option}")
    if output.chosen:
        what = f"--columns is for tables of mean and sum, not for {option}"
        raise SettingsError(what, hint="leave it out; --keep COL writes a column beside losses")
    if path is None and output.as_json:
        raise SettingsError(f"with {option} the losses go to stdout", hint="give -o FILE to --json")
    if output.format is not None and output.format not in sinks.formats():
        raise SettingsError(
            f"-f {output.format} is for means and sums, not for {option}",
            hint=f"-f {'|'.join(sinks.formats())}",
        )
    named = "text" if path is None else sinks.format_of(f"x{suffix}")
    found = output.format or named
    if found is None:
        if suffix in PAGES:
            raise SettingsError(f"{suffix} is a page, and no losses", path=path, hint=PAGE_HINT)
        sinks.check_is_written(path)
        raise _no_format(path, suffix)
    if path is not None:
        sinks.check_name(path, found, f"-f {found}")
    return output._replace(format=found, codec=codec, precision=None)


def _no_format(path: str | None, suffix: str) -> SettingsError:
    """The error about a name that says no format of losses."""
    known = _UNWRITTEN | _suffixes_of_tables() | _PLAIN
    written = [end for end in known if sinks.format_of(f"x{end}") is not None]
    near = meant.suffix(suffix, written)
    forms = f"-f {'|'.join(sinks.formats())}"
    what = f"{'a folder' if is_folder(path) else 'the suffix'} names no format"
    hint = forms if near is None else f"did you mean {near}? Or {forms}"
    return SettingsError(what, path=path, hint=hint)


def _only_for_means(name: str, option: str) -> SettingsError:
    """The error about an option that losses of elements do not have."""
    lacking = "standard errors" if name.startswith("--cluster") else "groups"
    why = f"{option} writes all" if name == "--top" else f"the losses of elements have no {lacking}"
    return SettingsError(f"{name} is for mean and sum: {why}", hint=f"leave out {option}")


def _refuse_typing_error(path: str | None, suffix: str) -> None:
    """Refuse a suffix that names no form, but nearly does: the file would hold plain text."""
    near = meant.suffix(suffix, _UNWRITTEN | _suffixes_of_tables() | _PLAIN)
    if near is None:
        return
    if near in _UNWRITTEN.difference(PAGES):  # nothing is written in that format
        raise SettingsError(
            f"{suffix} names no form", path=path, hint="name it .csv, .txt or .json"
        )
    raise SettingsError(
        f"{suffix} names no form; did you mean {near}?",
        path=path,
        hint="for lines of values name it .txt",
    )


def _suffixes_of_tables() -> frozenset[str]:
    return frozenset(suffix for suffixes in TABLES.values() for suffix in suffixes)


def _named(forms: dict[str, tuple[str, ...]], suffix: str) -> str | None:
    return next((name for name, suffixes in forms.items() if suffix in suffixes), None)
