"""The world: one outside library each."""
