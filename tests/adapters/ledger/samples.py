"""Values for the tests of ledgers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from skillopt.adapters.ledger import SqlLedger
from skillopt.core.approval.decision import Decision
from skillopt.core.evaluation.checks import CheckResult
from skillopt.core.evaluation.rollout import Graded, Missing, RolloutKey, Usage
from skillopt.core.gate.contest import Outcome, PairedTask, Standing, Verdict
from skillopt.core.gate.sealed_result import SealedTest
from skillopt.core.history.run import (
    AcceptedRound,
    Exchange,
    RefusedRound,
    Round,
    RunRecord,
)
from skillopt.core.history.waiting import Waiting, decided
from skillopt.core.loop_settings import LoopSettings
from skillopt.core.proposals.critique import Critique
from skillopt.core.proposals.proposal import Draft, Proposal
from skillopt.core.proposals.refusal import Ablation, Part, Stage
from skillopt.core.skill.edit import Edit, Insert, Replace, apply
from skillopt.core.skill.skill import Skill
from skillopt.core.value import content_hash, text_hash

SKILL = Skill(
    text="---\nname: triage\n---\n# Triage\n\nAnswer with the queue.\n\n## Rules\n\n- Be brief.\n"
)
SKILL_ID = "./skills/triage"
"""Of the runs here."""
CONTEXT = content_hash("the context")


def a_key(number: int = 0, *, skill: Skill = SKILL, trial: int = 0) -> RolloutKey:
    return RolloutKey(
        skill=skill.digest,
        task=content_hash(["task", number]),
        target=content_hash("target"),
        trial=trial,
    )


def a_rollout(
    number: int = 0, *, score: float = 1.0, answer: str = "billing", trial: int = 0
) -> Graded:
    return Graded(
        key=a_key(number, trial=trial),
        task_id=f"task-{number}",
        answer=answer,
        score=score,
        results=(
            CheckResult(
                criterion="queue", score=score, feedback="" if score == 1 else "not `sales`"
            ),
        ),
        usage=Usage(calls=1, prompt_tokens=100, completion_tokens=7, cost=0.001),
        seconds=0.25,
    )


def a_missing(number: int = 0, *, seconds: float = 1.5, reason: str = "rate limit") -> Missing:
    return Missing(
        key=a_key(number),
        task_id=f"task-{number}",
        reason=reason,
        usage=Usage(calls=3, prompt_tokens=0, completion_tokens=0, cost=0.0),
        seconds=seconds,
    )


def a_run(name: str = "run-1", **changes: Any) -> RunRecord:
    fields: dict[str, Any] = {
        "id": name,
        "fingerprint": content_hash("the same command"),
        "skill_name": "triage",
        "skill_path": "skills/triage/SKILL.md",
        "first": SKILL.digest,
        "validation_set": content_hash("tasks"),
        "target": "practice/reader",
        "optimizer": "practice/mentor",
        "settings": LoopSettings(),
        "started": 1_790_000_000.25,
    }
    return RunRecord(**{**fields, **changes})


def an_end(run: RunRecord, **changes: Any) -> RunRecord:
    sealed = SealedTest(
        first_score=0.5, last_score=0.75, difference=0.25, low=0.1, high=0.4, p_value=0.01,
        certified=True, tasks=40, wins=12, losses=2,
    )  # fmt: skip
    end = {
        "last": run.first,
        "finished": run.started + 60.5,
        "stopped_by": "rounds",
        "sealed": sealed,
    }
    return run.model_copy(update={**end, "usage": Usage(calls=5, cost=None), **changes})


def an_insert(text: str = "- Mind the refunds.\n", *, anchor: str = "- Be brief.\n") -> Insert:
    return Insert(anchor=anchor, text=text, section=("Rules",))


def a_proposal(*edits: Edit, parent: Skill = SKILL, idea: str = "say more of refunds") -> Proposal:
    draft = Draft(
        idea=idea,
        criteria=("queue",),
        rollouts=("r1",),
        predicted_gain=0.1,
        edits=edits or (an_insert(),),
    )
    return Proposal(parent=parent.digest, draft=draft)


def made_by(proposal: Proposal, parent: Skill = SKILL) -> Skill:
    made = apply(parent, proposal.edits)
    assert isinstance(made, Skill)
    return made


def a_verdict(outcome: Outcome = Outcome.REJECTED) -> Verdict:
    return Verdict(
        outcome=outcome,
        code="test",
        reason="the mean difference over 40 tasks is +2.5 points, p = 0.31",
        gain=0.025,
        p_value=0.31,
        tasks_seen=40,
        rollouts=40,
        pairs=(
            PairedTask(
                task="v-1", incumbent=1.0, candidate=0.5, candidate_runs=1, incumbent_runs=1.0
            ),
        ),
        book={"v-1": Standing(total=1.0, runs=1.0, passed=1)},
    )


def a_round(
    number: int = 1,
    *,
    run: str = "run-1",
    proposal: Proposal | None = None,
    outcome: Outcome = Outcome.REJECTED,
    stage: Stage = Stage.GATE,
    parent: Skill = SKILL,
    context: str = CONTEXT,
) -> tuple[Round, Skill | None]:
    """A round and its candidate; the candidate is None where the round ended before the gate."""
    proposed = proposal or a_proposal(parent=parent)
    candidate = made_by(proposed, parent) if stage is Stage.GATE else None
    verdict = a_verdict(outcome)
    decision: AcceptedRound | RefusedRound
    if outcome is Outcome.ACCEPTED:
        assert candidate
        decision = AcceptedRound(verdict=verdict, candidate=candidate.digest)
    elif candidate:
        decision = RefusedRound(
            stage=stage,
            code=verdict.code,
            reason=verdict.reason,
            verdict=verdict,
            candidate=candidate.digest,
        )
    else:
        decision = RefusedRound(stage=stage, code="too_many_edits", reason="4 edits; at most 3")
    round_ = Round(
        id=content_hash([run, number])[:12],
        run=run,
        number=number,
        parent=parent.digest,
        critiques=(
            Critique(
                rollout="r1", criterion="queue", quote="my refund", cause="no word of refunds"
            ),
        ),
        proposal=proposed,
        decision=decision,
        rollouts=(a_key(1).digest,),
        spent=Usage(calls=10, cost=0.5),
        context=context,
        sections=("Triage > Rules",),
    )
    return round_, candidate


def an_ablation(number: int = 2, *, run: str = "run-1") -> Ablation:
    """Of a round with two edits: the first is bad alone, the second is good alone."""
    parts = (Part(edit=0, outcome="rejected"), Part(edit=1, outcome="accepted"))
    return Ablation(round=content_hash([run, number])[:12], parts=parts)


def an_exchange(
    key: str = "1/propose", *, run: str = "run-1", prompt: str = "[]", reply: str = "{}"
) -> Exchange:
    return Exchange(
        run=run,
        key=key,
        model=content_hash("optimizer"),
        prompt_digest=text_hash(prompt),
        prompt=prompt,
        reply=reply,
        usage=Usage(calls=1, prompt_tokens=50, completion_tokens=20, cost=0.002),
    )


def a_decision(round_: Round, **changes: Any) -> Decision:
    """On a round that waits."""
    fields: dict[str, Any] = {
        "entry": round_.id,
        "kind": "approved",
        "person": "Ana",
        "known_by": "given",
    }
    return Decision(**{**fields, **changes})


def an_edit(round_: Round, parent: Skill, **changes: Any) -> tuple[Decision, Skill]:
    """A person's own version of what waits in a round."""
    proposal = a_proposal(an_insert("- Mind the invoices.\n"), parent=parent)
    own = made_by(proposal, parent)
    edited = {"kind": "edited", "proposal": proposal, "candidate": own.digest}
    return a_decision(round_, reason="invoices, too", **edited, **changes), own


