"""Ask why the target failed, before anybody proposes an edit."""

from __future__ import annotations

import json
from collections.abc import Sequence

from skillopt.core.events import OptimizerAsked
from skillopt.core.proposals.critique import Critique, Critiques, Observation, parse_critiques
from skillopt.core.replies import BadReply
from skillopt.core.skill.skill import Skill
from skillopt.core.value import canonical_json
from skillopt.engine.context import TuningContext
from skillopt.engine.prompts import question
from skillopt.engine.steps.ask_optimizer import ask_optimizer


async def criticize(
    context: TuningContext, skill: Skill, observations: Sequence[Observation], *, number: int
) -> tuple[Critique, ...]:
    """The optimizer's critiques of the failures in ``observations``, quotes verified.

    A reply that holds no critique at all leaves the round without any: the proposal still has the
    evidence itself.
    """
    data = {
        "skill": skill.text,
        "criteria": canonical_json(context.validation_set.stated_criteria),
        "evidence": evidence(observations),
    }
    context.emit(OptimizerAsked(number=number, step="criticize"))
    messages = question("criticize", data, shape=Critiques)
    reply = await ask_optimizer(context, f"{number}/criticize", messages, shape=Critiques)
    try:
        return parse_critiques(reply.text, tuple(observations), ending=reply.ending).critiques
    except BadReply:
        return ()


def evidence(observations: Sequence[Observation]) -> str:
    """The observations as a JSON list, one to a line."""
    rows = [
        json.dumps(observation.model_dump(mode="json"), ensure_ascii=False)
        for observation in observations
    ]
    return "[\n" + ",\n".join(rows) + "\n]"
