"""Data in memory: arrays, lists, and tables of Arrow, pandas and Polars."""
