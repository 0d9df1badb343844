"""Key and group columns: compared across formats, and numbered.

Takes columns of text, integers and dates as Arrow arrays, and gives columns of one type, or a
number for each distinct value. Imports sources.
"""
