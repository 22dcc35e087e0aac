"""One process at a time works on a run."""
