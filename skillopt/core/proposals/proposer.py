"""Who proposes: from critiques, or one of the two baselines that critiques must beat."""

from __future__ import annotations

from typing import Literal, assert_never

ProposerKind = Literal["critique", "imitate", "rewrite"]
"""`critique`: small edits from criticized failures. `imitate`: right answers are copied into the
skill as examples. `rewrite`: the optimizer writes the whole body anew, without edit limits."""


def asks_optimizer(kind: ProposerKind) -> bool:
    """Whether a run with this proposer needs a model in the optimizer's seat."""
    match kind:
        case "critique" | "rewrite":
            return True
        case "imitate":
            return False
        case _:
            assert_never(kind)
