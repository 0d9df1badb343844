"""The digests of all files of a run, once it has read them."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

from smoothl1.engines.threads import mapped
from smoothl1.files.digests import Digest, HashedInput
from smoothl1.files.opening import open_again

if TYPE_CHECKING:
    from smoothl1.files.contract import State
    from smoothl1.pairing.inputs import Inputs


def digests_of(inputs: Inputs) -> tuple[Digest, ...]:
    """The digests of the files that a run has read, in the order of the inputs.

    Of a part of a run these are the files that hold its rows, so that the digests of all parts are
    those of the run. The first part has those without rows, too.

    Args:
        inputs: The inputs that were read, and are open; the options of their job ask for digests.

    Raises:
        SmoothL1Error: A file cannot be read, or is another one now.
    """
    job, read = inputs.job, _paths_read(inputs)
    found = [file.digest() for file in inputs.hashed if file.path in read]
    shards = [path for of_one in inputs.files for path in of_one if path in inputs.states]
    shards = [path for path in dict.fromkeys(shards) if path in read]
    n_at_once = min(len(shards), job.execution.n_threads)
    digest = partial(_digest_of_shard, inputs.states)
    found += mapped(digest, shards, n_at_once, is_awaited=True) if shards else ()
    places = _places(inputs)
    ordered = sorted({*found}, key=lambda one: (places.get(one.path, (0, 0)), one))
    if job.part is None:
        return tuple(ordered)
    return tuple(Digest(one.path, one.sha256, *places.get(one.path, ())) for one in ordered)


def _places(inputs: Inputs) -> dict[str, tuple[int, int]]:
    """For each file the number of its input, and its number in that: of several the first."""
    places: dict[str, tuple[int, int]] = {}
    for number, of_one in enumerate(inputs.files, start=1):
        for i, path in enumerate(of_one, start=1):
            places.setdefault(path, (number, i))
    return places


def _paths_read(inputs: Inputs) -> set[str]:
    job = inputs.job
    everything = {path for of_one in inputs.files for path in of_one}
    if job.part is None or inputs.plan is None:
        return everything
    parts = [{*part.files} for part in inputs.plan.parts()]
    index = job.part[0] - 1
    return parts[index] if index else everything - set().union(*parts[1:]) | parts[0]


def _digest_of_shard(states: dict[str, State], path: str) -> Digest:
    with closing(open_again(path, states[path])) as file:
        return HashedInput(file).digest()
