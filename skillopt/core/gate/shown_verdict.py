"""A verdict and a sealed test as they show themselves in a notebook."""

from __future__ import annotations

from skillopt.core.figures import points
from skillopt.core.gate.contest import Outcome, PairedTask, Verdict
from skillopt.core.gate.sealed_result import SealedTest
from skillopt.core.notebook import parts
from skillopt.core.notebook.parts import Html, Tone

SAID = {
    Outcome.ACCEPTED: "Accepted by the gate",
    Outcome.REJECTED: "Rejected by the gate",
    Outcome.INCONCLUSIVE: "Inconclusive",
}
TONES: dict[Outcome, Tone] = {
    Outcome.ACCEPTED: "good",
    Outcome.REJECTED: "bad",
    Outcome.INCONCLUSIVE: "open",
}
EPS = 1e-9


def verdict_html(verdict: Verdict) -> str:
    """The verdict, its numbers, and the tasks that changed."""
    return parts.card(
        SAID[verdict.outcome],
        verdict.reason,
        *verdict_parts(verdict),
        tone=TONES[verdict.outcome],
    )


def verdict_parts(verdict: Verdict) -> tuple[Html, ...]:
    """What stands below the reason."""
    changed = sorted(filter(_changed, verdict.pairs), key=lambda pair: -abs(_change(pair)))
    better = sum(_change(pair) > 0 for pair in changed)
    both = sum(pair.incumbent is not None and pair.candidate is not None for pair in verdict.pairs)
    known = (
        ("gain on these tasks", _gain(verdict.gain)),
        ("p", None if verdict.p_value is None else f"{verdict.p_value:.3f}"),
        ("tasks", f"{better} better, {len(changed) - better} worse, {both - len(changed)} alike"),
        ("not run", len(verdict.pairs) - both or None),
        ("rollouts", verdict.rollouts),
    )
    rows = [
        (pair.task, f"{pair.incumbent:.2f}", f"{pair.candidate:.2f}", points(_change(pair)))
        for pair in changed
    ]
    head = ("task", "before", "after", "points")
    return (
        parts.facts(known),
        parts.listed(verdict.notes),
        parts.folded("tasks that changed", parts.table(head, rows, numbers=3)),
    )


def sealed_html(sealed: SealedTest) -> str:
    """The sealed test in a sentence."""
    title = "Sealed test: " + ("certified" if sealed.certified else "not certified")
    tone: Tone = "good" if sealed.certified else "open"
    return parts.card(title, sealed_sentence(sealed), tone=tone)


def sealed_sentence(sealed: SealedTest) -> str:
    """Both scores, the difference with its interval, and the tasks behind it."""
    missing = f", {sealed.missing} without a result" if sealed.missing else ""
    return (
        f"{sealed.first_score:.3f} before, {sealed.last_score:.3f} after: "
        f"{points(sealed.difference)} points, 95 % interval "
        f"[{points(sealed.low)}, {points(sealed.high)}], p = {sealed.p_value:.3f}, on "
        f"{sealed.tasks} tasks ({sealed.wins} better, {sealed.losses} worse{missing})"
    )


def _gain(gain: float | None) -> str | None:
    return None if gain is None else f"{points(gain)} points (biased by selection)"


def _changed(pair: PairedTask) -> bool:
    return abs(_change(pair)) > EPS


def _change(pair: PairedTask) -> float:
    if pair.incumbent is None or pair.candidate is None:
        return 0.0
    return pair.candidate - pair.incumbent
