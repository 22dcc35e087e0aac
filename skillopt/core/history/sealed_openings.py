"""Sealed tasks are opened once. What was looked at before certifies nothing a second time.

Who tunes, looks at the sealed test and tunes again until it certifies has run the test many
times over: at a level of 0.05 one of twenty such runs certifies nothing but luck. So an opening is
entered in the ledger before the first rollout, and a later run on any of the same tasks does not
certify, unless the user overrides that, which is entered too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from skillopt.core.evaluation.task import Task
from skillopt.core.gate.sealed_result import SealedTest
from skillopt.core.history.run import RunKind
from skillopt.core.value import Value


class Opened(Value):
    """A run that has looked at sealed tasks: the part of its record that counts here."""

    id: str
    kind: RunKind
    first: str
    last: str | None
    opened: tuple[str, ...]


def opened_by(tasks: Sequence[Task]) -> tuple[str, ...]:
    """What the ledger keeps of an opening: the tasks' digests."""
    return tuple(task.digest for task in tasks)


def opened_before(
    records: Iterable[Opened], *, run: str, tasks: Sequence[Task], versions: tuple[str, str]
) -> tuple[str, ...]:
    """Ids of the runs that have looked at any of these tasks before, oldest first.

    A run that compared the very same two versions on the very same tasks is left out: to look
    again at what is known is no second test.

    Args:
        records: the runs of the skill that have opened sealed tasks, oldest first.
        run: the id of the run that asks.
        tasks: the test tasks.
        versions: digests of the two versions that are to be compared.
    """
    wanted = set(opened_by(tasks))
    return tuple(
        record.id
        for record in records
        if record.id != run
        and not wanted.isdisjoint(record.opened)
        and not (
            record.kind == "tune"
            and (record.first, record.last) == versions
            and set(record.opened) == wanted
        )
    )


def told_runs(runs: Sequence[str]) -> str:
    """At most two runs by name, of more their number and the last."""
    *others, last = runs
    match len(others):
        case 0:
            return f"run {last}"
        case 1:
            return f"runs {others[0]} and {last}"
        case _:
            return f"{len(runs)} runs, the last of them {last}"


def held_to(sealed: SealedTest, *, before: tuple[str, ...], insisted: bool) -> SealedTest:
    """The sealed test with what is known of earlier openings; it certifies only a first time.

    Args:
        sealed: the comparison.
        before: from :func:`opened_before`.
        insisted: the user has asked for a second opening.
    """
    return sealed.model_copy(
        update={
            "opened_before": before,
            "reopened": bool(before) and insisted,
            "certified": sealed.certified and (not before or insisted),
        }
    )
