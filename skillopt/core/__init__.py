"""Nouns and decisions. Pure: no files, clock, network, log or global randomness.

Read in this order and you have followed the data once round: `skill`, `edit`, `budget` (what may
change), `checks`, `task`, `validation_set`, `grading` (what is measured), `rollout`, `sampling`,
`critique`, `proposal` (what the optimizer sees and says), `screen`, `refusal`, `digest` (what the
ledger says about edits like this), `gate` (the verdict), `run`, `search` (the loop as a value).
"""
