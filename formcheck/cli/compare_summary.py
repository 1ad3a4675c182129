"""What the terminal shows when two runs have been compared."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path

from formcheck.catalogue import spec_of
from formcheck.comparison.folder import PAGE_NAME
from formcheck.comparison.page import names_of, row_of
from formcheck.comparison.schema import Comparison


def comparison_text(comparison: Comparison, folder: Path, width: int) -> str:
    """Return the table of differences, remarks, the sentence, and where the page is."""
    lines = ["", *_table(comparison)]
    for caution in comparison.warnings:
        lines += textwrap.wrap(f"Note: {caution.text}", width, subsequent_indent="  ")
    lines += ["", *textwrap.wrap(comparison.sentence, width)]
    return "\n".join([*lines, "", f"The page: {folder / PAGE_NAME}"])


def _table(comparison: Comparison) -> list[str]:
    names = (name.lower() for name in names_of(comparison))
    cells: list[tuple[str, ...]] = [("", *names, "difference", "range", "verdict")]
    for key, change in comparison.metrics.items():
        info = spec_of(key)
        if change.difference is None or (info is not None and info.words):
            continue
        row = row_of(key, change, comparison)
        verdict = f"{row.word} ({row.remark})" if row.remark else row.word
        cells.append(
            (row.name, row.first, row.second, row.difference, row.difference_range, verdict)
        )
    if len(cells) == 1:
        return []
    return [*aligned(cells, right=range(1, 5)), ""]


def aligned(cells: Sequence[Sequence[str]], right: range) -> list[str]:
    """Return rows of text in columns, those numbered in `right` flush right."""
    widths = [max(len(row[k]) for row in cells) for k in range(len(cells[0]))]
    return [
        "  ".join(
            cell.rjust(widths[k]) if k in right else cell.ljust(widths[k])
            for k, cell in enumerate(row)
        ).rstrip()
        for row in cells
    ]
