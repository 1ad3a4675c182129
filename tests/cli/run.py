"""Run the command line in this process, as its entry point does."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass

import pytest

from formcheck.cli import main


@dataclass(frozen=True)
class Ran:
    """What a command left: exit code and texts."""

    code: int
    out: str
    err: str

    @property
    def failure(self) -> str:
        """The sentence of a failure, without the program's name."""
        lines = self.err.strip().splitlines()
        assert lines, "a failure must say something"
        name, _, sentence = lines[-1].partition(": ")
        assert name == "formcheck", self.err
        return sentence


def run(*words: object) -> Ran:
    """Run ``formcheck`` with the given words."""
    out, err = io.StringIO(), io.StringIO()
    code: object = 0
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "argv", ["formcheck", *map(str, words)])
        patch.setenv("COLUMNS", "200")
        patch.setenv("NO_COLOR", "1")
        try:
            main()
        except SystemExit as stop:
            code = stop.code or 0
    assert isinstance(code, int)
    return Ran(code, out.getvalue(), err.getvalue())


def one_sentence(text: str) -> bool:
    """Return whether a message is one line that ends as a sentence, says enough, and is no dump."""
    dumps: Sequence[str] = ("Traceback", "Error:", "errno", "<class", "NoneType")
    plain = not any(dump in text for dump in dumps)
    return "\n" not in text and text.endswith(".") and len(text) > 20 and plain
