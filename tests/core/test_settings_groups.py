"""The settings in groups: what a run's loop gets, and what does not go together."""

from __future__ import annotations

import pytest

from skillopt.core.loop_settings import LoopSettings
from skillopt.core.settings import Settings
from skillopt.core.settings_groups import loop_settings
from skillopt.errors import SettingsError


def test_settings_at_their_defaults_make_the_default_loop() -> None:
    made = loop_settings(Settings())
    assert made.model_copy(update={"budget": LoopSettings().budget}) == LoopSettings()


@pytest.mark.parametrize("given", [{"candidates": 2}, {"collapse_monitor": True}])
@pytest.mark.parametrize("proposer", ["imitate", "rewrite"])
def test_what_follows_critiques_is_refused_with_another_proposer(
    given: dict[str, object], proposer: str
) -> None:
    (name,) = given
    settings = Settings.model_validate({**given, "proposer": proposer})
    with pytest.raises(SettingsError, match=f"{name} is for proposals that follow critiques"):
        loop_settings(settings)
    assert loop_settings(settings.model_copy(update={"proposer": "critique"}))


def test_what_shrinks_does_not_learn() -> None:
    with pytest.raises(SettingsError, match="shrink deletes, and proposer is 'imitate'"):
        loop_settings(Settings(shrink=True, proposer="imitate"))


def test_answers_are_compared_where_several_candidates_tie_and_nothing_else_decides() -> None:
    with pytest.raises(SettingsError, match="compare_answers is for several candidates"):
        loop_settings(Settings(compare_answers=True))
    with pytest.raises(SettingsError, match="and so does prefer 'shorter'; take out one"):
        loop_settings(Settings(compare_answers=True, candidates=2, prefer="shorter"))
    made = loop_settings(Settings(compare_answers=True, candidates=2))
    assert made.compare_answers
    assert "compare_answers" not in loop_settings(Settings()).model_dump(), "left out by default"


def test_a_margin_is_for_the_rounds_that_shorten() -> None:
    made = loop_settings(Settings(shrink_every=3, no_worse_than=8))
    assert (made.gate.no_worse_than, made.gate.kind) == (None, "balanced")
    assert (made.shrink_every, made.shrink_margin) == (3, 8)
    own = made.shrinking(2.5)
    assert (own.gate.no_worse_than, own.gate.kind, own.proposer) == (2.5, "race", "shrink")
    assert loop_settings(Settings(shrink_every=3)).shrink_margin == 5
    exact = loop_settings(Settings(shrink_every=3, gate="exact", placebo=True))
    assert exact.gate.placebo
    assert (exact.shrinking(5).gate.kind, exact.shrinking(5).gate.placebo) == ("exact", False)


def test_what_shrinks_alone_or_at_no_level_does_not_shrink_between_rounds() -> None:
    with pytest.raises(SettingsError, match="shrink only deletes"):
        loop_settings(Settings(shrink=True, shrink_every=2))
    with pytest.raises(SettingsError, match=r"alpha is 0\.7"):
        loop_settings(Settings(shrink_every=2, gate="strict", alpha=0.7))
