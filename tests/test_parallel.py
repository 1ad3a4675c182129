import threading
import time
from collections.abc import Iterator

import pytest

from formcheck.parallel import ahead, ordered_map


def test_results_come_in_the_order_of_the_items():
    def slow_for_small(i):
        time.sleep(0.002 * (20 - i))
        return i * i

    assert list(ordered_map(slow_for_small, range(20), 4)) == [i * i for i in range(20)]


def test_no_items_give_no_results():
    assert list(ordered_map(str, [], 3)) == []


@pytest.mark.parametrize("workers", [1, 3])
def test_items_are_taken_only_a_few_ahead(workers):
    taken = 0

    def items():
        nonlocal taken
        for i in range(100):
            taken += 1
            yield i

    for done, _ in enumerate(ordered_map(str, items(), workers)):
        assert taken <= done + 2 * workers + 1


def test_an_error_in_a_worker_is_raised_and_the_rest_is_not_started():
    started = []

    def work(i):
        started.append(i)
        if i == 5:
            raise OSError("broken")
        return i

    before = threading.active_count()
    with pytest.raises(OSError, match="broken"):
        list(ordered_map(work, range(1000), 2))
    assert len(started) < 20
    assert threading.active_count() == before


def test_an_error_while_taking_items_is_raised_after_what_runs_has_ended():
    finished = []

    def items():
        yield 1
        yield 2
        raise ValueError("truncated")

    def work(i):
        time.sleep(0.05)
        finished.append(i)

    with pytest.raises(ValueError, match="truncated"):
        list(ordered_map(work, items(), 2))
    assert sorted(finished) == [1, 2]


def test_a_caller_who_stops_early_leaves_no_thread_behind():
    before = threading.active_count()
    results = ordered_map(str, range(1000), 3)
    assert next(results) == "0"
    results.close()
    assert threading.active_count() == before


def noted(made: list[int], count: int) -> Iterator[int]:
    """Count up, and note each number when it is made."""
    for i in range(count):
        made.append(i)
        yield i


def test_the_next_items_are_made_while_the_caller_works_on_one():
    made: list[int] = []
    results = ahead(noted(made, 20), 3)
    assert next(results) == 0
    ends = time.monotonic() + 10
    while len(made) < 4 and time.monotonic() < ends:
        time.sleep(0.001)
    time.sleep(0.02)
    assert made == [0, 1, 2, 3]
    assert list(results) == list(range(1, 20))


def test_an_error_comes_where_its_item_would_have_come():
    def items():
        yield 1
        yield 2
        raise ValueError("truncated")

    results = ahead(items(), 5)
    assert [next(results), next(results)] == [1, 2]
    with pytest.raises(ValueError, match="truncated"):
        next(results)


def test_leaving_early_makes_no_more_items_and_leaves_no_thread():
    made: list[int] = []
    before = threading.active_count()
    results = ahead(noted(made, 1000), 4)
    assert next(results) == 0
    results.close()
    assert threading.active_count() == before
    seen = len(made)
    assert seen <= 6
    time.sleep(0.02)
    assert len(made) == seen
