"""Values in which every text is an attack, made by walking their types: a new field is covered."""

from __future__ import annotations

import re
import types
from collections.abc import Iterator
from enum import Enum
from itertools import count
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from skillopt.adapters.ledger import SqlLedger
from skillopt.core.evaluation.rollout import Graded
from skillopt.core.evaluation.trace import ProducedFile, Said, ToolCall, Trace
from skillopt.core.gate.contest import Outcome
from skillopt.core.history.run import Exchange, Round, RunRecord
from skillopt.core.proposals.refusal import Stage
from skillopt.core.skill.skill import Skill
from tests.adapters.ledger.samples import (
    SKILL,
    a_missing,
    a_proposal,
    a_rollout,
    a_round,
    a_run,
    an_end,
    an_exchange,
    an_insert,
)

Model = TypeVar("Model", bound=BaseModel)
_NAMES = re.compile(r"[0-9a-f]{12,}|run-\d|r\d|\d+/propose|practice/\w+")
"""What finds other rows: it stays, so that there is something to show."""
_numbers = count(1)


def mark() -> str:
    """An attack on elements, attributes, addresses, scripts and the direction of a line."""
    number = next(_numbers)
    return (
        f"javascript:alert({number})//\"'><svg onload=alert({number})>"
        f"</textarea></title><script>alert({number})</script>{{{{7919*7919}}}}\u202e"
    )


def filled(kind: Any) -> Any:
    """JSON of a type with all that may be there, and an attack in every text."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Annotated, Union, types.UnionType):
        return filled(next(one for one in inner if one is not type(None)))
    if origin is Literal:
        return inner[0]
    if origin in (tuple, list, frozenset):
        several = inner[:1] if Ellipsis in inner or origin is not tuple else inner
        return [each for one in several for each in _alternatives(one)]
    if origin is dict:
        return {mark(): filled(inner[1])}
    return _of_class(kind) if isinstance(kind, type) else mark()


def _alternatives(kind: Any) -> Iterator[Any]:
    if get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    united = get_origin(kind) in (Union, types.UnionType)
    for one in get_args(kind) if united else (kind,):
        yield filled(one)


def _of_class(kind: type) -> Any:
    if issubclass(kind, BaseModel):
        return {name: filled(field.annotation) for name, field in kind.model_fields.items()}
    if issubclass(kind, Enum):
        return next(iter(kind)).value
    return {str: mark, bool: lambda: True, int: lambda: 1, float: lambda: 0.5}.get(
        kind, lambda: None
    )()


def hostile(value: Model) -> Model:
    """``value`` with what it leaves out filled in, and an attack in every text that it takes."""
    kind = type(value)
    content = value.model_dump(mode="json")
    for name, field in kind.model_fields.items():
        if not content.get(name) and field.annotation is not None:
            whole = filled(field.annotation)
            content = _if_valid(kind, {**content, name: whole}, content)
    for holder, place in list(_texts(content)):
        before = holder[place]
        if not _NAMES.fullmatch(before):
            holder[place] = mark()
            if _if_valid(kind, content, None) is None:
                holder[place] = before
    return kind.model_validate(content)


def _if_valid(kind: type[BaseModel], content: Any, otherwise: Any) -> Any:
    try:
        kind.model_validate(content)
    except ValidationError:
        return otherwise
    return content


def _texts(content: Any) -> Iterator[tuple[Any, Any]]:
    """Every text in JSON, by what holds it and where."""
    pairs: Any = content.items() if isinstance(content, dict) else enumerate(content)
    for place, inner in pairs:
        if isinstance(inner, str):
            yield content, place
        elif isinstance(inner, dict | list):
            yield from _texts(inner)


def a_hostile_run(**more: Any) -> RunRecord:
    run = hostile(a_run(**more))
    kept = {"id": "run-1", "first": SKILL_.digest, "skill_path": f"skills/{mark()}/SKILL.md"}
    return run.model_copy(update={**kept, "finished": None, "written": False, **more})


def _line() -> str:
    """Of a skill; edits that hold hidden characters do not fit."""
    return f"- {mark()}\n".replace("\u202e", "")


SKILL_ = Skill(text=SKILL.text.replace("- Be brief.\n", "- Be brief.\n" + _line()))


ROUNDS = (
    (Outcome.ACCEPTED, Stage.GATE),
    (Outcome.REJECTED, Stage.GATE),
    (Outcome.INCONCLUSIVE, Stage.GATE),
    (Outcome.REJECTED, Stage.SCREEN),
    (Outcome.REJECTED, Stage.FIT),
)


async def fill(where: Path, *, ended: bool = True) -> None:
    """A ledger in which every text is an attack."""
    async with SqlLedger.open(where) as ledger:
        run = a_hostile_run()
        await ledger.start_run(run, SKILL_)
        steps = (
            Said(text=mark()),
            ToolCall(name=mark(), arguments={mark(): mark()}, result=mark(), failed=True),
        )
        files = (ProducedFile(path=f"{mark()}", digest="0" * 64, size=3, text=mark()),)
        shown = hostile(a_rollout(1, score=0.5)).model_copy(
            update={"trace": Trace(steps=steps), "files": files, "score": 0.5}
        )
        assert isinstance(shown, Graded)
        await ledger.add_rollout("run-1", shown.model_copy(update={"key": a_rollout(1).key}))
        await ledger.add_rollout(
            "run-1", hostile(a_missing(2)).model_copy(update={"key": a_missing(2).key})
        )
        await ledger.add_exchange(_exchange())
        parent = SKILL_
        for number, (outcome, stage) in enumerate(ROUNDS, start=1):
            edit = an_insert(_line(), anchor="- Be brief.\n")
            proposal = a_proposal(edit, parent=parent, idea=mark())
            plain, made = a_round(
                number, proposal=proposal, outcome=outcome, stage=stage, parent=parent
            )
            await ledger.add_round(_hostile_round(plain), made)
            parent = made if outcome is Outcome.ACCEPTED and made else parent
        if ended:
            end = an_end(run, last=parent.digest, stopped_by=mark())
            await ledger.finish_run(end.model_copy(update={"written": True}))


def _exchange() -> Exchange:
    plain = an_exchange()
    return plain.model_copy(update={"prompt": mark(), "reply": mark(), "reasoning": mark()})


def _hostile_round(plain: Round) -> Round:
    """A hostile round that still says what its proposal edits, so that there is a diff to show."""
    made = hostile(plain)
    assert plain.proposal
    draft = plain.proposal.draft.model_copy(update={"criteria": (mark(),)})
    kept: dict[str, Any] = {"proposal": plain.proposal.model_copy(update={"draft": draft})}
    return made.model_copy(update=kept)
