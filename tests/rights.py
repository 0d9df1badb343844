"""Commands that may not read everything, even where root runs the tests."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from typing import TYPE_CHECKING

import pytest

from tests.forking import forks

if TYPE_CHECKING:
    from pathlib import Path

_RIGHTS = "-dac_override,-dac_read_search,-fowner"
_SETPRIV = ("setpriv", f"--bounding-set={_RIGHTS}", f"--inh-caps={_RIGHTS}")


@cache
def _prefix() -> tuple[str, ...] | None:
    """What takes root's rights over files away; None where nothing does."""
    if os.name != "posix" or os.geteuid() != 0:
        return ()
    if shutil.which("setpriv") is None:
        return None
    return _SETPRIV if subprocess.run([*_SETPRIV, "true"], check=False).returncode == 0 else None


needs_rights = pytest.mark.skipif(_prefix() is None, reason="root may read everything")


def without_rights(folder: Path, *args: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder, with no more rights than the modes of files give."""
    done = forks(_prefix() or ()).run([*map(str, args)], folder, dict(os.environ), None, 60)
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
    )
