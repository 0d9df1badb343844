"""Metrics beside the loss, formed in the same pass: a module for each kind.

Takes the pairs of a chunk and their groups, and gives values that merge exactly in any order.
Imports numerics, settings, tallies.
"""
