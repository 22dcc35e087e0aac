"""Verification, export and import."""
