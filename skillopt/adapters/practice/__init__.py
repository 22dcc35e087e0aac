"""The practice models: small honest programs behind the same door as a real model.

Read in this order: `phrases` (what "mentions" means), `language` (a rule as a value), `scanner`
(the sentences of a skill), `rules` (the parser), `sources` (what the reader finds in an input by
itself), `shaping`, `reader` (the target), `evidence`, `refused`, `scene`, `induction`, `hints`,
`faults`, `drafting`, `planning`, `mentor` (the optimizer), `judge`, and `provider`, which registers
all three with LiteLLM. What they are and what they are not: docs/practice-models.md.
"""

from skillopt.adapters.practice.provider import register

__all__ = ["register"]
