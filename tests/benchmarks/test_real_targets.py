"""The harness that writes a document with the real model, against an endpoint of ours."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator
from typing import Any

import pytest

import skillopt
from skillopt.core.evaluation.asked import for_target
from skillopt.core.evaluation.second_attempt import second_attempt
from skillopt.core.evaluation.self_check import INSTRUCTION, parted, self_checked
from tests.benchmarks.real_targets import NOTE, Document
from tests.benchmarks.real_tasks import requests
from tests.loopback import Loopback, body, serving

TASK = requests().tasks[0]
SKILL = skillopt.Skill(text="# Requests\n\nText: A lamp is broken\nAnswer: repairs\n")


def line(text: str, *chances: float) -> dict[str, Any]:
    """A completion as llama.cpp's server sends it."""
    tokens = [{"token": " food", "logprob": math.log(chance)} for chance in chances]
    tokens.append({"token": "\n", "logprob": math.log(0.1)})
    return {"choices": [{"text": text, "logprobs": {"content": tokens} if chances else None}]}


@pytest.fixture
async def endpoint() -> AsyncIterator[Loopback]:
    async with serving() as loopback:
        loopback.script(body(line(" food", 0.8, 0.5)))
        yield loopback


async def test_the_skill_and_the_task_are_a_document(endpoint: Loopback) -> None:
    target = Document(endpoint.base, temperature=0, seed=0)
    answer = await target.answer(SKILL, TASK, trial=0)
    assert answer.text == "food"
    prompt = f"{SKILL.text}\n\nText: {TASK.text}\nAnswer:"
    assert endpoint.requests[0]["prompt"] == prompt


async def test_a_first_answer_and_the_request_to_check_it_are_turns(endpoint: Loopback) -> None:
    asked = second_attempt(TASK, "travel", converses=Document.converses)
    await Document(endpoint.base, temperature=0, seed=0).answer(SKILL, for_target(asked), trial=0)
    turns = endpoint.requests[0]["prompt"].removeprefix(f"{SKILL.text}\n\n").split("\n")
    assert turns[:4] == [f"Text: {TASK.text}", "Answer: travel", "", turns[3]]
    assert turns[3].startswith("Text: Check your answer above.")


async def test_versions_that_differ_in_a_note_draw_each_for_itself(endpoint: Loopback) -> None:
    target = Document(endpoint.base, temperature=0.7, seed=0)
    noted = skillopt.Skill(text=f"{SKILL.text}{NOTE}1 -->\n")
    for skill, trial in ((SKILL, 0), (noted, 0), (SKILL, 1), (SKILL, 0)):
        await target.answer(skill, TASK, trial=trial)
    prompts = {request["prompt"] for request in endpoint.requests}
    seeds = [request["seed"] for request in endpoint.requests]
    assert len(prompts) == 1
    assert len(set(seeds)) == 3
    assert seeds[3] == seeds[0]


async def test_the_probability_of_all_words_is_the_confidence(endpoint: Loopback) -> None:
    target = Document(endpoint.base, temperature=0, seed=0)
    said = parted((await target.answer(SKILL, for_target(self_checked(TASK)), trial=0)).text)
    assert (said.answer, said.assessment and said.assessment.confidence) == ("food", 0.4)
    assert INSTRUCTION not in endpoint.requests[0]["prompt"]
    assert len(endpoint.requests) == 1


async def test_a_stated_confidence_is_how_the_model_goes_on(endpoint: Loopback) -> None:
    endpoint.script(body(line(" food", 0.4)), body(line(" 95%")))
    target = Document(endpoint.base, temperature=0, seed=0, confidence="stated")
    said = parted((await target.answer(SKILL, for_target(self_checked(TASK)), trial=0)).text)
    assert (said.answer, said.assessment and said.assessment.confidence) == ("food", 0.95)
    first, second = (request["prompt"] for request in endpoint.requests)
    assert second == f"{first} food\n[end of answer]\nConfidence:"


def test_what_shapes_an_answer_names_the_target() -> None:
    cold, other = (Document("", temperature=0, seed=seed) for seed in (0, 1))
    warm, again = (Document("", temperature=0.7, seed=seed) for seed in (0, 1))
    stated = Document("", temperature=0, seed=0, confidence="stated")
    assert cold.identity == other.identity
    assert len({one.identity for one in (cold, warm, again, stated)}) == 4
    assert (cold.deterministic, warm.deterministic) == (True, False)
