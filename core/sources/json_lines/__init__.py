"""JSON Lines: an object a line, whose names are those of the columns."""
