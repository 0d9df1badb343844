"""What a user of NumPy would write to save losses: python numpy_none.py PRED TARGET BETA OUT."""

import sys

import numpy as np

pred, target = np.load(sys.argv[1]), np.load(sys.argv[2])
beta = float(sys.argv[3])
error = np.abs(pred - target)
np.save(sys.argv[4], np.where(error < beta, 0.5 * error * error / beta, error - 0.5 * beta))
