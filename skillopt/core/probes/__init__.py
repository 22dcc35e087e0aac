"""Probes: what the target does when it is asked in another manner, measured beside the score."""
