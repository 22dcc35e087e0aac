"""A run in plain lines: the baseline, each proposal and verdict, the sealed test."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from skillopt.app.result import Run
from skillopt.cli.output import count, outcome_at, percent, shown_usage
from skillopt.cli.probe_report import told_corrections
from skillopt.cli.run_state import shown_baseline
from skillopt.cli.store import named, quoted
from skillopt.cli.terminal import wrapped
from skillopt.cli.verdicts import told_content
from skillopt.core.content.finding import warned
from skillopt.core.evaluation.answer_faults import AnswerFaults
from skillopt.core.events import (
    BaselineDone,
    Event,
    IdentityUnknown,
    ProposalWaits,
    RoundDecided,
    RunStarted,
    Stopped,
)
from skillopt.core.figures import points
from skillopt.core.gate.power import Power
from skillopt.core.gate.sealed_result import SealedTest
from skillopt.core.health import Health
from skillopt.core.history.endings import STOPPED
from skillopt.core.history.run import AcceptedRound, Round
from skillopt.core.history.sealed_openings import told_runs


def lines(event: Event, *, self_judged: bool = False) -> tuple[str, ...]:
    """The report's lines for an event; most events have none."""
    match event:
        case RunStarted():
            after = f" after {count(event.rounds_done, 'round')}"
            return (f"resuming run {event.run}{after}" if event.resumed else f"run {event.run}",)
        case IdentityUnknown():
            return wrapped(f"note: {event.told}")
        case BaselineDone():
            return (*wrapped(f"baseline: {shown_baseline(event)}"), *told_answers(event.answers))
        case ProposalWaits() | RoundDecided():
            return _told_decision(event, self_judged=self_judged)
        case Stopped():
            return wrapped(f"stopped: {_why_stopped(event)}")
        case _:
            return ()


def told_health(checks: Sequence[Health]) -> tuple[str, ...]:
    """What was measured of each role, and what is likely to go wrong."""
    lines: list[str] = []
    for check in checks:
        speed = check.tokens_per_second
        pace = f", {speed:.1f} tokens per second" if speed else ""
        said = f"{check.model} answered in {check.seconds:.1f} s: {shown_usage(check.usage)}{pace}"
        lines += wrapped(f"health check: {check.role} {said}")
        for warning in check.warnings:
            lines += wrapped(f"warning: {warning}", indent="  ")
    return tuple(lines)


def told_round(round_: Round, diff: Sequence[str], *, self_judged: bool = False) -> tuple[str, ...]:
    """A round: the proposal, the verdict and its reason."""
    decision = round_.decision
    proposal = round_.proposal
    idea = proposal.draft.idea if proposal else "unreadable reply"
    head = wrapped(f"round {round_.number}: {idea}")
    edits = [line for changed in diff for line in _diff_line(changed)]
    if isinstance(decision, AcceptedRound):
        verdict = f"accepted: {decision.verdict.reason}"
    else:
        outcome = decision.outcome if decision.verdict else "refused"
        verdict = f"{outcome_at(outcome, decision.stage.value)}: {decision.reason}"
    if self_judged:
        verdict += " (judged by the target itself)"
    others = wrapped(_chosen_among(round_), indent="  ") if round_.losers else ()
    drift = wrapped(round_.drift.told, indent="  → ") if round_.drift else ()
    said = told_content(warned(round_.content))
    content = tuple(line for text in said for line in wrapped(text, indent="  "))
    return (*head, *edits, *others, *wrapped(verdict, indent="  → "), *content, *drift)


def _told_decision(event: ProposalWaits | RoundDecided, *, self_judged: bool) -> tuple[str, ...]:
    if isinstance(event, RoundDecided):
        return told_round(event.round, event.diff, self_judged=self_judged)
    judged = " (judged by the target itself)" if self_judged else ""
    return (
        *wrapped(f"round {event.number}: {event.idea}"),
        *wrapped(f"accepted by the gate: {event.reason}{judged}", indent="  → "),
        f"  → waits for approval: proposal {event.entry}",
    )


def _chosen_among(round_: Round) -> str:
    """How many proposals there were, and on how many tasks the judge compared them."""
    among = f"chosen among {len(round_.losers) + 1} proposals"
    if not round_.compared:
        return among
    tasks = sum(one.won + one.lost + one.ties for one in round_.compared)
    ties = sum(one.ties for one in round_.compared)
    return f"{among}; the judge compared answers on {tasks} train tasks, {ties} of them ties"


def told_notes(event: Event, noted: set[str]) -> tuple[str, ...]:
    """A verdict's notes on single tasks, each once in a run.

    Args:
        event: any.
        noted: notes shown so far; extended in place.
    """
    verdict = event.round.decision.verdict if isinstance(event, RoundDecided) else None
    fresh = [note for note in verdict.notes if note not in noted] if verdict else []
    noted.update(fresh)
    return tuple(line for note in fresh for line in wrapped(f"note: {note}", indent="  "))


