"""What a NumPy user would write: the mean Smooth L1 loss of two `.npy` files."""

import sys

import numpy as np

pred = np.load(sys.argv[1])
target = np.load(sys.argv[2])
beta = float(sys.argv[3])
d = np.abs(pred - target)
print(np.where(d < beta, 0.5 * d * d / beta, d - 0.5 * beta).mean())
