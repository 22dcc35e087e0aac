"""A probe's report, in lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from skillopt.cli.output import count, percent, shown_usage
from skillopt.cli.terminal import printable
from skillopt.core.figures import points

if TYPE_CHECKING:
    from skillopt.app.probe import ProbeReport
    from skillopt.core.probes.agreement import Agreement
    from skillopt.core.probes.corrections import Corrections
    from skillopt.core.probes.means import Mean
    from skillopt.core.probes.report import Probed, SecondAttempts, SelfCheck, Variants

MOST_SHOWN = 8
"""Consistently wrong tasks in the plain report; `--json` has all of them."""


def told(report: ProbeReport) -> Iterator[str]:
    """The report in plain lines."""
    missing = f", {count(report.missing, 'rollout')} without a result" if report.missing else ""
    tasks = count(report.tasks, f"{report.split} task")
    yield f"{report.skill}: {percent(report.found.score.mean)} on {tasks}{missing}"
    if report.self_judged:
        yield "  judged by the target itself"
    yield from _told_version(report.found)
    if report.other:
        than = "no skill" if report.against == "none" else report.against or "the other version"
        yield f"against {than}: {percent(report.other.score.mean)}"
        yield from _told_version(report.other)
        yield f"difference to {than}:"
        for name, mean in report.differences.items():
            yield f"  {_NAMES[name]} {_number(mean) if name == 'brier' else _change(mean)}"
    yield from (f"warning: {parting}" for parting in report.partings)
    used = f"usage: {shown_usage(report.usage)} (reused rollouts included)"
    yield f"{used}; spent {shown_usage(report.spent)}"


def told_corrections(found: Corrections | None) -> Iterator[str]:
    """The second attempts of a run's two versions; nothing where nobody asked."""
    if found is None:
        return
    yield "second attempts on validation tasks, first → second score (they decide nothing):"
    for name, attempts in (("first version", found.first), ("last version", found.last)):
        if attempts:
            yield from told_second(attempts, of=name)
    if found.difference:
        yield f"  difference of the gains {_change(found.difference)}"


def _told_version(found: Probed) -> Iterator[str]:
    if found.second_attempts:
        yield from told_second(found.second_attempts)
    if found.self_check:
        yield from _told_self_check(found.self_check)
    if found.variants:
        yield from _told_variants(found.variants)
    if found.agreement:
        yield from told_agreement(found.agreement)


def told_second(found: SecondAttempts, *, of: str = "second attempts") -> Iterator[str]:
    """First and second score, then repairs and breakages apart."""
    scores = f"{percent(found.first.mean)} → {percent(found.second.mean)}"
    yield f"  {of}: {scores}, gain {_change(found.gain)}"
    yield (
        f"    repaired {found.repaired} of {found.failed} failed, broke {found.broken} of "
        f"{found.passed} passed; {found.changed} of {count(found.attempts, 'answer')} changed"
    )


def _told_self_check(found: SelfCheck) -> Iterator[str]:
    yield (
        f"  self-check: {percent(found.score.mean)}, effect of asking {_change(found.effect)}; "
        f"{found.assessed} of {count(found.answers, 'answer')} state a confidence"
    )
    if found.brier is None or found.overconfidence is None or found.confidence is None:
        return
    brier = f"Brier score {found.brier.mean:.3f} [{found.brier.low:.3f}, {found.brier.high:.3f}]"
    skill = "" if found.skill is None else f", skill {found.skill:.2f}"
    yield f"    {brier}{skill}; confidence minus score {_change(found.overconfidence)}"
    for row in found.table:
        stated = f"{percent(row.low)} to {percent(row.high)}"
        means = f"stated {percent(row.confidence)}, scored {percent(row.outcome)}"
        yield f"    {stated}: {means} ({count(row.count, 'answer')})"


def _told_variants(found: Variants) -> Iterator[str]:
    yield (
        f"  variants: same verdict {_share(found.consistency)}, same answer "
        f"{percent(found.same_answer.mean)}, score {_change(found.robustness)}"
    )
    for one in found.kinds:
        verdicts = f"same verdict {percent(one.consistency.mean)}"
        yield f"    {one.kind}: {verdicts}, score {_change(one.robustness)} ({one.variants})"


def told_agreement(found: Agreement) -> Iterator[str]:
    """Agreement beside the score, and the tasks that are consistently wrong."""
    correlation = "n/a" if found.correlation is None else f"{found.correlation:.2f}"
    yield (
        f"  agreement of {found.runs} runs: {_share(found.agreement)}, score "
        f"{percent(found.score.mean)}, correlation {correlation}"
    )
    wrong = found.consistently_wrong
    if wrong:
        rest = f" and {len(wrong) - MOST_SHOWN} more" if len(wrong) > MOST_SHOWN else ""
        names = ", ".join(printable(one) for one in wrong[:MOST_SHOWN])
        yield f"    consistently wrong: {names}{rest}"


def _share(mean: Mean) -> str:
    return f"{percent(mean.mean)} [{percent(mean.low)}, {percent(mean.high)}]"


def _change(mean: Mean) -> str:
    return f"{points(mean.mean)} points [{points(mean.low)}, {points(mean.high)}]"


def _number(mean: Mean) -> str:
    return f"{mean.mean:+.3f} [{mean.low:+.3f}, {mean.high:+.3f}]"


_NAMES = {
    "score": "score",
    "second_gain": "gain of the second attempt",
    "self_check_effect": "effect of asking for a self-check",
    "brier": "Brier score",
    "overconfidence": "confidence minus score",
    "consistency": "variants with the same verdict",
    "robustness": "score of variants minus plain",
    "agreement": "agreement",
}
