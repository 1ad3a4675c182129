"""What the track says of the run: view, level, scale, contacts to a fraction of a frame."""
