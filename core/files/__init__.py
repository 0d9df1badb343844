"""Paths to bytes and back: files, streams, decompression, patterns, whole-or-nothing outputs.

Takes a path, and gives an `Input` of bytes, or the files that a folder or pattern stands for. Knows
no format of numbers. Imports only the modules beside this folder.
"""
