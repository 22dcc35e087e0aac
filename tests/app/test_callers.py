"""Which process makes the calls of a run changes nothing of what comes out."""

from __future__ import annotations

from dataclasses import replace

from skillopt.adapters.models import Callers
from skillopt.app.tune import Run, tune_skill
from tests.app.jobs import job
from tests.loopback import Body, Loopback, said, serving
from tests.scripted import SKILL, agent, learner


def answered(request: Body) -> str:
    """As the agent does, which finds the skill in the prompt."""
    system, letter = (message["content"] for message in request["messages"])
    return agent(system, letter)


async def tuned(loopback: Loopback, callers: Callers) -> Run:
    loopback.script(said(answered))
    given = job(target="openai/m", optimizer=learner, api_base=loopback.base, rounds=4)
    return await tune_skill(replace(given, callers=callers), write=False)


def decided(run: Run) -> list[tuple[object, str]]:
    """What was proposed, and what came of it."""
    return [(one.proposal, one.decision.kind) for one in run.rounds]


async def test_a_run(elsewhere: Callers) -> None:
    async with serving() as loopback:
        here = await tuned(loopback, Callers(0))
        calls = len(loopback.requests)
        there = await tuned(loopback, elsewhere)
    assert elsewhere.cpu > 0
    assert there.skill == here.skill != SKILL
    assert len(loopback.requests) == 2 * calls
    assert decided(there) == decided(here)
