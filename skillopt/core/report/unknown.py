"""What a run's record does not show, said as plainly as what it does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from skillopt.core.figures import count, points
from skillopt.core.gate.sealed import FEWEST
from skillopt.core.gate.sealed_result import SealedTest
from skillopt.core.history.outcome import overfit
from skillopt.core.history.run import Round, RunRecord
from skillopt.core.history.sealed_openings import told_runs
from skillopt.core.report.facts import RunFacts
from skillopt.core.report.path import outcome_of
from skillopt.core.report.values import HeatMap, ProposalSaid, Unknown


def unknown_of(
    facts: RunFacts, *, heat: HeatMap | None, proposals: Sequence[ProposalSaid]
) -> tuple[Unknown, ...]:
    """Everything that keeps the run's figures from being taken at face value."""
    record = facts.record
    found = [
        *_end(facts),
        *_sealed(facts),
        *_rounds(record, facts.rounds),
        *_results(facts, heat),
        *_conditions(record, facts),
        *_texts(proposals),
    ]
    return tuple(Unknown(topic=topic, says=says) for topic, says in found)


_Said = Iterator[tuple[str, str]]


def _end(facts: RunFacts) -> _Said:
    record = facts.record
    if record.kept_by:
        yield (
            "The verdicts",
            f"They are those of {record.kept_by}, another loop: the gate has tested none of them.",
        )
    elif record.finished is None:
        yield (
            "How the run ends",
            (
                "It has no end on record: it is in progress, or was stopped or killed. All of "
                f"this is as of {count(len(facts.rounds), 'decided round')}. The same command "
                "goes on with it."
            ),
        )


def _sealed(facts: RunFacts) -> _Said:
    record, sealed = facts.record, facts.record.sealed
    if record.kept_by or record.kind not in ("tune", "gate"):
        return
    if sealed is None:
        yield "The gain on new tasks", _not_opened(record, facts.rounds)
        return
    if not sealed.tasks:
        yield "The gain on new tasks", "No test task has a result for both versions."
        return
    yield from _of_the_test(sealed)
    if overfit(record, facts.rounds):
        yield (
            "Whether the gain carries over",
            (
                "The gain on validation tasks exceeds the sealed one by more than chance explains: "
                "the search has fitted its own tasks."
            ),
        )


def _not_opened(record: RunRecord, rounds: Sequence[Round]) -> str:
    nothing = "No sealed test was run, so no gain is shown on tasks that nothing was chosen by"
    if record.kind == "gate":
        return f"{nothing}; a single edit has none."
    if record.finished is None:
        return f"{nothing}; it comes at the end of a run."
    if record.stopped_by == "spend":
        return f"{nothing}; the limit of spend left no room for it."
    if not any(outcome_of(round_) == "accepted" for round_ in rounds):
        return f"{nothing}: nothing was accepted, so there was nothing to test."
    return f"{nothing}."


def _of_the_test(sealed: SealedTest) -> _Said:
    limits = f"[{points(sealed.low)}, {points(sealed.high)}] points"
    if not sealed.certified and sealed.low <= 0 <= sealed.high:
        yield (
            "Whether the last version is better",
            f"The sealed test's interval {limits} contains 0: better and worse are both possible.",
        )
    if sealed.tasks < FEWEST:
        yield (
            "Whether the last version is better",
            f"{count(sealed.tasks, 'test task')} cannot certify anything: {FEWEST} are needed.",
        )
    if sealed.opened_before:
        runs = told_runs(sealed.opened_before)
        meaning = (
            "the p-value is that of one look among several"
            if sealed.reopened
            else "it does not certify a second time"
        )
        yield "Whether the test was fresh", f"Its tasks were used before, by {runs}: {meaning}."
    if sealed.missing:
        yield (
            "Missing test results",
            f"{count(sealed.missing, 'test task')} without a result in one of the versions.",
        )


def _rounds(record: RunRecord, rounds: Sequence[Round]) -> _Said:
    open_ones = [round_.number for round_ in rounds if outcome_of(round_) == "inconclusive"]
    if open_ones:
        numbers = ", ".join(map(str, open_ones))
        yield "Inconclusive proposals", f"Neither good nor bad is shown of round {numbers}."
    measured = [round_ for round_ in rounds if round_.decision.verdict]
    if not measured or record.kept_by:
        return
    yield (
        "The true size of each gain",
        (
            "Gains on validation tasks are flattered: a proposal is kept because it did well on "
            "them. Only the sealed test is to be quoted."
        ),
    )
    yield (
        "Which tasks belong together",
        (
            "The ledger has no clusters and no weights of tasks: the intervals of rounds take "
            "every task for a unit of its own, and are too narrow where tasks share a template."
        ),
    )
    accepted = any(outcome_of(round_) == "accepted" for round_ in rounds)
    drifted = any(round_.drift for round_ in rounds)
    if accepted and not drifted and record.kind == "tune":
        every = record.settings.drift_every
        why = "it was not asked for" if every is None else f"it is due every {every} acceptances"
        yield (
            "Whether accepted gains last",
            f"No fresh runs have checked the head of the search for drift ({why}).",
        )
    yield from _noise(measured[-1])


def _noise(round_: Round) -> _Said:
    verdict = round_.decision.verdict
    if verdict is not None and not verdict.memory.noise.repeats:
        yield (
            "How much answers vary",
            (
                "No task was run twice with the same version, so the target's own noise is not "
                "known; `skillopt aa` measures it."
            ),
        )


def _results(facts: RunFacts, heat: HeatMap | None) -> _Said:
    lost = sum(task.missing for task in facts.tasks)
    if lost:
        yield (
            "Results that could not be had",
            (
                f"{count(lost, 'rollout')} failed on the provider's or the grader's side. They are "
                "left out, which is no score of 0."
            ),
        )
    if heat is None:
        return
    never = sum("." in row.cells or "?" in row.cells for row in heat.rows)
    if never:
        yield (
            "Tasks that were not evaluated",
            (
                f"{count(never, 'validation task')} of {len(heat.rows):,} not run with every "
                "tested version: a contest may end before all tasks are run."
            ),
        )


def _conditions(record: RunRecord, facts: RunFacts) -> _Said:
    if record.self_judged:
        yield (
            "An independent judgement",
            "The target judged its own answers; every verdict rests on its own opinion.",
        )
    if record.identity_unknown:
        yield (
            "What the target is",
            "It has no identity on record: no other run's results can be compared with these.",
        )
    if facts.usage.cost is None:
        yield "What it cost", "The price of a model in use is not known; tokens are."
    if record.limits is None and not record.kept_by:
        yield "Limits of spend", "None is on record: none was set, or the record is an older one."


def _texts(proposals: Sequence[ProposalSaid]) -> _Said:
    without = [one.number for one in proposals if not one.files and one.candidate]
    if without:
        numbers = ", ".join(map(str, without))
        yield (
            "Texts that are not kept",
            f"There is no diff of round {numbers}: the ledger does not have both versions' texts.",
        )