def settled(round_: Round, decision: Decision) -> Round:
    """The round that comes of a decision."""
    waiting = Waiting(round=round_, skill="triage", since=datetime.fromtimestamp(0, UTC))
    return decided(waiting, decision)


async def filled(ledger: SqlLedger) -> Skill:
    """One run: an accepted insert, an accepted replace, two refusals. The version it ends with."""
    await ledger.start_run(a_run(), SKILL)
    first = a_proposal(
        an_insert("- Mind the refunds.\n- Ask for the order.\n"), idea="refunds go to billing"
    )
    one, second_version = a_round(1, proposal=first, outcome=Outcome.ACCEPTED)
    await ledger.add_round(one, second_version)
    assert second_version
    refused = a_proposal(
        an_insert("- Always apologise.\n"), parent=second_version, idea="be polite to customers"
    )
    await ledger.add_round(*a_round(2, proposal=refused, parent=second_version))
    reworded = Replace(
        anchor="- Ask for the order.", text="- Ask for the order number.", section=("Rules",)
    )
    third = a_proposal(reworded, parent=second_version, idea="the order's number, not the order")
    three, last = a_round(3, proposal=third, outcome=Outcome.ACCEPTED, parent=second_version)
    await ledger.add_round(three, last)
    assert last
    await ledger.add_round(*a_round(4, stage=Stage.FIT, parent=last))
    await ledger.finish_run(an_end(a_run(), last=last.digest))
    return last
