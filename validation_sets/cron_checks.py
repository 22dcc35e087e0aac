"""Grade cron expressions by what they do, not by how they are spelled.

Named in a validation set as `{type: python, call: "cron_checks:equivalent"}`. Both expressions are
run by cronsim, which follows Debian's cron: five fields, and a day that matches either the day of
the month or the weekday when neither of these two fields starts with a star.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from cronsim import CronSim, CronSimError

if TYPE_CHECKING:
    from skillopt.core.evaluation.task import Task

# The weekdays of all dates, leap days included, repeat after 28 years while no century year
# without a leap day comes between. Two expressions that agree on this window agree until 2100.
WINDOW_START = datetime(2024, 1, 1, tzinfo=UTC)
WINDOW_END = datetime(2052, 1, 1, tzinfo=UTC)

MAX_LENGTH = 200
"""Characters; far above any sensible expression, and low enough to parse in no time."""

_FENCE = re.compile(r"```[\w-]*[ \t]*\r?\n(.*?)\r?\n?[ \t]*```", re.DOTALL)
_TICKS = re.compile(r"(`+)([^`]*)\1")


class CronExpressionError(ValueError):
    """A text is not a five-field cron expression."""


class _Schedule(NamedTuple):
    """A five-field expression that cronsim accepts, and what its fields stand for."""

    fields: tuple[str, str, str, str, str]
    minutes: frozenset[int]
    hours: frozenset[int]
    dates: tuple[object, ...]
    """Equal dates mean equal days; unequal ones may still come to the same days."""

    def once_a_day(self) -> _Schedule:
        """The same days, but only the first firing of each."""
        minute, hour = min(self.minutes), min(self.hours)
        fields = (str(minute), str(hour), *self.fields[2:])
        return _Schedule(fields, frozenset({minute}), frozenset({hour}), self.dates)

    def firings(self) -> CronSim:
        # cronsim's first moment lies strictly after its start, and the window's own start counts.
        return CronSim(" ".join(self.fields), WINDOW_START - timedelta(seconds=1))


def equivalent(answer: str, task: Task) -> tuple[float, str]:
    """1.0 when `answer` fires at exactly the moments of `task.expected`, else 0.0, and why.

    The answer may stand in backticks or in a code fence; any other text around it is an error.
    No answer makes this raise. Raises CronExpressionError when `task.expected` is not a cron
    expression: that is a mistake in the validation set, not in the answer.
    """
    try:
        wanted = _parse(str(task.expected))
    except CronExpressionError as error:
        raise CronExpressionError(
            f"task {task.id!r}: `expected` must be a five-field cron expression, but {error}"
        ) from error
    try:
        given = _parse(_bare(answer))
    except CronExpressionError as error:
        return 0.0, f"The answer is not a five-field cron expression: {error}."
    return _compare(given, wanted)


def _compare(given: _Schedule, wanted: _Schedule) -> tuple[float, str]:
    difference = _first_difference(given, wanted)
    if difference is None:
        return 1.0, "The answer fires at the moments that were asked for."
    moment, by_answer = difference
    when = f"{moment:%A %Y-%m-%d %H:%M}"
    if by_answer:
        return 0.0, f"The answer fires on {when}, which was not asked for."
    return 0.0, f"The answer does not fire on {when}, which was asked for."


def _first_difference(given: _Schedule, wanted: _Schedule) -> tuple[datetime, bool] | None:
    """The first moment at which only one fires, and whether that one is `given`; None if never.

    When the times of day agree only the days can differ, so one firing a day decides and the
    search takes at most 28 years of days. When they disagree, the first day that both have
    shows it, so that the search ends within a day of minutes.
    """
    if (given.minutes, given.hours) == (wanted.minutes, wanted.hours):
        if given.dates == wanted.dates:
            return None
        given, wanted = given.once_a_day(), wanted.once_a_day()
    ours, theirs = given.firings(), wanted.firings()
    while True:
        a, b = next(ours, WINDOW_END), next(theirs, WINDOW_END)
        if min(a, b) >= WINDOW_END:
            return None
        if a != b:
            return min(a, b), a < b


@lru_cache(maxsize=1024)
def _parse(text: str) -> _Schedule:
    """Raises CronExpressionError with a clause that names the fault."""
    if len(text) > MAX_LENGTH:
        raise CronExpressionError(f"it has {len(text)} characters, more than {MAX_LENGTH}")
    if (lines := len(text.splitlines())) > 1:
        raise CronExpressionError(f"it has {lines} lines")
    match text.split():
        case [minute, hour, day, month, weekday]:
            fields = (minute, hour, day, month, weekday)
        case parts:
            raise CronExpressionError(f"{text!r} has {len(parts)} fields")
    try:
        simulated = CronSim(" ".join(fields), WINDOW_START)
    except CronSimError as error:
        raise CronExpressionError(f"{text!r} is refused: {error}") from error
    minutes, hours = frozenset(simulated.minutes), frozenset(simulated.hours)
    return _Schedule(fields, minutes, hours, _dates(simulated))


def _dates(simulated: CronSim) -> tuple[object, ...]:
    """The expanded date fields, with Sunday always 0, and how the two day fields combine."""
    weekdays = frozenset(
        (item[0] % 7, item[1]) if isinstance(item, tuple) else item % 7
        for item in simulated.weekdays
    )
    months = frozenset(simulated.months)
    return frozenset(simulated.days), months, weekdays, simulated.day_and


def _bare(answer: str) -> str:
    """The answer without surrounding white space, backticks or code fence."""
    text = answer.strip()
    if len(text) > MAX_LENGTH:  # to be refused; the patterns below are slow on endless backticks
        return text
    if fenced := _FENCE.fullmatch(text):
        return fenced[1].strip()
    if ticked := _TICKS.fullmatch(text):
        return ticked[2].strip()
    return text
