"""How a run and its proposals ended, in words."""

from __future__ import annotations

STOPPED = {
    "rounds": "all rounds done",
    "patience": "no acceptance in several rounds (see --patience)",
    "spend": "spend limit reached",
}
"""Why a run ended, where its own word for it is too short."""


_REFUSED = {
    "screen": "refused by the screen",
    "fit": "refused: does not fit",
    "race": "refused: another proposal of its round was chosen",
    "approval": "not approved",
    "reply": "refused: unreadable reply",
}
"""By the stage, where that is not the gate."""


def outcome_at(outcome: str, stage: str) -> str:
    """A verdict with what reached it: `rejected by the gate`, `refused by the screen`."""
    if stage == "gate":
        return "inconclusive at the gate" if outcome == "inconclusive" else f"{outcome} by the gate"
    return _REFUSED.get(stage, _REFUSED["reply"])
