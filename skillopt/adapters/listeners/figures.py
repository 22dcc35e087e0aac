"""What an experiment tracker gets of a run: parameters, metrics, and a report."""

from __future__ import annotations

from typing import NamedTuple

from skillopt.core.evaluation.rollout import Usage
from skillopt.core.events import (
    BaselineDone,
    Event,
    GateDecided,
    ProposalWaits,
    RoundDecided,
    RunStarted,
    ScoreMeasured,
    SealedOpened,
    VersionChosen,
)
from skillopt.core.figures import points
from skillopt.core.history.run import Round
from skillopt.core.skill.diff import skill_diff


class Metrics(NamedTuple):
    """Figures, and the round after which they hold; 0 before the first."""

    step: int
    values: dict[str, float]


def parameters(event: RunStarted) -> dict[str, str]:
    """What shaped the run: its models, its tasks, and settings that are not at their defaults."""
    given = {"skill": event.skill, "kind": event.kind}
    record = event.record
    if record is None:
        return given
    named = {
        "target": record.shown_target,
        "optimizer": record.optimizer,
        "judge": record.judge,
        "first_version": record.first,
        "validation_set": record.validation_set,
    }
    settings = record.settings.model_dump(mode="json", exclude_defaults=True)
    given |= {name: value for name, value in named.items() if value}
    return given | _flat("settings", settings)


def metrics(event: Event) -> Metrics | None:
    """The figures that an event brings; None for most events."""
    match event:
        case BaselineDone():
            return Metrics(0, {"validation_score": event.score})
        case ScoreMeasured():
            named = {"score": event.score, "score_low": event.low, "score_high": event.high}
            return Metrics(0, {**named, "tasks": event.tasks, "missing_tasks": event.missing})
        case RoundDecided():
            return Metrics(event.round.number, _of_round(event.round))
        case GateDecided():
            return Metrics(event.number, _of_verdict(event.verdict.gain, event.verdict.p_value))
        case SealedOpened():
            sealed = event.sealed
            return Metrics(
                0,
                {
                    "sealed_first_score": sealed.first_score,
                    "sealed_last_score": sealed.last_score,
                    "sealed_difference": sealed.difference,
                    "sealed_low": sealed.low,
                    "sealed_high": sealed.high,
                    "sealed_p_value": sealed.p_value,
                },
            )
        case _:
            return None


def diff(event: VersionChosen) -> str:
    """What the version to use changes in the first one."""
    lines = skill_diff(event.first, event.skill, names=("first", "chosen"), context=3)
    return "".join(f"{line}\n" for line in lines)


class Report:
    """A run in Markdown, put together while its events come in."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def see(self, event: Event) -> None:
        """Take in an event."""
        match event:
            case RunStarted():
                self._lines = [f"# {event.kind} {event.skill}", "", f"Run {event.run}.", ""]
            case BaselineDone():
                score = f"{event.score:.1%} on {event.tasks} validation tasks"
                self._lines += [f"Baseline: {score}.", "", "| round | idea | verdict |", _RULE]
            case ScoreMeasured():
                interval = f"[{event.low:.1%}, {event.high:.1%}]"
                self._lines += [f"- {event.version[:12]}: {event.score:.1%} {interval}"]
            case ProposalWaits():
                waits = f"waits for approval: {event.entry}"
                self._lines += [_line(str(event.number), event.idea, waits)]
            case RoundDecided():
                self._lines += [_row(event.round)]
            case SealedOpened():
                found = f"{points(event.sealed.difference)} points, p = {event.sealed.p_value:.4f}"
                self._lines += ["", f"Sealed test: {found}."]
            case VersionChosen():
                self._lines += ["", f"Result: {event.shipped}."]
            case _:
                pass

    @property
    def text(self) -> str:
        """What there is so far."""
        return "\n".join(self._lines) + "\n"


_RULE = "| --- | --- | --- |"


def _of_round(round_: Round) -> dict[str, float]:
    decision = round_.decision
    verdict = decision.verdict
    told = _of_verdict(verdict.gain, verdict.p_value) if verdict else {}
    accepted = float(decision.kind == "accepted")
    return {"accepted": accepted, **told, **_of_usage(round_.spent)}


def _of_verdict(gain: float | None, p_value: float | None) -> dict[str, float]:
    named = {"gain": gain, "p_value": p_value}
    return {name: value for name, value in named.items() if value is not None}


def _of_usage(used: Usage) -> dict[str, float]:
    named = {
        "calls": used.calls,
        "prompt_tokens": used.prompt_tokens,
        "completion_tokens": used.completion_tokens,
        "cost": used.cost,
    }
    return {f"spent_{name}": float(value) for name, value in named.items() if value is not None}


def _row(round_: Round) -> str:
    idea = round_.proposal.draft.idea if round_.proposal else "unreadable reply"
    decision = round_.decision
    said = decision.verdict.reason if decision.kind == "accepted" else decision.reason
    return _line(str(round_.number), idea, f"{decision.kind}: {said}")


def _line(*cells: str) -> str:
    return "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |"


def _flat(prefix: str, content: object) -> dict[str, str]:
    """Nested settings by dotted names."""
    if not isinstance(content, dict):
        return {prefix: str(content)}
    return {
        name: value
        for key, inner in content.items()
        for name, value in _flat(f"{prefix}.{key}", inner).items()
    }
