"""Batches as real processes: workers that die, Ctrl-C, kill -9 and resume, a Dask cluster."""

from __future__ import annotations

import os
import signal
from dataclasses import replace

import pytest

from tests.batch.conftest import Bench, alive, two_workers, until
from tests.batch.fake import write_clip
from tests.cli.run import one_sentence

WORKERS = ("--workers", 2, "--pose", "lite")


def sentence(err: str) -> str:
    return err.strip().splitlines()[-1].removeprefix("formcheck: ")


def test_clips_that_fail_do_not_stop_the_rest(bench: Bench):
    for i in range(6):
        write_clip(bench.clips / f"c{i}.mp4", 160 + i)
    write_clip(bench.clips / "c2.mp4", die="always")
    write_clip(bench.clips / "c3.mp4", nobody=True)
    write_clip(bench.clips / "c4.mp4", bug="division")
    code, _, err = bench.run(*WORKERS)
    assert code == 6
    assert "Traceback" not in err
    assert one_sentence(sentence(err))
    assert "3 of 6" in err
    assert [row["clip"] for row in bench.rows()] == ["c0.mp4", "c1.mp4", "c5.mp4"]
    failures = bench.rows("failures.csv")
    codes = {row["clip"]: row["code"] for row in failures}
    assert codes == {"c2.mp4": "worker_died", "c3.mp4": "no_person", "c4.mp4": "internal"}
    assert all(one_sentence(row["sentence"]) or row["code"] == "internal" for row in failures)
    assert "ZeroDivisionError" in (bench.out / "c4" / "error.txt").read_text("utf-8")
    assert not (bench.out / ".unfinished").exists()


def test_a_worker_that_dies_once_costs_nothing(bench: Bench):
    for i in range(4):
        write_clip(bench.clips / f"c{i}.mp4", 160 + i)
    write_clip(bench.clips / "c1.mp4", die="once")
    code, _, err = bench.run(*WORKERS)
    assert code == 0, err
    assert len(bench.rows()) == 4


def test_interrupted_from_the_keyboard(bench: Bench):
    for i in range(30):
        write_clip(bench.clips / f"c{i:02}.mp4", 160 + i, sleep_s=0.2 if i < 4 else 60)
    process = bench.start(*WORKERS)
    until(lambda: len(bench.finished()) >= 4 and len(bench.started()) >= 6, "some are finished")
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    assert one_sentence(sentence(err))
    assert "--resume" in err
    assert not any(alive(pid) for pid in bench.pids())
    assert not (bench.out / ".unfinished").exists()
    assert {row["folder"] for row in bench.rows()} == bench.finished() == {
        f"c{i:02}" for i in range(4)
    }  # fmt: skip


@pytest.mark.slow
def test_killed_at_any_moment_and_resumed(bench: Bench):
    names = [f"c{i:02}.mp4" for i in range(24)]
    for i, name in enumerate(names):
        write_clip(bench.clips / name, 160 + i, sleep_s=0.05)
    write_clip(bench.clips / "c05.mp4", nobody=True)
    for moment in (1, 5, 6, 14):
        process = bench.start(*WORKERS, "--resume")
        until(lambda: len(bench.finished()) >= moment, f"{moment} are finished")  # noqa: B023
        process.kill()
        process.communicate(timeout=60)
        until(lambda: not any(alive(pid) for pid in bench.pids()), "its workers are gone")
        before = bench.finished()
        bench.forget()
    code, _, err = bench.run(*WORKERS, "--resume")
    assert code == 6, err
    again = bench.started()
    assert len(again) == len(set(again))  # nothing twice
    assert {name.removesuffix(".mp4") for name in again} == {
        name.removesuffix(".mp4") for name in names
    } - before  # nothing lost, nothing done that was done
    assert [row["clip"] for row in bench.rows()] == [name for name in names if name != "c05.mp4"]
    assert [row["clip"] for row in bench.rows("failures.csv")] == ["c05.mp4"]
    assert [float(row["cadence_spm"]) for row in bench.rows()] == [
        160.0 + i for i in range(24) if i != 5
    ]
    bench.forget()
    assert bench.run(*WORKERS, "--resume")[0] == 6
    assert bench.started() == []


def test_a_second_batch_keeps_out_of_a_folder_in_use(bench: Bench):
    write_clip(bench.clips / "a.mp4", sleep_s=60)
    process = bench.start(*WORKERS)
    until(lambda: bool(bench.started()), "the first is at work")
    code, _, err = bench.run(*WORKERS, "--resume")
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=60)
    assert code == 2
    assert "Another batch" in sentence(err)


def test_a_cluster_gives_the_same(bench: Bench, cluster: str):
    for i in range(8):
        write_clip(bench.clips / f"c{i}.mp4", 160 + i)
    write_clip(bench.clips / "c3.mp4", nobody=True)
    write_clip(bench.clips / "c4.mp4", bug="division")
    tables = []
    for name, how in (("dask", ("--cluster", cluster)), ("pool", ("--workers", 2)),
                      ("one", ("--workers", 1))):  # fmt: skip
        own = replace(bench, out=bench.out / name)
        code, _, err = own.run(*how, "--pose", "lite")
        assert code == 6, err
        tables.append([(own.out / file).read_bytes() for file in ("summary.csv", "failures.csv")])
    assert tables[0] == tables[1] == tables[2]
    assert len(own.rows()) == 6


def test_a_cluster_that_is_not_there(bench: Bench):
    pytest.importorskip("distributed", reason="needs the extra 'cluster' (distributed)")
    write_clip(bench.clips / "a.mp4")
    code, _, err = bench.run("--cluster", "tcp://127.0.0.1:1", "--pose", "lite")
    assert code == 2, err
    assert one_sentence(sentence(err))
    assert "Traceback" not in err
    assert bench.finished() == set()


@pytest.mark.slow
def test_a_clip_that_kills_workers_of_a_cluster(bench: Bench, cluster: str):
    for i in range(4):
        write_clip(bench.clips / f"c{i}.mp4", 160 + i)
    write_clip(bench.clips / "c1.mp4", die="always")
    code, _, err = bench.run("--cluster", cluster, "--pose", "lite")
    assert code == 6, err
    assert [row["clip"] for row in bench.rows()] == ["c0.mp4", "c2.mp4", "c3.mp4"]
    assert [row["code"] for row in bench.rows("failures.csv")] == ["worker_died"]


@pytest.mark.slow
def test_a_cluster_that_goes_away(bench: Bench, tmp_path):
    pytest.importorskip("distributed", reason="needs the extra 'cluster' (distributed)")
    for i in range(6):
        write_clip(bench.clips / f"c{i}.mp4", 160 + i, sleep_s=0.1 if i < 2 else 3)
    with two_workers(tmp_path) as (address, processes):
        process = bench.start("--cluster", address, "--pose", "lite")
        until(lambda: len(bench.finished()) >= 2, "two are finished")
        for one in processes:
            one.kill()
        _, err = process.communicate(timeout=120)
    assert process.returncode == 6, err
    assert one_sentence(sentence(err))
    assert "--resume" in err
    assert "Traceback" not in err
    assert len(bench.rows()) >= 2
    assert bench.rows("failures.csv") == []
    code, _, err = bench.run(*WORKERS, "--resume")
    assert code == 0, err
    assert len(bench.rows()) == 6
