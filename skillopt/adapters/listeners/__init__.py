"""Who hears of a run's events: files, traces, experiment trackers, and the user's own code."""
