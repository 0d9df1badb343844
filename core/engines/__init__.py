"""Where the parts of a run are computed: threads of this process.

Takes a function and parts, and gives the results in the order of the parts. Imports nothing of
smoothl1: an engine does not know what it runs.
"""
