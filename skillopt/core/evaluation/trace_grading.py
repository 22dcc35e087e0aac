"""Grading what the target did: the checks of its tool calls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, assert_never

from skillopt.core.evaluation.checks import (
    CheckResult,
    SkillLoaded,
    ToolArguments,
    ToolNotUsed,
    ToolOrder,
    ToolUsed,
    TraceCheck,
)
from skillopt.core.evaluation.grading import label, result, shown, wanted
from skillopt.core.evaluation.json_compare import difference
from skillopt.core.evaluation.loading import was_loaded
from skillopt.core.evaluation.patterns import is_found
from skillopt.core.evaluation.trace import ToolCall, Trace
from skillopt.core.evaluation.unicode_forms import nfc_content
from skillopt.core.value import canonical_json

_MOST_SHOWN = 10


def grade_trace(check: TraceCheck, trace: Trace) -> CheckResult:
    """What ``check`` finds in ``trace``: score 1, or 0 and why. Texts are compared in NFC.

    Raises:
        CallFailed: a pattern ran out of its time; missing data, not a failed answer.
    """
    complaint = _complaint(check, trace.tool_calls)
    if complaint is None:
        return result(label(check), 1.0, "")
    by_pattern = isinstance(check, ToolArguments) and check.match == "regex"
    says = f"{check.says}: " if check.says and not by_pattern else ""
    return result(label(check), 0.0, f"{says}{complaint}")


def _complaint(check: TraceCheck, calls: Sequence[ToolCall]) -> str | None:
    match check:
        case ToolUsed():
            return _used(check, calls)
        case ToolNotUsed():
            return _not_used(check, calls)
        case ToolOrder():
            return _order(check, calls)
        case ToolArguments():
            return _arguments(check, calls)
        case SkillLoaded():
            return _loaded(check, calls)
        case _:
            assert_never(check)


def _used(check: ToolUsed, calls: Sequence[ToolCall]) -> str | None:
    times = Counter(call.name for call in calls)
    for name in _names(check.name):
        if not _within(check, times[name]):
            return f"expected {_often(check)} of the tool {shown(name)}, got {_listed(calls)}"
    return None


def _not_used(check: ToolNotUsed, calls: Sequence[ToolCall]) -> str | None:
    if check.name is None:
        return f"expected no tool to be used, got {_listed(calls)}" if calls else None
    there = {call.name for call in calls}
    used = [name for name in _names(check.name) if name in there]
    return f"expected no call of the tool {shown(used[0])}, got {_listed(calls)}" if used else None


def _order(check: ToolOrder, calls: Sequence[ToolCall]) -> str | None:
    names = [call.name for call in calls]
    asked = ", then ".join(map(shown, check.names))
    if check.exact:
        right = names == list(check.names)
        return None if right else f"expected exactly the tools {asked}, got {_listed(calls)}"
    rest = iter(names)
    missed = next((name for name in check.names if name not in rest), None)
    if missed is None:
        return None
    return f"expected the tools {asked}, got no {shown(missed)} in its place in {_listed(calls)}"


def _arguments(check: ToolArguments, calls: Sequence[ToolCall]) -> str | None:
    own = [call for call in calls if call.name == check.name]
    flaws = [_mismatch(check, call.arguments) for call in own]
    if _within(check, flaws.count(None)):
        return None
    if not own:
        return wanted(check, f"{_often(check)} of the tool {shown(check.name)}", _listed(calls))
    if check.match == "regex":
        got = ", ".join(shown(call.arguments) for call in own[:3])
        return wanted(check, f"{_often(check)} of {shown(check.name)} with other arguments", got)
    first = next((flaw for flaw in flaws if flaw), None)
    with_them = f"{_often(check)} of {shown(check.name)} with {shown(check.arguments)}"
    why = f": {first}" if first else ""
    return f"expected {with_them}, got {flaws.count(None)} of {len(own)}{why}"


def _loaded(check: SkillLoaded, calls: Sequence[ToolCall]) -> str | None:
    if was_loaded(check.skill, calls) is not check.absent:
        return None
    names = ", ".join(shown(call.arguments) for call in calls[:_MOST_SHOWN] if call.arguments)
    if check.absent:
        return (
            f"expected the skill {shown(check.skill)} not to be loaded for this request, but it was"
        )
    got = f"the tool calls {names}" if names else "no skill loaded"
    return f"expected the skill {shown(check.skill)} to be loaded for this request, got {got}"


def _mismatch(check: ToolArguments, got: Mapping[str, Any]) -> str | None:
    if check.match == "regex":
        fits = all(
            name in got and is_found(pattern, _as_text(got[name]))
            for name, pattern in check.arguments.items()
        )
        return None if fits else "they do not match"
    asked, given = nfc_content(check.arguments), nfc_content(dict(got))
    return difference(asked, given, subset=check.match == "subset", show=shown)


def _as_text(argument: Any) -> str:
    text: str = nfc_content(argument if isinstance(argument, str) else canonical_json(argument))
    return text


def _within(check: ToolUsed | ToolArguments, times: int) -> bool:
    return check.at_least <= times and (check.at_most is None or times <= check.at_most)


def _often(check: ToolUsed | ToolArguments) -> str:
    least, most = check.at_least, check.at_most
    if most is None:
        return "a call" if least == 1 else f"at least {least} calls"
    if most == 0:
        return "no call"
    if least == most:
        return f"{least} {'call' if least == 1 else 'calls'}"
    return f"{least} to {most} calls"


def _names(name: str | tuple[str, ...]) -> tuple[str, ...]:
    return (name,) if isinstance(name, str) else name


def _listed(calls: Sequence[ToolCall]) -> str:
    """The tools that were used, in order."""
    if not calls:
        return "no tool calls"
    names = ", ".join(shown(call.name) for call in calls[:_MOST_SHOWN])
    more = len(calls) - _MOST_SHOWN
    return f"{names} and {more} more" if more > 0 else names
