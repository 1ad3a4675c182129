"""Whatever is given, each command ends with one sentence: names, stored results, clips, tables."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from formcheck.batch.record import sizes_of
from formcheck.cli.terminal import echo, echo_json, prepare_streams
from formcheck.text import cell, plain, shortened
from tests.annotate.make import analysis_of
from tests.batch.fake import write_clip
from tests.cli.run import one_sentence, run
from tests.e2e.clips import moving_pattern, write
from tests.side_by_side.test_clip import stored
from tests.video.clips import record, steady

ROOT = Path(__file__).resolve().parents[2]
DEEP = 100_000
ONE = b"one.mp4"


@pytest.fixture(scope="module")
def good(tmp_path_factory) -> Path:
    """Return a folder with a whole stored result."""
    folder = tmp_path_factory.mktemp("good")
    run_, _ = stored(folder / "a", analysis_of("left", seconds=2.0), pace="easy")
    assert run_.folder is not None
    return run_.folder


def changed(content: dict[str, Any], *path: str, value: object) -> str:
    """Return a report as text with one value replaced, deep inside."""
    content = json.loads(json.dumps(content))
    place = content
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    return json.dumps(content)


HARMS: dict[str, Callable[[dict[str, Any]], str]] = {
    "nested lists": lambda _: "[" * DEEP,
    "nested objects": lambda _: '{"a":' * DEEP,
    "nested whole": lambda _: '{"schema":"formcheck.report/1","x":' + "[" * DEEP + "]" * DEEP + "}",
    "many digits": lambda c: json.dumps(c).replace('"frames": ', '"frames": ' + "9" * 5000, 1),
    "huge": lambda c: changed(c, "metrics", "cadence_spm", "value", value=1e308),
    "huge range": lambda c: changed(c, "metrics", "cadence_spm", "repeat_low", value=-1e308),
    "huge rate": lambda c: changed(c, "clip", "frame_rate_hz", value=1e308),
    "a date": lambda c: changed(c, "runner", "date", value="29.2.2023"),
    "no object": lambda c: changed(c, "metrics", value=[1, 2]),
    "a name": lambda c: changed(c, "runner", "id", value=7),
    "cut off": lambda c: json.dumps(c)[:2000],
    "empty": lambda _: "",
}


@pytest.mark.parametrize("harm", HARMS.values(), ids=HARMS)
def test_a_damaged_report(good, tmp_path, monkeypatch, harm):
    """Each command that reads one: none may fail but by a sentence and its usual code."""
    monkeypatch.chdir(tmp_path)
    bad = tmp_path / "bad"
    bad.mkdir()
    (bad / "report.json").write_text(
        harm(json.loads((good / "report.json").read_text("utf-8"))), "utf-8"
    )
    (bad / "frames.csv").write_bytes((good / "frames.csv").read_bytes())
    for words in (
        ("advise", bad),
        ("compare", bad, good, "--out", "both", "--no-video"),
        ("compare", good, bad, "--out", "both", "--no-video"),
        ("export", bad, "--format", "csv", "--out", "x.csv"),
        ("progress", tmp_path, "--out", "weeks"),
        ("analyze", "no.mp4", "--baseline", bad),
    ):
        ran = run(*words)
        assert ran.code in (0, 2, 3, 4), (words, ran.err)
        if ran.code:
            assert one_sentence(ran.failure), (words, ran.err)
            assert "formcheck itself failed" not in ran.failure, (words, ran.err)


def backwards(rows: list[str]) -> list[str]:
    return [rows[0], *reversed(rows[1:])]


def one_number(text: str) -> Callable[[list[str]], list[str]]:
    """Replace the second column's first number: the time."""
    return lambda rows: [rows[0], ",".join(["0", text, *rows[1].split(",")[2:]]), *rows[2:]]


TABLES: dict[str, Callable[[list[str]], list[str]]] = {
    "backwards": backwards,
    "stands still": lambda rows: [*rows[:2], rows[1], *rows[2:]],
    "one row": lambda rows: rows[:2],
    "nan": one_number("nan"),
    "inf": one_number("inf"),
    "huge": one_number("-1e308"),
    "text": one_number("x"),
    "cut off": lambda rows: [*rows[:9], rows[9][:20]],
    "empty": lambda _: [],
}


