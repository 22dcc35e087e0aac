"""Ask why the target failed, before anybody proposes an edit."""

from __future__ import annotations

import json
from collections.abc import Sequence

from skillopt.core.evaluation.rollout import Reply
from skillopt.core.events import OptimizerAsked
from skillopt.core.history.critique_recall import Settled
from skillopt.core.proposals.candidate_criteria import only_new
from skillopt.core.proposals.critique import Critique, Critiques, Observation, parse_critiques
from skillopt.core.quoting import in_one_line, json_text
from skillopt.core.replies import BadReply
from skillopt.core.skill.skill import Skill
from skillopt.engine import off_loop
from skillopt.engine.context import TuningContext
from skillopt.engine.prompts import complaint, question, sent_back
from skillopt.engine.shown_skill import prompts_of_files, skill_blocks
from skillopt.engine.steps.ask_optimizer import ask_optimizer

NOTHING = Settled()


async def criticize(
    context: TuningContext,
    skill: Skill,
    observations: Sequence[Observation],
    *,
    number: int,
    known: Settled = NOTHING,
    earlier: str = "",
) -> tuple[Critique, ...]:
    """The optimizer's critiques of the failures in ``observations``, quotes verified.

    A reply that was cut off, or that holds no JSON of that shape, is sent back once with the
    reason. Without critiques the proposal still has the evidence itself.

    Args:
        context: the run.
        skill: the version that failed.
        observations: what the optimizer is shown.
        number: of the round.
        known: what earlier rounds said of them; those are not asked about again.
        earlier: critiques of similar failures.
    """
    fresh = [one for one in observations if one.passed or one.rollout not in known.rollouts]
    if all(one.passed for one in fresh):
        return known.critiques
    found = await _asked(context, skill, fresh, number, earlier)
    return (*known.critiques, *only_new(found, context.validation_set.criteria))


async def _asked(
    context: TuningContext,
    skill: Skill,
    observations: Sequence[Observation],
    number: int,
    earlier: str,
) -> tuple[Critique, ...]:
    data = {
        **skill_blocks(skill, context.edit_scope),
        "criteria": json_text(context.validation_set.stated_criteria),
        "evidence": evidence(observations, with_steps=True),
    }
    if earlier:
        data["earlier"] = earlier
    context.emit(OptimizerAsked(number=number, step="criticize"))
    traces = ("traces",) if any(one.steps for one in observations) else ()
    messages = question(
        "criticize",
        data,
        shape=Critiques,
        more=(*traces, *prompts_of_files(skill, context.edit_scope)),
    )
    first = await ask_optimizer(context, f"{number}/criticize", messages, shape=Critiques)
    try:
        return await off_loop.read(first.text, lambda: _critiques(first, observations))
    except BadReply as bad:
        again = (*messages, sent_back(first.text), complaint(str(bad)))
    context.emit(OptimizerAsked(number=number, step="repair_critiques"))
    second = await ask_optimizer(context, f"{number}/repair_critiques", again, shape=Critiques)
    try:
        return await off_loop.read(second.text, lambda: _critiques(second, observations))
    except BadReply:
        return ()


def _critiques(reply: Reply, observations: Sequence[Observation]) -> tuple[Critique, ...]:
    return parse_critiques(
        reply.text, tuple(observations), ending=reply.ending, reasoning=reply.reasoning
    ).critiques


def evidence(observations: Sequence[Observation], *, with_steps: bool = False) -> str:
    """The observations as a JSON list, one to a line.

    Args:
        observations: what the optimizer is shown.
        with_steps: with what the target did on the way; a proposal has the critiques of that.
    """
    left_out = None if with_steps else {"steps"}
    rows = [
        in_one_line(
            json.dumps(observation.model_dump(mode="json", exclude=left_out), ensure_ascii=False)
        )
        for observation in observations
    ]
    return "[\n" + ",\n".join(rows) + "\n]"
