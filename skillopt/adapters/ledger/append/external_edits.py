"""Edits that some other loop has tried: a framework keeps them here as skillopt keeps its own."""

from __future__ import annotations

import time

from pydantic import Field
from sqlalchemy import func, select

from skillopt.adapters.ledger.append.transaction import Entering, enter_round, enter_run
from skillopt.adapters.ledger.schema.tables import ROUNDS
from skillopt.core.evaluation.rollout import Usage
from skillopt.core.gate.contest import Outcome, PairedTask, Verdict
from skillopt.core.history.kept import kept_fingerprint
from skillopt.core.history.rounds import Evidence, decided_round, gate_decision
from skillopt.core.history.run import OutcomeName, Round, RunRecord
from skillopt.core.history.skill_ids import skill_id
from skillopt.core.loop_settings import LoopSettings
from skillopt.core.proposals.critique import Critique
from skillopt.core.proposals.proposal import Draft, Proposal
from skillopt.core.skill.edit import Edit, Misfit, apply
from skillopt.core.skill.skill import Skill
from skillopt.core.value import Value, content_hash
from skillopt.errors import InputError


class TriedEdit(Value):
    """An edit of a skill that was tried, and what came of it."""

    skill_name: str
    """What the skill is called."""
    skill_path: str | None = None
    """Its file in the project, by which its record is kept; by default that is its name."""
    parent: Skill
    """The version it edits."""
    edits: tuple[Edit, ...] = Field(min_length=1)
    """Applied together."""
    outcome: OutcomeName
    reason: str
    """One sentence for a person."""
    code: str = "own"
    """The rule that decided, in one word."""
    idea: str = Field(default="", max_length=500)
    """What the edits do, in one sentence."""
    criteria: tuple[str, ...] = ()
    """What they were meant to fix."""
    critiques: tuple[Critique, ...] = ()
    context: str = "own"
    """Names what the outcome is a fact about: agent, tasks, rule; in another one it is stale."""
    gain: float | None = None
    """Mean paired difference."""
    p_value: float | None = None
    pairs: tuple[PairedTask, ...] = ()
    source: str = "own"
    """Names the loop that tried it; each source has a run of its own for each skill."""

    @property
    def skill_id(self) -> str:
        """Under which the skill's record is kept."""
        return skill_id(name=self.skill_name, path=self.skill_path)


def keep(entering: Entering, tried: TriedEdit) -> str:
    """Enter an edit, and the version it makes; the id of its entry.

    Raises:
        InputError: the edits do not fit their parent.
    """
    made = apply(tried.parent, tried.edits)
    if isinstance(made, Misfit):
        raise InputError(f"the edits do not fit the skill: {made.detail}")
    run = _run(tried)
    enter_run(entering, run, tried.parent)
    number = _next_number(entering, run.id)
    round_ = _round(tried, made, run.id, number)
    enter_round(entering, round_, made)
    return round_.id


def _run(tried: TriedEdit) -> RunRecord:
    names = [tried.source, tried.skill_id]
    return RunRecord(
        id=f"{tried.source}-{content_hash(names)[:12]}",
        fingerprint=kept_fingerprint(tried.source, tried.skill_id),
        skill_name=tried.skill_name,
        skill_path=tried.skill_path,
        first=tried.parent.digest,
        validation_set=tried.context,
        target=tried.source,
        optimizer=tried.source,
        settings=LoopSettings(),
        started=time.time(),
    )


def _next_number(entering: Entering, run: str) -> int:
    newest = entering.first_of(
        select(func.max(ROUNDS.c.number).label("n")).where(ROUNDS.c.run == run)
    )
    return 1 + ((newest or {}).get("n") or 0)


def _round(tried: TriedEdit, made: Skill, run: str, number: int) -> Round:
    draft = Draft(idea=tried.idea, criteria=tried.criteria, edits=tried.edits)
    verdict = Verdict(
        outcome=Outcome(tried.outcome),
        code=tried.code,
        reason=tried.reason,
        gain=tried.gain,
        p_value=tried.p_value,
        tasks_seen=len(tried.pairs),
        rollouts=0,
        pairs=tried.pairs,
        book={},
    )
    return decided_round(
        run,
        number,
        incumbent=tried.parent,
        proposal=Proposal(parent=tried.parent.digest, draft=draft),
        decision=gate_decision(verdict, made),
        context=tried.context,
        spent=Usage(),
        evidence=Evidence(critiques=tried.critiques),
    )
