"""How code and what it holds is compared: one digest for what answers alike."""
