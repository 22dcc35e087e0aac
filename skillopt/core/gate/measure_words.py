"""What a candidate takes beside its score, in words."""

from __future__ import annotations

from skillopt.core.gate.contest import Measure, MeasureName

TITLES: dict[MeasureName, str] = {
    "skill_chars": "length of the skill",
    "cost": "cost per task",
    "latency": "time per task",
    "brier": "Brier score of stated confidence",
    "inconsistency": "wrapped tasks with another verdict",
}


def told_measure(measure: Measure) -> str:
    """Both versions' values, and the margin where there is one."""
    found = f"{_amount(measure, measure.first)} → {_amount(measure, measure.candidate)}"
    if measure.margin is None:
        return found
    return f"{found} (limit: {_allowed(measure.name, measure.margin)} more)"


def _amount(measure: Measure, value: float | None) -> str:
    if value is None:
        return "unknown"
    match measure.name:
        case "skill_chars":
            return f"{value:,.0f} characters"
        case "cost":
            return f"${value:.6f}"
        case "latency":
            return f"{value:.3f} s"
        case "brier":
            return f"{value:.3f}"
        case "inconsistency":
            return f"{100 * value:.1f} %"


def _allowed(name: MeasureName, margin: float) -> str:
    match name:
        case "skill_chars":
            return f"{margin:,.0f} characters"
        case "cost" | "latency":
            return f"{margin:.0%}"
        case "brier":
            return f"{margin:g}"
        case "inconsistency":
            return f"{100 * margin:.1f} points"
