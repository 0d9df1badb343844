"""The contract of what runs kernels: a GPU, or whatever runs them in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Stream(Protocol):
    """Work on a device, done in order, with buffers of its own."""

    def send(self, name: str, values: Any) -> Any:
        """Some values, one dimension, as an array of the device.

        Args:
            name: The buffer that receives a copy.
            values: An array of this process; one of the device is returned as it is.
        """
        ...

    def buffer(self, name: str, n: int, dtype: np.dtype[Any]) -> Any:
        """An array of the device, in the buffer of this name."""
        ...

    def launch(self, kernel: str, n_blocks: int, n_shared: int, *arguments: Any) -> None:
        """Run a kernel.

        Args:
            kernel: Its name in C++, with template arguments.
            n_blocks: Blocks of the grid.
            n_shared: Bytes of shared memory of a block.
            arguments: Arrays of the device, integers (64 bits), floats, None (a null pointer).
        """
        ...

    def fetch(self, array: Any) -> NDArray[Any]:
        """A copy of an array of the device, after all work."""
        ...

    def wait(self) -> None:
        """Return when all work is done."""
        ...


class Device(Protocol):
    """What runs kernels.

    Attributes:
        name: "cuda:0" for the first GPU.
        n_threads: Threads of a block.
        n_blocks: Blocks that keep the device busy.
    """

    name: str
    n_threads: int
    n_blocks: int

    def stream(self) -> Stream:
        """A new stream."""
        ...

    def current_stream(self) -> Stream:
        """The stream on which the caller's own arrays of the device are made."""
        ...

    def array_of(self, values: Any, name: str) -> Any:
        """An array of any library on the device, contiguous and aligned: a view if it can be.

        Args:
            values: The array.
            name: Its name in an error.

        Raises:
            DtypeError: It cannot be read.
        """
        ...

    def empty(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Any:
        """A new array of the device."""
        ...

    def address(self, array: Any) -> int:
        """The address of an array of the device."""
        ...
