"""Tasks and results in the formats of other programs, so that their viewers show them."""
