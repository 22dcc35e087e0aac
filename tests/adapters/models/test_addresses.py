"""Addresses that no request can reach are named before the first call."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.adapters.models import LiteLLMModel, ModelSettings
from skillopt.adapters.models.addresses import base_from_environment, check_address, wrong_path
from skillopt.errors import SettingsError


@pytest.mark.parametrize(
    ("base", "said"),
    [
        ("127.0.0.1:8080/v1", "write http://127.0.0.1:8080/v1"),
        ("localhost:8080", "write http://localhost:8080"),
        ("//host/v1", "write http://host/v1"),
        ("ftp://host/v1", "write http://host/v1"),
        ("http:/host/v1", "does not start with"),
        ("http://", "is no URL"),
        ("http://host:port/v1", "is no URL"),
        ("http://a host/v1", "is no URL"),
        ("http://host/v1/chat/completions", "write http://host/v1"),
        ("http://host/v1/models/", "write http://host/v1"),
    ],
)
def test_a_wrong_address_is_named_with_the_right_one(base: str, said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        check_address(base, provider="openai")
    assert said in str(caught.value)
    assert repr(base) in str(caught.value)


@given(
    scheme=st.sampled_from(["http", "https", "HTTPS"]),
    host=st.from_regex(r"[a-z][a-z0-9-]{0,9}(\.[a-z]{2,5})?", fullmatch=True),
    port=st.none() | st.integers(1, 65535),
    path=st.sampled_from(["", "/", "/v1", "/v1/", "/api/openai/v1", "/models/v1"]),
)
def test_every_base_url_is_taken(scheme: str, host: str, port: int | None, path: str) -> None:
    where = host if port is None else f"{host}:{port}"
    check_address(f"{scheme}://{where}{path}", provider="openai")


def test_another_providers_address_may_end_with_a_route() -> None:
    check_address("https://host/v1/chat/completions", provider="azure_ai")


def test_the_variable_is_named_where_the_address_comes_from_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_BASE", "localhost:1/v1")
    with pytest.raises(SettingsError, match="OPENAI_API_BASE 'localhost:1/v1'"):
        LiteLLMModel(ModelSettings(model="openai/m")).check()


def test_a_path_that_is_not_there_has_a_likely_one() -> None:
    assert "such as http://h:1/v1" in wrong_path("http://h:1")
    assert "check the path" in wrong_path("http://h:1/v1/")
    assert "the provider's address" in wrong_path(None)


@pytest.mark.parametrize(
    ("model", "variable"),
    [
        ("openai/m", "OPENAI_API_BASE"),
        ("openai/m", "OPENAI_BASE_URL"),
        ("gpt-5-mini", "OPENAI_BASE_URL"),
        ("text-completion-openai/m", "OPENAI_API_BASE"),
        ("hosted_vllm/Qwen/Qwen3-4B", "HOSTED_VLLM_API_BASE"),
        ("ollama/m", "OLLAMA_API_BASE"),
        ("ollama_chat/m", "OLLAMA_API_BASE"),
        ("claude-sonnet-4-5", "ANTHROPIC_API_BASE"),
    ],
)
def test_an_address_in_the_environment_is_part_of_the_identity(
    model: str, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = ModelSettings(model=model)
    for name in ("OPENAI_API_BASE", "OPENAI_BASE_URL", variable):
        monkeypatch.delenv(name, raising=False)
    bare = settings.digest()
    monkeypatch.setenv("MISTRAL_API_BASE", "http://a:1/v1")
    assert settings.digest() == bare, "another provider's variable changes nothing"
    found = set()
    for address in ("http://a:1/v1", "http://b:1/v1"):
        monkeypatch.setenv(variable, address)
        assert settings.base == base_from_environment(model) == address
        assert settings.digest() == ModelSettings(model=model, api_base=address).digest()
        found.add(settings.digest())
    assert len({bare, *found}) == 3


def test_a_practice_model_has_no_address_in_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PRACTICE_API_BASE", "http://a:1/v1")
    assert ModelSettings(model="practice/reader").base is None
