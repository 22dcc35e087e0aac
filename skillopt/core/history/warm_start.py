"""Warm start: a run takes up what earlier runs on the skill accepted, before it searches itself.

An accepted proposal of an earlier run is a proposal like any other, and its rollouts are paid for.
Where it was written for the version that a run stands at, under the same conditions, it goes to the
gate before the optimizer is asked. That is no fresh ticket in a lottery: only what was accepted is
taken up, so that an edit that does nothing has no more chance than it had then.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence

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


def accepted_elsewhere(
    earlier: Sequence[Round], *, run: str | None, versions: Container[str]
) -> tuple[Round, ...]:
    """Accepted rounds whose statements are not in the skill by descent, newest first, each once.

    Args:
        earlier: accepted rounds of the skill and its siblings, oldest first.
        run: the run that asks.
        versions: digests of the versions that the incumbent comes from, itself included.
    """
    lines = {round_.run for round_ in earlier if _made(round_) in versions}
    found = {
        round_.proposal.edits_digest: round_
        for round_ in earlier
        if round_.proposal and round_.run != run and round_.run not in lines
    }
    return tuple(reversed(found.values()))


def _made(round_: Round) -> str | None:
    return round_.decision.candidate


def _gain(round_: Round) -> float:
    decision = round_.decision
    if not isinstance(decision, AcceptedRound):
        return 0.0
    verdict = decision.verdict
    return verdict.shrunk_gain if verdict.shrunk_gain is not None else verdict.gain or 0.0
