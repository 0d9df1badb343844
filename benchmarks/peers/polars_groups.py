"""What a user of Polars would write: python polars_groups.py TABLE BETA, columns g, p and t."""

import sys

import polars as pl

path, beta = sys.argv[1], float(sys.argv[2])
scan = pl.scan_parquet(path) if path.endswith(".parquet") else pl.scan_csv(path)
error = (pl.col("p").cast(pl.Float64) - pl.col("t").cast(pl.Float64)).abs()
loss = pl.when(error < beta).then(0.5 * error**2 / beta).otherwise(error - 0.5 * beta)
means = scan.group_by("g").agg(loss.mean().alias("loss")).sort("g")
for group, mean in means.collect(engine="streaming").iter_rows():
    print(group, mean, sep="\t")
