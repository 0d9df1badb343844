"""Results of a run: values, their JSON, intervals, and verdicts of gates.

Takes tallies, and gives a `Result`, a `Comparison` or a `Ranking`, which can be written, read and
judged. Imports numerics and tallies.
"""
