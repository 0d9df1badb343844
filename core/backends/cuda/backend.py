"""The CUDA backend: kernels tally on a GPU, with the bits of all other backends.

Nothing here knows CuPy. A `Device` holds memory and launches kernels: `device.py` is a GPU, and
the tests run the same kernels on a processor.
"""

from __future__ import annotations

import threading
from functools import reduce
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from smoothl1.backends.cuda.dtypes import code_of, reader_of
from smoothl1.backends.cuda.memory import ITEMS, Words, curves_of, most_sums, shared_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from smoothl1.backends.contract import Backend
    from smoothl1.backends.cuda.contract import Device, Stream
    from smoothl1.numerics.group_moments import GroupMoments
    from smoothl1.numerics.group_sums import ExactSums
    from smoothl1.numerics.products import Factors
    from smoothl1.numerics.row_sums import Rows
    from smoothl1.tallies.group_tallies import GroupTally
    from smoothl1.tallies.tally import Tally

PIECE = 1 << 19
"""Most elements of arrays of this process that are on the device at a time, twice."""


class _Pairs(NamedTuple):
    """Two sides and perhaps weights: arrays of this process, or of the device."""

    pred: Any
    target: Any
    weight: Any = None

    @property
    def codes(self) -> tuple[int, int]:
        """The codes of the dtypes."""
        return code_of(self.pred.dtype), code_of(self.target.dtype)

    def sent(self, stream: Stream, at: slice) -> _Pairs:
        """Some of the pairs, on the device."""
        sides = zip(self._fields, self, strict=True)
        return _Pairs(*(side if side is None else stream.send(of, side[at]) for of, side in sides))


_of_thread = threading.local()


def backend_of(device: Device, new_host: Callable[[], Backend]) -> CudaBackend:
    """The backend of a device for this thread: its streams and pinned buffers are made once.

    Args:
        device: What runs the kernels.
        new_host: Makes the backend of this process that tallies groups.
    """
    if getattr(_of_thread, "device", None) is not device:
        _of_thread.device, _of_thread.backend = device, CudaBackend(device, new_host())
    backend: CudaBackend = _of_thread.backend
    return backend


