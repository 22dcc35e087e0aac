"""Warm start: a run takes up what earlier runs on the skill accepted, before it searches itself.

An accepted proposal of an earlier run is a proposal like any other, and its rollouts are paid for.
Where it was written for the version that a run stands at, under the same conditions, it goes to the
gate before the optimizer is asked. That is no fresh ticket in a lottery: only what was accepted is
taken up, so that an edit that does nothing has no more chance than it had then.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from skillopt.core.history.run import AcceptedRound, Round


def worth_taking_up(
    earlier: Iterable[Round], *, run: str, parent: str, context: str
) -> list[Round]:
    """Accepted rounds of other runs that may be repeated, the largest gain first, then the newest.

    Args:
        earlier: accepted rounds of the skill, oldest first.
        run: the run that asks; its own rounds are no news.
        parent: digest of its incumbent.
        context: digest of target, validation set and gate policy.
    """
    found = [
        round_
        for round_ in earlier
        if round_.run != run and round_.parent == parent and round_.context == context
        if round_.proposal is not None
    ]
    found.reverse()
    return sorted(found, key=_gain, reverse=True)


def not_taken_yet(earlier: Sequence[Round], *, run: str, text: str) -> tuple[Round, ...]:
    """Accepted rounds of other runs whose statements the skill does not have all, newest first.

    Args:
        earlier: accepted rounds of the skill and its siblings, oldest first.
        run: the run that asks.
        text: the incumbent's text.
    """
    plain = " ".join(text.split())
    found = {
        round_.proposal.edits_digest: round_
        for round_ in earlier
        if round_.run != run and round_.proposal
        if any(" ".join(change.after.split()) not in plain for change in round_.changes)
    }
    return tuple(reversed(found.values()))


def _gain(round_: Round) -> float:
    decision = round_.decision
    if not isinstance(decision, AcceptedRound):
        return 0.0
    verdict = decision.verdict
    return verdict.shrunk_gain if verdict.shrunk_gain is not None else verdict.gain or 0.0
