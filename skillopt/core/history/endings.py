"""How a run and its proposals ended, in words."""

from __future__ import annotations

STOPPED = {
    "rounds": "all rounds done",
    "patience": "no acceptance in several rounds (see --patience)",
    "spend": "spend limit reached",
}
"""Why a run ended, where its own word for it is too short."""


def outcome_at(outcome: str, stage: str) -> str:
    """A verdict with what reached it: `rejected by the gate`, `refused by the screen`."""
    match stage:
        case "gate" if outcome == "inconclusive":
            return "inconclusive at the gate"
        case "gate":
            return f"{outcome} by the gate"
        case "screen":
            return "refused by the screen"
        case "fit":
            return "refused: does not fit"
        case "approval":
            return "not approved"
        case _:
            return "refused: unreadable reply"
