"""What is refused, and how: always a problem document with a sentence."""

from __future__ import annotations

import json
import resource
import struct

import numpy as np
import pytest
from formcheck_api.intake.probing import probe_clip
from formcheck_api.settings import Settings
from formcheck_api.web.problems import ProblemError

from tests.api.problems import problem
from tests.api.service import running, send
from tests.e2e.clips import SIDE, cut_off, sound_only, write

NOBODYS = "0" * 32


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"height": 9}, "height"),
        ({"height": "tall"}, "height"),
        ({"height": "nan"}, "height"),
        ({"speed": "10"}, "speed"),
        ({"speed": "90km/h"}, "speed"),
        ({"incline": 80}, "incline"),
        ({"date": "yesterday"}, "date"),
        ({"view": "top"}, "view"),
        ({"pace": "race"}, "pace"),
        ({"pose": "huge"}, "pose"),
        ({"from_": -1}, "from"),
        ({"from_": 1e308}, "from"),
        ({"to": "1e400"}, "to"),
        ({"date": "0001-01-01"}, "date"),
        ({"date": "9999-12-31"}, "date"),
        ({"slow_motion": "very"}, "slow_motion"),
        ({"region": "nose"}, "region"),
        ({"pain_during": 11}, "pain_during"),
        ({"night_pain": "perhaps"}, "night_pain"),
        ({"baseline": "many"}, "baseline"),
        ({"baseline": -5}, "baseline"),
        ({"hight": 1.7}, "hight"),
        ({"shoes": "x" * 201}, "shoes"),
        ({"runner": "a\x00b"}, "runner"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_impossible_values(client, clips, fields, words):
    found = problem(send(client, clips.side, **fields), 422, "invalid")
    assert words in found["detail"]


def test_options_are_called_by_their_fields(client, clips):
    detail = problem(send(client, clips.side, pain_during=11), 422, "invalid")["detail"]
    assert "--" not in detail


@pytest.mark.parametrize("baseline", [NOBODYS])
def test_unknown_baseline(client, clips, baseline):
    problem(send(client, clips.side, baseline=baseline), 404, "not_found")


def test_files_that_are_no_clips(client, tmp_path):
    text = tmp_path / "clip.mp4"
    text.write_text("no video", "utf-8")
    problem(send(client, text), 415, "not_a_video")
    text.write_bytes(b"")
    problem(send(client, text), 422, "empty_file")
    problem(send(client, sound_only(tmp_path / "sound.mp4")), 415, "audio_only")
    problem(send(client, cut_off(tmp_path / "cut.mp4", SIDE, 0.001)), 422, "truncated")
    text.write_text("#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n", "utf-8")
    assert "passwd" not in problem(send(client, text), 415, "not_a_video")["detail"]


@pytest.mark.parametrize(
    ("parts", "status", "code"),
    [
        ({"files": {}}, 400, "bad_request"),
        ({"files": {"film": ("a.mp4", b"x")}}, 422, "invalid"),
        ({"files": [("clip", ("a", b"x")), ("clip", ("b", b"y"))]}, 422, "invalid"),
        ({"files": {"clip": (None, b"x")}}, 422, "invalid"),
        ({"files": {"view": (None, b"\xff")}}, 422, "invalid"),
        ({"files": {"view": (None, b"x" * 5000)}}, 413, "too_large"),
        ({"files": [("view", (None, b"side")), ("view", (None, b"rear"))]}, 422, "invalid"),
        ({"files": [(f"n{i}", (None, b"1")) for i in range(80)]}, 413, "too_large"),
        ({"json": {"clip": "a"}}, 400, "bad_request"),
        ({"content": b"", "headers": {"content-type": "multipart/form-data"}}, 400, "bad_request"),
    ],
)
def test_broken_forms(client, parts, status, code):
    problem(client.post("/v1/analyses", **parts), status, code)


@pytest.mark.parametrize(
    "name",
    [
        "filename*=idna''x.mp4",
        "filename*=undefined''x.mp4",
        "filename*0*=idna''a; filename*1=b",
        "filename*=unicode_escape''%5Cud800.mp4",
        "filename*=utf-7''+2AA-.mp4",
        "filename*=rot13''x; filename*=base64''x",
        "filename*1*=''x; filename*00=y",
        "filename*=''; filename=\"\"",
        "name*=idna''clip; filename=a",
        'filename="\xff\xfe"',
    ],
)
def test_hostile_names_of_files(client, name):
    head = f'--b\r\nContent-Disposition: form-data; name="clip"; {name}\r\n\r\nabc\r\n--b--\r\n'
    kind = {"content-type": "multipart/form-data; boundary=b"}
    answer = client.post("/v1/analyses", content=head.encode("latin-1"), headers=kind)
    assert answer.status_code in (400, 415, 422), answer.text


@pytest.mark.parametrize(
    "kind",
    [
        "multipart/form-data; boundary*=idna''b",
        "multipart/form-data; boundary*0*=undefined''b",
        "multipart/form-data; boundary=" + "b" * 71,
        "multipart/form-data",
    ],
)
def test_hostile_boundaries(client, kind):
    problem(
        client.post("/v1/analyses", content=b"--b", headers={"content-type": kind}),
        400,
        "bad_request",
    )


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("bytes=0-" + "9" * 17, 200),
        ("bytes=0-" + "9" * 5000, 200),
        ("bytes=" + "9" * 19 + "-", 416),
        ("bytes=" + "9" * 5000 + "-", 416),
        ("bytes=-" + "9" * 18, 200),
        ("bytes=-" + "9" * 5000, 200),
        ("bytes=-0", 416),
        ("bytes=5-2", 200),
        ("bytes=0-0", 206),
        ("bytes=0-0,5-10", 200),
        ("bytes=\u0661-\u0662".encode(), 200),
        ("bytes=-", 200),
    ],
    ids=lambda value: str(value)[:20],
)
def test_hostile_ranges(client, done, asked, status):
    answer = client.get(f"/v1/analyses/{done}/report", headers={"Range": asked})
    assert answer.status_code == status


