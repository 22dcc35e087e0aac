"""A run's context for tests of the engine: desks and words, scripted models, a ledger in memory."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from pydantic import BaseModel

import skillopt
from skillopt.adapters.checks import ProgramChecks
from skillopt.core.events import Event
from skillopt.core.gate import GatePolicy
from skillopt.core.history.run import RunRecord
from skillopt.core.loop_settings import LoopSettings
from skillopt.core.proposals.proposal import Draft, Proposal
from skillopt.core.quoting import blocks
from skillopt.core.skill.skill import Skill
from skillopt.engine.context import Grader, Setup, TuningContext
from skillopt.engine.round_work import RoundWork
from skillopt.engine.steps.measure_baseline import measure_baseline
from tests.scripted import SKILL, insert, tasks
from tests.standins import Line, ScriptedModel
from tests.standins_ledger import MemoryLedger
from tests.targets import ScriptedTarget

RUN = "run-1"
NONE = json.dumps({"critiques": []})
"""What an optimizer replies that has no critiques."""
ALL_WORDS = "- roses: garden\n- lawn: garden\n- saw: tools\n- drill: tools\n- cake: bakery\n"
"""Lines with which the agent finds more desks than with the first version."""
NOTHING = "- nothing: nowhere\n"
"""A line with which the agent finds no desk that it did not find before."""


class Bench(NamedTuple):
    """A context, and what its parts have seen."""

    context: TuningContext
    ledger: MemoryLedger
    target: ScriptedTarget
    optimizer: ScriptedModel
    events: list[Event]

    def seen(self, kind: type[BaseModel]) -> list[Any]:
        """The events of one kind, in order."""
        return [event for event in self.events if isinstance(event, kind)]


def settings(**more: Any) -> LoopSettings:
    """Few rounds, and the gate that compares means."""
    return LoopSettings(**{"rounds": 3, "gate": GatePolicy(kind="strict"), **more})


async def bench(
    *lines: Line,
    target: ScriptedTarget | None = None,
    validation_set: skillopt.ValidationSet | None = None,
    first: Skill = SKILL,
    deterministic: bool = True,
    **more: Any,
) -> Bench:
    """A run that is in the ledger and has done nothing yet; ``more`` are its settings.

    Args:
        lines: what the optimizer replies, one a call.
        target: the agent that knows its words.
        validation_set: the tasks about desks.
        first: the version the run starts from.
        deterministic: whether the target is taken to answer alike every time.
        more: fields of the settings.
    """
    answering, ledger, events = target or ScriptedTarget(), MemoryLedger(), list[Event]()
    optimizer = ScriptedModel(*(lines or (draft_of(),)))
    setup = setup_of(
        ledger,
        answering,
        events.append,
        validation_set=validation_set or tasks(),
        deterministic=deterministic,
        **more,
    )
    await ledger.start_run(record_of(setup, optimizer, first=first), first)
    context = setup.for_tuning(RUN, first=first, optimizer=optimizer)
    return Bench(context, ledger, answering, optimizer, events)


def setup_of(
    ledger: MemoryLedger,
    target: ScriptedTarget,
    emit: Callable[[Event], None],
    *,
    validation_set: skillopt.ValidationSet,
    deterministic: bool = True,
    **more: Any,
) -> Setup:
    """Settings and connections, with a clock that goes one second at every look."""
    ticks = itertools.count()
    return Setup(
        skill_id="desks",
        skill_name="desks",
        validation_set=validation_set,
        settings=settings(**more),
        target=target,
        grader=Grader(runner=ProgramChecks(), criteria=validation_set.criteria),
        ledger=ledger,
        concurrency=4,
        clock=lambda: float(next(ticks)),
        emit=emit,
        fact="the target, the tasks and the gate",
        target_identity=target.identity,
        deterministic=deterministic,
    )


def record_of(
    setup: Setup, optimizer: ScriptedModel, *, first: Skill = SKILL, run: str = RUN, **more: Any
) -> RunRecord:
    """A run that begins."""
    fields = {
        "id": run,
        "fingerprint": "the same command",
        "skill_name": setup.skill_name,
        "skill_path": None,
        "first": first.digest,
        "validation_set": setup.validation_set.digest,
        "target": setup.target_identity,
        "optimizer": optimizer.identity,
        "settings": setup.settings,
        "started": 1.0,
    }
    return RunRecord.model_validate({**fields, **more})


def draft_of(*texts: str, idea: str = "an idea", **more: Any) -> str:
    """A reply that inserts ``texts`` at the end of the skill."""
    return json.dumps({"idea": idea, "edits": [insert(text) for text in texts], **more})


def proposal_of(*texts: str, skill: Skill = SKILL, **more: Any) -> Proposal:
    """The proposal that such a reply holds."""
    draft = Draft.model_validate_json(draft_of(*texts, **more))
    return Proposal(parent=skill.digest, draft=draft)


def with_text(text: str, skill: Skill = SKILL) -> Skill:
    """The version with ``text`` at its end."""
    return Skill(text=skill.text + text)


def asked_blocks(model: ScriptedModel, call: int = -1) -> dict[str, str]:
    """The data blocks of the user's message in a call."""
    return blocks(model.asked[call][1].content)


def train_ids(setup: Setup, words: Sequence[str]) -> set[str]:
    """Ids of the train tasks about ``words``."""
    found = (task for task in setup.validation_set.split("train"))
    return {task.id for task in found if task.id.rpartition("-")[0] in words}


async def first_round(*replies: Line, **more: object) -> tuple[Bench, RoundWork]:
    """The first round of a bench whose optimizer has no critiques, and replies ``replies``."""
    made = await bench(NONE, *replies, **more)  # type: ignore[arg-type]
    search = (await measure_baseline(made.context)).search
    return made, RoundWork(made.context, search, SKILL)
