"""The page ``comparison.html``: one file to read, to print on two sheets, and to write on."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

import jinja2

from formcheck.comparison.page import build_page
from formcheck.comparison.rules import texts
from formcheck.comparison.schema import Comparison
from formcheck.report import html
from formcheck.report.html import Still, embed
from formcheck.report.page import fixed_texts
from formcheck.report.schema import Report


@lru_cache(maxsize=1)
def environment() -> jinja2.Environment:
    """Return the report's template environment with this package's templates beside its own."""
    own = [
        jinja2.PackageLoader(package) for package in ("formcheck.comparison", "formcheck.report")
    ]
    return html.environment().overlay(loader=jinja2.ChoiceLoader(own))


def style(name: str) -> str:
    """Return the report's style sheet followed by one of this package."""
    sheets = (("formcheck.report", "style.css"), ("formcheck.comparison", name))
    return "\n".join(
        files(package).joinpath("templates", sheet).read_text(encoding="utf-8")
        for package, sheet in sheets
    )


def render_comparison(
    comparison: Comparison, first: Report, second: Report, stills: Sequence[Still] = ()
) -> str:
    """Return the whole page as HTML text.

    Parameters
    ----------
    comparison : Comparison
        What `compare` said of the two reports.
    first, second : Report
        For the curves and the figures.
    stills : sequence of Still
        Pictures of both runs, in the order in which they are shown.
    """
    return (
        environment()
        .get_template("comparison.html.j2")
        .render(
            comparison=comparison,
            page=build_page(comparison, first, second),
            said=texts()["page"],
            stills=embed(stills),
            safety=fixed_texts()["safety"]["footer"],
            texts=fixed_texts(),
            style=style("comparison.css"),
        )
    )


def write_comparison_page(
    comparison: Comparison,
    first: Report,
    second: Report,
    path: Path,
    stills: Sequence[Still] = (),
) -> None:
    """Write the page as a file."""
    path.write_text(render_comparison(comparison, first, second, stills), encoding="utf-8")
