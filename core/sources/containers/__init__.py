"""Files of several named arrays, which act as columns."""
