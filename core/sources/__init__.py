"""Bytes in, blocks of rows out: a module or folder for each format, and `formats`, which chooses.

Takes inputs of bytes, and gives tables whose columns can be chosen, and sources that read them in
blocks. Imports engines and files.
"""
