"""When proposals are rehearsed."""

from __future__ import annotations

import pytest

from skillopt.core.loop_settings import Conditioning, LoopSettings


def settings(*, rehearse: bool | None = None, enabled: bool = True) -> LoopSettings:
    return LoopSettings(minibatch=32, conditioning=Conditioning(rehearse=rehearse, enabled=enabled))


@pytest.mark.parametrize("deterministic", [True, False])
def test_unasked_it_is_for_targets_that_answer_alike(*, deterministic: bool) -> None:
    assert settings().rehearses(tested=100, deterministic=deterministic) is deterministic
    assert settings(rehearse=True).rehearses(tested=100, deterministic=deterministic)
    assert not settings(rehearse=False).rehearses(tested=100, deterministic=deterministic)


def test_it_is_for_a_dear_gate_and_for_critiques() -> None:
    assert settings().rehearses(tested=64, deterministic=True)
    assert not settings().rehearses(tested=63, deterministic=True)
    assert not settings(enabled=False).rehearses(tested=64, deterministic=True)
    baseline = settings().model_copy(update={"proposer": "imitate"})
    assert not baseline.rehearses(tested=64, deterministic=True)
