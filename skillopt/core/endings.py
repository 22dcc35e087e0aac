"""How a reply ended: with a stop of the model's own, or before it."""

from __future__ import annotations

from enum import StrEnum


class Ending(StrEnum):
    """How a reply ended."""

    COMPLETE = "complete"
    """The model came to its end."""
    CUT = "cut"
    """The limit of completion tokens came first."""
    FILTERED = "filtered"
    """The provider's content filter withheld it."""
    REFUSED = "refused"
    """The model refused to answer."""
    TOOL_CALLS = "tool calls"
    """The model called tools where text was wanted."""
    FAILED = "failed"
    """The provider failed while the model was replying."""


WITHHELD = frozenset({Ending.FILTERED, Ending.REFUSED, Ending.FAILED})
"""There is no answer that could be graded: its rollout is missing."""


def fault(ending: Ending) -> str | None:
    """What is wrong with a reply that ended so, in one clause; None where nothing is."""
    match ending:
        case Ending.COMPLETE:
            return None
        case Ending.CUT:
            return "the reply was cut off at the limit of completion tokens (max_tokens)"
        case Ending.FILTERED:
            return "the provider's content filter withheld the reply"
        case Ending.REFUSED:
            return "the model refused to reply"
        case Ending.TOOL_CALLS:
            return "the reply calls tools where text was asked for"
        case Ending.FAILED:
            return "the provider failed before the reply's end (finish_reason: error)"
