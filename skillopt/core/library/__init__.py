"""A library: several skills that are tuned with one budget."""
