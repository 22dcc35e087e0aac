"""A run's report: frozen values, and the pure functions that make them of what the ledger has."""
