"""Stored analyses in the formats of those who go on from there."""

from formcheck.formats.write import FORMATS, Format, export

__all__ = ["FORMATS", "Format", "export"]
