"""What the tools answer: small values, whose schemas the client gets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import AwareDatetime, Field

from skillopt.app.evaluate import Evaluation, Score
from skillopt.app.keep import KeptEdit, KnownRefusal
from skillopt.app.result import Run, Shipped, Written
from skillopt.app.single_edit import GatedEdit
from skillopt.cli.mcp.allowance import NeedsApproval
from skillopt.cli.verdicts import changed
from skillopt.core.evaluation.rollout import Usage
from skillopt.core.evaluation.task import Split
from skillopt.core.gate.contest import Verdict
from skillopt.core.gate.sealed_result import SealedTest
from skillopt.core.history.run import AcceptedRound, Round
from skillopt.core.history.views import RoundEntry, RoundSummary, RunSummary, SkillVersion
from skillopt.core.history.waiting import Waiting
from skillopt.core.value import Value


class Waits(Value):
    """A proposal that the gate has accepted, and that waits for a person's decision."""

    id: str
    run: str
    skill: str
    idea: str
    reason: str
    """Why the gate has accepted it."""
    since: AwareDatetime

    @classmethod
    def of(cls, waiting: Waiting) -> Waits:
        """What waits, without its texts."""
        return cls(
            id=waiting.id,
            run=waiting.round.run,
            skill=waiting.skill,
            idea=waiting.idea,
            reason=waiting.verdict.reason,
            since=waiting.since,
        )


class Proposals(Value):
    """Proposals, newest first."""

    proposals: tuple[RoundSummary, ...]
    total: int
    """How many pass the filter."""
    waiting: tuple[Waits, ...] = ()
    """What waits for a person, whatever the filter: nobody has decided, so it is in no list."""


class Proposal(Value):
    """One proposal of the ledger."""

    summary: RoundSummary
    edits: tuple[dict[str, Any], ...]
    diff: str | None
    critiques: tuple[str, ...]
    """What failed, in one sentence each."""
    report: str
    """All that is known of it, as `skillopt ledger show` prints it."""

    @classmethod
    def of(cls, found: RoundEntry, report: Sequence[str]) -> Proposal:
        """An entry of the ledger, with its lines."""
        round_ = found.round
        edits = round_.proposal.edits if round_.proposal else ()
        return cls(
            summary=found.summary,
            edits=tuple(edit.model_dump(mode="json") for edit in edits),
            diff=found.diff,
            critiques=tuple(f"{one.criterion}: {one.cause}" for one in round_.critiques),
            report="\n".join(report),
        )


class RunLine(Value):
    """A run in one line."""

    run: str
    kind: str
    kept_by: str | None
    """The loop whose edits it holds, where that is not skillopt."""
    rounds: int
    accepted: int
    stopped_by: str | None

    @classmethod
    def of(cls, run: RunSummary) -> RunLine:
        """A run of the ledger."""
        record = run.record
        return cls(
            run=record.id,
            kind="kept" if run.kept_by else record.kind,
            kept_by=run.kept_by,
            rounds=run.rounds,
            accepted=run.accepted,
            stopped_by=record.stopped_by,
        )


class History(Value):
    """A skill's versions, oldest first, and its runs, newest first."""

    versions: tuple[SkillVersion, ...]
    runs: tuple[RunLine, ...]
    total_versions: int
    total_runs: int


class RefusalKnown(Value):
    """Whether edits would repeat a rejected one."""

    known: bool
    refusal: KnownRefusal | None


class KeepAnswer(Value):
    """The entry, or how to approve it."""

    approval_needed: NeedsApproval | None = None
    kept: KeptEdit | None = None


class Evaluated(Value):
    """A measured skill."""

    skill: str
    digest: str
    split: Split
    tasks: int
    missing: int
    score: Score
    criteria: dict[str, float]
    other: Score | None
    lift: SealedTest | None
    """The skill against the other version, paired."""
    warnings: tuple[str, ...]
    spent: Usage
    """What this call paid."""

    @classmethod
    def of(cls, measured: Evaluation, spent: Usage) -> Evaluated:
        """What an agent needs of an evaluation."""
        shared = measured.model_dump(include=set(cls.model_fields) - {"spent"})
        return cls.model_validate({**shared, "spent": spent})


