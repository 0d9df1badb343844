"""What a user of Polars would write: python polars_keys.py TABLE_A TABLE_B BETA, columns id, v."""

import sys

import polars as pl

one, other, beta = sys.argv[1], sys.argv[2], float(sys.argv[3])
joined = pl.scan_parquet(one).join(pl.scan_parquet(other), on="id")
error = (pl.col("v").cast(pl.Float64) - pl.col("v_right").cast(pl.Float64)).abs()
loss = pl.when(error < beta).then(0.5 * error**2 / beta).otherwise(error - 0.5 * beta)
print(joined.select(loss.mean()).collect(engine="streaming").item())
