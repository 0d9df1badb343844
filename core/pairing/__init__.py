"""Several sources in, aligned chunks of pairs out.

Takes open tables and the columns that the user chose, decides the role of each column and which
rows go together, and gives chunks with predictions, targets and weights. Imports engines, files,
labels, sources, witnesses.
"""
