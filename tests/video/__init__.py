"""Clips made at test time, and what the video package makes of them."""
