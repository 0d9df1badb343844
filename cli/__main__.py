"""`python -m smoothl1.cli`.

Unlike the console script, it lets the interpreter exit normally, so that profilers and coverage
tools can report.
"""

import sys

from smoothl1.cli.boundary import complete

if __name__ == "__main__":
    sys.exit(complete())
