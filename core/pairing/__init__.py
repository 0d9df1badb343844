"""Several sources in, aligned chunks of pairs out.

Takes open tables and the columns that were asked for, decides which column plays which part and
which rows go together, and gives chunks with predictions, targets and weights. Imports labels,
sources, witnesses.
"""
