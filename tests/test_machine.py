"""How much of the machine a process may use."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
from threadpoolctl import threadpool_info

from formcheck.machine import memory_bytes, one_thread_algebra, usable_cores

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
    assert len(usable_cores()) >= 1
    assert usable_cores() == sorted(set(usable_cores()))


def test_algebra_keeps_to_one_thread_for_a_while():
    before = blas_threads()
    with one_thread_algebra:
        with one_thread_algebra:
            assert blas_threads() == [1] * len(before)
        assert blas_threads() == [1] * len(before)
    assert blas_threads() == before


def blas_threads() -> list[int]:
    np.ones((2, 2)) @ np.ones((2, 2))
    return [
        library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"
    ]
