"""The gate: pure decisions over paired evidence and a policy."""
