"""The practice models: small honest programs in the place of a real model.

Read in this order: `phrases` (what "mentions" means), `language` (a rule as a value), `scanner`
(the sentences of a skill), `rules` (the parser), `sources` (what the reader finds in an input by
itself), `shaping`, `reader` (the target), `evidence`, `refused`, `scene`, `induction`, `hints`,
`faults`, `drafting`, `planning`, `mentor` (the optimizer), `judge`, `answering`, which asks one of
the three, and `model`, which puts it in a role. What they are and what they are not:
docs/practice-models.md.
"""

from skillopt.adapters.practice.model import PracticeModel

__all__ = ["PracticeModel"]
