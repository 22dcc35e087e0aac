"""Flags made from the settings: every one there, and only what was named is given."""

from __future__ import annotations

from typing import Any, get_args

import pytest
import typer
from typer.testing import CliRunner, Result

from skillopt.cli.options import PANELS, REPEATED, ROLES_ONLY, SWITCHES, with_settings
from skillopt.core.gate import GateKind
from skillopt.core.settings import Settings
from skillopt.errors import SettingsError

EVERY = [name for names in PANELS.values() for name in names]
seen: list[dict[str, Any]] = []
app = typer.Typer(add_completion=False)


@app.command()
@with_settings(EVERY)
def command(path: str = "", *, given: dict[str, Any]) -> None:
    """Keep what is given."""
    seen.append({"path": path, **given} if path else given)


def ran(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def given(*arguments: str) -> dict[str, Any]:
    result = ran(*arguments)
    assert result.exit_code == 0, (result.output, result.exception)
    return seen.pop()


def test_every_setting_is_a_flag_under_one_heading() -> None:
    assert sorted(EVERY) == sorted(Settings.model_fields)
    assert len(EVERY) == len(set(EVERY))
    assert set(ROLES_ONLY) <= set(EVERY)
    assert set(SWITCHES) | set(REPEATED) <= set(EVERY)


def test_what_is_not_named_is_left_to_the_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SKILLOPT_LEDGER", raising=False)
    assert given() == {}


def test_a_value_has_its_settings_type() -> None:
    named = given("--rounds", "0", "--alpha", "0.2", "--gate", "exact", "--target", "openai/a")
    assert named == {"rounds": 0, "alpha": 0.2, "gate": "exact", "target": "openai/a"}
    assert Settings(**named).rounds == 0


def test_a_commands_own_arguments_stay_its_own() -> None:
    assert given("--path", "x.md", "--seed", "3") == {"path": "x.md", "seed": 3}


@pytest.mark.parametrize("name", SWITCHES)
def test_a_switch_is_on_off_or_left_alone(name: str) -> None:
    on, off = SWITCHES[name].split("/")
    assert given(on) == {name: True}
    assert given(off) == {name: False}


@pytest.mark.parametrize("name", ["practice", "allow_self_judging", "reopen_sealed"])
def test_a_plain_flag_can_only_be_set(name: str) -> None:
    flag = "--" + name.replace("_", "-")
    assert given(flag) == {name: True}
    assert ran(f"--no-{flag.removeprefix('--')}").exit_code == 2


def test_a_repeated_flag_collects_its_values() -> None:
    assert given("--sibling", "parcels", "--sibling", "letters") == {
        "siblings": ["parcels", "letters"]
    }


def test_files_to_edit_are_named_by_pattern() -> None:
    named = given("--edit", "scripts/*.py", "--edit", "data/*.json", "--tune-description")
    assert named == {"edits": ["scripts/*.py", "data/*.json"], "tune_description": True}
    assert Settings(**named).edits == ("scripts/*.py", "data/*.json")


def test_parameters_are_json_where_they_can_be() -> None:
    pairs = ("noise=0.1", "stop=[1,2]", "name=a=b", "word=true-ish", "flag=true", "none=null", "e=")
    named = given(*(part for pair in pairs for part in ("--target-param", pair)))
    assert named == {
        "target_params": {
            "noise": 0.1,
            "stop": [1, 2],
            "name": "a=b",
            "word": "true-ish",
            "flag": True,
            "none": None,
            "e": "",
        }
    }


@pytest.mark.parametrize("text", ["noise", "=0.1", ""])
def test_a_parameter_without_a_name_is_named_with_the_way_out(text: str) -> None:
    result = ran("--judge-param", text)
    assert isinstance(result.exception, SettingsError)
    assert f"--judge-param: expected name=value, got {text!r}; for example" in str(result.exception)


@pytest.mark.parametrize("arguments", [("--rounds", "many"), ("--gate", "none"), ("--nonsense",)])
def test_a_wrong_value_is_a_usage_error(arguments: tuple[str, ...]) -> None:
    assert ran(*arguments).exit_code == 2


def test_a_choice_has_all_that_the_setting_has() -> None:
    for kind in get_args(GateKind):
        assert given("--gate", kind) == {"gate": kind}


def test_the_ledger_may_be_named_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKILLOPT_LEDGER", "mine.db")
    assert given() == {"ledger": "mine.db"}
    assert given("--ledger", "other.db") == {"ledger": "other.db"}


def test_the_help_has_every_flag_with_its_sentence_and_its_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    said = " ".join(ran("--help").output.split())
    for title in PANELS:
        assert title in said
    assert "Maximum number of rounds (one proposal each). Default: 12." in said
    assert "Parameter of the target's calls. As name=value" in said
    assert "Default: None" not in said
