"""Clean landmark tracks: rhythm, leg repair, outliers, bounded gaps, smoothing on true time."""
