"""Evaluate and compare, and the one pass over the data that both make.

Takes paths and settings, and gives a `Result` or a `Comparison`. Imports all rooms but criterion,
engines, files and witnesses.
"""
