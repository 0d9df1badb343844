"""Formats that pyarrow reads: Parquet, Arrow IPC files and Arrow IPC streams."""