class CudaBackend:
    """Tallies on a device, also of arrays of the device. Groups are tallied by this process.

    Args:
        device: What runs the kernels.
        host: The backend of this process that tallies groups.
    """

    def __init__(self, device: Device, host: Backend) -> None:
        self._device = device
        self._host = host
        self._own_streams: tuple[Stream, ...] = ()

    def tally(
        self,
        pred: Any,
        target: Any,
        betas: Sequence[float],
        *,
        start: int = 0,
        out: Any = None,
        weight: Any = None,
        moments: bool = False,
    ) -> tuple[Tally, ...]:
        if pred.size != target.size:
            raise ValueError("predictions and targets that do not go together")
        pairs = _Pairs(pred, target, weight)
        if out is not None and betas:
            self.write_losses(pred, target, betas[0], out, weight)
        curves = curves_of(betas, with_weights=weight is not None)
        most = most_sums(self._device.n_threads, squares=moments)
        found: list[Tally] = []
        weights = None
        for low in range(0, curves.size, most):
            words = self._words(pairs, curves[low : low + most], squares=moments)
            chosen = betas[low : low + most]
            found += [words.tally(i, beta, pred.size) for i, beta in enumerate(chosen)]
            if weight is not None and low + most >= curves.size:
                weights = words.total(-1)
        return tuple(
            tally._replace(
                weight=weights,
                first_nan=None if tally.first_nan is None else start + tally.first_nan,
            )
            for tally in found
        )

    def losses(
        self, pred: Any, target: Any, beta: float, weight: Any = None
    ) -> NDArray[np.float64]:
        losses = np.empty(pred.size)
        self.write_losses(pred, target, beta, losses, weight)
        return losses

    def write_losses(
        self, pred: Any, target: Any, beta: float, out: Any, weight: Any = None
    ) -> None:
        """Write losses, times their weights if there are weights, each rounded once.

        Args:
            pred: Predictions, one dimension.
            target: Targets, of the same length.
            beta: Transition point, finite, >= 0.
            out: Receives the losses: of this process, or of the device if the sides are.
            weight: Weights, of the same length.
        """
        curve = curves_of((beta,))
        for stream, here, to in self._pieces_written(_Pairs(pred, target, weight), out):
            n, code = here.pred.size, code_of(to.dtype)
            of_curve = stream.send("curves", curve)
            self._launch_for_each(stream, "losses", n, *here, n, *here.codes, of_curve, to, code)

    def gradient(self, pred: Any, target: Any, beta: float, divisor: float, out: Any) -> None:
        """Write the derivative of the loss by each prediction, as `loss.gradient` defines it.

        Args:
            pred: Predictions, one dimension.
            target: Targets, of the same length.
            beta: Transition point, finite, >= 0.
            divisor: What each derivative is divided by.
            out: Receives the derivatives, each rounded once more to its dtype.
        """
        for stream, here, to in self._pieces_written(_Pairs(pred, target), out):
            n, code = here.pred.size, code_of(to.dtype)
            self._launch_for_each(
                stream,
                "gradients",
                n,
                *(here.pred, here.target, n, *here.codes, float(beta), float(divisor), to, code),
            )

    def tally_groups(
        self,
        pred: NDArray[Any],
        target: NDArray[Any],
        betas: Sequence[float],
        codes: NDArray[np.intp],
        positions: NDArray[np.int64] | None,
        into: Sequence[GroupTally],
        *,
        start: int = 0,
        out: NDArray[np.floating] | None = None,
        weight: NDArray[np.float64] | None = None,
    ) -> None:
        self._host.tally_groups(
            pred, target, betas, codes, positions, into, start=start, out=out, weight=weight
        )

    def between(
        self, pred: NDArray[Any], target: NDArray[Any], low: float, high: float
    ) -> tuple[int, int, NDArray[np.float64]]:
        return self._host.between(pred, target, low, high)

    def negative_parts(
        self, pred: NDArray[Any], target: NDArray[Any], out: NDArray[np.float64]
    ) -> bool:
        return self._host.negative_parts(pred, target, out)

    def add_rows(self, codes: NDArray[np.intp], rows: Rows, into: GroupMoments) -> None:
        self._host.add_rows(codes, rows, into)

    def add_products(
        self, codes: NDArray[np.intp], rows: Rows, into: Mapping[Factors, ExactSums]
    ) -> None:
        self._host.add_products(codes, rows, into)

    def count_errors(self, errors: NDArray[np.float64], counts: NDArray[np.int64]) -> None:
        self._host.count_errors(errors, counts)

    def count_cells(
        self,
        columns: NDArray[np.float64],
        rows: NDArray[np.float64],
        exponent: int,
        first: int,
        counts: NDArray[np.int64],
    ) -> None:
        self._host.count_cells(columns, rows, exponent, first, counts)

    def _words(self, pairs: _Pairs, curves: NDArray[np.void], *, squares: bool) -> Words:
        """What the kernel adds up over all pairs, at as many curves as a block has room for."""
        total = Words.new(curves.size, squares=squares)
        flags = [str(flag).lower() for flag in (pairs.weight is not None, squares)]
        kernel = f"tally<{reader_of(pairs.pred.dtype, pairs.target.dtype)}, {', '.join(flags)}>"
        n_shared = shared_bytes(self._device.n_threads, curves.size, squares=squares)
        found: dict[Stream, tuple[Any, Any]] = {}
        for stream, at in self._pieces(pairs):
            if stream not in found:
                found[stream] = stream.send("curves", curves), stream.send("words", total.flat)
            of_curves, words = found[stream]
            here = pairs.sent(stream, at)
            addresses = map(self._device.address, (here.pred, here.target))
            is_aligned = all(address % 16 == 0 for address in addresses)
            n, tile = here.pred.size, self._device.n_threads * ITEMS
            stream.launch(
                kernel,
                min(self._device.n_blocks, max(1, n // tile)),
                n_shared,
                *(*here, n, at.start, *here.codes, int(is_aligned)),
                *(of_curves, curves.size, words),
            )
        of_streams = [total.like(stream.fetch(words)) for stream, (_, words) in found.items()]
        return reduce(Words.merge, of_streams) if of_streams else total

    def _launch_for_each(self, stream: Stream, kernel: str, n: int, *arguments: Any) -> None:
        """Run a kernel that takes pairs one by one, in twice as many blocks: see KERNEL(4)."""
        n_blocks = min(2 * self._device.n_blocks, 1 + n // self._device.n_threads)
        stream.launch(kernel, n_blocks, 0, *arguments)

    def _pieces_written(self, pairs: _Pairs, out: Any) -> Iterator[tuple[Stream, _Pairs, Any]]:
        """Yield streams, pairs and the array that receives a number for each; then keep these."""
        running: list[tuple[Stream, Any, slice]] = []
        for stream, at in self._pieces(pairs):
            here = pairs.sent(stream, at)
            if type(out) is not np.ndarray:
                yield stream, here, out
                stream.wait()  # the caller may free the sides
                return
            to = stream.buffer("out", here.pred.size, out.dtype.newbyteorder("="))
            yield stream, here, to
            for before, written, place in running:  # meanwhile this piece is computed
                out[place] = before.fetch(written)
            running = [(stream, to, at)]
        for before, written, place in running:
            out[place] = before.fetch(written)

    def _pieces(self, pairs: _Pairs) -> Iterator[tuple[Stream, slice]]:
        """Yield streams and parts of the pairs; what is on the device already is one part."""
        n = pairs.pred.size
        if type(pairs.pred) is not np.ndarray:
            yield self._device.current_stream(), slice(0, n)
            return
        self._own_streams = self._own_streams or (self._device.stream(), self._device.stream())
        for i, low in enumerate(range(0, n, PIECE)):
            yield self._own_streams[i % 2], slice(low, min(low + PIECE, n))