def test_form_that_ends_too_early(client):
    head = b'--b\r\nContent-Disposition: form-data; name="clip"; filename="a.mp4"\r\n\r\nabc'
    kind = {"content-type": "multipart/form-data; boundary=b"}
    problem(client.post("/v1/analyses", content=head, headers=kind), 400, "bad_request")


@pytest.mark.parametrize(
    ("method", "address", "status", "code"),
    [
        ("GET", "/v1/nothing", 404, "not_found"),
        ("GET", "/page/../settings.py", 404, "not_found"),
        ("GET", "/page/%2e%2e/settings.py", 404, "not_found"),
        ("GET", f"/v1/analyses/{NOBODYS}", 404, "not_found"),
        ("DELETE", f"/v1/comparisons/{NOBODYS}", 404, "not_found"),
        ("GET", "/v1/analyses/..%2f..%2fetc", 404, "not_found"),
        ("GET", "/v1/analyses/no-id", 422, "invalid"),
        ("GET", "/v1/analyses?limit=0", 422, "invalid"),
        ("GET", "/v1/analyses?limit=1000", 422, "invalid"),
        ("GET", "/v1/analyses?cursor=x", 422, "invalid"),
        ("PUT", "/v1/analyses", 405, "method_not_allowed"),
        ("DELETE", "/healthz", 405, "method_not_allowed"),
    ],
)
def test_addresses(client, method, address, status, code):
    answer = client.request(method, address)
    problem(answer, status, code)
    if status == 405:
        assert answer.headers["allow"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"analyses": []}',
        b'{"analyses": ["x"]}',
        b'{"analyses": ["\\ud800"]}',
        json.dumps({"analyses": [NOBODYS], "more": 1}).encode(),
        json.dumps({"analyses": [NOBODYS], "symptoms": {"region": "nose"}}).encode(),
        json.dumps({"analyses": [NOBODYS], "symptoms": {"weeks": "NaN"}}).encode(),
        b'{"analyses": ["' + NOBODYS.encode() + b'"], "baseline": NaN}',
    ],
)
def test_broken_json(client, body):
    kind = {"content-type": "application/json"}
    problem(client.post("/v1/advice", content=body, headers=kind), 422, "invalid")


