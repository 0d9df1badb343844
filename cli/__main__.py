"""`python -m smoothl1.cli`.

Unlike the console script it leaves the interpreter the usual way, so that profilers and coverage
tools can say what they saw.
"""

import sys

from smoothl1.cli.boundary import complete

if __name__ == "__main__":
    sys.exit(complete())
