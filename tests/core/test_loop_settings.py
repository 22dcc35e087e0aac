"""The settings of a run, and of its rounds that shorten the skill."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from skillopt.core.gate import GatePolicy
from skillopt.core.loop_settings import Conditioning, LoopSettings
from skillopt.core.skill.edit_scope import EditScope


def test_at_their_defaults_new_settings_leave_no_trace() -> None:
    assert not {"shrink_every", "shrink_margin"} & LoopSettings().model_dump().keys()


def test_a_round_that_shortens_has_the_settings_of_a_run_that_does_nothing_else() -> None:
    settings = LoopSettings(
        shrink_every=2,
        drift_every=1,
        collapse_monitor=True,
        candidates=2,
        gate=GatePolicy(kind="exact", alpha=0.2, placebo=True),
        conditioning=Conditioning(ablate=True, near_misses=True, likeness=0.7),
    )
    own = settings.shrinking(3)
    assert own == LoopSettings(
        proposer="shrink",
        gate=GatePolicy(kind="exact", alpha=0.2, no_worse_than=3),
        conditioning=Conditioning(train_check=False, likeness=0.7),
    )
    assert LoopSettings().shrinking(3).gate.kind == "race"


def test_a_level_that_no_margin_can_be_tested_at_is_refused() -> None:
    with pytest.raises(ValidationError, match="must be below"):
        LoopSettings(gate=GatePolicy(kind="strict", alpha=0.6)).shrinking(5)


def rehearsing(*, rehearse: bool | None = None, enabled: bool = True) -> LoopSettings:
    return LoopSettings(minibatch=32, conditioning=Conditioning(rehearse=rehearse, enabled=enabled))


@pytest.mark.parametrize("deterministic", [True, False])
def test_unasked_rehearsals_are_for_targets_that_answer_alike(*, deterministic: bool) -> None:
    assert rehearsing().rehearses(tested=100, deterministic=deterministic) is deterministic
    assert rehearsing(rehearse=True).rehearses(tested=100, deterministic=deterministic)
    assert not rehearsing(rehearse=False).rehearses(tested=100, deterministic=deterministic)


def test_rehearsals_are_for_a_dear_gate_and_for_critiques() -> None:
    assert rehearsing().rehearses(tested=64, deterministic=True)
    assert not rehearsing().rehearses(tested=63, deterministic=True)
    assert not rehearsing(enabled=False).rehearses(tested=64, deterministic=True)
    baseline = rehearsing().model_copy(update={"proposer": "imitate"})
    assert not baseline.rehearses(tested=64, deterministic=True)


def test_what_edits_may_touch_leaves_no_trace_at_its_default() -> None:
    plain = LoopSettings()
    assert not {"edits", "tune_description"} & plain.model_dump().keys()
    assert "max_files" not in plain.budget.model_dump()
    asked = LoopSettings(edits=("scripts/*.py",), tune_description=True)
    assert asked.edit_scope == EditScope(patterns=("scripts/*.py",), description=True)
    assert asked.model_dump().keys() - plain.model_dump().keys() == {"edits", "tune_description"}
