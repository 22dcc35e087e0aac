"""The web pages over a ledger: routes, templates, and what keeps strangers out."""
