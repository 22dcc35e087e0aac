"""Text from elsewhere made fit for a file: no secrets, no control characters, bounded."""

from __future__ import annotations

import math
import re
from typing import Any

from skillopt.core.evaluation.task import Message
from skillopt.core.mining.candidate import (
    LONGEST_INPUT,
    LONGEST_RECORDED,
    Found,
    Skipped,
    input_text,
)
from skillopt.core.redaction import redacted, redacted_content
from skillopt.core.value import canonical_json

_ODD = re.compile("[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
"""What no YAML file may hold, and the byte order mark, which marks nothing within a text."""
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_DEEPEST = 20
_LONGEST_KEY = 200


def clean(text: str) -> str:
    """``text`` with plain line breaks; a control character or half a character is replaced."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return _ODD.sub(_REPLACEMENT, plain).strip()


def clean_found(found: Found) -> Found | Skipped:
    """The find as it may be stored, secrets redacted; or why it is no task."""
    if len(input_text(found.input)) > LONGEST_INPUT:
        size = len(input_text(found.input))
        reason = f"the input has {size:,} characters; at most {LONGEST_INPUT:,} are read"
        return Skipped(source=found.source, reason=reason)
    asked = _clean_input(found.input)
    if not asked or (isinstance(asked, tuple) and asked[-1].role != "user"):
        return Skipped(source=found.source, reason="the input is empty")
    fields = {
        "input": asked,
        "recorded": _clean_recorded(found.recorded),
        "source": redacted(clean(found.source)),
        "quote": None if found.quote is None else redacted(clean(found.quote)),
    }
    return found.model_copy(update=fields)


def _clean_input(asked: str | tuple[Message, ...]) -> str | tuple[Message, ...]:
    if isinstance(asked, str):
        return redacted(clean(asked))
    turns = (turn.model_copy(update={"content": redacted(clean(turn.content))}) for turn in asked)
    return tuple(turn for turn in turns if turn.content)


def _clean_recorded(recorded: Any) -> Any:
    content = clean_content(recorded)
    spelled = content if isinstance(content, str) else canonical_json(content)
    if content is None or not spelled.strip() or len(spelled) > LONGEST_RECORDED:
        return None
    return redacted_content(content)


def clean_content(content: Any, depth: int = 0) -> Any:
    """JSON content with its texts clean; what is nested too deeply to be an answer is null."""
    if depth > _DEEPEST:
        return None
    match content:
        case str():
            return clean(content)
        case dict():
            named = ((clean(str(key))[:_LONGEST_KEY], each) for key, each in content.items())
            return {key: clean_content(each, depth + 1) for key, each in named}
        case list() | tuple():
            return [clean_content(each, depth + 1) for each in content]
        case float() if not math.isfinite(content):
            return None
        case _:
            return content
