"""The commands."""

from __future__ import annotations

import json
import math
import shutil
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from formcheck import __version__
from formcheck.cli.progress import shown
from formcheck.cli.summary import summary
from formcheck.cli.values import (
    load_json,
    parse_baseline,
    parse_bouts,
    parse_date,
    parse_height,
    parse_incline,
    parse_slow_motion,
    parse_speed,
)
from formcheck.cues import (
    Symptoms,
    advice_text,
    advise_reports,
    symptoms_from,
    write_click_track,
)
from formcheck.errors import FormcheckError, ModelError, UsageError
from formcheck.pipeline import Options, analyze_to_folder
from formcheck.pose.models import list_models, verify_models
from formcheck.types import Runner, ViewKind

app = typer.Typer(
    name="formcheck",
    help="Measure running form from a phone clip. It measures and suggests; it never diagnoses.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
models_app = typer.Typer(help="The pose models that come with formcheck.", no_args_is_help=True)
app.add_typer(models_app, name="models")


class View(StrEnum):
    """Where the camera stands."""

    auto = "auto"
    side = "side"
    rear = "rear"
    front = "front"


KINDS: dict[View, ViewKind | None] = {
    View.auto: None,
    View.side: "side",
    View.rear: "rear",
    View.front: "front",
}


class Pace(StrEnum):
    """How fast the runner says it is."""

    easy = "easy"
    tempo = "tempo"
    other = "other"


class Pose(StrEnum):
    """Which network finds the body."""

    heavy = "heavy"
    full = "full"
    lite = "lite"
    mediapipe = "mediapipe"


class Region(StrEnum):
    """Where it is sore."""

    knee = "knee"
    itb = "itb"
    shin = "shin"
    hip = "hip"
    achilles = "achilles"
    plantar = "plantar"
    forefoot = "forefoot"
    bone = "bone"


WIDEST_TEXT = 88
SYMPTOMS = "Symptoms"
RegionOption = Annotated[
    Region | None, typer.Option(help="Where it is sore.", rich_help_panel=SYMPTOMS)
]
PainOption = Annotated[
    float | None, typer.Option(help="Pain during runs, 0 to 10.", rich_help_panel=SYMPTOMS)
]
SettlesOption = Annotated[
    float | None, typer.Option(help="Hours until it settles after a run.", rich_help_panel=SYMPTOMS)
]
StiffOption = Annotated[
    bool,
    typer.Option("--stiff-next-morning", help="Stiff the morning after.", rich_help_panel=SYMPTOMS),
]
GaitOption = Annotated[
    bool, typer.Option("--alters-gait", help="Pain changes how you run.", rich_help_panel=SYMPTOMS)
]
NightOption = Annotated[
    bool, typer.Option("--night-pain", help="Pain wakes you at night.", rich_help_panel=SYMPTOMS)
]
WeeksOption = Annotated[
    float | None,
    typer.Option(help="Weeks of changed training without improvement.", rich_help_panel=SYMPTOMS),
]
ShoesWeeksOption = Annotated[
    float | None, typer.Option(help="Weeks since a change of shoes.", rich_help_panel=SYMPTOMS)
]
RaceOption = Annotated[
    float | None, typer.Option(help="Weeks until a race.", rich_help_panel=SYMPTOMS)
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print the result as JSON, and nothing else, to stdout.")
]
BaselineOption = Annotated[
    str | None,
    typer.Option(help="Your own baseline: an earlier report.json, or steps per minute."),
]


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"formcheck {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Hold the options that belong to no command."""


@app.command()
def analyze(
    clip: Annotated[Path, typer.Argument(help="The video of one runner, from the side or behind.")],
    out: Annotated[
        Path | None, typer.Option(help="Folder for the results; default: the clip's name.")
    ] = None,
    view: Annotated[View, typer.Option(help="Where the camera stands.")] = View.auto,
    height: Annotated[
        float | None, typer.Option(help="Runner's height in metres, e.g. 1.76.")
    ] = None,
    speed: Annotated[str | None, typer.Option(help="Belt speed: 10km/h, 2.8m/s or 6.2mph.")] = None,
    incline: Annotated[float, typer.Option(help="Belt incline in per cent.")] = 0.0,
    pace: Annotated[Pace | None, typer.Option(help="What run it is.")] = None,
    runner: Annotated[
        str | None, typer.Option(help="A name for the runner, for later clips.")
    ] = None,
    shoes: Annotated[str | None, typer.Option(help="Which shoes.")] = None,
    date: Annotated[str | None, typer.Option(help="When it was filmed, YYYY-MM-DD.")] = None,
    from_s: Annotated[float | None, typer.Option("--from", help="Start, in seconds.")] = None,
    to_s: Annotated[float | None, typer.Option("--to", help="End, in seconds.")] = None,
    slow_motion: Annotated[
        str, typer.Option(help="How many times slower than life the clip plays, or auto.")
    ] = "auto",
    pose: Annotated[
        Pose, typer.Option(help="heavy measures best; full and lite are faster.")
    ] = Pose.heavy,
    no_video: Annotated[bool, typer.Option("--no-video", help="Write no annotated clip.")] = False,
    blur_face: Annotated[
        bool, typer.Option("--blur-face", help="Blur the face in clip and stills.")
    ] = False,
    baseline: BaselineOption = None,
    region: RegionOption = None,
    pain_during: PainOption = None,
    settles_hours: SettlesOption = None,
    stiff_next_morning: StiffOption = False,
    alters_gait: GaitOption = False,
    night_pain: NightOption = False,
    weeks: WeeksOption = None,
    shoe_change_weeks: ShoesWeeksOption = None,
    race_in_weeks: RaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure one clip: report, tables, a page to read, and an annotated clip."""
    options = Options(
        runner=Runner(
            id=runner,
            height_m=parse_height(height),
            belt_speed_mps=parse_speed(speed),
            incline_pct=parse_incline(incline),
            pace=pace.value if pace else None,
            shoes=shoes,
            date=parse_date(date),
        ),
        view=KINDS[view],
        from_s=_seconds("--from", from_s),
        to_s=_seconds("--to", to_s),
        slow_motion=parse_slow_motion(slow_motion),
        pose=pose.value,
        video=not no_video,
        blur_face=blur_face,
        symptoms=_symptoms(locals()),
        baseline=parse_baseline(baseline),
    )
    folder = out or Path(clip.stem)
    with shown(quiet=as_json) as progress:
        report, advice = analyze_to_folder(clip, folder, options, progress)
    if as_json:
        typer.echo(report.to_json())
    else:
        typer.echo(summary(report, advice, folder, _text_width()))


@app.command()
def advise(
    reports: Annotated[
        list[Path], typer.Argument(help="report.json files of one run, or their folders.")
    ],
    baseline: BaselineOption = None,
    region: RegionOption = None,
    pain_during: PainOption = None,
    settles_hours: SettlesOption = None,
    stiff_next_morning: StiffOption = False,
    alters_gait: GaitOption = False,
    night_pain: NightOption = False,
    weeks: WeeksOption = None,
    shoe_change_weeks: ShoesWeeksOption = None,
    race_in_weeks: RaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give advice from stored reports, side and rear of one runner together."""
    advice = advise_reports(
        [load_json(path) for path in reports], _symptoms(locals()), _stored_baseline(baseline)
    )
    typer.echo(
        json.dumps(advice.to_dict(), indent=2) if as_json else advice_text(advice, _text_width())
    )


@app.command()
def metronome(
    spm: Annotated[float, typer.Option(help="Steps per minute.")],
    out: Annotated[Path, typer.Option(help="The WAV file to write.")],
    bouts: Annotated[str | None, typer.Option(help="Minutes on and off, e.g. 2:1.")] = None,
    minutes: Annotated[float, typer.Option(help="Length of the track.")] = 20.0,
    every_other: Annotated[
        bool, typer.Option("--every-other", help="Click on every other step.")
    ] = False,
    lead_in: Annotated[float, typer.Option(help="Minutes of clicks before the first bout.")] = 0.0,
) -> None:
    """Write a click track to run to."""
    write_click_track(
        out, spm, parse_bouts(bouts), minutes, every_other=every_other, lead_in_minutes=lead_in
    )
    typer.echo(f"Wrote {out}.")


@models_app.command("list")
def models_list() -> None:
    """List the models that come with formcheck."""
    for card in list_models():
        typer.echo(f"{card.name:<10} {card.version:<24} {card.sha256[:12]}  {card.weights}")


@models_app.command("verify")
def models_verify() -> None:
    """Check the hash of every model's weights."""
    states = verify_models()
    for state in states:
        typer.echo(f"{state.card.version:<24} {'ok' if state.good else state.reason}")
    if not all(state.good for state in states):
        raise typer.Exit(ModelError.exit_code)


def _text_width() -> int:
    """Return how wide text may run: the terminal's width, within what reads well."""
    return max(40, min(WIDEST_TEXT, shutil.get_terminal_size().columns))


def _seconds(option: str, value: float | None) -> float | None:
    if value is not None and not (value >= 0 and math.isfinite(value)):
        raise UsageError(f"{option} {value:g} is no time in a clip: give seconds from its start.")
    return value


def _symptoms(options: dict[str, Any]) -> Symptoms | None:
    """Collect the symptom options of a command; None when nothing was said."""
    names = Symptoms.__dataclass_fields__
    given = {name: options[name] for name in names if options.get(name) not in (None, False)}
    if "region" in given:
        given["region"] = given["region"].value
    return symptoms_from(given) if given else None


def _stored_baseline(text: str | None) -> dict[str, Any] | float | None:
    if text is None:
        return None
    try:
        return float(text)
    except ValueError:
        return load_json(Path(text))


def main() -> None:
    """Run the command line; every failure is one sentence and an exit code."""
    try:
        app(standalone_mode=True)
    except FormcheckError as error:
        Console(stderr=True, soft_wrap=True).print(
            f"formcheck: {error}", highlight=False, markup=False
        )
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
