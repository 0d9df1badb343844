"""What a NumPy user would write: the mean Smooth L1 loss of two folders of `.npy` shards."""

import sys
from glob import glob

import numpy as np

beta = float(sys.argv[3])
total, n = 0.0, 0
pairs = zip(sorted(glob(f"{sys.argv[1]}/*")), sorted(glob(f"{sys.argv[2]}/*")), strict=True)
for pred, target in pairs:
    d = np.abs(np.load(pred) - np.load(target))
    total += np.where(d < beta, 0.5 * d * d / beta, d - 0.5 * beta).sum(dtype=np.float64)
    n += d.size
print(total / n)
