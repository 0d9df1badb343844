"""Columns that show whether rows are paired correctly.

Takes the columns that two inputs have in common, and gives a judgement: equal in every row, in
another order, or of other rows. Finds ids, too, which are no numbers to evaluate. Imports sources.
"""
