"""The same clip and options give the stored result; idempotency keys."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.problems import problem
from tests.api.service import send

SAID: dict[str, Any] = {"height": 1.75, "speed": "2.9m/s", "pace": "easy", "runner": "anna"}


def test_same_clip_and_options_give_the_stored_result(client, clips, done):
    answer = send(client, clips.side, **SAID)
    assert answer.status_code == 202
    assert (answer.json()["id"], answer.json()["status"]) == (done, "done")


@pytest.mark.parametrize("change", [{"height": 1.76}, {"pose": "lite"}, {"region": "knee"}])
def test_other_options_give_another_analysis(client, clips, done, change):
    answer = send(client, clips.side, **{**SAID, **change})
    assert answer.json()["id"] != done
    client.delete(f"/v1/analyses/{answer.json()['id']}")


def test_key_stands_for_one_request(client, clips):
    key = {"Idempotency-Key": "one-try"}
    first = send(client, clips.other, headers=key, incline=1).json()["id"]
    assert send(client, clips.other, headers=key, incline=1).json()["id"] == first
    problem(send(client, clips.other, headers=key, incline=2), 422, "key_reused")
    problem(send(client, clips.side, headers=key, incline=1), 422, "key_reused")
    client.delete(f"/v1/analyses/{first}")
    again = send(client, clips.other, headers=key, incline=1).json()["id"]
    assert again != first
    client.delete(f"/v1/analyses/{again}")


@pytest.mark.parametrize("key", ["", "two words", "x" * 201])
def test_impossible_keys(client, clips, key):
    problem(send(client, clips.side, headers={"Idempotency-Key": key}), 422, "invalid")
