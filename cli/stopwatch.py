"""How long a run takes, and when and where it is."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from smoothl1.cli.views.junit import Run


class Stopwatch:
    """Measures a run from when it is made."""

    def __init__(self) -> None:
        self._began_at = time.time()
        self._begin_s = time.perf_counter()

    @property
    def elapsed_s(self) -> float:
        """Seconds up to now."""
        return time.perf_counter() - self._begin_s

    def run(self) -> Run:
        """The run up to now."""
        import platform  # late, like all that takes time: few runs report it
        from datetime import UTC, datetime

        from smoothl1.cli.views.junit import Run

        return Run(datetime.fromtimestamp(self._began_at, UTC), self.elapsed_s, platform.node())
