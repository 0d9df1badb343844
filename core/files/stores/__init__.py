"""Objects in stores, as inputs and outputs: S3, Google Cloud, Azure by pyarrow; others by fsspec.

Takes a URI, and gives an `Input` of bytes, the names below a folder, or an output that appears
whole. Every request has a limit of time. Nothing here is imported unless a path is a URI.
"""
