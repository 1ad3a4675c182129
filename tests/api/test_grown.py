"""The service's own tests over again where it has grown: on PostgreSQL and a Dask cluster."""

from __future__ import annotations

from tests.api.parts import dask_cluster, postgres, suite_passes

# What asks the database or hands out jobs in ways of its own.
SUITE = ("test_analyses.py", "test_erasure.py", "test_life.py")


def test_own_tests_pass(tmp_path):
    with postgres() as url, dask_cluster(tmp_path) as cluster:
        suite_passes(SUITE, database_url=url, cluster=cluster.address)
