"""What a user of PyTorch would write: python torch_npy.py PRED TARGET BETA."""

import sys

import numpy as np
import torch
from torch.nn.functional import smooth_l1_loss

pred, target = (torch.from_numpy(np.load(path)) for path in sys.argv[1:3])
print(smooth_l1_loss(pred, target, beta=float(sys.argv[3])).item())
