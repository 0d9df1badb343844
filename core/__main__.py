"""`python -m smoothl1`: the same as the command `smoothl1`."""

import sys

from smoothl1.cli.boundary import complete

if __name__ == "__main__":
    sys.exit(complete())
