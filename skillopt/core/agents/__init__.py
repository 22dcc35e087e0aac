"""Agents with a command line: how each is called, and what its output says."""