def test_long_json(client):
    kind = {"content-type": "application/json"}
    body = b'"' + b"x" * 100_000 + b'"'
    problem(client.post("/v1/advice", content=body, headers=kind), 413, "too_large")


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        ({"max_pixels": 1000}, "too_many_pixels"),
        ({"max_duration_s": 1}, "too_long"),
        ({"max_frames": 10}, "too_many_frames"),
    ],
)
def test_limits_on_clips(limits, code):
    settings = Settings(**limits)
    with pytest.raises(ProblemError) as refused:
        probe_clip(SIDE, settings)
    assert (refused.value.status_code, refused.value.code) == (422, code)
    assert probe_clip(SIDE, Settings()).frames == 298


def test_clip_that_takes_the_processor_for_long(tmp_path):
    """A small file that announces fifty million samples is given up after its processor time."""
    path = write(tmp_path / "lie.mp4", _grey(10))
    path.write_bytes(lying(path.read_bytes(), 50_000_000))
    began_s = children_processor_s()
    with pytest.raises(ProblemError, match="could not be understood") as refused:
        probe_clip(path, Settings(), processor_s=1)
    assert refused.value.code == "unreadable_clip"
    assert 0.5 < children_processor_s() - began_s < 2.0


def lying(clip, samples):
    """Return an MP4 file that announces so many samples of one byte, all in one piece."""
    sizes, pieces = clip.find(b"stsz") + 8, clip.find(b"stsc") + 8
    changed = bytearray(clip) + bytes(900_000)
    changed[sizes : sizes + 8] = struct.pack(">II", 1, samples)
    changed[pieces + 8 : pieces + 12] = struct.pack(">I", samples)
    return bytes(changed)


def children_processor_s():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """Return a service with little room, whose only worker is busy for a while."""
    folder = tmp_path_factory.mktemp("small") / "data"
    with running(folder, max_upload_mb=0.5, max_queue=1, jobs=1, max_duration_s=4) as service:
        yield service


@pytest.mark.parametrize("announced", [True, False])
def test_large_uploads(small, announced):
    kind = {"content-type": "multipart/form-data; boundary=b"}
    body = b"".join(_large_form()) if announced else _large_form()
    with small.client() as client:
        answer = client.post("/v1/analyses", content=body, headers=kind)
    problem(answer, 413, "too_large")
    assert list((small.folder / "uploads").iterdir()) == []


def test_refused_clip_leaves_nothing(small, tmp_path):
    with small.client() as client:
        problem(send(client, write(tmp_path / "long.mp4", _grey(300), rate=60)), 422, "too_long")
        assert client.get("/v1/analyses").json()["items"] == []
    assert list((small.folder / "uploads").iterdir()) == []


def test_full_queue(small, clips):
    with small.client() as client:
        answers = [send(client, clips.side, height=1.7 + i / 100) for i in range(4)]
    full = [answer for answer in answers if answer.status_code != 202]
    assert full
    for answer in full:
        problem(answer, 429, "busy")
        assert int(answer.headers["retry-after"]) >= 1


def _grey(frames):
    return (np.full((64, 64, 3), 90, np.uint8) for _ in range(frames))


def _large_form():
    """Yield a form whose clip is too large."""
    yield b'--b\r\nContent-Disposition: form-data; name="clip"; filename="a.mp4"\r\n\r\n'
    for _ in range(20):
        yield b"x" * 100_000
    yield b"\r\n--b--\r\n"


@pytest.mark.parametrize("path", ["/v1/analyses/damaged-link", "/v1/comparisons/1/report"])
def test_a_damaged_link_is_told_in_words(client, path):
    answer = client.get(path)
    problem(answer, 422, "invalid")
    assert "damaged or incomplete" in answer.json()["detail"]
    assert "[0-9a-f]" not in answer.text
