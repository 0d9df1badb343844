"""The loss of arrays in memory, as PyTorch and OneFlow users know it.

Takes arrays, tensors, series and frames, and gives losses. Imports backends, numerics, sources.
"""
