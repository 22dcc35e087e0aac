"""A run in three sentences: what was asked, what was decided, what came out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from skillopt.core.figures import count, margin_points, percent, points
from skillopt.core.gate.contest import GatePolicy
from skillopt.core.gate.sealed_result import SealedTest
from skillopt.core.history.endings import STOPPED
from skillopt.core.history.outcome import Ship, margin_of, ship
from skillopt.core.history.run import NOBODY, Round, RunKind, RunRecord
from skillopt.core.report.path import outcome_of, stage_of


def asked(record: RunRecord) -> str:
    """What the run was to do."""
    name = record.skill_name
    if record.kept_by:
        return f"{record.kept_by}, a loop of its own, kept here what it tried on the skill {name}."
    gate = f"the gate {gate_words(record.settings.gate)}"
    by = "" if record.optimizer == NOBODY else f" by {record.optimizer}"
    most = f"at most {count(record.settings.rounds, 'proposal')}{by}, each tested by {gate}"
    edit = f"proposal {record.retries} again" if record.retries else "a hand-written edit"
    asked: dict[RunKind, str] = {
        "tune": f"Tune the skill {name} for {record.shown_target}: {most}.",
        "gate": f"Test {edit} of the skill {name}, with {gate}.",
        "eval": f"Score the skill {name} with {record.shown_target}.",
        "aa": f"Test the skill {name} against itself with {record.shown_target}.",
        "probe": f"Probe the skill {name} with {record.shown_target}.",
    }
    return asked[record.kind]


def gate_words(policy: GatePolicy) -> str:
    """A gate with what it asks for."""
    if policy.attempt == "second":
        return f"{policy.kind}, on second attempts"
    if policy.no_worse_than is None:
        return policy.kind
    return f"{policy.kind}, no worse than {margin_points(policy.no_worse_than)} points"


def decided(record: RunRecord, rounds: Sequence[Round], *, waits: str | None = None) -> str:
    """The verdicts in numbers, and why no more came.

    Args:
        record: the run.
        rounds: of it.
        waits: id of the proposal that waits for a person.
    """
    ended = _ended(record)
    if waits is not None:
        ended += f": the gate has accepted proposal {waits}, which waits for a person's approval"
    return f"{_counts(record, rounds)}; {ended}."


def _counts(record: RunRecord, rounds: Sequence[Round]) -> str:
    if not rounds:
        return "No proposal was decided" if record.kind == "tune" else "Nothing was proposed"
    found = Counter(outcome_of(round_) for round_ in rounds)
    early = sum(stage_of(round_) != "gate" for round_ in rounds)
    tested = found["rejected"] - early
    words = "were" if found["accepted"] != 1 else "was"
    parts = [
        f"{tested:,} rejected by the gate" if tested else "",
        f"{early:,} refused before it" if early else "",
        f"{found['inconclusive']:,} inconclusive" if found["inconclusive"] else "",
    ]
    rest = ", ".join(filter(None, parts))
    if record.kept_by:
        rest = f"{len(rounds) - found['accepted']:,} not" if len(rounds) > found["accepted"] else ""
    head = f"{found['accepted']:,} of {count(len(rounds), 'proposal')} {words} accepted"
    return f"{head} ({rest})" if rest else head


def _ended(record: RunRecord) -> str:
    if record.kept_by:
        return "the verdicts are that loop's"
    if record.finished is None:
        return "the run has not ended"
    why = record.stopped_by or "it is done"
    if record.kind != "tune":
        return "the run is done"
    return f"it stopped: {STOPPED.get(why, why)}"


_SHIPS: dict[Ship, str] = {
    "improved": "The last version is better: certified by the sealed test",
    "no worse": "The last version is no worse by the margin: certified by the sealed test",
    "not certified": "The last version is not worse on the sealed test, which does not certify it",
    "keep first": "The last version is not better on the sealed test, so the first one is kept",
}


def result(record: RunRecord, rounds: Sequence[Round]) -> tuple[str, bool | None]:
    """What may be said after it, and whether that is good."""
    sealed = record.sealed
    if sealed is not None:
        shipped = ship(sealed, no_worse_than=margin_of(record, rounds))
        good = {"improved": True, "no worse": True, "keep first": False}.get(shipped)
        return f"{_SHIPS[shipped]} ({_scores(sealed)}).", good
    if record.kind == "gate" and not record.kept_by:
        return _single(rounds)
    return _untested(record, rounds), None


def _untested(record: RunRecord, rounds: Sequence[Round]) -> str:
    """Where there is no sealed test to go by."""
    accepted = any(outcome_of(round_) == "accepted" for round_ in rounds)
    why = "No sealed test was run, so the first version is kept."
    if record.kept_by:
        why = "Nothing of it was tested here."
    elif record.kind != "tune":
        score = f" (score {percent(record.baseline)})" if record.baseline is not None else ""
        why = f"It has changed nothing{score}."
    elif record.finished is None:
        why = "Whether the last version is better is open until the sealed test."
    elif not accepted:
        why = "No edit passed the gate, so the skill is unchanged."
    elif record.last == record.first:
        why = "None of the accepted edits held, so the skill is unchanged."
    return why


def _single(rounds: Sequence[Round]) -> tuple[str, bool | None]:
    if not rounds:
        return "There is no verdict yet.", None
    match outcome_of(rounds[-1]):
        case "accepted":
            return "The edit is accepted on validation tasks; no sealed test was run.", True
        case "rejected":
            return "The edit is rejected.", False
        case "inconclusive":
            return "It is open whether the edit is good.", None


def _scores(sealed: SealedTest) -> str:
    if not sealed.tasks:
        return "no test task has a result"
    return (
        f"{percent(sealed.first_score)} → {percent(sealed.last_score)} on "
        f"{count(sealed.tasks, 'test task')}, {points(sealed.difference)} points, 95 % interval "
        f"[{points(sealed.low)}, {points(sealed.high)}], p = {sealed.p_value:.4f}"
    )
