"""Who proposes, and who needs an optimizer for it."""

from __future__ import annotations

from typing import get_args

from skillopt.core.loop_settings import LoopSettings
from skillopt.core.proposals.proposer import ProposerKind, asks_optimizer
from skillopt.core.settings import Settings
from skillopt.core.settings_groups import loop_settings


def test_who_asks_nobody() -> None:
    kinds = get_args(ProposerKind)
    assert {kind for kind in kinds if not asks_optimizer(kind)} == {"imitate", "shrink"}


def test_shrinking_is_a_proposer_with_a_margin() -> None:
    loop = loop_settings(Settings(shrink=True))
    assert (loop.proposer, loop.gate.kind, loop.gate.no_worse_than) == ("shrink", "race", 5)
    assert loop_settings(Settings(shrink=True, no_worse_than=2)).gate.no_worse_than == 2
    assert loop_settings(Settings(shrink=True).for_single_edit()).gate.no_worse_than is None


def test_the_default_leaves_the_settings_of_earlier_runs_as_they_were() -> None:
    assert "proposer" not in LoopSettings().model_dump()
    assert loop_settings(Settings(proposer="imitate")).model_dump()["proposer"] == "imitate"
