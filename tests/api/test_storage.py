"""Several services on one storage do not disturb each other."""

from __future__ import annotations

import pytest
from formcheck_api.store.storage import Storage


@pytest.mark.parametrize("kind", ["folder", "memory"])
def test_unfinished_files_of_others_stay(tmp_path, kind):
    url = str(tmp_path / "store") if kind == "folder" else "memory://shared"
    first, second = Storage(url), Storage(url)
    first.prepare()
    with first.marked() as key:
        second.prepare()
        assert second.find(key) is not None
    assert second.find(key) is None


def test_unfinished_files_are_forgotten_after_a_day(tmp_path):
    storage = Storage(str(tmp_path))
    incoming = tmp_path / ".incoming"
    incoming.mkdir()
    for name in (f"1700000000-{'a' * 32}", "nobodys"):
        (incoming / name).write_bytes(b"half")
    storage.prepare()
    assert [path.name for path in incoming.iterdir()] == ["nobodys"]
