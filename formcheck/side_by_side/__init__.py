"""Two runners beside or over each other, at the same size, level and phase of the stride."""
