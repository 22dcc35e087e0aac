"""A ledger in memory that keeps the same contract as the one in SQL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from skillopt.core.evaluation.answer_faults import AnswerFault, answer_fault
from skillopt.core.evaluation.rollout import Graded, Missing, RolloutKey, Usage
from skillopt.core.history.recall import (
    Recall,
    Tally,
    counted_idea,
    entry_keys,
    losers_refused,
    refusals_of,
)
from skillopt.core.history.run import AcceptedRound, Exchange, RefusedRound, Round, RunRecord
from skillopt.core.history.sealed_openings import Opened
from skillopt.core.history.skill_ids import path_id
from skillopt.core.history.waiting import Waiting
from skillopt.core.proposals.refusal import Ablation, Refusal, Stage
from skillopt.core.skill.similarity import idea_of
from skillopt.core.skill.skill import Skill
from skillopt.errors import HeadMoved, LedgerError, RunHeld


class Move(NamedTuple):
    new: str
    run: str
    began: int
    """Number of the run among all runs and moves: what began later is greater."""


class MemoryLedger:
    """Everything in dicts, in the order it came."""

    def __init__(self) -> None:
        self.paid: dict[tuple[str, Graded | Missing | RolloutKey], Graded | Missing] = {}
        self.runs: dict[str, RunRecord] = {}
        self.ends: dict[str, RunRecord] = {}
        self.versions: dict[str, Skill] = {}
        self.decided: dict[str, Round] = {}
        self.replies: dict[tuple[str, str, str], Exchange] = {}
        self.heads: dict[tuple[str, str], Move] = {}
        self.ablations: dict[str, Ablation] = {}
        self.held: set[str] = set()
        self.waits: dict[str, Waiting] = {}
        self._order: dict[str, int] = {}

    async def hold(self, fingerprint: str) -> None:
        if fingerprint in self.held:
            raise RunHeld("this run is already in progress (another run of this process)")
        self.held.add(fingerprint)

    async def release(self, fingerprint: str) -> None:
        self.held.discard(fingerprint)

    async def rollouts(self, keys: Sequence[RolloutKey]) -> dict[RolloutKey, Graded]:
        found: dict[RolloutKey, Graded] = {}
        asked = set(keys)
        for rollout in self.paid.values():
            if isinstance(rollout, Graded) and rollout.key in asked:
                found.setdefault(rollout.key, rollout)
        return found

    async def add_rollout(self, run: str, rollout: Graded | Missing) -> None:
        name = rollout.key if isinstance(rollout, Graded) else rollout
        self.paid.setdefault((run, name), rollout)

    async def unfinished_run(self, fingerprint: str) -> RunRecord | None:
        for run in reversed(self.runs.values()):
            newest = self.ends.get(run.id, run)
            if run.fingerprint == fingerprint and newest.pending:
                return newest
        return None

    async def start_run(self, run: RunRecord, skill: Skill) -> None:
        there = self.runs.setdefault(run.id, run)
        if there.fingerprint != run.fingerprint:
            raise LedgerError(f"run {run.id} is in the ledger")
        self._order.setdefault(run.id, len(self._order))
        self.versions.setdefault(skill.digest, skill)

    async def rounds(self, run: str) -> tuple[Round, ...]:
        mine = [round_ for round_ in self.decided.values() if round_.run == run]
        return tuple(sorted(mine, key=lambda round_: round_.number))

    async def newest_rounds(self, skill_id: str, *, most: int) -> tuple[Round, ...]:
        mine = [each for each in self.decided.values() if self.runs[each.run].skill_id == skill_id]
        return tuple(mine[-most:])

    async def optimizer_rounds(self, run: str, *, most: int) -> tuple[Round, ...]:
        own = self.runs[run]
        mine = [
            each
            for each in self.decided.values()
            if (one := self.runs[each.run]).skill_id == own.skill_id
            and one.optimizer == own.optimizer
        ]
        return tuple(mine[-most:])

    async def add_round(self, round_: Round, skill: Skill | None) -> None:
        if round_.run not in self.runs:
            raise LedgerError(f"run {round_.run} is not in the ledger")
        there = self.decided.setdefault(round_.id, round_)
        if there.decision.kind != round_.decision.kind:
            raise LedgerError(f"round {round_.number} ended otherwise")
        if skill is not None:
            self.versions.setdefault(skill.digest, skill)

    async def waiting(self, run: str, number: int) -> Waiting | None:
        found = (one for one in self.waits.values() if one.round.run == run)
        return next((one for one in found if one.round.number == number), None)

    async def add_waiting(self, round_: Round, skill: Skill) -> None:
        if round_.run not in self.runs:
            raise LedgerError(f"run {round_.run} is not in the ledger")
        since = datetime.fromtimestamp(0, UTC)
        name = self.runs[round_.run].skill_name
        there = self.waits.setdefault(round_.id, Waiting(round=round_, skill=name, since=since))
        if there.candidate != round_.decision.candidate:
            raise LedgerError(f"round {round_.number} waits with another proposal")
        self.versions.setdefault(skill.digest, skill)

    async def exchange(self, run: str, key: str) -> Exchange | None:
        found = [reply for reply in self.replies.values() if (reply.run, reply.key) == (run, key)]
        return found[-1] if found else None

    async def add_exchange(self, exchange: Exchange) -> None:
        self.replies.setdefault((exchange.run, exchange.key, exchange.prompt_digest), exchange)

    async def refusals(self, skill: str) -> tuple[Refusal, ...]:
        return tuple(
            _refusal(round_)
            for round_ in self.decided.values()
            if skill in (self.runs[round_.run].skill_id, self.runs[round_.run].skill_name)
            and isinstance(round_.decision, RefusedRound)
            and round_.proposal
        )

    async def accepted(
        self, skill_ids: Sequence[str], *, parent: str | None = None, most: int
    ) -> tuple[Round, ...]:
        found = [
            round_
            for round_ in self.decided.values()
            if self.runs[round_.run].skill_id in skill_ids
            and round_.decision.kind == "accepted"
            and round_.proposal
            and parent in (None, round_.parent)
        ]
        return tuple(found[-most:])

    async def recalled(self, asked: Recall) -> tuple[Refusal, ...]:
        known = self._known()
        shared: Counter[int] = Counter()
        for key in set(asked.keys):
            mine = [at for at, refusal in enumerate(known) if key in entry_keys(refusal)]
            shared.update(mine[-asked.newest :])
        best = sorted(shared, key=lambda at: (shared[at], at))[-asked.most :]
        return tuple(known[at] for at in sorted(best))

    async def tallies(self, skill_ids: Sequence[str], *, most: int) -> tuple[Tally, ...]:
        found: list[Tally] = []
        for skill in dict.fromkeys(skill_ids):
            mine = [tally for tally in self._tallies().values() if tally.skill_id == skill]
            mine.sort(key=lambda tally: (tally.stage, tally.outcome))
            found += [tally for tally in mine if not tally.idea]
            mine.sort(key=lambda tally: (-tally.count, tally.idea))
            found += [tally for tally in mine[:most] if tally.idea]
        return tuple(found)

    async def add_ablation(self, ablation: Ablation) -> None:
        if ablation.round not in self.decided:
            raise LedgerError(f"round {ablation.round} is not in the ledger")
        self.ablations[ablation.round] = ablation

    def _known(self) -> list[Refusal]:
        """What is filed, oldest first; what an ablation tells of parts comes when it came."""
        early, late = [], []
        for round_ in self.decided.values():
            run = self.runs[round_.run]
            named = {"skill_id": run.skill_id, "skill_name": run.skill_name}
            ablation = self.ablations.get(round_.id)
            parts = ablation.parts if ablation else ()
            whole, *alone = refusals_of(round_, **named, parts=parts) or [None]
            early += [whole] if whole else []
            (late if parts else early).extend(alone)
            early += losers_refused(round_, **named)
        return [*early, *late]

    def _tallies(self) -> dict[tuple[str, ...], Tally]:
        found: dict[tuple[str, ...], Tally] = {}
        for round_, stage, outcome, said in self._refused():
            for idea in dict.fromkeys(("", idea_of(said) if said else "")):
                tally = Tally(
                    skill_id=self.runs[round_.run].skill_id,
                    stage=stage,
                    outcome=outcome,
                    idea=idea,
                    example=said if idea else "",
                    count=1,
                )
                name = (tally.skill_id, tally.stage, tally.outcome, idea)
                if name in found:
                    tally = found[name].model_copy(update={"count": found[name].count + 1})
                found[name] = tally
        return found

    def _refused(self) -> Iterator[tuple[Round, Stage, str, str]]:
        """What is counted: the round, the stage, the outcome and the idea."""
        for round_ in self.decided.values():
            run = self.runs[round_.run]
            named = {"skill_id": run.skill_id, "skill_name": run.skill_name}
            for loser in losers_refused(round_, **named):
                yield round_, loser.stage, loser.outcome, loser.proposal.draft.idea
            if isinstance(round_.decision, AcceptedRound):
                continue
            verdict = round_.decision.verdict
            outcome = verdict.outcome.value if verdict else "rejected"
            yield round_, round_.decision.stage, outcome, counted_idea(round_)

    async def usage(self, run: str) -> Usage:
        rollouts = [rollout.usage for (payer, _), rollout in self.paid.items() if payer == run]
        replies = [reply.usage for reply in self.replies.values() if reply.run == run]
        return sum([*rollouts, *replies], Usage())

    async def answer_faults(self, run: str, keys: Sequence[str]) -> dict[str, AnswerFault | None]:
        wanted = [
            rollout
            for (payer, _), rollout in self.paid.items()
            if payer == run or rollout.key.digest in keys
        ]
        graded_last = sorted(wanted, key=lambda rollout: isinstance(rollout, Graded))
        return {rollout.key.digest: answer_fault(rollout) for rollout in graded_last}

    async def skill(self, digest: str) -> Skill | None:
        return self.versions.get(digest)

    async def finish_run(self, run: RunRecord) -> None:
        if run.id not in self.runs:
            raise LedgerError(f"run {run.id} is not in the ledger")
        self.ends[run.id] = run

    async def last_run(self, fingerprint: str) -> RunRecord | None:
        ended = [run for run in self.ends.values() if run.fingerprint == fingerprint]
        return next((run for run in reversed(ended) if run.finished is not None), None)

    async def openings(self, skill_id: str) -> tuple[Opened, ...]:
        newest = [self.ends.get(run.id, run) for run in self.runs.values()]
        some = [run for run in newest if run.skill_id == skill_id and run.opened]
        return tuple(
            Opened(id=run.id, kind=run.kind, first=run.first, last=run.last, opened=run.opened)
            for run in some
        )

    async def skills_named(self, given: Sequence[str]) -> tuple[str, ...]:
        found: list[str] = []
        for each in given:
            wanted = (each, path_id(each))
            mine = [run.skill_id for run in self.runs.values() if run.skill_name == each]
            mine += [run.skill_id for run in self.runs.values() if run.skill_id in wanted]
            found += sorted(mine, key=lambda one: (one != each, one)) or [each]
        return tuple(dict.fromkeys(found))

    async def head(self, skill_id: str, path: str) -> str | None:
        move = self.heads.get((skill_id, path))
        return move.new if move else None

    async def move_head(
        self, skill_name: str, path: str, *, expected_parent: str, new: str, run: str
    ) -> None:
        if run not in self._order:
            raise LedgerError(f"run {run} is not in the ledger")
        skill = self.runs[run].skill_id
        last = self.heads.get((skill, path))
        elsewhere = last is not None and last.run != run and last.new != expected_parent
        if last and elsewhere and last.began > self._order[run]:
            raise HeadMoved(f"run {last.run} moved the head of {path}")
        began = self._order[f"move {len(self._order)}"] = len(self._order)
        self.heads[skill, path] = Move(new, run, began)


def _refusal(round_: Round) -> Refusal:
    assert not isinstance(round_.decision, AcceptedRound)
    assert round_.proposal
    verdict = round_.decision.verdict
    return Refusal(
        id=round_.id,
        run=round_.run,
        number=round_.number,
        stage=round_.decision.stage,
        code=round_.decision.code,
        reason=round_.decision.reason,
        outcome=verdict.outcome.value if verdict else "rejected",
        proposal=round_.proposal,
        context=round_.context,
        sections=round_.sections,
    )
