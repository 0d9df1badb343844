"""A GPU of this process: what opens a GPU is given the kernels on this processor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from smoothl1.backends.cuda import device as module
from tests.backends.cuda.host_device import HostDevice

if TYPE_CHECKING:
    import pytest
    from numpy.typing import NDArray


class OnGpu:
    """An array of another library that says that it is on a GPU.

    Args:
        numbers: Its numbers.
        number: The number of the GPU.
    """

    def __init__(self, numbers: Any, number: int = 0) -> None:
        self.numbers: NDArray[Any] = np.asarray(numbers)
        self._number = number

    def __dlpack_device__(self) -> tuple[int, int]:
        return (2, self._number)


def put_in_place_of_gpus(patch: pytest.MonkeyPatch) -> None:
    """Let the devices cuda:0 and cuda:1 be the kernels on this processor."""
    patch.setattr(module, "open_device", lambda n: HostDevice(3, n, name=f"cuda:{n}"))
