"""The files that a folder or a pattern stands for, in the order in which their rows are joined."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, NamedTuple

from smoothl1.decisions import Decision
from smoothl1.errors import DataError, SettingsError, storage_error
from smoothl1.files.committed import is_of_spark, refuse_uncommitted
from smoothl1.files.copies import refuse_copies, refuse_links
from smoothl1.files.empty_files import empty_files
from smoothl1.files.lakes import refuse_lake
from smoothl1.files.listed import LIST_NAME, listed_files, refuse_unlisted
from smoothl1.files.markers import without_markers, without_stand_ins
from smoothl1.files.partitions import Partitions, is_partition, partitions_of
from smoothl1.files.repeated import refuse_merged
from smoothl1.files.shard_counts import refuse_incomplete, warn_of_sets
from smoothl1.files.shard_names import doubt_of_depths, order_of, without_common_folders
from smoothl1.files.tree import LOCAL
from smoothl1.files.unfinished import refuse_continued, refuse_unfinished
from smoothl1.files.unnamed import refuse_unnamed
from smoothl1.lazy_patterns import lazy_pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from smoothl1.files.tree import Tree

_HIDDEN = (".", "_")

_MOST_SHOWN = 12
"""Hidden files that are named."""

_CLASS = lazy_pattern(r"\[!?\]?[^]]*\]")
"""What stands for one character of several in a pattern."""


class Found(NamedTuple):
    """The files that a folder or a pattern stands for.

    Attributes:
        paths: The files, in the order in which their rows are joined.
        hidden: Names of other files that were left out although they might hold rows.
        doubt: Why the order of the files is in doubt; "" if it is not.
        list_name: The file beside them that lists them in order; "" if none does.
        partitions: The columns that their folders are named after.
        version: The state of a table whose log names the files; "" if there is no log.
        empty: Files without a single byte, which were left out.
        bare: Folders named after values that hold no file, which were left out.
    """

    paths: list[str]
    hidden: list[str]
    doubt: str = ""
    list_name: str = ""
    partitions: Partitions = Partitions()
    version: str = ""
    empty: Sequence[str] = ()
    bare: Sequence[str] = ()

    def refuse_incomplete(self, path: str, tree: Tree = LOCAL) -> None:
        """Refuse files whose names say that there are more, unless a list names all of them."""
        if not self.list_name:
            refuse_incomplete(sorted([*self.paths, *self.empty]), path, tree)

    def warn_of_sets(self, path: str, warn: Callable[[str], None], by: Sequence[str] = ()) -> None:
        """Warn of files of several sets, unless these are groups.

        Args:
            path: The path that was typed.
            warn: Takes the warning.
            by: The columns of the groups, after which folders may be named.
        """
        names, values = self.partitions
        places = [names.index(name) for name in by if name in names]
        groups: dict[tuple[str | None, ...], list[str]] = {}
        for i, name in enumerate(self.paths):
            group = tuple(values[i][place] for place in places)
            groups.setdefault(group, []).append(name)
        for paths in groups.values():
            if warn_of_sets(paths, path, warn):
                return

    def decisions(self, path: str) -> Iterator[Decision]:
        """Decisions about the order of the files, and about those left out."""
        by_number = self.paths != sorted(self.paths)
        order = "by name, numbers as numbers" if by_number else "by name"
        order = f"as {self.list_name} lists them" if self.list_name else order
        tails = without_common_folders(self.paths)
        names = f"{tails[0]} to {tails[-1]}"
        n = len(self.paths)
        yield Decision("order of shards", path, order, f"{n} files, {names}" if n > 1 else "1 file")
        if self.version:
            yield Decision("version", path, self.version, "its log says which files count")
        if self.partitions.names:
            listed = ", ".join(map(repr, self.partitions.names))
            yield Decision("columns of folders", path, listed, "folders are named after values")
        if self.empty:
            listed = shortened([os.path.basename(name) for name in self.empty])
            yield Decision("files left out", path, listed, "they are empty (0 bytes)")
        if self.bare:
            yield Decision("folders left out", path, shortened(self.bare), "they hold no files")
        if self.hidden:
            in_list = f"{self.list_name} does not list them"
            why = in_list if self.list_name else "their names say that they are hidden"
            yield Decision("files left out", path, shortened(self.hidden), why)


def shortened(names: Sequence[str]) -> str:
    """A list of names, not too long."""
    more = len(names) - _MOST_SHOWN
    return ", ".join(names[:_MOST_SHOWN]) + (f" and {more} more" if more > 0 else "")


def find_shards(path: str, warn: Callable[[str], None], tree: Tree = LOCAL) -> Found:
    """Find the files that a path stands for.

    Args:
        path: The path as the user typed it: a folder, or a pattern with `*`, `?` or `[...]`.
        warn: Takes a warning that names the hidden files left out of a folder.
        tree: The tree that the path is in.

    Raises:
        SettingsError: A pattern matches nothing.
        DataError: A folder holds no file, another folder, or an unfinished file; or it is a table
            whose log says which files count; or the same rows are there twice.
        StorageError: A folder cannot be read.
    """
    if tree.is_folder(path):
        in_folder = _in_folder(path, warn, tree)
        if not in_folder.paths:
            raise DataError("a folder without files", path=path)
        return in_folder
    found = _matches(path, tree)
    if not found and not {*"*?["} & {*path}:
        raise storage_error(FileNotFoundError(errno.ENOENT, "the folder is gone"), path)
    if not found:
        raise SettingsError("no file matches this pattern", path=path)
    if len(found) == 1 and _may_be_name(path):
        warn(f"{path}: there is no file of this name; as a pattern it matches {found[0]}")
    folders: dict[str, list[str]] = {}
    for name in sorted(found):
        folders.setdefault(os.path.dirname(name), []).append(os.path.basename(name))
    for folder, names in folders.items():
        refuse_lake(folder, path, tree, parents=False)
        refuse_unlisted(folder, names, path, tree)
        if any(map(is_of_spark, names)):
            everything = _listing(folder, tree.names)
            refuse_uncommitted(folder, everything, names, path, tree)
            _check_records(folder, everything, names, path, tree)
    return _checked(found, path, warn, tree, is_folder=False)


def _may_be_name(pattern: str) -> bool:
    """Whether a pattern may be the name of a file that is not there, such as `run[1].csv`."""
    classes = _CLASS.findall(pattern)
    return not ({*"*?"} & {*pattern} or any("-" in some or some[1] == "!" for some in classes))


def _matches(path: str, tree: Tree) -> list[str]:
    """The files that a pattern matches, without markers; `**` stands for any number of folders.

    Raises:
        SettingsError: `**` is a part of a name, where some programs read it as `*`.
        StorageError: A folder that may hold such files cannot be read.
    """
    from smoothl1.files.matches import matches  # late: most folders are given without a pattern

    components = _CLASS.sub("[]", path).split(os.sep)
    if any("**" in component and component != "**" for component in components):
        raise SettingsError(
            "** is not a whole name", path=path, hint="write * for one name, /**/ for any folders"
        )
    found = dict.fromkeys(matches(path, tree))  # two ** may find a file twice
    refuse_unnamed(path, tree, is_folder=False)
    names = without_markers([*found], "", tree)
    if "**" in components and components[-1] in ("*", "**"):
        return [name for name in names if not tree.is_folder(name)]  # what is in them is there, too
    return names


def _in_folder(path: str, warn: Callable[[str], None], tree: Tree) -> Found:
    """The files of a folder; none if there is nothing in it but markers."""
    everything = _listing(path, tree.names)
    refuse_unnamed(path, tree, is_folder=True)
    refuse_lake(path, path, tree, parents=False)
    names = without_markers(everything, path, tree)
    listed = listed_files(path, names, warn, tree)
    if listed is not None:
        files = [os.path.join(path, name) for name in listed.names]
        return Found(files, listed.others, list_name=LIST_NAME)
    hidden = [name for name in names if name.startswith(_HIDDEN)]
    shown = [name for name in names if not name.startswith(_HIDDEN)]
    if not shown:
        _refuse_without_files(path, everything, hidden)
        return Found([], [])
    folders = {*_listing(path, tree.folders)}.intersection(shown)
    shown = without_stand_ins(shown, folders, path, tree)
    if hidden:
        warn(f"{path}: hidden files were left out: {', '.join(hidden[:5])}")
    if len(folders) == len(shown) and all(map(is_partition, shown)):
        below = [os.path.join(path, name) for name in shown]
        return _in_partitions(below, hidden, path, warn, tree)
    if folders and not _is_set_of_stores(path, shown, folders, tree):
        refuse_lake(path, path, tree)
        raise DataError(
            f"holds a folder, {min(folders)}", path=path, hint="name the files by a pattern"
        )
    refuse_uncommitted(path, everything, shown, path, tree)
    _check_records(path, everything, shown, path, tree)
    folder = os.path.join(path, "")
    files = [folder + name for name in shown]
    return _checked(files, path, warn, tree)._replace(hidden=hidden)


def _refuse_without_files(path: str, everything: Sequence[str], hidden: Sequence[str]) -> None:
    """Refuse a folder that holds no file but hidden ones, which may have rows, or records."""
    from smoothl1.files.part_records import RECORD  # late: only for an error

    if any(map(RECORD.fullmatch, everything)):
        what = "a folder of records of parts, without the losses that they belong to"
        raise DataError(what, path=path, hint="copy all files of the folder, or run the parts")
    if hidden:
        hint = f"if the hidden ones have rows, name them by a pattern: {shortened(hidden)}"
        raise DataError("a folder without files", path=path, hint=hint)


def _is_set_of_stores(
    path: str, names: Sequence[str], folders: Collection[str], tree: Tree
) -> bool:
    """Whether a folder holds nothing but Zarr stores, which are folders."""
    if len(folders) < len(names):
        return False
    from smoothl1.files.zarr_marks import are_stores  # late: most folders hold files

    return are_stores([os.path.join(path, name) for name in names], tree)


def _in_partitions(
    folders: Sequence[str], hidden: list[str], path: str, warn: Callable[[str], None], tree: Tree
) -> Found:
    """The files of folders that are named after values."""
    tree.list_below(path)
    found = [_in_folder(folder, warn, tree) for folder in folders]
    files = [name for of_folder in found for name in of_folder.paths]
    bare = [f for f, of_folder in zip(folders, found, strict=True) if not of_folder.paths]
    if not files:
        return Found([], [])
    hidden = hidden + [
        os.path.join(os.path.basename(folder), name)
        for folder, of_folder in zip(folders, found, strict=True)
        for name in of_folder.hidden
    ]
    bare += [name for of_folder in found for name in of_folder.bare]
    return _checked(files, path, warn, tree)._replace(hidden=hidden, bare=bare)


def _listing(folder: str, ask: Callable[[str], list[str]]) -> list[str]:
    try:
        return sorted(ask(folder))
    except OSError as error:
        raise storage_error(error, folder) from error


def _check_records(
    folder: str, everything: Sequence[str], names: Sequence[str], path: str, tree: Tree
) -> None:
    if any(name.startswith("_part-") for name in everything):
        from smoothl1.files.part_records import check_records  # late: most folders have none

        check_records(folder, everything, names, path, tree)


def _checked(
    paths: Sequence[str],
    path: str,
    warn: Callable[[str], None],
    tree: Tree,
    *,
    is_folder: bool = True,
) -> Found:
    """Files in order, unless rows are there twice, or may be missing."""
    refuse_unfinished(paths, path, tree)
    if tree.has_links:
        refuse_links(paths, path)
    refuse_copies(paths, path, tree)
    refuse_merged(paths, path)
    refuse_continued(paths, path)
    empty = empty_files(paths, path, tree)
    if empty:
        paths = [name for name in paths if name not in empty]
    ordered, doubt = order_of(paths)
    doubt = doubt or doubt_of_depths(ordered)
    partitions = partitions_of(ordered, path, is_folder=is_folder)
    return Found(ordered, [], doubt, partitions=partitions, empty=empty)
