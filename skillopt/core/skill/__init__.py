"""A skill's text, the edits to it, their budget, and how similar two edits are."""
