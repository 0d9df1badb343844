"""What a user of Polars would write to save losses: python polars_losses.py TABLE BETA OUT."""

import sys

import polars as pl

path, beta, out = sys.argv[1], float(sys.argv[2]), sys.argv[3]
error = (pl.col("p") - pl.col("t")).abs()
loss = pl.when(error < beta).then(0.5 * error**2 / beta).otherwise(error - 0.5 * beta)
losses = pl.scan_parquet(path).select(loss=loss)
write = losses.sink_parquet if out.endswith(".parquet") else losses.sink_csv
write(out)
