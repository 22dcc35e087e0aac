"""Conversations of a ChatGPT account export (`conversations.json`), each a tree of messages.

A message that was edited, or an answer that was asked for again, starts a branch. Read is the
branch that the account shows last (`current_node`).
"""

from __future__ import annotations

from typing import Any

_WORDS = {"text", "multimodal_text"}
"""Content that is said; the others are code, its output, thoughts and the account's settings."""


def is_chatgpt(content: dict[str, Any]) -> bool:
    """Whether a record is a conversation of such an export."""
    mapping = content.get("mapping")
    return isinstance(mapping, dict) and all(isinstance(one, dict) for one in mapping.values())


def chatgpt_messages(content: dict[str, Any]) -> list[dict[str, Any]]:
    """The messages of the last branch, the first one first."""
    mapping = content["mapping"]
    at, seen = content.get("current_node") or _last_leaf(mapping), set[str]()
    branch = []
    while isinstance(at, str) and at in mapping and at not in seen:
        seen.add(at)
        branch.append(mapping[at].get("message"))
        at = mapping[at].get("parent")
    return [said for one in reversed(branch) if (said := _said(one)) is not None]


def _last_leaf(mapping: dict[str, Any]) -> str | None:
    """Of an export without `current_node`, the last message that none follows."""
    return next((name for name in reversed(mapping) if not mapping[name].get("children")), None)


def _said(message: Any) -> dict[str, Any] | None:
    """A message that is shown in the conversation, in the spelling of the OpenAI protocol."""
    match message:
        case {
            "author": {"role": str() as role},
            "content": {"content_type": str() as kind} as body,
        }:
            pass
        case _:
            return None
    metadata = message.get("metadata")
    if isinstance(metadata, dict) and metadata.get("is_visually_hidden_from_conversation"):
        return None
    to_tool = message.get("recipient", "all") != "all"
    return {"role": "tool" if to_tool or kind not in _WORDS else role, "content": body.get("parts")}
