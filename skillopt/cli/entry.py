"""One proposal of the ledger, in lines."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from skillopt.cli.output import (
    count,
    local_time,
    one_line,
    outcome_of,
    percent,
    shown_decision,
    shown_idea,
    shown_usage,
)
from skillopt.cli.verdicts import told_content, told_table
from skillopt.core.evaluation.answer_faults import sum_of
from skillopt.core.figures import margin_points, points
from skillopt.core.proposals.comparison import ties_of
from skillopt.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillopt.core.approval.decision import Approval
    from skillopt.core.gate import GatePolicy
    from skillopt.core.history.hand_edit import FileOrigin, HandEdit
    from skillopt.core.history.views import RoundEntry


def told_entry(found: RoundEntry, *, tasks: bool, traces: bool = False) -> Iterator[str]:
    """All that is known of a proposal, line by line.

    Args:
        found: the proposal.
        tasks: also the paired results of every validation task.
        traces: also what the target did in the rollouts that the optimizer was shown.
    """
    round_, verdict = found.round, found.round.decision.verdict
    yield from _head(found)
    yield from _search(found)
    if tasks:
        yield from _chosen(found)
    yield from _critiques(found)
    yield from _traces(found, whole=traces)
    if found.diff:
        yield from ("", *found.diff.rstrip("\n").split("\n"), "")
    if tasks and verdict:
        yield from told_table(verdict)
        yield from _answers(found)
    yield from _learned(found)
    yield from _losers(found)
    for asked in found.exchanges:
        prompt = f"prompt {asked.prompt_digest[:12]}"
        yield f"exchange {asked.key} of {asked.model[:12]}: {prompt}, {shown_usage(asked.usage)}"
    yield f"spent by the run so far: {shown_usage(round_.spent)}"
    yield from _neighbours(found)


def _head(found: RoundEntry) -> Iterator[str]:
    summary, round_, run = found.summary, found.round, found.run
    judged = " (judged by the target itself)" if run.self_judged else ""
    decided = f"{outcome_of(summary)} ({summary.code})"
    yield f"proposal {summary.id}: round {summary.number} of run {summary.run}, {summary.skill}"
    yield local_time(summary.created) + (f", by {one_line(run.user)}" if run.user else "")
    if run.kept_by:
        yield f"tried by {one_line(run.kept_by)}, another loop: the gate has not tested it"
    if run.by_hand:
        yield from _by_hand(run.by_hand)
    yield from _origin_of(found)
    yield f"{decided}: {one_line(summary.reason)}{judged}"
    if round_.approval:
        yield _approval(round_.approval, round_.id)
    yield f"idea: {shown_idea(summary)}"
    if round_.proposal:
        yield f"criteria: {one_line(', '.join(summary.criteria)) or 'none named'}"
        yield f"sections: {one_line(', '.join(summary.sections)) or 'above the first heading'}"
        yield from _forecast(round_.proposal.draft.predicted_gain, summary.gain)
    if not run.kept_by:
        yield run.shown_models
    compared = f"incumbent {summary.parent[:12]}, candidate {(summary.candidate or 'none')[:12]}"
    baseline = f", first version {percent(run.baseline)}" if run.baseline is not None else ""
    yield compared if run.kept_by else f"{compared}; gate {_gate(run.settings.gate)}{baseline}"
    yield from (f"content: {line}" for line in told_content(round_.content))
    known = getattr(round_.decision, "known", None)
    if known:
        yield f"same as refused proposal {known}"
    if round_.repaired:
        yield "the JSON of the optimizer's reply had errors of syntax, which were repaired"
    if round_.first_try:
        first = round_.first_try
        before = f" (same as refused proposal {first.known})" if first.known else ""
        yield f"first try: {first.stage.value}: {one_line(first.reason)}{before}"
        yield from (f"  content: {line}" for line in told_content(first.content))


def _approval(approval: Approval, entry: str) -> str:
    """Who decided on it, or that it is a person's own version."""
    why = f": {one_line(approval.reason)}" if approval.reason else ""
    by = f"{one_line(approval.person)} (name {approval.known_by}){why}"
    if approval.entry == entry:
        return f"{approval.kind} by {by}"
    return f"own version, in place of proposal {approval.entry}, of {by}"


