"""Tables of Delta Lake and Iceberg: their logs are read by other packages, their files here."""
