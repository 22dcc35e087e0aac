"""Who proposes: from critiques, one of the two baselines that these must beat, or by deleting."""

from __future__ import annotations

from typing import Literal, assert_never

Learner = Literal["critique", "imitate", "rewrite"]
"""`critique`: small edits from criticized failures. `imitate`: right answers are copied into the
skill as examples. `rewrite`: the optimizer rewrites the whole body, without edit limits."""
ProposerKind = Literal[Learner, "shrink"]
"""One that learns from train tasks; or `shrink`, which deletes."""


def asks_optimizer(kind: ProposerKind) -> bool:
    """Whether a run with this proposer needs a model in the optimizer's seat."""
    match kind:
        case "critique" | "rewrite":
            return True
        case "imitate" | "shrink":
            return False
        case _:
            assert_never(kind)
