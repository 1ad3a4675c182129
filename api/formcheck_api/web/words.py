"""The words that the page shows beside numbers, from the same sources as the report's own page."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from pydantic_core import to_json

from formcheck.cues import load_guide
from formcheck.report.info import CurveInfo, catalogue
from formcheck.report.page import fixed_texts


@lru_cache(maxsize=1)
def page_words() -> bytes:
    """Return the words as JSON: curves, regions and fixed texts; the same at every call.

    Returns
    -------
    bytes
        UTF-8 JSON.
    """
    known, guide, fixed = catalogue(), load_guide(), fixed_texts()
    return to_json(
        {
            "curves": [_curve(info) for info in known.curves],
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
        },
        inf_nan_mode="null",
    )


def _curve(info: CurveInfo) -> dict[str, Any]:
    return {**info.model_dump(), "sided": info.sided}
