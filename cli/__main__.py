"""`python -m smoothl1.cli`."""

from smoothl1.cli.boundary import run_module

if __name__ == "__main__":
    run_module()
