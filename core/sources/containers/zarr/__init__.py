"""Zarr stores, of format 2 and 3: folders of chunks, and zip archives of such folders.

Source: https://zarr-specs.readthedocs.io. The package zarr is not needed: chunks are read here, so
that each is checked against the size that it must have before it is unpacked.
"""
