"""Stored analyses in the formats of those who go on from there."""

from formcheck.formats.write import FORMATS, WRITERS, Format, export

__all__ = ["FORMATS", "WRITERS", "Format", "export"]
