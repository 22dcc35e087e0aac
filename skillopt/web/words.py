"""How pages write figures, times and ids; the filters of the templates."""

from __future__ import annotations

from datetime import datetime, timezone

from markupsafe import Markup

from skillopt.core.evaluation.rollout import Usage
from skillopt.core.figures import clipped, count, money, percent, points
from skillopt.core.history.run import NOBODY, RunRecord
from skillopt.core.history.views import RoundSummary

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


def usage(spent: Usage) -> str:
    """What was paid, in one line."""
    prompt, completion = f"{spent.prompt_tokens:,}", f"{spent.completion_tokens:,}"
    tokens = f"{prompt} prompt + {completion} completion tokens"
    return f"{count(spent.calls, 'call')}, {tokens}, {money(spent.cost)}"


def idea(round_: RoundSummary) -> str:
    """A proposal's idea, or what stands in its place."""
    if round_.idea:
        return one_line(round_.idea)
    # What came as far as the gate can only lack a proposal if nobody was asked for one.
    return "(hand-written edit)" if round_.stage.value == "gate" else "(unreadable reply)"


def models(run: RunRecord) -> str:
    """The models of a run, and which roles it had none for."""
    roles = {"target": run.shown_target, "optimizer": run.optimizer, "judge": run.judge}
    named = (
        f"{role} {model}" if model and model != NOBODY else f"no {role}"
        for role, model in roles.items()
    )
    return ", ".join(named)


FILTERS = {
    "when": when,
    "percent": percent,
    "gain": gain,
    "short": short,
    "one_line": one_line,
    "count": count,
    "money": money,
    "usage": usage,
    "idea": idea,
    "models": models,
}
