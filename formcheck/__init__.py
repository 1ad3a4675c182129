"""Measured running form from ten seconds of phone video."""

from formcheck.telemetry import switch_off

__version__ = "0.1.0"

switch_off()
