"""The examples of property tests are the same in every run, so that a commit passes or it does not.

To look for new ones: ``pytest tests/cues --hypothesis-profile search``.
"""

from __future__ import annotations

from hypothesis import HealthCheck, settings

import formcheck  # noqa: F401  (before any test imports ONNX Runtime: switches its telemetry off)

# A busy machine is no fault of the examples.
settings.register_profile(
    "repeatable",
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("search", max_examples=3000)
settings.load_profile("repeatable")
