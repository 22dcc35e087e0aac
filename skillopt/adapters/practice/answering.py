"""What a practice model says to a conversation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple, assert_never, get_args

from skillopt.adapters.practice import judge, mentor
from skillopt.adapters.practice.loading import choose
from skillopt.adapters.practice.reader import answer
from skillopt.core.evaluation.task import Message
from skillopt.core.quoting import blocks

Kind = Literal["reader", "mentor", "judge"]
"""Target, optimizer and judge."""
KINDS: tuple[Kind, ...] = get_args(Kind)

DESCRIBE = "an edit of the kind `describe`"
"""What a prompt has that asks for descriptions as well."""


class Params(NamedTuple):
    """What shapes the replies of a practice model, beside the conversation."""

    seed: int = 0
    noise: float = 0.0
    """How likely the reader errs, from 0 to 1."""


def checked_params(given: Mapping[str, Any]) -> Params:
    """The parameters that a practice model reads; others shape nothing.

    Raises:
        ValueError: `seed` is no integer, or `noise` not between 0 and 1.
    """
    return Params(_seed(given.get("seed")), _noise(given.get("noise")))


def respond(kind: Kind, messages: Sequence[Message], params: Params) -> str:
    """What a practice model says to a conversation."""
    match kind:
        case "reader":
            return _read(messages, params)
        case "mentor":
            shown = blocks(_text(messages, "user"))
            may_describe = DESCRIBE in _text(messages, "system")
            return mentor.reply(shown, seed=params.seed, may_describe=may_describe)
        case "judge":
            return judge.reply(blocks(_text(messages, "user")))
        case _:
            assert_never(kind)


def _read(messages: Sequence[Message], params: Params) -> str:
    given = blocks(_text(messages, "system"))
    text = next((one.content for one in reversed(messages) if one.role == "user"), "")
    if "skills" in given and "skill" not in given:
        return choose(given["skills"], text, seed=params.seed, noise=params.noise)
    return answer(given.get("skill", ""), text, seed=params.seed, noise=params.noise)


def _text(messages: Sequence[Message], role: str) -> str:
    return "\n".join(message.content for message in messages if message.role == role)


def _seed(value: Any) -> int:
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"seed is {value!r}; it must be an integer")  # noqa: TRY004
    return value


def _noise(value: Any) -> float:
    if value is None:
        return 0.0
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not 0 <= value <= 1:
        raise ValueError(f"noise is {value!r}; it must be a number between 0 and 1")
    return float(value)
