"""``formcheck`` as users start it, but with quick made-up measuring: for tests of the machinery."""

import signal
from functools import partial
from importlib import import_module

from formcheck.batch import run_batch
from formcheck.cli import main
from tests.batch.fake import measure

if __name__ == "__main__":
    # As in a terminal, also where the tests themselves run in the background and ignore Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    command = import_module("formcheck.cli.batch")
    vars(command)["run_batch"] = partial(run_batch, measure=measure)
    main()
