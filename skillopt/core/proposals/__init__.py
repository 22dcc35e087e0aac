"""Critiques and proposals: what the optimizer sees, says, and may not propose."""
