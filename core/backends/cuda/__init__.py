"""A chunk of pairs in, tallies out, on a GPU: the kernels, and what launches them.

`device.py` alone imports CuPy. The kernels read the arithmetic of `_element.h`, as the C kernel
does.
"""
