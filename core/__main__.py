"""`python -m smoothl1`: the same as the command `smoothl1`."""

from smoothl1.cli.boundary import run_module

if __name__ == "__main__":
    run_module()
