"""Ask the judge how well an answer meets the criteria of a rubric."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from pydantic import Field

from skillopt.core.evaluation.checks import CheckResult
from skillopt.core.evaluation.grading import result
from skillopt.core.evaluation.rollout import Reply, Usage
from skillopt.core.evaluation.task import Message, Task
from skillopt.core.quoting import json_text
from skillopt.core.replies import BadReply, read_reply
from skillopt.core.value import Value
from skillopt.engine import off_loop
from skillopt.engine.prompts import question, sent_back
from skillopt.errors import CallFailed, ChargedError
from skillopt.ports import Model


class Judgement(Value):
    """What the judge says of one criterion."""

    criterion: str
    """Its name, as the prompt gives it."""
    quote: str = Field(default="", max_length=2000)
    """Words of the answer that decide it; empty where it is about what is lacking."""
    why: str = Field(max_length=2000)
    """One sentence."""
    met: float = Field(ge=0, le=1, allow_inf_nan=False)
    """From 0, not met at all, to 1, fully met."""


class Judgements(Value):
    """A judge's reply: every criterion once."""

    results: tuple[Judgement, ...] = Field(max_length=100)


async def judge(
    task: Task, answer: str, *, criteria: Mapping[str, str], model: Model
) -> tuple[tuple[CheckResult, ...], Usage]:
    """One result per criterion, in the order of ``criteria``, and what asking used.

    A reply that leaves out a criterion, or answers one twice, is sent back once.

    Args:
        task: the task that was answered.
        answer: what the target said; quoted, so that nothing in it can pass for a verdict.
        criteria: each criterion's sentence by its name.
        model: the judge.

    Raises:
        CallFailed: the provider failed, or the second reply was no verdict either: missing data.
        RunStopped: no call can succeed.
        SpendExhausted: a limit leaves no room for the call.
    """
    data = {
        "criteria": json_text(dict(criteria)),
        "input": task.text,
        "expected": json_text(task.expected),
        "answer": answer,
    }
    messages = question("judge", data, shape=Judgements)
    first = await model.reply(messages, shape=Judgements)
    try:
        results = partial(_results, first, answer, criteria)
        return await off_loop.read(first.text, results), first.usage
    except BadReply as complaint:
        mend = f"Your reply cannot be used: {complaint}. Send the whole JSON object again, mended."
    again = (
        *messages,
        sent_back(first.text),
        Message(role="user", content=mend),
    )
    try:
        second = await model.reply(again, shape=Judgements)
    except ChargedError as error:
        error.charge(first.usage)
        raise
    used = first.usage + second.usage
    try:
        results = partial(_results, second, answer, criteria)
        return await off_loop.read(second.text, results), used
    except BadReply as complaint:
        raise CallFailed(
            f"the judge gave no valid verdict on task {task.id!r}: {complaint}",
            used=used,
            passing=False,
        ) from None


def _results(reply: Reply, answer: str, criteria: Mapping[str, str]) -> tuple[CheckResult, ...]:
    read = read_reply(reply.text, shape=Judgements, ending=reply.ending, reasoning=reply.reasoning)
    judgements = read.content.results
    by_name: dict[str, Judgement] = {}
    for judgement in judgements:
        if judgement.criterion not in criteria:
            raise BadReply(f"{judgement.criterion[:80]!r} is none of the criteria")
        if judgement.criterion in by_name:
            raise BadReply(f"the criterion {judgement.criterion[:80]!r} is answered twice")
        by_name[judgement.criterion] = judgement
    missing = [name for name in criteria if name not in by_name]
    if missing:
        raise BadReply(f"the criterion {missing[0][:80]!r} is not answered")
    return tuple(_result(name, by_name[name], answer) for name in criteria)


def _result(name: str, judgement: Judgement, answer: str) -> CheckResult:
    if judgement.met >= 1:
        return result(name, 1.0, "")
    quote = judgement.quote.strip()
    said = f"{judgement.why} (in the answer: {quote!r})" if _is_in(quote, answer) else judgement.why
    return result(name, judgement.met, said or "not met")


def _is_in(quote: str, answer: str) -> bool:
    """Whether the answer really says that; white space is not compared."""
    return bool(quote) and "".join(quote.split()) in "".join(answer.split())
