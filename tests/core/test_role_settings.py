"""Who plays each role."""

from __future__ import annotations

from skillopt.core.role_settings import RoleSettings, names_practice_model


def test_practice_fills_only_unnamed_roles() -> None:
    settings = RoleSettings(practice=True, target="openai/some-model")
    assert settings.model("target") == "openai/some-model"
    assert settings.model("optimizer") == "practice/mentor"
    assert RoleSettings().model("target") is None


def test_a_role_has_its_own_endpoint_the_shared_one_or_its_providers() -> None:
    settings = RoleSettings(
        api_base="http://all", target_api_base="http://t", optimizer_api_base=""
    )
    assert settings.base("target") == "http://t"
    assert settings.base("optimizer") is None
    assert settings.base("judge") == "http://all"
    assert RoleSettings().base("judge") is None


def test_a_sandbox_isolates_and_so_does_asking_for_it() -> None:
    assert RoleSettings(sandbox=True).isolates
    assert RoleSettings(isolate_checks=True).isolates
    assert not RoleSettings().isolates


def test_practice_models_go_by_their_prefix() -> None:
    assert names_practice_model("practice/reader")
    assert not names_practice_model("openai/practice/reader")
    assert not names_practice_model(None)
