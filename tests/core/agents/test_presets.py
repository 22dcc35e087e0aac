"""The agents that are known by name."""

from __future__ import annotations

import pytest

from skillopt.core.agents.presets import PRESETS, preset


def test_a_name_that_is_not_known_is_refused_with_the_nearest() -> None:
    with pytest.raises(ValueError, match="did you mean 'claude-code'"):
        preset("claude_code")
    with pytest.raises(ValueError, match="there is claude-code, codex, copilot, opencode, gemini"):
        preset("nobody")


def test_what_helps_a_person_is_no_part_of_what_an_agent_is() -> None:
    for name, one in PRESETS.items():
        assert one.name == name
        assert {"key_names", "install"}.isdisjoint(one.model_dump(mode="json"))
        assert one.version[0] == one.command[0]
