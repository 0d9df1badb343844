"""The installed command."""

from __future__ import annotations

import sys
from pathlib import Path

SCRIPT = str(Path(sys.executable).parent / "smoothl1")
