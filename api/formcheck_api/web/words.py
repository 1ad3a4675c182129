"""The words that the page shows beside numbers, from the same sources as the report's own page."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

from pydantic_core import to_json

from formcheck.catalogue import MetricSpec, headlines
from formcheck.comparison.rules import texts
from formcheck.cues import load_guide
from formcheck.report.info import CurveInfo, catalogue, cite_short
from formcheck.report.page import fixed_texts


@lru_cache(maxsize=1)
def page_words() -> bytes:
    """Return the words as JSON: metrics, curves, regions and fixed texts; the same at every call.

    Returns
    -------
    bytes
        UTF-8 JSON. A word for values above every bound has ``below`` null.
    """
    known, guide, fixed = catalogue(), load_guide(), fixed_texts()
    return to_json(
        {
            "groups": known.groups,
            "metrics": [_metric(info) for info in known.metrics.values()],
            "curves": [_curve(info) for info in known.curves],
            "top": {"side": headlines().side, "rear": headlines().rear},
            "regions": [{"id": one.id, "label": one.label} for one in guide.regions.region],
            "headline": fixed["headline"],
            "answers": fixed["answers"],
            "known": {
                words: {"id": row.id, "kind": row.kind}
                for row in guide.texts.text
                if row.kind != "page"
                for words in (row.text, *row.former)
            },
            "reading": fixed["reading"]["lines"],
            "filming": fixed["filming"],
            "verdicts": texts()["verdicts"],
            "expected": texts()["expected"],
        },
        inf_nan_mode="null",
    )


_SHOWN: Final = {
    "key", "name", "unit", "unit_text", "group", "views", "counted", "decimals", "axis",
    "positive", "negative", "words", "meaning", "definition",
}  # fmt: skip


def _metric(info: MetricSpec) -> dict[str, Any]:
    usual = info.usual
    return {
        **info.model_dump(include=_SHOWN),
        "context": [{"text": note.text, "cites": _cites(note.source)} for note in info.context],
        "usual": usual and {**usual.model_dump(exclude={"source"}), "cites": _cites(usual.source)},
    }


def _curve(info: CurveInfo) -> dict[str, Any]:
    return {**info.model_dump(), "sided": info.sided}


def _cites(sources: Iterable[str]) -> list[str]:
    return [cite_short(source) for source in sources]