class EvaluateAnswer(Value):
    """The score, or how to approve it."""

    approval_needed: NeedsApproval | None = None
    result: Evaluated | None = None


class ChangedTask(Value):
    """A validation task on which two versions differ."""

    task: str
    old: float
    new: float


MOST_CHANGED = 50


class Gated(Value):
    """The gate's word on a hand-written edit."""

    outcome: str
    """`accepted`, `rejected` or `inconclusive`: undecided, which is no acceptance."""
    reason: str
    code: str
    gain: float | None
    p_value: float | None
    tasks_seen: int
    changed: tuple[ChangedTask, ...] = Field(max_length=MOST_CHANGED)
    can_detect: float | None
    """The true gain (as a share of 1) that this validation set shows in 4 of 5 tests; above 1 it
    shows none. None where the gate asks for no gain."""
    power: str
    """The same in words."""
    entry: str
    run: str
    known_before: bool
    """The ledger had the verdict; nothing was run."""
    warnings: tuple[str, ...]
    spent: Usage

    @classmethod
    def of(cls, gated: GatedEdit, spent: Usage) -> Gated:
        """What an agent needs of a verdict."""
        verdict = gated.verdict
        return cls(
            outcome=verdict.outcome.value,
            reason=verdict.reason,
            code=verdict.code,
            gain=verdict.gain,
            p_value=verdict.p_value,
            tasks_seen=verdict.tasks_seen,
            changed=_changed(verdict),
            can_detect=gated.power.mde80,
            power=gated.power.text,
            entry=gated.entry,
            run=gated.run,
            known_before=gated.known_since is not None,
            warnings=gated.warnings,
            spent=spent,
        )


def _changed(verdict: Verdict) -> tuple[ChangedTask, ...]:
    pairs = [
        ChangedTask(task=pair.task, old=pair.incumbent, new=pair.candidate)
        for pair in verdict.pairs
        if changed(pair) and pair.incumbent is not None and pair.candidate is not None
    ]
    return tuple(sorted(pairs, key=lambda one: one.new - one.old)[:MOST_CHANGED])


class GateAnswer(Value):
    """The verdict, or how to approve the test."""

    approval_needed: NeedsApproval | None = None
    result: Gated | None = None


class RoundLine(Value):
    """A round of a tuning run."""

    number: int
    entry: str
    outcome: str
    stage: str
    code: str
    reason: str
    idea: str
    gain: float | None

    @classmethod
    def of(cls, round_: Round) -> RoundLine:
        """A decided round."""
        decision = round_.decision
        verdict = decision.verdict
        refused = None if isinstance(decision, AcceptedRound) else decision
        return cls(
            number=round_.number,
            entry=round_.id,
            outcome=decision.outcome,
            stage=refused.stage.value if refused else "gate",
            code=refused.code if refused else verdict.code if verdict else "",
            reason=refused.reason if refused else verdict.reason if verdict else "",
            idea=round_.proposal.draft.idea if round_.proposal else "",
            gain=verdict.gain if verdict else None,
        )


class Tuned(Value):
    """A finished run."""

    run: str
    shipped: Shipped
    """`improved` and `no worse` are certified by the sealed test; `not certified`: better there,
    but not provably; else the first version stays."""
    rounds: tuple[RoundLine, ...]
    sealed: SealedTest | None
    first: str
    last: str
    skill: str
    """The text to use: the tuned one where it ships, else the first."""
    written: Written
    stopped_by: str | None
    overfit: bool
    warnings: tuple[str, ...]
    spent: Usage
    """What this call paid."""
    spent_by_run: Usage
    """With what the run had paid before it was interrupted."""

    @classmethod
    def of(cls, run: Run, spent: Usage) -> Tuned:
        """What an agent needs of a run."""
        return cls(
            run=run.record.id,
            shipped=run.shipped,
            rounds=tuple(map(RoundLine.of, run.rounds)),
            sealed=run.sealed,
            first=run.first.digest,
            last=run.last.digest,
            skill=run.skill.text,
            written=run.written,
            stopped_by=run.record.stopped_by,
            overfit=run.overfit,
            warnings=run.warnings,
            spent=spent,
            spent_by_run=run.usage,
        )


class TuneAnswer(Value):
    """The run, or how to approve it."""

    approval_needed: NeedsApproval | None = None
    result: Tuned | None = None
