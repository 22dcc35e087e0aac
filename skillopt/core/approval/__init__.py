"""A person's decision on what the gate has accepted."""
