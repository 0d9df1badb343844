"""What a user of DuckDB would write: python duckdb_keys.py TABLE_A TABLE_B BETA, columns id, v."""

import sys

import duckdb

one, other, beta = sys.argv[1], sys.argv[2], float(sys.argv[3])
query = f"""
    select avg(case when abs(a.v::double - b.v::double) < {beta}
                    then 0.5 * pow(a.v::double - b.v::double, 2) / {beta}
                    else abs(a.v::double - b.v::double) - 0.5 * {beta} end)
    from '{one}' a join '{other}' b using (id)
"""
print(duckdb.sql(query).fetchall()[0][0])