def told_answers(answers: AnswerFaults) -> tuple[str, ...]:
    """How many answers were empty, cut, refused or the like, with the likely cause."""
    return tuple(
        line for text in answers.lines for line in wrapped(f"warning: {text}", indent="  ")
    )


def told_power(power: Power) -> tuple[str, ...]:
    """What the gate can detect with this validation set, with warnings."""
    warned = [line for text in power.warnings for line in wrapped(f"warning: {text}")]
    return (*wrapped(power.text), *warned)


def told_sealed(sealed: SealedTest) -> tuple[str, ...]:
    """The sealed test in two lines: scores, then the difference."""
    certified = "certified" if sealed.certified else "not certified"
    missing = f", {sealed.missing} without a result" if sealed.missing else ""
    scores = f"{percent(sealed.first_score)} → {percent(sealed.last_score)}"
    interval = f"[{points(sealed.low)}, {points(sealed.high)}]"
    found = f"p = {sealed.p_value:.4f}, {sealed.wins} better, {sealed.losses} worse: {certified}"
    return (
        f"sealed test on {count(sealed.tasks, 'task')}{missing}: {scores}",
        f"  difference {points(sealed.difference)} points, 95 % interval {interval}, {found}",
        *_told_openings(sealed),
    )


def _told_openings(sealed: SealedTest) -> tuple[str, ...]:
    if not sealed.opened_before:
        return ()
    meaning = (
        "certification is allowed by --reopen-sealed"
        if sealed.reopened
        else "it cannot certify again; add new test tasks, or pass --reopen-sealed"
    )
    runs = told_runs(sealed.opened_before)
    return wrapped(f"test tasks already used by {runs}: {meaning}", indent="  ")


def told_run(run: Run) -> tuple[str, ...]:
    """The end of a run: the sealed test, the result, the spend, and the file."""
    sealed = told_sealed(run.sealed) if run.sealed else ("sealed test: not run",)
    accepted = sum(isinstance(round_.decision, AcceptedRound) for round_ in run.rounds)
    overfit = (
        ("warning: the sealed gain is smaller than the validation gain by more than chance",)
        if run.overfit
        else ()
    )
    return (
        *sealed,
        f"{accepted} of {count(len(run.rounds), 'proposal')} accepted; {_outcome(run)}",
        *([run.record.preferred.told()] if run.record.preferred else []),
        *overfit,
        *told_corrections(run.record.second_attempts),
        *told_content(run.content),
        *told_answers(run.answers),
        f"spent {shown_usage(run.usage)}",
        run.written.note,
    )


def _outcome(run: Run) -> str:
    if run.shipped == "nothing accepted" and any(round_.drift for round_ in run.rounds):
        return "none of the accepted edits held, so the skill is unchanged"
    if run.shipped == "not certified" and run.record.settings.gate.no_worse_than is not None:
        return "the last version shows no loss on the sealed test (not certified)"
    return _SHIPPED[run.shipped]


def next_steps(run: Run, *, skill: Path, own: Path, ledger: str | None) -> tuple[str, ...]:
    """The commands that show what happened and undo it, one to a line.

    Args:
        run: the finished run.
        skill: the skill as the user named it.
        own: its file.
        ledger: as it was given on the command line; None for the default one.
    """
    flag, file = named(ledger, of=skill), quoted(skill)
    steps = [f"skillopt runs show {run.record.id}{flag}"]
    if run.rounds:
        steps.append(f"skillopt ledger show {run.rounds[-1].id}{flag}")
    if run.skill.digest == run.first.digest:
        return tuple(steps)
    if run.written.path is None:
        return (*steps, f"skillopt revert {file} {run.skill.digest[:12]}{flag}")
    written = Path(run.written.path)
    if written.is_dir() and written.resolve() != own.resolve().parent:
        return (*steps, f"diff -r {quoted(own.parent)} {quoted(written)}")
    if written.resolve() != own.resolve():
        return (*steps, f"diff {quoted(own)} {quoted(written)}")
    return (*steps, f"skillopt diff {file}{flag}", f"skillopt revert {file}{flag}")


_SHIPPED = {
    "improved": "the last version is better (certified by the sealed test)",
    "no worse": "the last version is no worse by the margin (certified by the sealed test)",
    "not certified": "the last version is not worse on the sealed test (not certified)",
    "keep first": "the last version is worse on the sealed test, so the first one is kept",
    "not tested": "no spend was left for the sealed test, so the first version is kept",
    "nothing accepted": "no edit passed the gate, so the skill is unchanged",
}


def _diff_line(line: str) -> tuple[str, ...]:
    if line.startswith("@@"):
        return (f"  {line}",)
    return wrapped(line[1:], indent=f"  {line[0]} ", hanging="      ") or (f"  {line[0]}".rstrip(),)


def _why_stopped(event: Stopped) -> str:
    said = STOPPED.get(event.reason, event.reason)
    return f"{said}: {event.detail}" if event.reason == "spend" else said
