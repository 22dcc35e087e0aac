"""A run told in plain lines: the baseline, each proposal and verdict, the sealed test."""

from __future__ import annotations

import difflib
import textwrap

from skillopt.app.result import Run
from skillopt.cli.output import percent, points, printable, told_usage
from skillopt.core.events import BaselineDone, Event, RoundDecided, RunStarted, Stopped
from skillopt.core.gate.power import Power
from skillopt.core.gate.sealed_result import SealedTest
from skillopt.core.history.run import AcceptedRound, Round
from skillopt.core.history.sealed_openings import told_runs
from skillopt.core.skill.edit import Delete, Edit, Insert

WIDTH = 100


def lines(event: Event, *, self_judged: bool = False) -> tuple[str, ...]:
    """What a reader is told of an event; most events say nothing."""
    match event:
        case RunStarted(resumed=True):
            return (f"going on with run {event.run}, {event.rounds_done} rounds decided",)
        case RunStarted():
            return (f"run {event.run}",)
        case BaselineDone():
            return (f"baseline: {percent(event.score)} on {event.tasks} validation tasks",)
        case RoundDecided():
            return told_round(event.round, self_judged=self_judged)
        case Stopped():
            return _wrapped(f"stopped: {_why_stopped(event)}")
        case _:
            return ()


def told_round(round_: Round, *, self_judged: bool = False) -> tuple[str, ...]:
    """A round: what was proposed, what the gate or the screen said, and why."""
    decision = round_.decision
    proposal = round_.proposal
    idea = proposal.draft.idea if proposal else "no proposal could be read from the reply"
    head = _wrapped(f"round {round_.number}: {idea}")
    edits = [line for edit in (proposal.edits if proposal else ()) for line in _told_edit(edit)]
    if isinstance(decision, AcceptedRound):
        verdict = f"accepted: {decision.verdict.reason}"
    else:
        outcome = decision.verdict.outcome.value if decision.verdict else "refused"
        verdict = f"{outcome} at stage {decision.stage.value}: {decision.reason}"
    if self_judged:
        verdict += " (judged by the target itself)"
    return (*head, *edits, *_wrapped(verdict, indent="  → "))


def told_notes(event: Event, noted: set[str]) -> tuple[str, ...]:
    """What a verdict says of single tasks, each sentence once in a run.

    Args:
        event: any.
        noted: the sentences that were told; grown in place.
    """
    verdict = event.round.decision.verdict if isinstance(event, RoundDecided) else None
    fresh = [note for note in verdict.notes if note not in noted] if verdict else []
    noted.update(fresh)
    return tuple(line for note in fresh for line in _wrapped(f"note: {note}", indent="  "))


def told_power(power: Power) -> tuple[str, ...]:
    """What the validation set can detect, and what to mind."""
    warned = [line for text in power.warnings for line in _wrapped(f"warning: {text}")]
    return (*_wrapped(power.text), *warned)


def told_sealed(sealed: SealedTest) -> tuple[str, ...]:
    """The sealed test in two lines."""
    certified = "certified" if sealed.certified else "not certified"
    missing = f", {sealed.missing} without an outcome" if sealed.missing else ""
    scores = f"first {percent(sealed.first_score)}, last {percent(sealed.last_score)}"
    interval = f"[{points(sealed.low)}, {points(sealed.high)}]"
    found = f"p = {sealed.p_value:.4f}, {sealed.wins} better, {sealed.losses} worse: {certified}"
    return (
        f"sealed test, {sealed.tasks} tasks{missing}: {scores}",
        f"  difference {points(sealed.difference)} points, 95 % interval {interval}, {found}",
        *_told_openings(sealed),
    )


def _told_openings(sealed: SealedTest) -> tuple[str, ...]:
    if not sealed.opened_before:
        return ()
    meaning = (
        "it may certify, since --reopen-sealed was given"
        if sealed.reopened
        else "a second opening certifies nothing; take new test tasks, or insist: --reopen-sealed"
    )
    runs = told_runs(sealed.opened_before)
    return _wrapped(f"sealed test opened before, by {runs}: {meaning}", indent="  ")


def told_run(run: Run) -> tuple[str, ...]:
    """The end of a run: the sealed test, what ships, what it cost, where the text is."""
    sealed = told_sealed(run.sealed) if run.sealed else ("the sealed test was not opened",)
    accepted = sum(isinstance(round_.decision, AcceptedRound) for round_ in run.rounds)
    overfit = (
        ("warning: the validation gain exceeds the sealed gain by more than chance explains",)
        if run.overfit
        else ()
    )
    return (
        *sealed,
        f"{accepted} of {len(run.rounds)} proposals accepted; {_SHIPPED[run.shipped]}",
        *overfit,
        f"spent {told_usage(run.usage)}",
        run.written.note,
    )


_SHIPPED = {
    "improved": "the last version is better, certified by the sealed test",
    "not certified": "the last version does not do worse on the sealed test; not certified",
    "keep first": "the last version did worse on the sealed test, so the first one stays",
    "not tested": "no spend was left for the sealed test, so the first version stays",
    "nothing accepted": "no edit passed the gate, so the skill stays as it is",
}


def _told_edit(edit: Edit) -> tuple[str, ...]:
    """The lines an edit takes away and puts in; lines it only repeats are left out."""
    old = [] if isinstance(edit, Insert) else edit.anchor.splitlines()
    new = [] if isinstance(edit, Delete) else edit.text.splitlines()
    changed = [line for line in difflib.ndiff(old, new) if line[0] in "+-" and line[2:].strip()]
    return tuple(shown for line in changed for shown in _marked(line[0], line[2:]))


def _marked(mark: str, line: str) -> tuple[str, ...]:
    return _wrapped(line, indent=f"  {mark} ", hanging="      ")


def _wrapped(text: str, *, indent: str = "", hanging: str | None = None) -> tuple[str, ...]:
    later = hanging if hanging is not None else " " * (len(indent) + 2)
    return tuple(
        textwrap.wrap(
            printable(text),
            WIDTH,
            initial_indent=indent,
            subsequent_indent=later,
            break_long_words=False,
            break_on_hyphens=False,
        )
    )


def _why_stopped(event: Stopped) -> str:
    said = {
        "rounds": "all rounds are done",
        "patience": "several rounds in a row without an acceptance",
        "spend": f"a limit of spend is reached: {event.detail}",
    }
    return said.get(event.reason, event.reason)
