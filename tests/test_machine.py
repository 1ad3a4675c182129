"""How much of the machine a process may use."""

from __future__ import annotations

import subprocess
import sys

from formcheck.machine import memory_bytes, usable_cores

LIMITED = """
import resource
from formcheck.machine import memory_bytes
resource.setrlimit(resource.RLIMIT_DATA, (3 << 28, 3 << 28))
print(memory_bytes())
"""


def test_a_limit_on_the_process_counts():
    told = subprocess.run(
        [sys.executable, "-c", LIMITED], capture_output=True, text=True, check=True
    )
    assert int(told.stdout) == min(3 << 28, memory_bytes())


def test_cores():
    assert usable_cores() >= 1
