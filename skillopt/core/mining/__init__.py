"""Candidate tasks: found in traces and documents, and put before a person."""
