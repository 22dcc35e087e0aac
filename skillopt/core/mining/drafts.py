"""Task drafts that a model writes from a document, each with a passage that is really there."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from skillopt.core.endings import Ending
from skillopt.core.mining.candidate import Found, Skipped
from skillopt.core.replies import read_reply
from skillopt.core.value import Value

LONGEST_PASSAGE = 12_000
"""Characters of a document that the optimizer reads at a time."""

SHORTEST_QUOTE = 12
"""Letters of a quote without white space: a word alone is in every document."""


class TaskDraft(Value):
    """One task."""

    input: str = Field(min_length=1, max_length=4000)
    """What the agent is asked; it can be understood without the document."""
    answer: str = Field(max_length=4000)
    """The right answer, as the quote has it."""
    quote: str = Field(max_length=2000)
    """The sentences of the document that the answer follows from, copied exactly."""


class TaskDrafts(Value):
    """Tasks drafted from one passage of a document."""

    tasks: tuple[TaskDraft, ...] = Field(max_length=20)


def passages(text: str) -> Iterator[tuple[int, str]]:
    """The document in passages of whole paragraphs, each with the line it starts on."""
    part, line = "", 1
    for paragraph in text.split("\n\n"):
        if part and len(part) + len(paragraph) > LONGEST_PASSAGE:
            yield line, part[:-2]
            line, part = line + part.count("\n"), ""
        part += f"{paragraph}\n\n"
        while len(part) > LONGEST_PASSAGE + 2:  # one paragraph that is longer than a passage
            yield line, part[:LONGEST_PASSAGE]
            line += part.count("\n", 0, LONGEST_PASSAGE)
            part = part[LONGEST_PASSAGE:]
    if part.strip():
        yield line, part[:-2]


def read_drafts(
    reply: str, passage: str, source: str, *, ending: Ending = Ending.COMPLETE
) -> Iterator[Found | Skipped]:
    """The drafts of a reply; those whose quote is not in ``passage`` are skipped.

    Args:
        reply: what the model said.
        passage: what it was shown.
        source: the file and the line of the passage.
        ending: how the reply ended.

    Raises:
        BadReply: the reply holds no drafts.
    """
    squeezed = "".join(passage.split())
    for number, draft in enumerate(
        read_reply(reply, shape=TaskDrafts, ending=ending).content.tasks, start=1
    ):
        quote = "".join(draft.quote.split())
        if len(quote) < SHORTEST_QUOTE or quote not in squeezed:
            reason = f"draft {number} quotes a passage that is not in the document"
            yield Skipped(source=source, reason=reason)
        else:
            yield Found(input=draft.input, recorded=draft.answer, source=source, quote=draft.quote)
