"""Rounds and runs of the ledger as they show themselves in a notebook."""

from __future__ import annotations

from collections.abc import Sequence

from skillopt.core.figures import points
from skillopt.core.gate.shown_verdict import sealed_sentence, verdict_parts
from skillopt.core.history.run import AcceptedRound, Round
from skillopt.core.history.views import RoundEntry, RoundSummary, RunEntry
from skillopt.core.notebook import parts
from skillopt.core.notebook.parts import Html, Tone

HEAD = ("round", "proposal", "verdict", "idea", "points", "p")
_OF_OUTCOME: dict[str, Tone] = {"accepted": "good", "rejected": "bad", "inconclusive": "open"}


def round_html(round_: Round) -> str:
    """A round: the idea, the verdict and its reason."""
    return parts.card(
        f"Round {round_.number}: {_verdict(round_)}",
        _idea(round_),
        *_round_parts(round_),
        tone=_tone(round_),
    )


def entry_html(entry: RoundEntry) -> str:
    """An entry of the ledger: as a round, with its diff and what it answers."""
    round_, summary = entry.round, entry.summary
    aims = ", ".join(f"{aim.task} ({aim.became})" for aim in entry.aims)
    known = (
        ("skill", summary.skill),
        ("run", f"{summary.run}, round {summary.number}"),
        ("entered", f"{summary.created:%Y-%m-%d %H:%M} UTC"),
        ("meant to fix", aims or None),
        ("verdict by", summary.kept_by),
        ("similar refusals", len(entry.alike) or None),
    )
    return parts.card(
        f"Entry {summary.id[:12]}: {_verdict(round_)}",
        _idea(round_),
        parts.facts(known),
        *_round_parts(round_),
        parts.diff((entry.diff or "").splitlines()),
        tone=_tone(round_),
    )


def run_entry_html(entry: RunEntry) -> str:
    """A run of the ledger and its rounds."""
    record = entry.record
    accepted = sum(one.outcome == "accepted" for one in entry.rounds)
    known = (
        ("command", record.kind),
        ("target", entry.target),
        ("baseline", None if record.baseline is None else f"{record.baseline:.3f}"),
        ("ended by", "not finished" if record.finished is None else record.stopped_by),
        ("sealed test", sealed_sentence(record.sealed) if record.sealed else "not run"),
        ("spent", f"{entry.usage.calls:,} calls, {entry.usage.tokens:,} tokens"),
    )
    return parts.card(
        f"Run {record.id} on {record.skill_name}",
        f"{accepted} of {len(entry.rounds)} proposals accepted.",
        parts.facts(known),
        parts.table(HEAD, [_summary_row(one) for one in entry.rounds], numbers=2),
    )


def rounds_table(rounds: Sequence[Round]) -> Html:
    """Rounds, one a row."""
    return parts.table(HEAD, [_round_row(one) for one in rounds], numbers=2)


def _round_row(round_: Round) -> tuple[object, ...]:
    verdict = round_.decision.verdict
    return (
        round_.number,
        round_.id[:12],
        _verdict(round_),
        _idea(round_),
        _points(verdict.gain if verdict else None),
        _p(verdict.p_value if verdict else None),
    )


def _summary_row(one: RoundSummary) -> tuple[object, ...]:
    stage = "" if one.outcome == "accepted" else f" ({one.stage.value})"
    said = f"{one.outcome}{stage}"
    return (one.number, one.id[:12], said, one.idea, _points(one.gain), _p(one.p_value))


def _round_parts(round_: Round) -> tuple[Html, ...]:
    decision = round_.decision
    verdict = decision.verdict
    reason = decision.verdict.reason if isinstance(decision, AcceptedRound) else decision.reason
    said = [f"{one.criterion}: “{one.quote}”: {one.cause}" for one in round_.critiques]
    critiques = parts.folded(f"critiques ({len(said)})", parts.listed(said))
    return (
        parts.facts((("reason", reason),)),
        *(verdict_parts(verdict) if verdict else ()),
        critiques,
    )


def _idea(round_: Round) -> str:
    return round_.proposal.draft.idea if round_.proposal else "unreadable reply"


def _verdict(round_: Round) -> str:
    decision = round_.decision
    if isinstance(decision, AcceptedRound):
        return "accepted"
    outcome = decision.verdict.outcome.value if decision.verdict else "refused"
    return f"{outcome} ({decision.stage.value})"


def _tone(round_: Round) -> Tone:
    verdict = round_.decision.verdict
    return _OF_OUTCOME[verdict.outcome.value] if verdict else "bad"


def _points(gain: float | None) -> str | None:
    return None if gain is None else points(gain)


def _p(p_value: float | None) -> str | None:
    return None if p_value is None else f"{p_value:.3f}"
