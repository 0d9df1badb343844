"""The command line over `smoothl1`."""
