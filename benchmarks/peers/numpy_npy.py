"""What a NumPy user would write: the mean Smooth L1 loss of two `.npy` files.

`numpy_npy.py PREDS TARGETS BETA [columns]`; with `columns`, a mean of each column.
"""

import sys

import numpy as np

pred = np.load(sys.argv[1])
target = np.load(sys.argv[2])
beta = float(sys.argv[3])
axis = 0 if "columns" in sys.argv else None
d = np.abs(pred - target)
means = np.where(d < beta, 0.5 * d * d / beta, d - 0.5 * beta).mean(axis=axis)
print(means if axis is None else "\n".join(map(str, means)))
