"""Prompts: the text beside a step, the reply's schema, and the data in blocks."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from pydantic import BaseModel

from skillopt.core.evaluation.task import Message
from skillopt.core.quoting import block, quoted
from skillopt.core.redaction import redacted
from skillopt.core.value import canonical_json


def question(
    step: str, data: dict[str, str], *, shape: type[BaseModel], more: Sequence[str] = ()
) -> tuple[Message, ...]:
    """The messages that open a step: its prompt and the reply's schema, then the data in blocks.

    Args:
        step: names the prompt.
        data: text by the name of its block. Secrets are taken out, but for those of the skill
            itself and its files: an edit has to quote them to the letter.
        shape: of the reply.
        more: prompts that follow the step's own, for blocks that are not always there.
    """
    texts = "\n\n".join(map(prompt, (step, *more)))
    system = f"{texts}\n\nThe JSON schema of your reply:\n\n{_schema(shape)}"
    plain = {
        name: text if name in ("skill", "files") else redacted(text) for name, text in data.items()
    }
    blocks = "\n\n".join(block(name, text) for name, text in plain.items())
    return (Message(role="system", content=system), Message(role="user", content=blocks))


def sent_back(reply: str) -> Message:
    """A model's reply as it is shown to it again; some endpoints refuse a message without text."""
    return Message(role="assistant", content=quoted(reply) if reply.strip() else "(no text)")


def complaint(reason: str) -> Message:
    """What follows a reply that cannot be used: why, and to send it again."""
    shown = block("refusal", redacted(reason))
    text = f"Your reply cannot be used. Mend it, or make it smaller.\n\n{shown}"
    return Message(role="user", content=text)


@cache
def _schema(shape: type[BaseModel]) -> str:
    return canonical_json(shape.model_json_schema())


@cache
def prompt(step: str) -> str:
    """The text of `<step>.md`, which lies beside the step."""
    return files("skillopt.engine.steps").joinpath(f"{step}.md").read_text(encoding="utf-8").strip()
