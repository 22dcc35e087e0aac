"""The policy: defaults, one spelling, and what a person may do."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from skillopt.core.content.policy import DEFAULTS, KINDS, ContentPolicy
from skillopt.core.loop_settings import LoopSettings
from skillopt.core.settings import Settings
from skillopt.core.settings_groups import loop_settings


def test_every_kind_has_a_default_that_looks_for_it() -> None:
    assert set(DEFAULTS) == set(KINDS)
    assert "allow" not in DEFAULTS.values()
    assert all(ContentPolicy().action(kind) == DEFAULTS[kind] for kind in KINDS)


def test_two_policies_that_decide_alike_are_equal() -> None:
    assert ContentPolicy(actions={"urls": "hold"}) == ContentPolicy()
    assert ContentPolicy(hosts=("B.org", "a.org.")) == ContentPolicy(hosts=("a.org", "b.org"))


def test_a_person_may_apply_what_is_held_and_not_what_is_refused() -> None:
    person = ContentPolicy(actions={"commands": "allow"}).for_person()
    assert person.action("urls") == "warn"
    assert person.action("overrides") == "refuse"
    assert person.action("commands") == "allow"


def test_warnings_refuse_nothing_and_say_all_that_is_looked_for() -> None:
    policy = ContentPolicy(actions={"urls": "allow"}).for_warnings()
    assert {policy.action(kind) for kind in KINDS if kind != "urls"} == {"warn"}
    assert policy.action("urls") == "allow"


@pytest.mark.parametrize("given", [{"addresses": "warn"}, {"urls": "ask"}])
def test_unknown_kinds_and_actions_are_errors(given: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Settings(content=given)  # type: ignore[arg-type]


def test_a_run_at_the_default_keeps_its_fingerprint() -> None:
    assert "content" not in LoopSettings().model_dump_json()
    made = loop_settings(Settings(content={"urls": "warn"}, content_hosts=("Docs.org",)))
    again = LoopSettings.model_validate_json(made.model_dump_json())
    assert again.content == ContentPolicy(actions={"urls": "warn"}, hosts=("docs.org",))


@pytest.mark.parametrize(("proposer", "action"), [("shrink", "allow"), ("critique", "hold")])
def test_who_only_deletes_may_delete_much(proposer: str, action: str) -> None:
    made = LoopSettings(proposer=proposer)  # type: ignore[arg-type]
    assert made.content_policy.action("deletions") == action
