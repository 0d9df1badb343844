"""Columns that tell whether rows are paired as they should be.

Takes the columns that two inputs have in common, and gives what they say: equal in every row, in
another order, of other rows; or an id, which is no number to evaluate. Imports sources.
"""
