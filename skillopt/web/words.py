"""How pages write figures, times and ids; the filters of the templates."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from skillopt.core.figures import clipped, count, money, percent, points, shown_usage
from skillopt.core.gate.sealed_result import SealedTest
from skillopt.core.history.browsed import MOST_COUNTED
from skillopt.core.history.endings import STOPPED
from skillopt.core.history.views import RoundSummary
from skillopt.core.mining.candidate import Candidate, input_text
from skillopt.web.ids import segment

MOST_TEXT = 20_000
"""Characters of an answer, a prompt or a reply that a page shows."""
SHORT = 12
"""Characters of a hash that are shown."""


def when(moment: datetime | float | None) -> Markup:
    """A local time with its machine-readable form."""
    if moment is None:
        return Markup("")
    if not isinstance(moment, datetime):
        moment = datetime.fromtimestamp(moment, tz=timezone.utc)  # noqa: UP017 - 3.11 has both
    local = moment.astimezone()
    return Markup('<time datetime="{}">{}</time>').format(
        moment.isoformat(timespec="seconds"), local.strftime("%Y-%m-%d %H:%M")
    )


def gain(share: float | None) -> str:
    """A difference in points with its sign; nothing where it was not measured."""
    return "" if share is None else points(share)


def short(digest: str | None) -> str:
    """The first characters of a hash."""
    return (digest or "")[:SHORT]


def one_line(text: str, most: int = 200) -> str:
    """A text on one line, with an end."""
    return clipped(" ".join(text.split()), most)


def idea(round_: RoundSummary) -> str:
    """A proposal's idea, or what stands in its place."""
    if round_.idea:
        return one_line(round_.idea)
    # What came as far as the gate can only lack a proposal if nobody was asked for one.
    return "(hand-written edit)" if round_.stage.value == "gate" else "(unreadable reply)"


def clip(text: str) -> str:
    """A text that is shown whole as far as a page bears it."""
    return clipped(text, MOST_TEXT)


def pretty(content: Any) -> str:
    """JSON for people."""
    return json.dumps(content, ensure_ascii=False, indent=2)


def query(given: Mapping[str, str], **changes: object) -> str:
    """The part of an address after the path: what is given, changed; what is empty is left out."""
    fields = {**given, **{name: str(value) for name, value in changes.items()}}
    said = urlencode({name: value for name, value in fields.items() if value})
    return f"?{said}" if said else ""


def at_most(counted: int) -> str:
    """A count that ends at :data:`MOST_COUNTED`."""
    return f"{counted:,}" if counted < MOST_COUNTED else f"{MOST_COUNTED:,} or more"


def phrase(text: str) -> str:
    """What finds a text in full-text search: its words as they follow each other."""
    return '"{}"'.format(text.replace('"', " "))


def sealed(test: SealedTest | None) -> str:
    """A sealed test in one line."""
    if test is None:
        return "not run"
    certified = "certified" if test.certified else "not certified"
    first, last = percent(test.first_score), percent(test.last_score)
    return f"{first} → {last}, {points(test.difference)} points, {certified}"


def when_exactly(moment: datetime) -> Markup:
    """A local time to the second."""
    return Markup('<time datetime="{}">{}</time>').format(
        moment.isoformat(timespec="seconds"), moment.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    )


def ended(stopped_by: str | None) -> str:
    """Why a run ended, in words."""
    return STOPPED.get(stopped_by or "", stopped_by or "done")


def question(one: Candidate) -> str:
    """What a candidate task asks, as one text."""
    return input_text(one.input)


FILTERS = {
    "when": when,
    "percent": percent,
    "gain": gain,
    "short": short,
    "one_line": one_line,
    "count": count,
    "money": money,
    "usage": shown_usage,
    "idea": idea,
    "clip": clip,
    "json": pretty,
    "query": query,
    "segment": segment,
    "at_most": at_most,
    "phrase": phrase,
    "sealed": sealed,
    "ended": ended,
    "question": question,
    "when_exactly": when_exactly,
}
