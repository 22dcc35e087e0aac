"""Who proposes, and who needs an optimizer for it."""

from __future__ import annotations

from typing import get_args

from skillopt.core.loop_settings import LoopSettings
from skillopt.core.proposals.proposer import ProposerKind, asks_optimizer
from skillopt.core.settings import Settings


def test_only_imitation_asks_nobody() -> None:
    assert [kind for kind in get_args(ProposerKind) if not asks_optimizer(kind)] == ["imitate"]


def test_the_default_leaves_the_settings_of_earlier_runs_as_they_were() -> None:
    assert "proposer" not in LoopSettings().model_dump()
    assert Settings(proposer="imitate").loop().model_dump()["proposer"] == "imitate"
