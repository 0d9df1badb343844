"""What pyarrow reads: Parquet, and Arrow IPC as a file and as a stream."""
