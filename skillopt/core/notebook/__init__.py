"""How results show themselves in a notebook: short pieces of HTML."""
