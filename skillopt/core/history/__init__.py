"""Runs, rounds and the search over them; what the ledger recalls of earlier ones."""
