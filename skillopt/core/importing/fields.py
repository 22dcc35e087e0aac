"""Fields of foreign records: by name, by path, as texts and as conversations."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from skillopt.core.importing.values import Fields, Tally

INPUT = (
    "input", "prompt", "question", "query", "problem", "instruction", "user_prompt", "user_input",
    "request", "goal", "messages", "conversations", "text", "sentence",
)  # fmt: skip
RARE_INPUT = ("user_query", "user_message", "message", "utterance", "claim", "task")
"""Names that elsewhere are those of a label: the input where there is no other."""
EXPECTED = (
    "expected", "target", "ideal", "answer", "answers", "expected_output", "expected_answer",
    "expected_response", "ground_truth", "groundtruth", "gold", "reference", "reference_answer",
    "reference_output", "reference_response", "answerKey", "output", "completion", "solution",
    "label", "best_answer", "correct_answer", "gold_answer", "golden_answer", "golden_response",
    "ground_truth_answer", "target_response", "response",
)  # fmt: skip
CONTEXT = ("context", "passage")
"""What a question refers to, where it is a field of its own."""
ID = ("id", "task_id", "example_id", "sample_id", "dataset_record_id", "dspy_uuid", "uuid", "_id")
SPLIT = ("split", "metadata.split", "dspy_split", "subset")

_ROLES = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "human": "user",
    "assistant": "assistant",
    "gpt": "assistant",
    "ai": "assistant",
}
_ABSENT = object()
_MOST_UNUSED = 12


class Unreadable(ValueError):  # noqa: N818 - it names what was got
    """A record cannot be a task; the message says why, in a clause."""


class Asked(NamedTuple):
    """An input as a task has it."""

    input: str | tuple[Fields, ...]
    reply: str | None = None
    """What the assistant said last, where the conversation ends with that."""


def at(record: Any, path: str) -> Any:
    """What stands under ``path``: a key as it is spelled, else dots go deeper; None for nothing."""
    if isinstance(record, Mapping) and path in record:
        return record[path]
    here = record
    for part in path.split("."):
        here = here.get(part, _ABSENT) if isinstance(here, Mapping) else _ABSENT
        if here is _ABSENT:
            return None
    return here


def named(records: Sequence[Mapping[str, Any]], names: Iterable[str]) -> str | None:
    """The field of ``names`` that most records have, as they spell it; None for none.

    Of several the first. `Best Answer` and `bestAnswer` are `best_answer`.
    """
    keys = {str(key) for record in records for key in record}
    spelled = {_bare(key): key for key in sorted(keys)}
    best, most = None, 0
    for name in names:
        own = name if name in keys else spelled.get(_bare(name), name)
        count = sum(at(record, own) not in (None, "") for record in records)
        if count > most:
            best, most = own, count
    return best


def _bare(name: str) -> str:
    """A name without what spellings differ in; dots stay, as they go deeper."""
    return "".join(char for char in name.casefold() if char.isalnum() or char == ".")


def check_named(records: Sequence[Mapping[str, Any]], names: Iterable[str | None]) -> None:
    """Check that fields which the caller names are there.

    Raises:
        Unreadable: no record has one of them.
    """
    for name in names:
        if name is not None and all(at(record, name) is None for record in records):
            raise Unreadable(f"no record has the field {name[:80]!r}")


def note_unused(records: Sequence[Any], used: Iterable[str | None], tally: Tally) -> None:
    """Say which fields of the records are not looked at.

    Args:
        records: of the file.
        used: fields that are, or paths in them.
        tally: of the import.
    """
    known = {name.partition(".")[0] for name in used if name} | {name for name in used if name}
    filled = {
        str(name)
        for record in records
        if isinstance(record, Mapping)
        for name, value in record.items()
        if value not in (None, "", [], {})
    }
    if left := filled - known:
        tally.note(f"fields that are not used: {listed(left)}")


def listed(names: Iterable[str]) -> str:
    """Names in their order with commas between them, the first few of many."""
    known = sorted(names)
    more = f" and {len(known) - _MOST_UNUSED:,} more" if len(known) > _MOST_UNUSED else ""
    return ", ".join(name[:40] for name in known[:_MOST_UNUSED]) + more


def id_at(record: Any, name: str | None) -> str | None:
    """The record's id in the field ``name``; None where it has none."""
    own = at(record, name) if name else None
    return str(own) if isinstance(own, str | int) and own != "" else None


def as_text(value: Any) -> str:
    """A value as a text of the input: text as it is, anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def asked(value: Any) -> Asked:
    """An input: a text, a number as text, or a conversation, also as the body of a request.

    Raises:
        Unreadable: it is none of them.
    """
    if isinstance(value, Mapping) and isinstance(value.get("messages"), list):
        value = value["messages"]
    if isinstance(value, list) and value and all(isinstance(turn, Mapping) for turn in value):
        return _conversation(value)
    if value is None or (isinstance(value, str) and not value.strip()):
        raise Unreadable("its input is empty")
    return Asked(as_text(value))


def joined(parts: Mapping[str, Any]) -> Asked:
    """Several fields as one input: `messages` as they are, one field alone, several by name.

    Raises:
        Unreadable: nothing is in them.
    """
    filled = {name: value for name, value in parts.items() if value not in (None, "", [], {})}
    if len(filled) == 1:
        return asked(next(iter(filled.values())))
    if not filled:
        raise Unreadable("its input is empty")
    return Asked("\n\n".join(f"{name}: {as_text(value)}" for name, value in filled.items()))


def _conversation(turns: Sequence[Mapping[str, Any]]) -> Asked:
    messages = tuple(_message(turn) for turn in turns)
    if messages[-1]["role"] == "assistant":
        if len(messages) == 1:
            raise Unreadable("its conversation has no message of the user")
        return Asked(_short(messages[:-1]), reply=messages[-1]["content"])
    return Asked(_short(messages))


def _short(messages: tuple[Fields, ...]) -> str | tuple[Fields, ...]:
    """One message of the user is a text."""
    if messages[-1]["role"] != "user":
        raise Unreadable("its conversation does not end with a message of the user")
    return messages[0]["content"] if len(messages) == 1 else messages


def _message(turn: Mapping[str, Any]) -> Fields:
    turn = unpacked(turn)
    role = turn.get("role", turn.get("from", turn.get("type")))
    known = _ROLES.get(role) if isinstance(role, str) else None
    if known is None:
        raise Unreadable(f"its conversation has a turn of the role {str(role)[:40]!r}")
    return {"role": known, "content": _content(turn.get("content", turn.get("value")))}


def unpacked(message: Mapping[str, Any]) -> Mapping[str, Any]:
    """A message as LangChain serialises it, `data` or `kwargs`, with its fields on top."""
    inner = message.get("data", message.get("kwargs"))
    return {**message, **inner} if isinstance(inner, Mapping) else message


def _content(content: Any) -> str:
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        parts = [part.get("text") if isinstance(part, Mapping) else part for part in content]
        texts = [text for text in parts if isinstance(text, str)]
        if parts and len(texts) == len(parts):
            return "\n".join(texts)
    raise Unreadable("its conversation has a turn that is no text")
