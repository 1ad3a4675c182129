"""formcheck batch: wrong usage, real clips, the same numbers as formcheck analyze."""

from __future__ import annotations

import csv
import json
import sys
from itertools import islice

import pyarrow.parquet as pq
import pytest

from formcheck.batch import Done
from formcheck.cli.batch import Clock, in_words
from formcheck.report.schema import load_report
from tests.batch.conftest import Bench
from tests.batch.fake import write_clip
from tests.cli.run import one_sentence, run
from tests.e2e.clips import REAR, SIDE, cut_off, moving_pattern, pictures, write

LITE = ("--pose", "lite", "--no-video", "--height", "1.79")


def test_results_are_not_written_over(tmp_path):
    write_clip(tmp_path / "clips" / "a.mp4")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("mine", "utf-8")
    ran = run("batch", tmp_path / "clips", "--out", tmp_path / "out", *LITE)
    assert ran.code == 2
    assert "--resume" in ran.failure
    assert one_sentence(ran.failure)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize(
    "words",
    [
        ("--workers", "0"),
        ("--workers", "2", "--cluster", "tcp://127.0.0.1:1"),
        ("--cluster", "nonsense://x"),
        ("--height", "17"),
        ("--speed", "fast"),
        ("--baseline", "nowhere.json"),
    ],
    ids=" ".join,
)
def test_wrong_usage(tmp_path, words):
    write_clip(tmp_path / "clips" / "a.mp4")
    ran = run("batch", tmp_path / "clips", "--out", tmp_path / "out", "--pose", "lite", *words)
    assert ran.code == 2, ran.err
    assert "Traceback" not in ran.err
    assert not list((tmp_path / "out").glob("*/batch.json"))


def test_a_cluster_without_dask(tmp_path, monkeypatch):
    write_clip(tmp_path / "clips" / "a.mp4")
    monkeypatch.setitem(sys.modules, "distributed", None)
    words = ("--out", tmp_path / "out", "--cluster", "tcp://127.0.0.1:1", *LITE)
    ran = run("batch", tmp_path / "clips", *words)
    assert ran.code == 2
    assert "formcheck[cluster]" in ran.failure
    assert one_sentence(ran.failure)


def test_time_left(monkeypatch):
    now = 0.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    clock = Clock(11)
    assert clock.tick(Done("a", "kept", None)) is None
    now = 60.0
    assert clock.tick(Done("b", "measured", None)) == 9 * 60.0
    now = 90.0
    assert clock.tick(Done("c", "failed", "No.")) == 8 * 45.0
    assert in_words(None) == ""
    assert in_words(3) == "about 5 s left"
    assert in_words(360) == "about 6 min left"
    assert in_words(3 * 3600) == "about 3.0 h left"


def test_piped_progress_and_json(bench: Bench):
    for i in range(3):
        write_clip(bench.clips / f"c{i}.mp4", 160 + i)
    write_clip(bench.clips / "c1.mp4", nobody=True)
    (bench.clips / "notes.txt").write_text("mine", "utf-8")
    code, out, err = bench.run("--workers", 1, "--pose", "lite")
    assert code == 6
    lines = err.splitlines()
    assert "notes.txt" in lines[0]
    assert [line.split()[0] for line in lines[1:4]] == ["1/3", "2/3", "3/3"]
    assert "c1.mp4 failed: Nobody runs here" in err
    assert "2 clips measured" in out
    code, out, err = bench.run("--workers", 1, "--pose", "lite", "--resume", "--json", "--report")
    assert code == 6
    content = json.loads(out)
    assert content["kept"] == 3
    assert content["measured"] == [
        {"clip": "c0.mp4", "folder": "c0"},
        {"clip": "c2.mp4", "folder": "c2"},
    ]
    assert [one["code"] for one in content["failures"]] == ["no_person"]
    assert len(err.splitlines()) == 1
    assert (bench.out / "batch.html").is_file()


def test_all_failed_is_still_a_batch(bench: Bench):
    write_clip(bench.clips / "a.mp4", nobody=True)
    assert bench.run("--workers", 1, "--pose", "lite")[0] == 6
    assert bench.rows() == []
    assert len(bench.rows("failures.csv")) == 1


@pytest.mark.model
@pytest.mark.slow
def test_real_clips_with_bad_ones_among_them(tmp_path):
    clips, out = tmp_path / "clips", tmp_path / "out"
    (clips / "anna").mkdir(parents=True)
    write(clips / "anna" / "run.mp4", islice(pictures(SIDE, 150), 150))
    write(clips / "run.mp4", islice(pictures(REAR, 150), 150))
    write(clips / "m_nobody.mp4", moving_pattern(120))
    write(clips / "m_short.mp4", pictures(SIDE, 30))
    (clips / "m_empty.mp4").touch()
    (clips / "m_text.mp4").write_text("no video\n" * 100, "utf-8")
    cut_off(clips / "m_cut.mp4", SIDE, 0.0005)
    bad = ("m_nobody.mp4", "m_short.mp4", "m_empty.mp4", "m_text.mp4", "m_cut.mp4")
    names = ("anna/run.mp4", *bad, "run.mp4")
    rows = "".join(f"clips/{name},{name[0]},easy\n" for name in names)
    (tmp_path / "list.csv").write_text("clip,runner,pace\n" + rows, "utf-8")
    ran = run("batch", tmp_path / "list.csv", "--out", out, "--report", *LITE)
    assert ran.code == 6, ran.err
    table = pq.read_table(out / "summary.parquet").to_pylist()
    assert [row["clip"] for row in table] == ["clips/anna/run.mp4", "clips/run.mp4"]
    assert [row["folder"] for row in table] == ["run", "run_2"]
    assert [row["view"] for row in table] == ["side", "rear"]
    assert table[0]["cadence_spm"] == pytest.approx(164.0, abs=5.0)
    with (out / "failures.csv").open(encoding="utf-8", newline="") as file:
        failures = {row["clip"].removeprefix("clips/m_"): row for row in csv.DictReader(file)}
    assert {name: row["code"] for name, row in failures.items()} == {
        "nobody.mp4": "no_person", "short.mp4": "too_short", "empty.mp4": "empty_file",
        "text.mp4": "not_a_video", "cut.mp4": "truncated",
    }  # fmt: skip
    assert all(one_sentence(row["sentence"]) for row in failures.values())
    alone = tmp_path / "alone"
    words = ("--runner", "a", "--pace", "easy")
    assert run("analyze", clips / "anna" / "run.mp4", "--out", alone, *LITE, *words).code == 0
    assert load_report(alone) == load_report(out / "run")
    assert (alone / "frames.csv").read_bytes() == (out / "run" / "frames.csv").read_bytes()
