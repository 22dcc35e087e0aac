"""Records of runs that never were: as long, as odd and as hostile as a test needs."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from skillopt.core.evaluation.rollout import Usage
from skillopt.core.gate.contest import GateMemory, Noise, Outcome, PairedTask, Standing, Verdict
from skillopt.core.gate.sealed_result import SealedTest
from skillopt.core.history.run import AcceptedRound, RefusedRound, Round, RunRecord
from skillopt.core.loop_settings import LoopSettings, SpendLimits
from skillopt.core.proposals.critique import CauseKind, Critique
from skillopt.core.proposals.proposal import Draft, Proposal
from skillopt.core.proposals.refusal import Stage
from skillopt.core.report.facts import ReplySpend, RunFacts, TaskSpend
from skillopt.core.skill.edit import Insert
from skillopt.core.skill.skill import Skill

FIRST = Skill(text="---\nname: tickets\n---\n# Tickets\n\n- Answer in one word.\n")
SEALED = SealedTest(
    first_score=0.5, last_score=0.75, difference=0.25, low=0.1, high=0.4, p_value=0.01,
    certified=True, tasks=40, wins=12, losses=2,
)  # fmt: skip
STARTED = 1_700_000_000.0


def record(**changes: Any) -> RunRecord:
    """A finished tuning run that accepted nothing."""
    fields: dict[str, Any] = {
        "id": "20231114-221320-abcdef",
        "fingerprint": "f" * 64,
        "skill_name": "tickets",
        "skill_path": "tickets.md",
        "first": FIRST.digest,
        "last": FIRST.digest,
        "validation_set": "a" * 64,
        "target": "some/model",
        "optimizer": "other/model",
        "settings": LoopSettings(),
        "limits": SpendLimits(max_calls=1000),
        "started": STARTED,
        "finished": STARTED + 754,
        "stopped_by": "patience",
        "baseline": 0.5,
    }
    return RunRecord.model_validate({**fields, **changes})


def verdict(
    before: Sequence[float],
    after: Sequence[float | None],
    *,
    outcome: Outcome = Outcome.REJECTED,
    names: Sequence[str] = (),
    **changes: Any,
) -> Verdict:
    """A verdict on tasks `t1`, `t2`, ...; None where the candidate was not run."""
    ids = list(names) or [f"t{place}" for place in range(1, len(before) + 1)]
    both = [new - old for old, new in zip(before, after, strict=True) if new is not None]
    pairs = tuple(
        PairedTask(
            task=task,
            incumbent=old,
            candidate=new,
            candidate_runs=new is not None,
            incumbent_runs=1,
        )
        for task, old, new in zip(ids, before, after, strict=True)
    )
    goes_on = after if outcome is Outcome.ACCEPTED else before
    kept = [old if new is None else new for old, new in zip(before, goes_on, strict=True)]
    fields: dict[str, Any] = {
        "outcome": outcome,
        "code": "test",
        "reason": "the difference is what it is",
        "gain": sum(both) / len(both) if both else None,
        "p_value": 0.04 if outcome is Outcome.ACCEPTED else 0.6,
        "tasks_seen": len(both),
        "rollouts": len(both),
        "pairs": pairs,
        "book": {task: Standing(total=one, runs=1) for task, one in zip(ids, kept, strict=True)},
        "memory": GateMemory(step=1.0, noise=Noise(squares=1, repeats=3)),
    }
    return Verdict.model_validate({**fields, **changes})


def proposal(parent: Skill, idea: str = "say more", text: str = "- Say more.\n") -> Proposal:
    """One insertion at the end."""
    edit = Insert(anchor="", text=text)
    draft = Draft(idea=idea, criteria=("tone",), edits=(edit,), predicted_gain=0.1)
    return Proposal(parent=parent.digest, draft=draft)


def made_by(parent: Skill, text: str = "- Say more.\n") -> Skill:
    """What the proposal makes."""
    return Skill(text=parent.text + text)


def round_(
    number: int,
    parent: Skill,
    found: Verdict | None,
    *,
    candidate: Skill | None = None,
    idea: str = "say more",
    text: str = "- Say more.\n",
    **changes: Any,
) -> Round:
    """A decided round; without a verdict the screen has refused it."""
    made = candidate or made_by(parent, text)
    decision: AcceptedRound | RefusedRound
    if found is None:
        decision = RefusedRound(stage=Stage.SCREEN, code="known", reason="refused before")
    elif found.accepted:
        decision = AcceptedRound(verdict=found, candidate=made.digest)
    else:
        decision = RefusedRound(
            stage=Stage.GATE,
            code=found.code,
            reason=found.reason,
            verdict=found,
            candidate=made.digest,
        )
    fields: dict[str, Any] = {
        "id": f"{number:012x}",
        "run": "20231114-221320-abcdef",
        "number": number,
        "parent": parent.digest,
        "critiques": (),
        "proposal": proposal(parent, idea, text),
        "decision": decision,
        "rollouts": (),
        "spent": Usage(calls=number),
        "context": "c" * 64,
        "sections": ("Tickets",),
    }
    return Round.model_validate({**fields, **changes})


def facts(
    run: RunRecord, rounds: Sequence[Round] = (), *, versions: Sequence[Skill] = (), **changes: Any
) -> RunFacts:
    """All that the ledger has of it."""
    usage = Usage(calls=10, prompt_tokens=1000, completion_tokens=100, cost=0.01)
    fields: dict[str, Any] = {
        "record": run,
        "rounds": tuple(rounds),
        "versions": {skill.digest: skill for skill in (FIRST, *versions)},
        "usage": usage + usage,
        "tasks": (TaskSpend(task="t1", digest="d1", usage=usage),),
        "replies": (ReplySpend(step="propose", usage=usage),),
        "no_result": frozenset(),
        "shown": {},
        "alone": {},
    }
    return RunFacts(**{**fields, **changes})


def long_run(rounds: int, tasks: int, *, seed: int = 1, hostile: str = "") -> RunFacts:
    """A run in which every fifth proposal is accepted, and contests end before all tasks are run.

    Args:
        rounds: how many.
        tasks: validation tasks.
        seed: of the scores.
        hostile: is in every text that a model, a task or a person can fill.
    """
    chance = random.Random(seed)
    names = [f"{hostile}task-{place:04}" for place in range(tasks)]
    scores = [float(chance.random() < 0.5) for _ in range(tasks)]
    parent, made, found = FIRST, [], []
    for number in range(1, rounds + 1):
        better = number % 5 == 0
        stop = tasks if better else chance.randint(tasks // 3, tasks)
        after: list[float | None] = [
            _flipped(score, chance, up=better) if place < stop else None
            for place, score in enumerate(scores)
        ]
        text = f"- Rule {number}: {hostile}{'say it plainly, and briefly. ' * 5}\n"
        candidate = made_by(parent, text)
        outcome = Outcome.ACCEPTED if better else Outcome.REJECTED
        decided = verdict(scores, after, outcome=outcome, names=names, reason=f"{hostile}so it is")
        found.append(
            round_(
                number, parent, decided, candidate=candidate, text=text,
                idea=f"{hostile}rule {number} for the tickets that failed",
                critiques=(
                    Critique(
                        rollout="r1", criterion=f"{hostile[:150]}tone", kind=CauseKind.MISSING,
                        quote=f"{hostile}as it was said", cause=f"{hostile}nothing says how",
                    ),
                ),
                rollouts=("k1",),
            )
        )  # fmt: skip
        made.append(candidate)
        if better:
            parent, scores = candidate, [one or 0.0 for one in after]
    accepted = rounds >= 5
    run = record(
        skill_name=f"{hostile}tickets",
        user=hostile or "ada",
        last=parent.digest,
        sealed=SEALED if accepted else None,
        stopped_by="rounds",
    )
    return facts(run, found, versions=made, shown={"k1": f"{hostile}train-1"})


def _flipped(score: float, chance: random.Random, *, up: bool) -> float:
    if chance.random() < 0.9:
        return score
    return 1.0 if up else float(chance.random() < 0.5)