def _origin_of(found: RoundEntry) -> Iterator[str]:
    """Which earlier entries it goes back to."""
    round_, run = found.round, found.run
    if run.retries:
        yield f"re-test of proposal {run.retries}"
    if round_.retests:
        yield f"tested before on other versions: {', '.join(round_.retests)}"
    if round_.taken_from:
        yield f"taken up from an earlier run: {round_.taken_from}"
    if round_.continues:
        yield f"continues the contest of proposal {round_.continues}"


def _forecast(predicted: float, measured: float | None) -> Iterator[str]:
    """What the optimizer expected, and what the gate measured; 0 is no prediction."""
    if not predicted:
        return
    if measured is None:
        yield f"predicted gain {points(predicted)} points, not measured"
        return
    error = (predicted - measured) ** 2
    both = f"predicted gain {points(predicted)} points, measured {points(measured)} points"
    yield f"{both}; Brier score {error:.4f}"


def _search(found: RoundEntry) -> Iterator[str]:
    """What the search asked of it, and how it did against the version that was left."""
    round_ = found.round
    if round_.calibration:
        yield round_.calibration.told
    if round_.leave:
        went = f" from {round_.parent[:12]}" if round_.leave.back_to else ""
        way = round_.leave.way.replace("_", " ")
        yield f"bound to leave the mode of the last refused proposals: {way}{went}"
    if round_.rematch:
        rematch = round_.rematch
        yield (
            f"against the version that was left: {rematch.outcome.value}: "
            f"{one_line(rematch.reason)}"
        )


def _gate(policy: GatePolicy) -> str:
    if policy.attempt == "second":
        return f"{policy.kind}, on second attempts"
    if policy.no_worse_than is None:
        return policy.kind
    return f"{policy.kind}, no worse than {margin_points(policy.no_worse_than)} points"


def _by_hand(edit: HandEdit) -> Iterator[str]:
    for name, file in (("old", edit.old), ("new", edit.new)):
        yield f"{name} version: {_origin(file) if file else 'given as a value, not as a file'}"


def _origin(file: FileOrigin) -> str:
    path = one_line(file.path)
    match file.state:
        case None:
            return f"{path} (not in a git repository)"
        case "untracked":
            return f"{path} (not committed to git)"
        case "committed" | "modified":
            if file.commit is None:
                return f"{path} (not committed to git)"
            changed = ", changed since" if file.state == "modified" else ""
            author = one_line(file.author or "unknown")
            when = f" on {file.committed[:10]}" if file.committed else ""
            return f"{path} (commit {file.commit[:12]} by {author}{when}{changed})"


def _critiques(found: RoundEntry) -> Iterator[str]:
    from skillopt.core.proposals.candidate_criteria import candidate_criteria
    from skillopt.core.proposals.critique_groups import grouped

    for group in grouped(found.round.critiques, found.critiqued):
        names = one_line(", ".join(group.tasks))
        of = f"{len(group.tasks)} tasks: {names}" if len(group.tasks) > 1 else f"task {names}"
        about = f" ({of})" if group.tasks else ""
        kinds = f" [{', '.join(kind.value for kind in group.kinds)}]" if group.kinds else ""
        yield f"critique of {one_line(group.criterion)}{about}: {one_line(group.cause)}{kinds}"
        yield from (f'  "{one_line(quote)}"' for quote in group.quotes)
    for candidate in candidate_criteria(found.round.critiques):
        yield f"candidate criterion {one_line(candidate.name)}: {one_line(candidate.asks)}"


