"""The one error tree of formcheck.

::

    FormcheckError                 a sentence for the user, a stable code, an exit code
    ├── UsageError                 2: an option has an impossible value
    ├── ClipError                  3: the clip cannot be read
    ├── NoRunnerError              4: the clip was read, no runner could be measured
    ├── ModelError                 5: a model is missing or its hash is wrong
    └── BatchError                 6: some clips of a batch failed

Every message says what is wrong and what to do. The command line maps `exit_code`, a service maps
`code`; nothing else in the library knows about either.
"""

from __future__ import annotations


class FormcheckError(Exception):
    """Base of every error that formcheck raises on purpose.

    Parameters
    ----------
    message : str
        One sentence: what is wrong and what to do.
    code : str, optional
        Stable machine-readable name; the class's own when left out.
    """

    code = "error"
    exit_code = 1

    def __init__(self, message: str, code: str | None = None) -> None:
        super().__init__(message)
        if code is not None:
            self.code = code


class UsageError(FormcheckError):
    """An option or argument has an impossible value.

    `detail` names the sentence in ``usage.toml``, where it is one of these.
    """

    code = "usage"
    exit_code = 2

    def __init__(self, message: str, code: str | None = None, *, detail: str | None = None) -> None:
        super().__init__(message, code)
        self.detail = detail


class ClipError(FormcheckError):
    """The clip cannot be read."""

    code = "unreadable_clip"
    exit_code = 3


class NoRunnerError(FormcheckError):
    """The clip was read, but no runner could be measured in it."""

    code = "no_runner"
    exit_code = 4


class ModelError(FormcheckError):
    """A model is missing or its hash is wrong."""

    code = "model"
    exit_code = 5


class BatchError(FormcheckError):
    """Some clips of a batch failed; the others were written."""

    code = "batch"
    exit_code = 6
