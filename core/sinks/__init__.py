"""Losses of elements out: a module for each format, and `formats`, which chooses.

Takes blocks of losses in the order of their rows, and gives a file. Imports labels and sources.
"""
