"""Answers of S3 that do not say what happened, and are asked for again in another way.

An answer to HEAD has no body that could say why. The body of an answer to GET goes into the buffer
of the reader, and is lost where that is smaller. A listing that was cut is XML that ends in the
middle.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from pyarrow import fs as arrow_fs

from smoothl1.files.stores.retries import TRIES

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

_LOST_BODY = "Failed to flush response stream"
_WORDLESS = re.compile(
    rf"^(?!.*HTTP status 5).*(?:No response body|{_LOST_BODY}|PermanentRedirect)", re.DOTALL
)
"""What pyarrow says in place of the store. A redirection names the region in a header alone, of
which pyarrow tells with HEAD. A server that is overloaded has no words, either.
"""

_CUT = "XML_ERROR"


def has_lost_body(error: OSError) -> bool:
    """Whether the answer to GET was an error that did not fit into the buffer."""
    return _LOST_BODY in str(error)


def whole_answer(ask: Callable[[], T]) -> T:
    """The answer to a request, which is made again if it was cut.

    Raises:
        OSError: The store refused, or all answers were cut.
    """
    for _ in range(TRIES - 1):
        try:
            return ask()
        except OSError as error:
            if _CUT not in str(error):
                raise
    return ask()


def with_reason(error: OSError, filesystem: arrow_fs.FileSystem, path: str) -> OSError:
    """The error, with the words of the store if it has none.

    An object whose body was lost is looked at. Then what is below it is listed, which is nothing,
    but a refusal has words.

    Args:
        error: What pyarrow raised.
        filesystem: The file system of pyarrow.
        path: The object.
    """
    if filesystem.type_name != "s3" or not _WORDLESS.search(str(error)):
        return error
    try:
        kind = filesystem.get_file_info(path).type
    except OSError as told:
        return OSError(f"{_refusal_of_listing(filesystem, path)} {told}")
    return FileNotFoundError(path) if kind == arrow_fs.FileType.NotFound else error


def _refusal_of_listing(filesystem: arrow_fs.FileSystem, path: str) -> str:
    try:
        filesystem.get_file_info(arrow_fs.FileSelector(path, allow_not_found=True))
    except OSError as error:
        return str(error)
    return ""
