"""Measured running form from ten seconds of phone video."""

__version__ = "0.1.0"
