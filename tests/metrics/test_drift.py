"""The last third of a clip against its first."""

from __future__ import annotations

import numpy as np
import pytest

from formcheck.metrics.drift import drift_of
from formcheck.metrics.estimate import sampled


def test_a_number_that_rises_is_told_from_third_to_third():
    value = np.linspace(5.0, 9.0, 12) + 0.05 * np.tile((1.0, -1.0), 6)
    found = drift_of(sampled("both", np.linspace(0.0, 8.0, 12), value))
    assert found is not None
    assert found.first == pytest.approx(value[:4].mean())
    assert found.last == pytest.approx(value[-4:].mean())
    assert not found.told  # four values a third that rise within it tell little
    steady = np.repeat((5.0, 7.0, 9.0), 8) + 0.05 * np.tile((1.0, -1.0), 12)
    assert drift_of(sampled("both", np.linspace(0.0, 8.0, 24), steady)).told  # type: ignore[union-attr]


def test_order_is_that_of_time_and_unseen_values_do_not_count():
    t_s = np.array([8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0, 0.0, 9.0])
    value = np.array([3.0, 3.0, 3.0, 2.0, 2.0, 2.0, 1.0, 1.0, 1.0, np.nan])
    found = drift_of(sampled("both", t_s, value))
    assert found is not None
    assert (found.first, found.last) == (1.0, 3.0)


def test_too_few_values_tell_nothing():
    assert drift_of(sampled("both", np.arange(8.0), np.ones(8))) is None


def test_an_even_runner_is_hardly_ever_called_changed():
    draw = np.random.default_rng(5)
    noise = draw.normal(0.0, 1.0, (2000, 21))
    t_s = np.linspace(0.0, 8.0, 21)
    found = [drift_of(sampled("both", t_s, one)) for one in noise]
    assert sum(one is not None and one.told for one in found) <= 10
