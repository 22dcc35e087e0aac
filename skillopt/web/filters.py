"""A list's address into its filter: the names are those of `skillopt ledger list`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from skillopt.core.history.views import RoundFilter
from skillopt.errors import InputError

OUTCOMES = ("accepted", "rejected", "inconclusive")
STAGES = ("reply", "fit", "screen", "gate", "approval")
FIELDS = {
    "skill": "skill",
    "run": "run",
    "verdict": "outcome",
    "stage": "stage",
    "reason": "code",
    "criterion": "criterion",
    "text": "text",
    "before": "before",
}
"""Field of the filter by its name in an address."""


def filter_of(given: Mapping[str, str], *, limit: int) -> RoundFilter:
    """The filter that an address asks for; what is empty does not filter.

    Args:
        given: names and values of its query.
        limit: maximum number of proposals.

    Raises:
        InputError: a value is none of its kind.
    """
    fields: dict[str, Any] = {
        field: given[name].strip() for name, field in FIELDS.items() if given.get(name, "").strip()
    }
    for name in ("since", "until"):
        if given.get(name, "").strip():
            fields[name] = _moment(name, given[name].strip())
    try:
        return RoundFilter(refused=bool(given.get("refused")), limit=limit, **fields)
    except ValidationError as error:
        named = {field: name for name, field in FIELDS.items()}
        first = error.errors()[0]
        place = str(first["loc"][0])
        raise InputError(f"{named.get(place, place)} {first['input']!r}: {first['msg']}") from None


def _moment(name: str, given: str) -> datetime:
    try:
        return datetime.fromisoformat(given).astimezone()
    except (ValueError, OverflowError, OSError):
        raise InputError(f"{name} {given!r}: write a time such as 2026-01-31T18:00") from None
