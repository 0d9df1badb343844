"""Compare two models with NumPy and SciPy: both means, Student's paired t, and the better rows."""

import sys

import numpy as np
from scipy import stats

pred_a, pred_b, target = (np.load(path) for path in sys.argv[1:4])
beta = float(sys.argv[4])


def losses_of(pred):
    """The loss of each element."""
    error = np.abs(pred - target)
    return np.where(error < beta, error * error * (0.5 / beta), error - beta / 2)


of_a, of_b = losses_of(pred_a), losses_of(pred_b)
print(of_a.mean(dtype=np.float64), of_b.mean(dtype=np.float64))
print(stats.ttest_rel(of_b, of_a))
print(np.count_nonzero(of_b < of_a), np.count_nonzero(of_a < of_b))
