"""What the pages of a ledger show: questions that only read it."""
