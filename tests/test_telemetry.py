"""Nothing leaves the machine, and nothing is written but where the documentation says."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import httpx
import pytest

from formcheck.batch.work import do_task
from formcheck.errors import ModelError
from formcheck.pose import mediapipe
from formcheck.telemetry import ALLOW_VARIABLE
from tests.api.processes import children
from tests.api.service import ENDED, LISTENS, PATIENCE_S, send
from tests.e2e.clips import SIDE
from tests.traced import NEEDS_STRACE, clean_environment, read_trace, tracing

TOLD = "import os; print(os.environ['ORT_DISABLE_TELEMETRY'])"
# The library, and a task that a worker of a cluster is handed.
WAYS = {
    "import": f"import formcheck.pose; {TOLD}",
    "task": f"import pickle; pickle.loads({pickle.dumps(do_task)!r}); {TOLD}",
}
CLIP = ("--pose", "lite", "--no-video", "--to", "2.5")


@pytest.mark.parametrize(
    ("said", "found"),
    [({}, "1"), ({"ORT_DISABLE_TELEMETRY": "0"}, "1"), ({ALLOW_VARIABLE: "0"}, "1"),
     ({"ORT_DISABLE_TELEMETRY": "0", ALLOW_VARIABLE: "1"}, "0")],
)  # fmt: skip
def test_telemetry_is_off_unless_allowed_by_name(said, found):
    assert seen("import", said) == found


def test_telemetry_is_off_for_workers_of_a_cluster():
    assert seen("task", {"ORT_DISABLE_TELEMETRY": "0"}) == "1"


def seen(way: str, said: dict[str, str]) -> str:
    """Return what a process of its own finds in its environment after starting in a way."""
    kept = {k: v for k, v in os.environ.items() if k not in ("ORT_DISABLE_TELEMETRY", *said)}
    ran = subprocess.run(
        [sys.executable, "-c", WAYS[way]],
        env=kept | said,
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout.strip()


@pytest.mark.parametrize("found", ["0.10.32", "1.2.3", "2.0"])
def test_a_mediapipe_that_reports_its_use_is_refused(monkeypatch, tmp_path, found):
    bundle = tmp_path / "pose.task"
    bundle.write_bytes(b"bundle")
    monkeypatch.setenv(mediapipe.TASK_VARIABLE, str(bundle))
    monkeypatch.setattr(mediapipe, "version", lambda _: found)
    monkeypatch.setattr(mediapipe, "import_module", None)
    with pytest.raises(ModelError, match=f"{found} reports its use") as caught:
        mediapipe.MediaPipeLandmarker()
    assert caught.value.code == "no_mediapipe"


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """Trace one analysis; return its folder and what it did."""
    folder = tmp_path_factory.mktemp("analyze")
    return folder, traced(folder, "analyze", SIDE, "--out", "out", *CLIP)


def traced(folder: Path, *words: object, code: int = 0, **more: str) -> Path:
    """Run the command line under strace with an empty home folder; return the home folder."""
    home = folder / "home"
    environment = clean_environment(home, folder / "tmp") | more
    with tracing(folder, environment, "-m", "formcheck", *words) as (process, log):
        said, _ = process.communicate(timeout=300)
        assert process.returncode == code, said
    check(folder, log)
    return home


def check(folder: Path, log: Path) -> None:
    """Check that only the loopback was spoken to and only this folder was written to."""
    trace = read_trace(log, folder)
    assert trace.written, "a trace without a file is none"
    assert not trace.spoken
    assert not trace.outside(folder)
    assert not list((folder / "home").iterdir())


@NEEDS_STRACE
@pytest.mark.model
def test_analyze(measured):
    folder, home = measured
    assert (folder / "out" / "report.json").is_file()
    assert not list(home.iterdir())


@NEEDS_STRACE
@pytest.mark.model
def test_compare(measured, tmp_path):
    out = measured[0] / "out"
    traced(tmp_path, "compare", out, out, "--out", "both", "--no-video")


@NEEDS_STRACE
@pytest.mark.model
def test_batch(tmp_path):
    (tmp_path / "clips").mkdir()
    (tmp_path / "clips" / "run.mp4").symlink_to(SIDE)
    traced(tmp_path, "batch", "clips", "--out", "out", "--workers", "1", *CLIP)


@NEEDS_STRACE
def test_mediapipe(tmp_path):
    """With the bundle that the variable names, if it names one, else as far as loading goes."""
    try:
        version("mediapipe")
    except PackageNotFoundError:
        pytest.skip("needs the extra mediapipe")
    bundle = os.environ.get(mediapipe.TASK_VARIABLE)
    if bundle is None:
        (tmp_path / "none.task").write_bytes(b"bundle")
    words = ("analyze", SIDE, "--out", "out", *CLIP, "--pose", "mediapipe")
    named = {mediapipe.TASK_VARIABLE: bundle or str(tmp_path / "none.task")}
    traced(tmp_path, *words, code=5 if bundle is None else 0, **named)


@NEEDS_STRACE
@pytest.mark.model
def test_serve_with_an_upload(tmp_path):
    environment = clean_environment(tmp_path / "home", tmp_path / "tmp")
    environment["FORMCHECK_DATA_FOLDER"] = str(tmp_path / "data")
    words = ("-m", "formcheck", "serve", "--port", "0")
    with tracing(tmp_path, environment, *words) as (process, log):
        assert process.stdout is not None
        line = next(line for line in process.stdout if LISTENS in line)
        (service,) = children(process.pid)
        with httpx.Client(base_url=line.split()[-1], timeout=PATIENCE_S) as client:
            answer = send(client, SIDE, pose="lite", no_video="true", to="2.5")
            assert answer.status_code == 202, answer.text
            address = f"/v1/analyses/{answer.json()['id']}"
            ends = time.monotonic() + PATIENCE_S
            while (state := client.get(address).json())["status"] not in ENDED:
                assert time.monotonic() < ends, state
                time.sleep(0.2)
        assert state["status"] == "done", state
        os.kill(service, 15)
        process.wait(PATIENCE_S)
    check(tmp_path, log)


def test_the_watcher_sees_what_it_should(tmp_path):
    """Lines of strace's own format: what must be told and what must not."""
    (tmp_path / "log").write_text(
        '7  connect(3, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("127.0.0.53")}\n'
        '7  connect(3, {sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr("9.9.9.9")}, 1\n'
        '7  connect(3, {sa_family=AF_INET6, sin6_port=htons(80), inet_pton(AF_INET6, "2a00::1", &\n'
        '7  bind(3, {sa_family=AF_INET, sin_port=htons(0), sin_addr=inet_addr("127.0.0.1")}, 16)\n'
        '7  openat(AT_FDCWD</home/x>, "a/b.db", O_RDWR|O_CREAT, 0600 <unfinished ...>\n'
        '7  openat(AT_FDCWD</home/x>, "read.me", O_RDONLY) = 3\n'
        '7  mkdir("made", 0777) = 0\n'
        '7  renameat(5</home/x/c>, "one", 5</home/x/c>, "two") = 0\n',
        "utf-8",
    )
    trace = read_trace(tmp_path / "log", Path("/home/x"))
    assert trace.spoken == {"127.0.0.53 port 53", "9.9.9.9 port 443", "2a00::1 port 80"}
    assert trace.written == {
        Path(f"/home/x/{name}") for name in ("a/b.db", "made", "c/one", "c/two")
    }
    assert trace.outside(Path("/home/x/c")) == {Path("/home/x/a/b.db"), Path("/home/x/made")}
