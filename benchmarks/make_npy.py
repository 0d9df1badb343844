"""Write a `.npy` file of normal numbers: `make_npy.py PATH ROWS SEED [DTYPE] [COLUMNS] [C|F]`.

The numbers are of standard deviation 1, or 1000 where DTYPE is one of whole numbers. With COLUMNS,
the array has two dimensions and the order that is named last.
"""

import sys

import numpy as np

SLICE_ROWS = 1 << 22

path, n_rows, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
dtype, n_columns, order = [*sys.argv[4:], *("float32", "0", "C")[len(sys.argv) - 4 :]]
scale = np.float32(1 if np.dtype(dtype).kind == "f" else 1000)
shape = (n_rows, int(n_columns)) if int(n_columns) else (n_rows,)
generator = np.random.default_rng(seed)
array = np.lib.format.open_memmap(path, "w+", dtype, shape, fortran_order=order == "F")
step = max(1, SLICE_ROWS // max(1, int(n_columns)))
for start in range(0, n_rows, step):
    part = array[start : start + step]
    part[:] = generator.standard_normal(part.shape, dtype=np.float32) * scale
array.flush()
