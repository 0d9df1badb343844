"""A chunk of pairs in, tallies out: NumPy, or C. `choice` chooses one; all give the same bits.

Takes arrays of predictions and targets, and gives tallies, rows of statistics or losses. Imports
numerics and tallies.
"""
