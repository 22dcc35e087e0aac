"""Wrapped variants of a task: the same question in other circumstances, with the same answer.

What a target says should not change with irrelevant text, tone, the order of what it is given, or
earlier errors in its context (consistency training: Irpan et al. 2025, arXiv 2510.27062; errors in
the context: Sinha et al. 2025, arXiv 2509.09677). Which variant a task gets follows from its id and
the seed; no checks and no right answers go into one.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from itertools import permutations
from typing import Literal, NamedTuple, assert_never, get_args

from skillopt.core.evaluation.asked import AskedTask, asked_as, with_last_turn
from skillopt.core.evaluation.task import Message, Task
from skillopt.core.figures import clipped
from skillopt.core.value import key_of

VariantKind = Literal["preamble", "politeness", "errors", "order"]
"""`preamble`: irrelevant text before the task. `politeness`: another tone around it. `errors`:
wrong answers to other tasks before it. `order`: its paragraphs in another order."""

KINDS: tuple[VariantKind, ...] = ("preamble", "politeness", "errors")
"""The kinds that leave a task's meaning alone. `order` may change it, and has to be named."""
ALL_KINDS: tuple[VariantKind, ...] = get_args(VariantKind)
MOST = 9
"""Variants of one task."""
ERRORS = 2
"""Earlier errors in one history."""

_PREAMBLES = (
    "A note before we begin: the kitchen on the second floor is closed on Friday afternoon.",
    "By the way, the weather was fine this morning, and the train was four minutes late.",
    "Reminder to all: the bicycle stand will be painted next week.",
)
_TONES = (
    ("Hello! Could you please help me with this?", "Thank you very much, I appreciate it."),
    ("Do this now, and do it quickly.", "I have no time to ask twice."),
    ("Dear assistant, I would be most grateful if you looked at the following.", "Kind regards"),
)
_LONGEST_ERROR = 600
"""Characters of an earlier task or answer in a history."""
_MOST_PARAGRAPHS = 6
"""More are put in another order by turning them round."""


class Exchanged(NamedTuple):
    """A task's text and an answer to it."""

    task: str
    answer: str


def variants(
    task: Task,
    *,
    count: int,
    seed: int,
    errors: Sequence[Exchanged] = (),
    kinds: Sequence[VariantKind] = KINDS,
    converses: bool = False,
) -> tuple[tuple[VariantKind, AskedTask], ...]:
    """Up to ``count`` variants, the kinds in turn; fewer where kinds do not suit the task.

    Args:
        task: the task.
        count: how many; with 1, tasks get different kinds.
        seed: with the task's id it says which kind is first.
        errors: wrong answers to other tasks (:func:`earlier_errors`).
        kinds: those to choose from.
        converses: the target takes conversations, also for a task that is one text.
    """
    suited = [kind for kind in kinds if kind != "errors" or errors]
    suited = [kind for kind in suited if kind != "order" or _reordered(task, seed) is not None]
    if not suited:
        return ()
    start = key_of("variant", str(seed), task.id)
    made: dict[str, tuple[VariantKind, AskedTask]] = {}
    for number in range(count):
        kind = suited[(start + number) % len(suited)]
        wording = start // len(suited) + number // len(suited)
        asked = _wrapped(task, kind, wording, seed=seed, errors=errors, converses=converses)
        made.setdefault(asked.digest, (kind, asked))
    return tuple(made.values())


def earlier_errors(
    task: Task, answered: Sequence[tuple[Task, str, bool]], *, seed: int
) -> tuple[Exchanged, ...]:
    """Wrong answers for the history of ``task``: the target's own, to other tasks.

    Failed answers come first. Where there are too few, an answer that was given to one task stands
    below another, whose own answer was a different one.

    Args:
        task: the task whose history it is.
        answered: tasks with the target's answers and whether they passed.
        seed: with the task's id it says which are taken.
    """
    others = [one for one in answered if one[0].id != task.id and one[1].strip()]
    random.Random(f"errors {seed} {task.id}").shuffle(others)
    found = [Exchanged(other.text, said) for other, said, passed in others if not passed]
    for (other, said, passed), (_, foreign, _) in zip(others, others[1:] + others[:1], strict=True):
        if passed and _plain(foreign) != _plain(said):
            found.append(Exchanged(other.text, foreign))
    return tuple(
        Exchanged(clipped(one.task, _LONGEST_ERROR), clipped(one.answer, _LONGEST_ERROR))
        for one in found[:ERRORS]
    )


def _wrapped(
    task: Task,
    kind: VariantKind,
    wording: int,
    *,
    seed: int,
    errors: Sequence[Exchanged],
    converses: bool,
) -> AskedTask:
    match kind:
        case "preamble":
            asked = with_last_turn(task, before=_PREAMBLES[wording % len(_PREAMBLES)])
        case "politeness":
            before, after = _TONES[wording % len(_TONES)]
            asked = with_last_turn(task, before=before, after=after)
        case "errors":
            asked = _after(errors, task, converses=converses)
        case "order":
            asked = _reordered(task, seed + wording) or task.input
        case _:
            assert_never(kind)
    return asked_as(task, asked, manner=f"variant {kind}")


def _after(
    errors: Sequence[Exchanged], task: Task, *, converses: bool
) -> str | tuple[Message, ...]:
    if isinstance(task.input, str) and not converses:
        history = "\n\n".join(f"Task:\n{one.task}\n\nYour answer:\n{one.answer}" for one in errors)
        return f"Earlier:\n\n{history}\n\nNow the task:\n\n{task.input}"
    turns = [
        Message(role=role, content=content)
        for one in errors
        for role, content in (("user", one.task), ("assistant", one.answer))
    ]
    system = [message for message in task.messages[:1] if message.role == "system"]
    return (*system, *turns, *task.messages[len(system) :])


def _reordered(task: Task, seed: int) -> str | None:
    """The paragraphs of a text in another order; None for fewer than two, or a conversation."""
    if not isinstance(task.input, str):
        return None
    parts = [part for part in re.split(r"\n[ \t]*\n", task.input) if part.strip()]
    if len(set(parts)) < 2:  # noqa: PLR2004 - one paragraph has one order
        return None
    if len(parts) > _MOST_PARAGRAPHS:
        return "\n\n".join(reversed(parts)) if parts != parts[::-1] else None
    orders = [order for order in permutations(parts) if list(order) != parts]
    return "\n\n".join(orders[key_of("order", str(seed), task.id) % len(orders)])


def _plain(answer: str) -> str:
    return " ".join(answer.casefold().split())
