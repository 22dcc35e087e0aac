"""Results of a run, an evaluation and a gated edit as they show themselves in a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skillopt.core.evaluation.rollout import Usage
from skillopt.core.figures import points
from skillopt.core.gate.shown_verdict import SAID, TONES, sealed_sentence, verdict_parts
from skillopt.core.history.run import AcceptedRound
from skillopt.core.history.shown_rounds import rounds_table
from skillopt.core.notebook import parts
from skillopt.core.notebook.parts import Tone
from skillopt.core.notebook.skill_diff import diff_title

if TYPE_CHECKING:
    from skillopt.app.evaluate import Evaluation
    from skillopt.app.result import Run, Shipped
    from skillopt.app.single_edit import GatedEdit

_SHIPPED: dict[Shipped, tuple[str, Tone]] = {
    "improved": ("improved, certified by the sealed test", "good"),
    "no worse": ("no worse by the margin, certified by the sealed test", "good"),
    "not certified": ("not worse on the sealed test, not certified", "open"),
    "keep first": ("worse on the sealed test, so the first version is kept", "bad"),
    "not tested": ("not tested, so the first version is kept", "open"),
    "nothing accepted": ("no edit passed the gate, so the skill is unchanged", "plain"),
}


def run_html(run: Run) -> str:
    """A run: its end, the sealed test, the spend, the rounds and the diff."""
    result, tone = _SHIPPED[run.shipped]
    accepted = sum(isinstance(round_.decision, AcceptedRound) for round_ in run.rounds)
    baseline = run.record.baseline
    lines = run.diff.lines
    return parts.card(
        f"{run.record.skill_name}: {result}",
        f"{accepted} of {len(run.rounds)} proposals accepted; {run.written.note}.",
        parts.facts(
            (
                ("run", run.record.id),
                ("baseline", None if baseline is None else f"{baseline:.3f} on validation tasks"),
                ("sealed test", sealed_sentence(run.sealed) if run.sealed else "not run"),
                ("spent", _spent(run.usage)),
            )
        ),
        parts.listed(run.warnings),
        rounds_table(run.rounds),
        parts.folded(diff_title(lines), parts.diff(lines)) if lines else parts.text(""),
        tone=tone,
    )


def evaluation_html(found: Evaluation) -> str:
    """An evaluation: the score with its interval, the lift, and the tasks that failed."""
    score = found.score
    lift = sealed_sentence(found.lift) if found.lift else None
    missing = f", {found.missing} without an outcome" if found.missing else ""
    failed = sorted(
        (one for one in found.by_task if one.score is not None and one.score < 1),
        key=lambda one: one.score or 0.0,
    )
    rows = [(one.task, "; ".join(one.faults), one.runs, _score(one.score)) for one in failed]
    criteria = [(name, _score(mean)) for name, mean in found.criteria.items()]
    return parts.card(
        f"{found.skill}: {score.mean:.3f} on {found.tasks} {found.split} tasks",
        f"95 % interval [{score.low:.3f}, {score.high:.3f}]{missing}.",
        parts.facts(
            (
                ("version", found.digest[:12]),
                (f"against {found.against}", lift),
                ("used", _spent(found.usage)),
            )
        ),
        parts.listed((*found.warnings, *found.answers.lines)),
        parts.folded("criteria", parts.table(("criterion", "mean score"), criteria, numbers=1)),
        parts.folded(
            f"tasks below full score ({len(failed)})",
            parts.table(("task", "why", "runs", "score"), rows, numbers=2),
        ),
    )


def gated_html(gated: GatedEdit) -> str:
    """A gated edit: the verdict, with the difference and the spend."""
    verdict, difference = gated.verdict, gated.difference
    interval = None
    if difference is not None:
        limits = f"[{points(difference.low)}, {points(difference.high)}]"
        interval = f"{points(difference.mean)} points, 95 % interval {limits}"
    return parts.card(
        f"{gated.skill}: {SAID[verdict.outcome].lower()}",
        verdict.reason,
        parts.facts(
            (
                ("entry", gated.entry[:12]),
                ("difference", interval),
                ("paid", _spent(gated.usage)),
                ("file", gated.written.note if gated.written else None),
            )
        ),
        parts.listed(
            (
                *gated.warnings,
                *(leak.text for leak in gated.leaks),
                *(finding.text for finding in gated.content),
            )
        ),
        *verdict_parts(verdict),
        tone=TONES[verdict.outcome],
    )


def _spent(usage: Usage) -> str:
    cost = "unknown cost" if usage.cost is None else f"${usage.cost:,.4g}"
    return f"{usage.calls:,} calls, {usage.tokens:,} tokens, {cost}"


def _score(mean: float | None) -> str | None:
    return None if mean is None else f"{mean:.3f}"
