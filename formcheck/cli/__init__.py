"""The command line: a thin caller of the pipeline; progress, and one sentence for a failure."""

from formcheck.cli.app import main

__all__ = ["main"]
