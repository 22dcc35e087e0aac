"""Derived tables that answer queries without a table scan."""
