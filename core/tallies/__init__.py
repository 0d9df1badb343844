"""Counts and exact sums of the losses so far: values that are merged in any order.

Takes the pairs of a chunk, and gives counts and exact sums, of all elements or of each group.
Imports labels, numerics, pairing, sources, witnesses.
"""
