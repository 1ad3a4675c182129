"""Commands without a network: help, versions, wrong usage, models, advice, metronome."""

from __future__ import annotations

import json
import wave
from pathlib import Path

import numpy as np
import pytest

from formcheck import __version__
from formcheck.pose.models import MODELS_VARIABLE, list_models, models_folder
from tests.cli.run import Ran, one_sentence, run

OPTIONS = """
--view --height --speed --incline --pace --runner --shoes --date --from --to --slow-motion --pose
--person --rotate --no-video --blur-face --baseline --standing --out --json --profile --region
--pain-during --settles-hours
--stiff-next-morning --alters-gait --night-pain --weeks --shoe-change-weeks --race-in-weeks
"""
SAMPLE = Path(__file__).resolve().parents[2] / "sample_videos" / "side_easy_60fps.mp4"
COMMANDS = (("analyze",), ("advise",), ("metronome",), ("models",), ("models", "list"))


@pytest.fixture
def empty(tmp_path, monkeypatch) -> Path:
    """Work in a folder of its own, so that what a command leaves behind is seen."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def failed(ran: Ran, code: int) -> str:
    assert ran.code == code, ran.err
    assert ran.out == ""
    assert one_sentence(ran.failure), ran.err
    return ran.failure


def test_version():
    assert run("--version").out.strip() == f"formcheck {__version__}"


@pytest.mark.parametrize("words", [(), *COMMANDS], ids=" ".join)
def test_help(words):
    ran = run(*words, "--help")
    assert ran.code == 0
    assert "Usage" in ran.out
    assert ran.err == ""


def test_help_of_analyze_names_every_option():
    text = run("analyze", "--help").out
    for option in OPTIONS.split():
        assert option in text


@pytest.mark.parametrize("words", [(), ("models",)], ids=["formcheck", "models"])
def test_nothing_said_shows_the_help(words):
    ran = run(*words)
    assert ran.code == 2
    assert "Usage" in ran.out + ran.err


@pytest.mark.parametrize(
    "words",
    [
        ("analyse",),
        ("analyze",),
        ("analyze", "a.mp4", "--hight", "1.7"),
        ("analyze", "a.mp4", "b.mp4"),
        ("advise",),
        ("metronome", "--spm", "170"),
        ("metronome", "--out", "a.wav"),
        ("models", "download"),
    ],
    ids=" ".join,
)
def test_wrong_usage(words, empty):
    ran = run(*words)
    assert ran.code == 2
    assert "Usage" in ran.err
    assert "Traceback" not in ran.err
    assert list(empty.iterdir()) == []


@pytest.mark.parametrize(
    "words",
    [
        ("--speed", "10"),
        ("--speed", "100km/h"),
        ("--height", "tall"),
        ("--view", "top"),
        ("--pose", "huge"),
        ("--pace", "race"),
        ("--region", "nose"),
        ("--person", "middle"),
        ("--rotate", "45"),
        ("--date", "2999-01-01"),
        ("--pain-during", "much"),
        ("--from", "1e308"),
        ("--height", "17"),
        ("--height", "nan"),
        ("--incline", "120"),
        ("--date", "1.2.2024"),
        ("--slow-motion", "0"),
        ("--from", "-1"),
        ("--from", "nan"),
        ("--to", "inf"),
        ("--baseline", "nowhere.json"),
        ("--baseline", "-3"),
        ("--pain-during", "11"),
        ("--pain-during", "nan"),
        ("--weeks", "-1"),
        ("--settles-hours", "-2"),
    ],
    ids=" ".join,
)
def test_impossible_values(words, empty):
    failed(run("analyze", "a.mp4", *words), 2)
    assert list(empty.iterdir()) == []


def test_missing_clip(empty):
    sentence = failed(run("analyze", "nowhere.mp4"), 3)
    assert "nowhere.mp4" in sentence
    assert list(empty.iterdir()) == []


def test_folder_given_as_clip(empty):
    (empty / "clips").mkdir()
    failed(run("analyze", "clips"), 3)
    assert list((empty / "clips").iterdir()) == []


def test_output_folder_that_is_a_file(empty):
    (empty / "taken").write_text("mine", "utf-8")
    sentence = failed(run("analyze", "a.mp4", "--out", "taken"), 2)
    assert "taken" in sentence
    assert (empty / "taken").read_text("utf-8") == "mine"


def test_names_with_brackets_are_shown_as_they_are(empty):
    assert "[bold]run[/bold].mp4" in failed(run("analyze", "[bold]run[/bold].mp4"), 3)


@pytest.mark.parametrize("words", [("--from", 100), ("--from", 3, "--to", 1)], ids=str)
def test_part_that_is_not_in_the_clip(words, empty):
    assert "5.0 s long" in failed(run("analyze", SAMPLE, *words), 2)
    assert list(empty.iterdir()) == []


def test_analyze_without_models(empty, monkeypatch):
    monkeypatch.setenv(MODELS_VARIABLE, str(empty))
    assert MODELS_VARIABLE in failed(run("analyze", SAMPLE), 5)
    assert list(empty.iterdir()) == []


# ------------------------------------------------------------------------------- models


def test_models_list():
    lines = run("models", "list").out.splitlines()
    assert len(lines) == len(list_models())
    for card, line in zip(list_models(), lines, strict=True):
        assert card.version in line
        assert card.sha256[:12] in line


def test_models_verify():
    ran = run("models", "verify")
    assert ran.code == 0
    assert ran.out.count(" ok\n") == len(list_models())


@pytest.fixture
def own_models(tmp_path, monkeypatch) -> Path:
    """Return a models folder of links, which can be harmed."""
    for folder in models_folder().glob("*/"):
        if (folder / "card.toml").exists():
            (tmp_path / "models" / folder.name).mkdir(parents=True)
            for file in folder.iterdir():
                (tmp_path / "models" / folder.name / file.name).symlink_to(file)
    monkeypatch.setenv(MODELS_VARIABLE, str(tmp_path / "models"))
    return tmp_path / "models"


def test_verify_tells_damaged_and_missing_weights(own_models):
    broken, gone = (card.weights for card in list_models()[:2])
    broken.unlink()
    broken.write_bytes(b"not a network")
    gone.unlink()
    ran = run("models", "verify")
    assert ran.code == 5
    assert "damaged" in ran.out
    assert "missing" in ran.out
    assert ran.out.count(" ok\n") == len(list_models()) - 2


def test_no_models_at_all(tmp_path, monkeypatch):
    monkeypatch.setenv(MODELS_VARIABLE, str(tmp_path))
    assert MODELS_VARIABLE in failed(run("models", "list"), 5)


# ------------------------------------------------------------------------------- advise


def report(folder: Path, name: str = "report.json", view: str = "side", **metrics: float) -> Path:
    """Write the least that counts as a report."""
    units = {"cadence_spm": "steps/min", "step_width_cm": "cm"}
    content = {
        "schema": "formcheck.report/1",
        "clip": {"name": f"{view}.mp4"},
        "view": {"kind": view},
        "runner": {"height_m": 1.76, "pace": "easy"},
        "metrics": {
            key: {
                "value": value,
                "low": value - 0.5,
                "high": value + 0.5,
                "repeat_low": value - 0.3,
                "repeat_high": value + 0.3,
                "unit": units.get(key, "deg"),
                "side": "both",
                "n": 20,
                "status": "measured",
            }
            for key, value in metrics.items()
        },
    }
    path = folder / name
    path.write_text(json.dumps(content), "utf-8")
    return path


def test_advise_in_words(empty):
    path = report(empty, cadence_spm=170.0)
    ran = run("advise", path)
    assert ran.code == 0
    assert "does not diagnose" in " ".join(ran.out.split())
    assert ran.err == ""
    assert run("advise", empty).out == ran.out  # the folder stands for the report in it


def test_advise_as_json_prints_json_and_nothing_else(empty):
    path = report(empty, cadence_spm=170.0)
    ran = run("advise", path, "--json", "--region", "knee", "--pain-during", 2)
    content = json.loads(ran.out)
    assert set(content) == {"cues", "advice"}
    assert content["advice"]["drills"]
    assert ran.err == ""


def test_advise_from_side_and_rear_together(empty):
    side = report(empty, "side.json", cadence_spm=170.0)
    rear = report(empty, "rear.json", "rear", step_width_cm=6.0)
    assert run("advise", side, rear).code == 0


def test_advise_on_what_is_no_report(empty):
    (empty / "notes.txt").write_text("hello", "utf-8")
    (empty / "other.json").write_text('{"schema": "something.else/1"}', "utf-8")
    for words in (("notes.txt",), ("other.json",), ("gone.json",)):
        failed(run("advise", *words), 2)


def test_advise_with_impossible_values(empty):
    path = report(empty, cadence_spm=170.0)
    for words in (("--pain-during", "12"), ("--baseline", "nan"), ("--race-in-weeks", "-1")):
        failed(run("advise", path, *words), 2)


# ------------------------------------------------------------------------------- metronome


def clicks_s(path: Path) -> tuple[np.ndarray, float]:
    """Return when clicks start and how long the track is, in seconds."""
    with wave.open(str(path)) as sound:
        rate = sound.getframerate()
        samples = np.frombuffer(sound.readframes(sound.getnframes()), "<i2")
    loud = np.flatnonzero(np.abs(samples.astype(int)) > 2000)
    starts = loud[np.concatenate([[True], np.diff(loud) > 0.05 * rate])]
    return starts / rate, samples.size / rate


def test_metronome(empty):
    ran = run("metronome", "--spm", 174, "--minutes", 0.5, "--out", "click.wav")
    assert ran.code == 0
    assert "click.wav" in ran.out
    starts, length_s = clicks_s(empty / "click.wav")
    assert length_s == pytest.approx(30.0)
    assert starts.size == 87
    np.testing.assert_allclose(np.diff(starts), 60 / 174, atol=0.002)


def test_metronome_in_bouts_on_every_other_step(empty):
    words = ("--spm", 180, "--bouts", "0.1:0.1", "--minutes", 0.3, "--every-other")
    assert run("metronome", *words, "--out", "click.wav").code == 0
    starts, _ = clicks_s(empty / "click.wav")
    silent = (starts > 6.1) & (starts < 11.9)
    assert not silent.any()
    assert starts[0] < 0.01
    assert np.median(np.diff(starts)) == pytest.approx(120 / 180, abs=0.002)


def test_metronome_as_a_loop(empty):
    assert run("metronome", "--spm", 174, "--loop", "--out", "click.wav").code == 0
    starts, length_s = clicks_s(empty / "click.wav")
    assert length_s < 16.0
    assert starts.size * 60 / 174 == pytest.approx(length_s, abs=1e-4)
    assert "--minutes" in failed(
        run("metronome", "--spm", 174, "--loop", "--minutes", 3, "--out", "b.wav"), 2
    )


def test_a_track_replaces_none_but_a_track(empty):
    (empty / "clip.mp4").write_bytes(b"the runner's own clip")
    words = ("--spm", 170, "--minutes", 0.1, "--out")
    assert "no WAV file" in failed(run("metronome", *words, "clip.mp4"), 2)
    assert (empty / "clip.mp4").read_bytes() == b"the runner's own clip"
    for _ in range(2):
        assert run("metronome", *words, "click.wav").code == 0


@pytest.mark.parametrize(
    "words",
    [
        ("--spm", "5"),
        ("--spm", "nan"),
        ("--spm", "170", "--minutes", "0"),
        ("--spm", "170", "--minutes", "1e9"),
        ("--spm", "170", "--bouts", "2"),
        ("--spm", "170", "--bouts", "0:1"),
        ("--spm", "170", "--out", "nowhere/click.wav"),
    ],
    ids=" ".join,
)
def test_impossible_metronome(words, empty):
    if "--out" not in words:
        words = (*words, "--out", "click.wav")
    failed(run("metronome", *words), 2)
    assert list(empty.iterdir()) == []
