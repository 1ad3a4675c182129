"""One runner over weeks: how each metric went, with its noise, pain beside it, and the targets."""
