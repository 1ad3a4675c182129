"""Advice: from measured form and optional symptoms to at most two cues, drills and remarks.

What is looked for and what is said stands in the TOML files of `guide`; the code only tests
conditions on metrics and their intervals, applies the gates, and fills in the numbers.
"""

from formcheck.cues.advice import (
    Advice,
    CadenceAdvice,
    ClipGrade,
    Cue,
    Drill,
    Judgement,
    Plan,
    PlanStep,
    Remark,
    Response,
    Trial,
    advice_text,
)
from formcheck.cues.engine import advise
from formcheck.cues.guide.loader import load_guide, read_guide
from formcheck.cues.guide.shapes import REGIONS
from formcheck.cues.history import Past
from formcheck.cues.metronome import write_click_loop, write_click_track
from formcheck.cues.reports import advise_reports, past_from, read_baseline
from formcheck.cues.symptoms import Symptoms, symptoms_from

__all__ = [
    "REGIONS",
    "Advice",
    "CadenceAdvice",
    "ClipGrade",
    "Cue",
    "Drill",
    "Judgement",
    "Past",
    "Plan",
    "PlanStep",
    "Remark",
    "Response",
    "Symptoms",
    "Trial",
    "advice_text",
    "advise",
    "advise_reports",
    "load_guide",
    "past_from",
    "read_baseline",
    "read_guide",
    "symptoms_from",
    "write_click_loop",
    "write_click_track",
]
