"""Two runs compared: what they were asked, what they came to, and what both have tried."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from skillopt.core.evaluation.rollout import Usage
from skillopt.core.history.views import RoundSummary, RunSummary
from skillopt.core.skill.similarity import idea_of
from skillopt.core.value import Value, canonical_json


class RunSide(Value):
    """One of the two runs."""

    run: RunSummary
    rounds: tuple[RoundSummary, ...]
    """Its newest proposals, the newest first."""
    usage: Usage


class Differs(Value):
    """Something that the runs were asked differently."""

    name: str
    first: str
    second: str


class BothTried(Value):
    """An idea that both have tried."""

    idea: str
    first: RoundSummary
    second: RoundSummary

    @property
    def agree(self) -> bool:
        """Both came to the same verdict."""
        return self.first.outcome == self.second.outcome


class RunComparison(Value):
    """Two runs beside each other."""

    first: RunSide
    second: RunSide
    differs: tuple[Differs, ...]
    both: tuple[BothTried, ...]

    @property
    def same_tasks(self) -> bool:
        """Their scores are on the same tasks: only then can they be compared."""
        return self.first.run.record.validation_set == self.second.run.record.validation_set


def comparison_of(first: RunSide, second: RunSide) -> RunComparison:
    """Compare two runs."""
    return RunComparison(
        first=first,
        second=second,
        differs=tuple(_differs(first.run, second.run)),
        both=tuple(_both(first.rounds, second.rounds)),
    )


_ASKED = ("kind", "skill_name", "skill_path", "first", "validation_set", "target", "optimizer",
          "judge", "user")  # fmt: skip


def _differs(first: RunSummary, second: RunSummary) -> Iterator[Differs]:
    one, other = (side.record.model_dump(mode="json") for side in (first, second))
    for name in _ASKED:
        if one[name] != other[name]:
            yield _shown(name, one[name], other[name])
    settings = dict(_flat(one["settings"])), dict(_flat(other["settings"]))
    for name in dict.fromkeys([*settings[0], *settings[1]]):
        values = [each.get(name) for each in settings]
        if values[0] != values[1]:
            yield _shown(name, *values)


def _flat(content: dict[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in content.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value


def _shown(name: str, first: Any, second: Any) -> Differs:
    values = (
        "none" if each is None else each if isinstance(each, str) else canonical_json(each)
        for each in (first, second)
    )
    return Differs(name=name, first=next(values), second=next(values))


def _both(first: tuple[RoundSummary, ...], second: tuple[RoundSummary, ...]) -> Iterator[BothTried]:
    """Ideas of both, two spellings of one counting as one; of each run its newest proposal."""
    known: dict[str, RoundSummary] = {}
    for round_ in second:
        if round_.idea:
            known.setdefault(idea_of(round_.idea), round_)
    for round_ in first:
        other = known.pop(idea_of(round_.idea), None) if round_.idea else None
        if other is not None:
            yield BothTried(idea=round_.idea, first=round_, second=other)
