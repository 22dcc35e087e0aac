"""Each round's proposal: its diff, the evidence for it, the verdict, what it changed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from skillopt.core.figures import count, points
from skillopt.core.gate.contest import Verdict
from skillopt.core.history.endings import outcome_at
from skillopt.core.history.run import AcceptedRound, Round
from skillopt.core.proposals.critique_groups import grouped
from skillopt.core.proposals.loser import Loser
from skillopt.core.proposals.refusal import Stage
from skillopt.core.redaction import redacted
from skillopt.core.report import paired
from skillopt.core.report.facts import RunFacts
from skillopt.core.report.path import outcome_of, stage_of
from skillopt.core.report.values import Also, CritiqueSaid, EditSaid, ProposalSaid
from skillopt.core.skill.edit import Edit
from skillopt.core.skill.side_by_side import FileDiff, side_by_side
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SKILL_MD

MOST_ROWS = 400
"""Rows of one file's diff that a page shows."""
MOST_CRITIQUES = 12
"""Findings that are shown of a round, and quotes of a finding."""


def proposals_of(facts: RunFacts) -> Iterator[ProposalSaid]:
    """A run's rounds, in order."""
    versions = {digest: _without_secrets(skill) for digest, skill in facts.versions.items()}
    lost: dict[str, set[str]] = {}
    for version, task in facts.no_result:
        lost.setdefault(version, set()).add(task)
    for round_ in facts.rounds:
        candidate = round_.decision.candidate or ""
        yield _proposal(facts, round_, versions, lost.get(candidate, set()))


class _Verdict(NamedTuple):
    """The numbers of a verdict, or none."""

    gain: float | None = None
    low: float | None = None
    high: float | None = None
    p_value: float | None = None
    tasks_seen: int = 0


def _proposal(
    facts: RunFacts, round_: Round, versions: Mapping[str, Skill], lost: Collection[str]
) -> ProposalSaid:
    decision, proposal = round_.decision, round_.proposal
    verdict = decision.verdict
    why = decision.verdict if isinstance(decision, AcceptedRound) else decision
    outcome = outcome_of(round_)
    kept = facts.record.kept_by
    said = f"{outcome}, says {kept}" if kept else outcome_at(outcome, stage_of(round_))
    files = _files(round_, versions)
    draft = proposal.draft if proposal else None
    return ProposalSaid(
        number=round_.number,
        id=round_.id,
        outcome=outcome,
        said=said,
        code=why.code,
        reason=why.reason,
        idea=draft.idea if draft else _without_idea(round_),
        criteria=draft.criteria if draft else (),
        sections=round_.sections,
        parent=round_.parent,
        candidate=decision.candidate,
        predicted=(draft.predicted_gain or None) if draft else None,
        critiques=tuple(_critiques(round_, facts.shown)),
        files=files,
        edits=() if files or draft is None else tuple(map(_edit, draft.edits)),
        changes=paired.changes(verdict, lost) if verdict and verdict.pairs else None,
        train=round_.train,
        measures=verdict.measures if verdict else (),
        notes=tuple(_notes(round_)),
        also=tuple(map(_also, round_.losers)),
        alone=facts.alone.get(round_.id, ()),
        **_numbers(round_)._asdict(),
    )


def _numbers(round_: Round) -> _Verdict:
    verdict = round_.decision.verdict
    if verdict is None:
        return _Verdict()
    low, high = paired.interval(verdict) or (None, None)
    return _Verdict(verdict.gain, low, high, verdict.p_value, verdict.tasks_seen)


def _without_idea(round_: Round) -> str:
    """What came as far as the gate can only lack a proposal if nobody was asked for one."""
    return "(hand-written edit)" if stage_of(round_) == "gate" else "(unreadable reply)"


def _without_secrets(skill: Skill) -> Skill:
    """Versions are kept byte for byte in the ledger; a page has no use for a credential."""
    files = tuple(
        file if file.text is None else file.model_copy(update={"data": _clean(file.text)})
        for file in skill.files
    )
    return skill.model_copy(update={"text": redacted(skill.text), "files": files})


def _clean(text: str) -> bytes:
    return redacted(text).encode()


def _files(round_: Round, versions: Mapping[str, Skill]) -> tuple[FileDiff, ...]:
    before = versions.get(round_.parent)
    after = versions.get(round_.decision.candidate or "")
    if before is None or after is None:
        return ()
    return tuple(_shortened(file) for file in side_by_side(before, after))


def _shortened(file: FileDiff) -> FileDiff:
    left = len(file.rows) - MOST_ROWS
    if left <= 0:
        return file
    return file.model_copy(update={"rows": file.rows[:MOST_ROWS], "rows_left_out": left})


def _edit(edit: Edit) -> EditSaid:
    section = getattr(edit, "section", ())
    return EditSaid(
        kind=edit.kind,
        file=getattr(edit, "file", SKILL_MD),
        section=" > ".join(section),
        anchor=getattr(edit, "anchor", ""),
        text=getattr(edit, "text", ""),
    )


def _critiques(round_: Round, shown: Mapping[str, str]) -> Iterator[CritiqueSaid]:
    keys = {f"r{place}": key for place, key in enumerate(round_.rollouts, start=1)}
    tasks = {name: shown[key] for name, key in keys.items() if key in shown}
    for group in grouped(round_.critiques, tasks)[:MOST_CRITIQUES]:
        yield CritiqueSaid(
            criterion=group.criterion,
            cause=group.cause,
            kinds=tuple(kind.value for kind in group.kinds),
            tasks=group.tasks,
            quotes=group.quotes[:MOST_CRITIQUES],
        )


def _notes(round_: Round) -> Iterator[str]:
    """What else is to know of a round, in sentences."""
    decision = round_.decision
    known = None if isinstance(decision, AcceptedRound) else decision.known
    if known:
        yield f"It is the same as refused proposal {known}."
    if round_.first_try:
        first = round_.first_try
        yield f"A first try was refused at stage {first.stage.value}: {first.reason}"
    yield from _origin(round_)
    if round_.rematch:
        rematch = round_.rematch
        said = f"{rematch.outcome.value}: {rematch.reason}"
        yield f"Against the version that the search had left: {said}"
    if decision.verdict:
        yield from decision.verdict.notes
        yield from _placebo(decision.verdict)
    yield from (finding.text for finding in round_.content)
    if round_.drift:
        yield round_.drift.told


def _placebo(verdict: Verdict) -> Iterator[str]:
    if verdict.placebo:
        test = verdict.placebo
        yield (
            f"Against the same edit without its content: {points(test.difference)} points "
            f"on {count(test.tasks, 'task')}, p = {test.p_value:.3f}."
        )


def _origin(round_: Round) -> Iterator[str]:
    """Which earlier entries it goes back to."""
    if round_.taken_from:
        yield f"It was taken up from an earlier run: proposal {round_.taken_from}."
    if round_.retests:
        yield f"The idea was tested before on other versions: {', '.join(round_.retests)}."
    if round_.continues:
        yield f"It continues the contest of proposal {round_.continues}."
    if round_.leave:
        yield f"It was bound to leave the mode before it: {round_.leave.way.replace('_', ' ')}."


def _also(loser: Loser) -> Also:
    stage = loser.stage
    said = "not chosen" if stage is Stage.RACE else outcome_at("rejected", stage.value)
    idea = loser.proposal.draft.idea if loser.proposal else "(unreadable reply)"
    return Also(idea=idea, said=said, reason=loser.reason)
