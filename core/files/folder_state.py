"""The state of a folder that is one input, as a Zarr store is."""

from __future__ import annotations

import errno
import os
import stat
from hashlib import blake2b

from smoothl1.errors import storage_error
from smoothl1.files.file import FileState, state_of
from smoothl1.files.tree import LOCAL


def state_of_folder(path: str) -> FileState:
    """The state of a folder that is one input: of every file and folder in it, in order of names.

    A file that replaces another by its name may have its size, and an older time.

    Args:
        path: The path as the user typed it.

    Raises:
        StorageError: The system does not tell; the error names the file.
    """
    content, numbers, changes, rights = (blake2b(digest_size=16) for _ in range(4))
    own = state_of(os.stat(path))
    n_bytes, last_ns = 0, own.written_ns
    for name in LOCAL.all_below(path):
        status = _status_unless_nowhere(os.path.join(path, name))
        if status is not None:
            size = 0 if stat.S_ISDIR(status.st_mode) else status.st_size
            n_bytes += size
            last_ns = max(last_ns, status.st_mtime_ns)
            content.update(b"%b\0%d,%d;" % (os.fsencode(name), size, status.st_mtime_ns))
            numbers.update(b"%d;" % status.st_ino)
            changes.update(b"%d;" % status.st_ctime_ns)
            rights.update(b"%d,%d,%d,%d;" % state_of(status).rights)
    found = own._replace(size=n_bytes, written_ns=last_ns, content=content.hexdigest())
    of_changes, of_rights = (int(digest.hexdigest(), 16) for digest in (changes, rights))
    found = found._replace(numbers=numbers.hexdigest())
    return found._replace(changed_ns=of_changes, rights=(of_rights,))


def _status_unless_nowhere(path: str) -> os.stat_result | None:
    """What the system says of a file; None of a link that leads nowhere, or to itself."""
    try:
        return os.stat(path)
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ELOOP):
            return None
        raise storage_error(error, path) from error
