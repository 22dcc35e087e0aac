"""Tables, the hash chain, and the mapping between rows and core values."""
