"""When each worker was last heard of, by the clock of the process that waits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


class Heartbeats:
    """The heartbeats of workers, as a scheduler tells them.

    A scheduler has a clock of its own, so only a change of what it tells counts.
    """

    def __init__(self) -> None:
        self._known: dict[str, tuple[Any, float]] = {}

    def note(self, told: Mapping[str, Any], now_s: float) -> None:
        """Take what a scheduler tells.

        Args:
            told: The time of the last heartbeat of each worker that is there, by its address.
            now_s: The time of this process.
        """
        earlier = self._known
        self._known = {
            address: earlier[address]
            if address in earlier and earlier[address][0] == beat
            else (beat, now_s)
            for address, beat in told.items()
        }

    def silent(self, since_s: float) -> list[str]:
        """The workers that were not heard of after a time of this process."""
        return [address for address, (_, heard_s) in self._known.items() if heard_s <= since_s]
