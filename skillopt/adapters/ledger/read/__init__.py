"""Everything that reads rows for a run or a person."""