@pytest.mark.parametrize("harm", TABLES.values(), ids=TABLES)
def test_damaged_frames(good, tmp_path, monkeypatch, harm):
    monkeypatch.chdir(tmp_path)
    bad = tmp_path / "bad"
    bad.mkdir()
    (bad / "report.json").write_bytes((good / "report.json").read_bytes())
    rows = harm((good / "frames.csv").read_text("utf-8").splitlines())
    (bad / "frames.csv").write_text("\n".join(rows), "utf-8")
    for words in (
        ("compare", bad, good, "--out", "both"),
        ("export", bad, "--format", "csv", "--out", "x.csv"),
        ("export", bad, "--format", "trc", "--out", "x.trc"),
    ):
        ran = run(*words)
        assert ran.code in (0, 2, 3, 4), (words, ran.err)
        if ran.code:
            assert one_sentence(ran.failure), (words, ran.err)
            assert "formcheck itself failed" not in ran.failure, (words, ran.err)


# ------------------------------------------------------------------------------- names


@pytest.mark.parametrize(
    "name",
    [b"latin\xff\xfe.mp4", b"x" * 251 + b".mp4", "走".encode() * 83 + b".mp4", b"a\x1b[31m\x07.mp4",
     b"=cmd|calc.mp4", b"--help.mp4", b" .mp4", "\u202egpj.mp4".encode(), b"line\nbreak.mp4"],
    ids=str,
)  # fmt: skip
def test_every_name_is_taken(tmp_path, monkeypatch, name):
    """A clip of one frame by that name: its report says why, where the clip's own folder is."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "one.mp4", moving_pattern(1))
    (tmp_path / "one.mp4").rename(os.fsdecode(os.fsencode(tmp_path) + b"/" + name))
    ran = run("analyze", f"./{os.fsdecode(name)}", "--runner", os.fsdecode(b"r\xff"))
    assert ran.code == 4, ran.err
    assert one_sentence(ran.failure)
    (folder,) = (path for path in tmp_path.iterdir() if path.is_dir())
    content = json.loads((folder / "report.json").read_text("utf-8"))
    assert content["clip"]["name"] == plain(os.fsdecode(name))
    assert content["runner"]["id"] == r"r\xff"


def test_a_path_that_no_system_takes(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("x" * 5000, "a/" * 3000 + "b.mp4", "x" * 300 + ".mp4"):
        ran = run("analyze", name)
        assert ran.code == 3, ran.err
        assert one_sentence(ran.failure)
        ran = run("analyze", "a.mp4", "--out", name)
        assert ran.code == 2, ran.err
        assert one_sentence(ran.failure)
    assert not list(tmp_path.iterdir())


def test_a_clip_that_may_not_be_read(tmp_path, monkeypatch):
    clip = record(tmp_path / "clip.mp4", steady(3, 30.0))
    monkeypatch.setattr("os.access", lambda path, mode: mode != os.R_OK)
    ran = run("analyze", clip)
    assert (ran.code, "may not be read" in ran.failure) == (3, True)


def test_text_from_outside():
    assert plain("ä 走 🏃 \u2212 e\u0301") == "ä 走 🏃 \u2212 e\u0301"
    assert plain("a\x1b]0;x\x07\x9b\n\u202e\udcff\ud800") == (
        r"a\x1b]0;x\x07\x9b\x0a\u202e\xff\ud800"
    )
    assert len(shortened("走" * 300).encode()) <= 200
    for text in ("=1+1", "+1", "-1", "@x", "\tx", "\rx"):
        assert cell(text) == f"'{text}"
    assert cell("a=1") == "a=1"


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-8", "latin-1", "cp437"])
def test_every_encoding_prints_everything(monkeypatch, encoding):
    out = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(out, encoding=encoding))
    prepare_streams()
    echo("\u22123.5 to \u22121\u00a0cm \U0001f3c3 \udcff \x1b[31m\nnext")
    echo_json(json.dumps({"a": "\u2212 \U0001f3c3 \x9b \udcff"}, ensure_ascii=False))
    sys.stdout.flush()
    said = out.getvalue().decode(encoding)
    assert "-3.5 to -1" in said.replace("\u2212", "-")
    assert "\x1b" not in said
    assert "\n" in said
    assert json.loads(said.splitlines()[-1])["a"] == "\u2212 \U0001f3c3 \x9b \udcff"


def test_a_windows_pipe():
    """A whole process whose output has no minus sign and whose advice has many signs."""
    command = [sys.executable, "-m", "formcheck", "analyze", "--help"]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, cwd=ROOT, check=False)
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr


def test_what_nobody_foresaw_is_a_sentence_and_a_file(monkeypatch, tmp_path):
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("nobody thought of it")

    monkeypatch.setattr("formcheck.cli.advise.advise_reports", broken)
    monkeypatch.setattr("formcheck.cli.advise.load_json", lambda _: {})
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    ran = run("advise", "x")
    assert ran.code == 1
    assert ran.failure.startswith("formcheck itself failed (ZeroDivisionError")
    (file,) = tmp_path.iterdir()
    assert str(file) in ran.failure
    assert "Traceback" in file.read_text("utf-8")


# ------------------------------------------------------------------------------- batch


def cells_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_one_bad_name_never_stops_the_rest(tmp_path):
    """Clips of one frame under hostile names, and a broken one: every one gets its row."""
    clips, out = tmp_path / "clips", tmp_path / "out"
    clips.mkdir()
    names = [b"a\xff.mp4", "走".encode() * 80 + b".mp4", b"=cmd.mp4", b"@x.mp4", b"+.mp4",
             b"e\x1b[31m.mp4", b"x" * 251 + b".mp4", b"good.mp4"]  # fmt: skip
    write(tmp_path / "one.mp4", moving_pattern(1))
    for name in names:
        (clips / os.fsdecode(name)).write_bytes((tmp_path / "one.mp4").read_bytes())
    (clips / "broken.mp4").write_bytes(b"no clip")
    ran = run("batch", clips, "--out", out, "--workers", "1", "--pose", "lite")
    assert ran.code == 6, ran.err
    assert "\x1b" not in ran.err
    rows = cells_of(out / "failures.csv")
    assert len(rows) == len(names) + 1
    assert {row["code"] for row in rows} == {"too_short", "not_a_video"}
    assert {row["clip"] for row in rows} >= {"'=cmd.mp4", "'@x.mp4", "'+.mp4", r"a\xff.mp4"}
    again = run("batch", clips, "--out", out, "--workers", "1", "--pose", "lite", "--resume")
    assert again.err.count(" failed before:") == len(names) + 1


def test_a_manifest_with_impossible_cells(tmp_path):
    write_clip(tmp_path / "a.mp4")
    write_clip(tmp_path / "b" / "c.mp4")
    rows = ["clip,runner", "x" * 200_000, "y" * 5000, "gone.mp4", "=gone.mp4", "a\x1b.mp4",
            "b\\c.mp4", "a.mp4,=1+1"]  # fmt: skip
    (tmp_path / "list.csv").write_text("\n".join(rows), "utf-8")
    out = tmp_path / "out"
    ran = run("batch", tmp_path / "list.csv", "--out", out, "--workers", "1", "--pose", "lite")
    assert ran.code == 6, ran.err
    found = cells_of(out / "failures.csv")
    assert [row["code"] for row in found] == ["missing_clip"] * 5 + ["not_a_video"] * 2
    assert found[3]["clip"] == "'=gone.mp4"
    assert found[4]["clip"] == r"a\x1b.mp4"
    assert all(len(row["clip"]) <= 200 for row in found)
    assert all(one_sentence(row["sentence"]) for row in found)


def test_a_batch_never_replaces_what_it_reads(tmp_path):
    """Its manifest under a table's name, its baseline, a clip inside a folder of results."""
    out = tmp_path / "out"
    out.mkdir()
    write_clip(out / "a.mp4")
    for name in ("summary.csv", "failures.csv"):
        (out / name).write_text("clip\na.mp4\n", "utf-8")
        ran = run("batch", out / name, "--out", out, "--resume", "--pose", "lite")
        assert (ran.code, "would replace" in ran.failure) == (2, True), ran.err
        assert (out / name).read_text("utf-8") == "clip\na.mp4\n"
    words = ("--out", out, "--resume", "--pose", "lite", "--workers", "1")
    (tmp_path / "list.csv").write_text("clip\nout/a.mp4\n", "utf-8")
    for name in ("summary.csv", "failures.csv"):
        (out / name).unlink()
    assert run("batch", tmp_path / "list.csv", *words).code == 6
    mine = out / "a" / "annotated.mp4"
    write_clip(mine)
    (tmp_path / "more.csv").write_text("clip\nout/a.mp4\nout/a/annotated.mp4\n", "utf-8")
    ran = run("batch", tmp_path / "more.csv", *words)
    assert (ran.code, "move it out" in ran.failure) == (2, True), ran.err
    assert mine.is_file()


def test_sizes_tell_what_is_missing(tmp_path):
    (tmp_path / "a.csv").write_text("12345", "utf-8")
    (tmp_path / "batch.json").write_text("{}", "utf-8")
    assert sizes_of(tmp_path) == {"a.csv": 5}
