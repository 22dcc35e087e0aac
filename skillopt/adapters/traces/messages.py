"""Messages in the spellings of many tools, as the input of a task and the answer that followed.

Read are messages of the OpenAI and Anthropic protocols, ShareGPT's `from`/`value`, LangChain's
serialized messages, OpenTelemetry's `parts` and OpenInference's `message.role`. System messages are
left out: the skill takes their place. So are calls of tools and their results before the last
question, which no task can hold.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from skillopt.core.evaluation.task import Message

Role = Literal["system", "user", "assistant", "tool"]

ROLES: dict[str, Role] = {
    "user": "user", "human": "user", "humanmessage": "user", "humanmessagechunk": "user",
    "assistant": "assistant", "ai": "assistant", "gpt": "assistant", "chatgpt": "assistant",
    "bot": "assistant", "model": "assistant", "aimessage": "assistant",
    "aimessagechunk": "assistant",
    "system": "system", "developer": "system", "systemmessage": "system",
    "tool": "tool", "function": "tool", "ipython": "tool", "observation": "tool",
    "toolmessage": "tool", "functionmessage": "tool", "function_call": "tool",
    "function_call_output": "tool", "reasoning": "tool",
}  # fmt: skip
"""What tools call the roles."""

_SILENT = {
    "tool_use", "tool_call", "tool_calls", "tool_result", "tool_call_response", "function_call",
    "function_call_output", "reasoning", "thinking", "redacted_thinking", "refusal",
}  # fmt: skip
"""Parts of a message that are no words of it."""

_CALLS = ("functionCall", "functionResponse", "function_call", "function_response",
          "toolUse", "toolResult")  # fmt: skip
"""The same as Gemini and Bedrock have them: by a field, without a type."""

_RESULTS = ("tool_result", "tool_call_response")  # no set: what is looked up may be a list
_RESULT_FIELDS = {"functionResponse", "function_response", "toolResult"}
"""Results of tools, which several protocols send as messages of the user."""


class NotATask(Exception):  # noqa: N818 - it names what was found
    """A record that cannot become a task; the message says why."""


class Turn(NamedTuple):
    """A message."""

    role: Role
    text: str


class Conversation(NamedTuple):
    """What was asked, and the answer that was recorded."""

    input: str | tuple[Message, ...]
    recorded: str | None


def is_messages(content: Any) -> bool:
    """Whether ``content`` is a list of messages."""
    if not isinstance(content, list) or not content:
        return False
    return all(_role(one) is not None for one in content)


def conversation(messages: list[Any]) -> Conversation:
    """The messages up to the last question, and the last answer to it.

    Raises:
        NotATask: nobody asks anything, or a message holds something else than text.
    """
    turns = [Turn(_role(one) or "tool", "") for one in messages]
    last = max((at for at, turn in enumerate(turns) if turn.role == "user"), default=None)
    if last is None:
        raise NotATask("no message of a user")
    said = [_turn(one) for one in messages[: last + 1]]
    asked = [turn for turn in said if turn.role in {"user", "assistant"} and turn.text.strip()]
    if not asked or not said[-1].text.strip():
        raise NotATask("the last message of the user is empty")
    answers = [turn.text for turn in map(_answer, messages[last + 1 :]) if turn.role == "assistant"]
    recorded = next((text for text in reversed(answers) if text.strip()), None)
    if len(asked) == 1:
        return Conversation(asked[0].text, recorded)
    turns_asked = tuple(Message(role=_spoken(turn), content=turn.text) for turn in asked)
    return Conversation(turns_asked, recorded)


def answer_of(messages: list[Any]) -> str | None:
    """The last words of the assistant."""
    turns = [turn for turn in map(_answer, messages) if turn.role == "assistant"]
    return next((turn.text for turn in reversed(turns) if turn.text.strip()), None)


def text_of(content: Any) -> str:
    """The words of a message's content.

    Raises:
        NotATask: it holds a picture or the like.
    """
    match content:
        case None:
            return ""
        case str():
            return content
        case list():
            return "\n".join(text for part in content if (text := _part(part)))
        case dict():
            return _part(content)
        case _:
            raise NotATask(f"a message's content is a {type(content).__name__}, not text")


def _spoken(turn: Turn) -> Literal["user", "assistant"]:
    return "user" if turn.role == "user" else "assistant"


def _part(part: Any) -> str:
    if isinstance(part, str):
        return part
    if not isinstance(part, dict):
        raise NotATask(f"a message has a part that is a {type(part).__name__}, not text")
    inner = part.get("message_content")  # OpenInference
    part = inner if isinstance(inner, dict) else part
    kind = str(part.get("type", part.get("content_type", "text")))
    if kind in _SILENT or any(name in part for name in _CALLS):
        return ""
    text = part.get("text", part.get("content"))
    if isinstance(text, dict):
        text = text.get("value")
    if not isinstance(text, str):
        raise NotATask(f"a message has a part of the type {kind[:40]!r}, which is not text")
    return text


def _turn(message: Any) -> Turn:
    role = _role(message) or "tool"
    if role in {"system", "tool"}:
        return Turn(role, "")
    return Turn(role, text_of(_content(message)))


def _answer(message: Any) -> Turn:
    """A message of the answer: a picture in it does not make the question useless."""
    try:
        return _turn(message)
    except NotATask:
        return Turn("tool", "")


def _unwrapped(message: Any) -> dict[str, Any]:
    """A message's own fields, without what libraries wrap around them."""
    if isinstance(message, list) and len(message) == 2:  # noqa: PLR2004 - a pair
        return {"role": message[0], "content": message[1]}
    if not isinstance(message, dict):
        return {}
    for name in ("message", "kwargs", "data"):
        inner = message.get(name)
        if isinstance(inner, dict):
            kind = message.get("id") if name == "kwargs" else None
            named = {"type": kind[-1]} if isinstance(kind, list) and kind else {}
            outer = {key: message[key] for key in ("role", "type") if key in message}
            return {**outer, **inner, **named}
    return message


def _role(message: Any) -> Role | None:
    fields = _unwrapped(message)
    for name in ("role", "from", "type"):
        said = fields.get(name)
        if isinstance(said, str) and said.casefold() in ROLES:
            return "tool" if _only_results(message) else ROLES[said.casefold()]
    return None


def _only_results(message: Any) -> bool:
    parts = _content(message)
    if not isinstance(parts, list) or not parts:
        return False
    return all(
        isinstance(one, dict) and (one.get("type") in _RESULTS or bool(_RESULT_FIELDS & one.keys()))
        for one in parts
    )


def _content(message: Any) -> Any:
    fields = _unwrapped(message)
    for name in ("content", "parts", "value", "contents", "text"):
        if fields.get(name) is not None:
            return fields[name]
    return None
