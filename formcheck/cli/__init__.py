"""The command line: a thin caller of the pipeline, with progress and one sentence for every failure."""

from formcheck.cli.app import main

__all__ = ["main"]
