"""Which train tasks are run, and which of their rollouts the optimizer sees. Seeded, no chance."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence

from skillopt.core.evaluation.loading import was_loaded
from skillopt.core.evaluation.rollout import Graded
from skillopt.core.evaluation.task import Task
from skillopt.core.proposals.critique import Observation
from skillopt.core.proposals.curriculum import in_turns
from skillopt.core.proposals.told_steps import told_steps
from skillopt.core.redaction import redacted, redacted_content
from skillopt.core.skill.similarity import topic_similarity

ALIKE = 0.8
"""Share of words that the remarks on two failures have in common to be one group."""


def train_order(tasks: Sequence[Task], *, seed: int, number: int) -> tuple[Task, ...]:
    """The train tasks in the order in which round ``number`` runs them."""
    order = sorted(tasks, key=lambda task: task.id)
    random.Random(f"train {seed} {number}").shuffle(order)
    return tuple(order)


def evidence_sample(
    rollouts: Sequence[Graded], *, most: int, first: Sequence[str] = (), alike: bool = False
) -> tuple[Graded, ...]:
    """At most ``most`` rollouts to learn from: failures of all kinds, and clean successes beside.

    Failures take up to three quarters; kinds of failure (the criteria that are not met) take turns,
    so that a frequent kind does not hide the others. Successes are those with every check fully
    met (GRPO-RoC: keep diverse failures, filter successes for quality).

    Args:
        rollouts: of one version.
        most: how many are shown.
        first: ids of tasks whose successes come before others.
        alike: within a kind, failures whose remarks are alike take turns with the others.
    """
    kinds: dict[tuple[str, ...], list[Graded]] = defaultdict(list)
    for rollout in rollouts:
        if not rollout.passed:
            kinds[_kind(rollout)].append(rollout)
    clean = [rollout for rollout in rollouts if rollout.passed]
    clean.sort(key=lambda rollout: rollout.task_id not in first)
    room = max(most - len(clean), most * 3 // 4)
    groups = [in_turns(_by_remarks(kind)) if alike else kind for kind in kinds.values()]
    failures = in_turns(groups)[:room]
    return (*failures, *clean[: most - len(failures)])


NOT_LOADED = "the skill was not loaded for this request, which its description decides"


def observe(
    rollouts: Sequence[Graded], tasks: Sequence[Task], *, loads: str | None = None
) -> tuple[Observation, ...]:
    """The rollouts as the optimizer sees them; ids are short and stand for places in the list.

    Secrets are taken out, as they are in the ledger: a run that is resumed asks the same.

    Args:
        rollouts: what is shown.
        tasks: theirs, and others.
        loads: the skill's name, where the target has it only for the tasks that it loads it for.
    """
    by_id = {task.id: task for task in tasks}
    return tuple(
        Observation(
            rollout=f"r{index}",
            task=rollout.task_id,
            input=_clipped(redacted(by_id[rollout.task_id].text)),
            answer=_clipped(redacted(rollout.answer)),
            expected=redacted_content(by_id[rollout.task_id].expected),
            score=round(rollout.score, 4),
            passed=rollout.passed,
            feedback=(
                *_loading(rollout, by_id[rollout.task_id], loads),
                *map(redacted, _feedback(rollout)),
            ),
            steps=told_steps(rollout.trace),
        )
        for index, rollout in enumerate(rollouts, start=1)
    )


LONGEST_SHOWN = 6000
"""Characters of one input or answer that a prompt shows; the middle of a longer one is left out."""


def _clipped(text: str) -> str:
    if len(text) <= LONGEST_SHOWN:
        return text
    half = LONGEST_SHOWN // 2
    return f"{text[:half]}\n[… {len(text) - 2 * half} characters left out …]\n{text[-half:]}"


def _feedback(rollout: Graded) -> tuple[str, ...]:
    if rollout.target_error:
        return (f"the target failed: {rollout.target_error}",)
    return tuple(
        f"{result.criterion}: {result.feedback}" if result.feedback else result.criterion
        for result in rollout.results
        if result.score < 1
    )


def _loading(rollout: Graded, task: Task, name: str | None) -> tuple[str, ...]:
    """A remark where the body cannot be blamed: the answer was made without it."""
    if name is None or task.loading or rollout.passed or rollout.trace is None:
        return ()
    return () if was_loaded(name, rollout.trace.tool_calls) else (NOT_LOADED,)


def _kind(rollout: Graded) -> tuple[str, ...]:
    return tuple(result.criterion for result in rollout.results if result.score < 1)


def _by_remarks(rollouts: Sequence[Graded]) -> list[list[Graded]]:
    """Failures grouped by what the checks say of them, in other words or the same."""
    groups: list[tuple[str, list[Graded]]] = []
    for rollout in rollouts:
        said = "\n".join(_feedback(rollout))
        near = (group for text, group in groups if text == said or _near(text, said))
        group = next(near, None)
        if group is None:
            groups.append((said, [rollout]))
        else:
            group.append(rollout)
    return [group for _, group in groups]


def _near(one: str, other: str) -> bool:
    return topic_similarity(one, other) >= ALIKE
