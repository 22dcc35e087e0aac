"""What an endpoint takes of our parameters, found out from its refusals, once.

A refused parameter is sent under its other name where it has one, and is left out otherwise; a
model that only streams is streamed.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, NamedTuple

STREAM = "stream"
STREAMING = (STREAM, "stream_options")
FORMAT = "response_format"
_OURS = frozenset({"seed", FORMAT, "stream_options"})
"""Added by skillopt."""
_RENAMED = {"max_tokens": "max_completion_tokens", "max_completion_tokens": "max_tokens"}
_NEVER = frozenset({"model", "messages", "api_base", "api_key", "timeout", STREAM, "num_retries"})
_STATUSES = frozenset({400, 422, 500, 501})
_REFUSED = re.compile(
    r"unsupported|not support|unknown|unrecogni[sz]ed|unexpected|extra (?:inputs|fields)|"
    r"extra_forbidden|not (?:an? )?(?:permitted|allowed|valid|available|accepted)|unavailable|"
    r"deprecated|cannot find field|invalid (?:parameter|argument|field)|only the default|"
    r"no longer|cannot be (?:used|set|specified)",
    re.IGNORECASE,
)
_FORMAT_WORDS = re.compile(
    r"response.?format|json.?schema|json.?object|json.?mode|structured.?output|guided|grammar|"
    r"unimplemented keys",
    re.IGNORECASE,
)
_STREAM_WORDS = re.compile(
    r"(?:set|use|with|pass|requires?|needs?) ['\"`]?stream['\"`]?\s*[=:]\s*['\"`]?true|"
    r"only (?:the )?stream\w*(?: \w+){0,3} (?:is |are )?(?:supported|allowed|available|accepted)|"
    r"only supports? (?:the )?stream|(?:must|has to|needs to|only) be streamed|enable the stream|"
    r"stream(?:ing)?(?: mode)? (?:is |was )?(?:required|mandatory)|requires? (?:the )?stream|"
    r"non.?stream\w* (?:\w+ ){0,4}(?:not|un)\W?(?:supported|allowed|available)|"
    r"stream['\"`]? (?:must|should|has to|needs to) be (?:set to )?['\"`]?true",
    re.IGNORECASE,
)


class Change(NamedTuple):
    """What is done about one parameter from now on."""

    parameter: str
    instead: str | None = None
    """Its other name; None where it is left out. For `stream`: `true`."""

    def shown(self) -> str:
        """In words."""
        if self.parameter == STREAM:
            return "replies are streamed from now on, since the model only streams"
        by = "added by skillopt" if self.parameter in _OURS else "from the role's parameters"
        if self.parameter in _RENAMED:
            by = "a bound on the reply"
        done = f"sent as {self.instead!r}" if self.instead else "left out"
        return f"{self.parameter!r} ({by}) is refused, and {done} from now on"


@dataclass
class Dialect:
    """What was learned of one endpoint.

    Args:
        keep: parameters that are never left out: a limit of spend rests on them.
    """

    keep: Collection[str] = ()
    changes: dict[str, str | None] = field(default_factory=dict)

    def spoken(self, options: dict[str, Any]) -> dict[str, Any]:
        """``options`` as the endpoint takes them."""
        if not self.changes:
            return options
        renamed = ((self.changes.get(name, name), value) for name, value in options.items())
        result = {name: value for name, value in renamed if name is not None}
        if STREAM in self.changes:
            result[STREAM] = True
            if "stream_options" not in self.changes:
                result["stream_options"] = {"include_usage": True}
        return result

    def learn(self, change: Change) -> None:
        """Speak so from now on."""
        origin = next((n for n, now in self.changes.items() if now == change.parameter), None)
        self.changes[origin or change.parameter] = change.instead

    def refusal(self, said: str, status: int | None, sent: Collection[str]) -> Change | None:
        """What an answer of ``status`` that says ``said`` refuses of what was ``sent``."""
        if status not in _STATUSES:
            return None
        if STREAM not in sent and _STREAM_WORDS.search(said):
            return Change(STREAM, "true")
        for name in sorted(set(sent) - _NEVER, key=len, reverse=True):
            if _names(said, name) and (name == FORMAT or _REFUSED.search(said)):
                return self._change(name, sent)
        return None

    def _change(self, name: str, sent: Collection[str]) -> Change | None:
        other = _RENAMED.get(name)
        renamed_already = name in self.changes.values()
        if other and other not in sent and not renamed_already:
            return Change(name, other)
        return None if name in self.keep or other in self.keep else Change(name)


def _names(said: str, name: str) -> bool:
    if name == FORMAT:
        return _FORMAT_WORDS.search(said) is not None
    return re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", said) is not None
