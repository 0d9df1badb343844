"""Losses of elements out: a module for each format, and `formats`, which chooses.

Takes blocks of losses in the order of their rows, and writes a file. Imports errors and sources.
"""
