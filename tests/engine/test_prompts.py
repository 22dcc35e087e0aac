"""Prompts: every step's text, the shape of its reply, and the data in blocks."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from skillopt.core.proposals.critique import Critiques
from skillopt.core.proposals.proposal import Draft
from skillopt.core.quoting import blocks
from skillopt.engine.prompts import prompt, question
from skillopt.engine.steps.judge import Judgements

SHAPES: dict[str, type[BaseModel]] = {
    "criticize": Critiques,
    "judge": Judgements,
    "propose": Draft,
}
texts = st.dictionaries(st.sampled_from(["skill", "evidence", "limits", "answer"]), st.text())


@pytest.mark.parametrize("step", SHAPES)
def test_a_prompt_is_text_without_margins(step: str) -> None:
    text = prompt(step)
    assert len(text) > 200
    assert text == text.strip()


def test_a_step_without_a_prompt_is_a_missing_file() -> None:
    with pytest.raises(FileNotFoundError):
        prompt("no-such-step")


@pytest.mark.parametrize("step", SHAPES)
def test_the_system_message_is_the_prompt_and_the_schema(step: str) -> None:
    system, user = question(step, {}, shape=SHAPES[step])
    assert (system.role, user.role) == ("system", "user")
    before, after = system.content.split("The JSON schema of your reply:")
    assert before.strip() == prompt(step)
    assert json.loads(after) == SHAPES[step].model_json_schema()


@given(texts)
def test_the_user_message_is_the_data_and_nothing_else(data: dict[str, str]) -> None:
    _, user = question("propose", data, shape=Draft)
    assert blocks(user.content) == data


@given(texts)
def test_no_data_reaches_the_system_message(data: dict[str, str]) -> None:
    system, _ = question("propose", data, shape=Draft)
    assert system == question("propose", {}, shape=Draft)[0]
