"""How an agent is called: words in, words out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from skillopt.core.agents.form import AgentForm
from skillopt.errors import SettingsError

PLACES = {"prompt": "P", "prompt_file": "/f", "answer_file": "/a"}


def test_places_are_filled_once() -> None:
    form = AgentForm(command=("x", "--in={prompt_file}", "{prompt}", "{other}"), prompt="argument")
    words = form.words(**{**PLACES, "prompt": "{answer_file}"})
    assert words == ["x", "--in=/f", "{answer_file}", "{other}"]


def test_model_and_arguments_go_where_the_command_says_or_to_its_end() -> None:
    form = AgentForm(command=("x", "{args}", "-"), model=("-m", "{model}"))
    told = form.told(model="big", args=["--fast"])
    assert told.words(**PLACES) == ["x", "-m", "big", "--fast", "-"]
    plain = AgentForm(command=("x", "-"), model=("-m={model}",), prompt="argument")
    assert plain.told(model="big").words(**PLACES) == ["x", "-", "-m=big", "P"]
    assert plain.words(**PLACES) == ["x", "-", "P"]


def test_an_agent_that_cannot_be_told_a_model_says_so() -> None:
    with pytest.raises(SettingsError, match="add `model`, such as"):
        AgentForm(command=("x",)).told(model="big")


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"prompt": "file"}, "write {prompt_file}"),
        ({"answer": "file"}, "write {answer_file}"),
        ({"model": ["-m"]}, "has no {model}"),
        ({"skills": "../skills"}, "without `..`"),
        ({"skills": "/skills"}, "no relative path"),
        ({"answer": "file", "answer_file": ".git/config"}, "own folder"),
        ({"command": []}, "at least 1 item"),
        ({"answer": "xml"}, "Input should be"),
        ({"colour": "red"}, "Extra inputs"),
    ],
)
def test_a_form_that_cannot_work_is_refused(fields: dict[str, object], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        AgentForm.model_validate({"command": ["x"], **fields})


@given(st.text(), st.text())
def test_whatever_a_prompt_is_it_is_one_word(prompt: str, path: str) -> None:
    form = AgentForm(command=("x", "{prompt_file}", "--text={prompt}"), prompt="argument")
    words = form.words(prompt=prompt, prompt_file=path, answer_file="/a")
    assert words == ["x", path, f"--text={prompt}"]
