"""Engines that compute the parts of a run: threads, executors of other processes, Dask.

Takes a function and parts, and gives the results in the order of the parts or as they come. Imports
nothing of smoothl1 but its errors: an engine does not know what it runs.
"""
