"""CSV: bytes are cut into spans of whole rows, rows into cells, and cells parsed as numbers."""