def _traces(found: RoundEntry, *, whole: bool) -> Iterator[str]:
    if found.traces and not whole:
        yield f"what the target did in {count(len(found.traces), 'rollout')}: add --traces"
    for one in found.traces if whole else ():
        yield f"rollout {one.rollout} (task {one_line(one.task)}, score {percent(one.score)}):"
        yield from (f"  {one_line(step)}" for step in one.steps)


def _answers(found: RoundEntry) -> Iterator[str]:
    """Answers of the compared tasks that were empty, cut, refused or the like."""
    for version in ("incumbent", "candidate"):
        counts = [(one.task, getattr(one, version)) for one in found.answers]
        faulty = [(task, answers) for task, answers in counts if answers.total]
        for line in sum_of(answers for _, answers in faulty).lines:
            yield f"{version}: {line}"
        if faulty:
            yield f"  on {one_line(', '.join(task for task, _ in faulty))}"


def _losers(found: RoundEntry) -> Iterator[str]:
    """The other proposals of the round, each with its reason, and how a judge compared them."""
    for one in found.round.compared:
        yield (
            f"answers compared by the judge: {one.winner[:12]} won {one.won}, "
            f"{one.loser[:12]} won {one.lost}, {ties_of(one)}"
        )
    for loser in found.round.losers:
        angle = loser.angle.replace("_", " ") if loser.angle else "free"
        idea = one_line(loser.proposal.draft.idea) if loser.proposal else "unreadable reply"
        decided = f"{loser.stage.value} ({loser.code}): {one_line(loser.reason)}"
        yield f"also proposed ({angle}): {idea}"
        yield f"  refused at stage {decided}"
        yield from (f"  content: {line}" for line in told_content(loser.content))


def _learned(found: RoundEntry) -> Iterator[str]:
    round_ = found.round
    if round_.train:
        train = round_.train
        mended, broke = (
            one_line(", ".join(each)) or "none" for each in (train.mended, train.broke)
        )
        yield f"on train tasks: fixed {mended}; broke {broke}; {train.same} unchanged"
    if round_.train is None or found.summary.outcome == "accepted":
        yield from _aims(found)
    if round_.drift:
        yield round_.drift.told
    for part in found.alone:
        yield f"edit {part.edit} alone: {part.outcome}"


def _aims(found: RoundEntry) -> Iterator[str]:
    """The train tasks the proposal was meant to fix, by verdict."""
    for became in ("fixed", "better", "not fixed", "not run"):
        tasks = [aim.task for aim in found.aims if aim.became == became]
        if tasks:
            yield f"meant to fix, {became}: {one_line(', '.join(tasks))}"


def _chosen(found: RoundEntry) -> Iterator[str]:
    """The train tasks of the round, by the reason for which they were run."""
    chosen = found.round.chosen
    for why in dict.fromkeys(one.why for one in chosen):
        mine = [one for one in chosen if one.why is why]
        failed = sum(one.score is not None and one.score < 1 for one in mine)
        names = one_line(", ".join(one.task for one in mine))
        yield f"train tasks, {why.value}: {len(mine)}, {failed} failed: {names}"


def _neighbours(found: RoundEntry) -> Iterator[str]:
    for name, other in (("previous", found.before), ("next", found.after)):
        if other:
            yield f"{name}: {other.id}  {shown_decision(other)}"
    for one in found.alike:
        yield f"similar ({one.likeness:.2f}): {one.id}  {one.outcome}  {one_line(one.idea)}"


def skill_of(found: RoundEntry, *, verb: str) -> Path:
    """The file that a proposal's run was on, as it is called in the project at hand.

    Args:
        found: the proposal.
        verb: the command of `skillopt ledger` that needs it.

    Raises:
        InputError: there is none.
    """
    from skillopt.app.records import recorded_skill

    path = recorded_skill(found.run)
    if path is None or not path.exists():
        was = f"has no file {found.run.skill_path}" if path else "was given as a value"
        entry = found.summary.id
        fix = f"skillopt ledger {verb} {entry} SKILL.md"
        raise InputError(f"the skill of proposal {entry} {was}; name its file: {fix}")
    return path
