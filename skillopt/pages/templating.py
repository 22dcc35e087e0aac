"""The templates, and what they escape."""

from __future__ import annotations

from datetime import datetime, timezone
from functools import cache
from typing import TYPE_CHECKING, Any

from skillopt.core.content.hidden_characters import visible
from skillopt.core.figures import count, money, percent, points
from skillopt.core.gate.measure_words import TITLES, told_measure

if TYPE_CHECKING:
    from jinja2 import Environment


@cache
def environment(package: str = "skillopt.pages") -> Environment:
    """Templates of ``package``'s folder `templates`, then those of this one.

    All that a template puts out is escaped, in elements and in quoted attributes. Hidden characters
    (controls of direction, zero widths) are spelled, so that a text looks like what it is. A name
    that is not given is an error.

    Args:
        package: the dotted name of the package.
    """
    from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

    packages = dict.fromkeys((package, "skillopt.pages"))
    made = Environment(
        loader=ChoiceLoader([PackageLoader(name) for name in packages]),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters.update(FILTERS)
    made.globals["measure_titles"] = TITLES
    return made


def rendered(template: str, **values: Any) -> str:
    """A template of this package, filled in."""
    return environment().get_template(template).render(**values)


def moment(seconds: float) -> str:
    """A moment in UTC: a report is read in other zones than it was made in."""
    return f"{datetime.fromtimestamp(seconds, tz=timezone.utc):%Y-%m-%d %H:%M} UTC"  # noqa: UP017


def duration(seconds: float) -> str:
    """How long something took: `12 s`, `3 min`, `2 h 05 min`."""
    if seconds < 100:  # noqa: PLR2004 - in seconds up to there
        return f"{max(0.0, seconds):.0f} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min"


def short(digest: str | None) -> str:
    """The first characters of a hash, as commands take it."""
    return (digest or "none")[:12]


FILTERS = {
    "points": points,
    "percent": percent,
    "count": count,
    "money": money,
    "moment": moment,
    "duration": duration,
    "short": short,
    "measure": told_measure,
}


def _shown(value: Any) -> Any:
    """Plain text with its hidden characters spelled; text that is HTML already, as it is."""
    return visible(value) if type(value) is str else value
