"""What a user of DuckDB would write to save losses: python duckdb_losses.py TABLE BETA OUT."""

import sys

import duckdb

path, beta, out = sys.argv[1], float(sys.argv[2]), sys.argv[3]
how = "format parquet, compression zstd" if out.endswith(".parquet") else "format csv"
duckdb.sql(f"""
    copy (
        select case when abs(p - t) < {beta}::float
                    then 0.5::float * (p - t) * (p - t) / {beta}::float
                    else abs(p - t) - 0.5::float * {beta}::float end as loss
        from '{path}'
    ) to '{out}' ({how})
""")
