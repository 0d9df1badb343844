"""Backends: where a chunk's arithmetic runs. Each gives the bits that the NumPy one defines."""
