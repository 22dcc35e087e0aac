"""A second attempt: the target sees its own answer, is asked to check it, and answers again.

The request says nothing of whether the answer was right: what is measured is correction without
help from outside (SCoRe: Kumar et al. 2024, arXiv 2409.12917).
"""

from __future__ import annotations

from skillopt.core.evaluation.asked import AskedTask, asked_as
from skillopt.core.evaluation.task import Message, Task

REQUEST = (
    "Check your answer above. Then give your final answer, in full and in the form that the task "
    "asks for, whether or not it has changed."
)
EARLIER = "Your answer above:"


def second_attempt(task: Task, answer: str, *, converses: bool) -> AskedTask:
    """``task``, asked again after ``answer``.

    Args:
        task: the task.
        answer: the target's own first answer to it.
        converses: the target takes conversations, also for a task that is one text. Otherwise the
            first answer and the request go into that text, below the task.
    """
    if isinstance(task.input, str) and not converses:
        asked: str | tuple[Message, ...] = f"{task.input}\n\n{EARLIER}\n\n{answer}\n\n{REQUEST}"
    else:
        asked = (
            *task.messages,
            Message(role="assistant", content=answer),
            Message(role="user", content=REQUEST),
        )
    return asked_as(task, asked, manner="second attempt")
