"""What a user of DuckDB would write: python duckdb_table.py TABLE BETA, columns p and t."""

import sys

import duckdb

path, beta = sys.argv[1], float(sys.argv[2])
query = f"""
    select avg(case when abs(p::double - t::double) < {beta}
                    then 0.5 * pow(p::double - t::double, 2) / {beta}
                    else abs(p::double - t::double) - 0.5 * {beta} end)
    from '{path}'
"""
print(duckdb.sql(query).fetchall()[0][0])
