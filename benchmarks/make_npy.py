"""Write a `.npy` file of standard normal float32: `make_npy.py PATH ROWS SEED`."""

import sys

import numpy as np

SLICE_ROWS = 1 << 22

path, n_rows, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
generator = np.random.default_rng(seed)
array = np.lib.format.open_memmap(path, "w+", np.float32, (n_rows,))
for start in range(0, n_rows, SLICE_ROWS):
    part = array[start : start + SLICE_ROWS]
    part[:] = generator.standard_normal(part.size, dtype=np.float32)
array.flush()
