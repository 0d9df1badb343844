"""What a user of DuckDB would write: python duckdb_groups.py TABLE BETA, columns g, p and t."""

import sys

import duckdb

path, beta = sys.argv[1], float(sys.argv[2])
query = f"""
    select g, avg(case when abs(p::double - t::double) < {beta}
                       then 0.5 * pow(p::double - t::double, 2) / {beta}
                       else abs(p::double - t::double) - 0.5 * {beta} end) as loss
    from '{path}' group by g order by g
"""
for group, loss in duckdb.sql(query).fetchall():
    print(group, loss, sep="\t")
