"""What decided rounds have shown of a skill's statements, for the order in which they may go."""

from __future__ import annotations

from collections.abc import Iterable

from skillopt.core.history.run import AcceptedRound, Round
from skillopt.core.proposals.rule_order import RuleRecord


def rule_record(rounds: Iterable[Round]) -> RuleRecord:
    """The record, from rounds of any runs of the skill; where they differ, the larger counts.

    A deletion of several statements at once says nothing of any one of them.
    """
    lost: dict[str, float] = {}
    gained: dict[str, float] = {}
    for round_ in rounds:
        verdict = round_.decision.verdict
        if verdict is None or verdict.gain is None:
            continue
        if isinstance(round_.decision, AcceptedRound):
            gain = verdict.gain if verdict.shrunk_gain is None else verdict.shrunk_gain
            for change in round_.changes:
                if change.after:
                    gained[change.after] = max(gain, gained.get(change.after, 0.0))
        elif len(round_.changes) == 1 and not round_.changes[0].after and verdict.gain < 0:
            gone = round_.changes[0].before
            lost[gone] = max(-verdict.gain, lost.get(gone, 0.0))
    return RuleRecord(lost=lost, gained=gained)
