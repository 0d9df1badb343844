"""Arrays in, numbers out: the loss, exact sums, moments of rows, Student's t.

Takes arrays of numbers, and gives numbers or exact sums. Knows no file, no table and no group.
Imports NumPy and the modules beside this folder.
"""
