from __future__ import annotations

from typing import Any

import pytest

from skillopt.adapters.traces.chatgpt import chatgpt_messages, is_chatgpt
from skillopt.adapters.traces.messages import NotATask, conversation


def node(
    name: str, parent: str | None, role: str, *parts: Any, kind: str = "text", **more: Any
) -> dict[str, Any]:
    message = {"author": {"role": role}, "content": {"content_type": kind, "parts": parts}, **more}
    return {"id": name, "parent": parent, "children": [], "message": message}


def tree(*nodes: dict[str, Any], **more: Any) -> dict[str, Any]:
    root = {"id": "root", "parent": None, "children": ["a"], "message": None}
    mapping = {one["id"]: {**one, "children": []} for one in (root, *nodes)}
    for one in nodes:
        if one["parent"] in mapping:
            mapping[one["parent"]]["children"].append(one["id"])
    return {"title": "x", "mapping": mapping, **more}


TALK = (node("a", "root", "user", "Ask"), node("b", "a", "assistant", "Say"))
BRANCHES = (*TALK, node("c", "root", "user", "Ask again"), node("d", "c", "assistant", "Say again"))


@pytest.mark.parametrize(
    ("current", "said"), [("b", ["Ask", "Say"]), ("d", ["Ask again", "Say again"])]
)
def test_the_branch_that_is_shown(current: str, said: list[str]) -> None:
    record = tree(*BRANCHES, current_node=current)
    assert is_chatgpt(record)
    assert [one["content"] for one in chatgpt_messages(record)] == [(text,) for text in said]


def test_without_a_current_node_the_last_branch() -> None:
    assert len(chatgpt_messages(tree(*BRANCHES))) == 2
    assert chatgpt_messages(tree(*BRANCHES))[0]["content"] == ("Ask again",)


def test_what_is_not_said_in_the_conversation() -> None:
    hidden = {"metadata": {"is_visually_hidden_from_conversation": True}}
    record = tree(
        node("s", "root", "system", ""),
        node("p", "s", "user", "I like cats", kind="user_editable_context"),
        node("h", "p", "user", "hidden", **hidden),
        node("a", "h", "user", "Ask"),
        node("t", "a", "assistant", "print(1)", recipient="python"),
        node("o", "t", "tool", "1"),
        node("b", "o", "assistant", "Say"),
        node("r", "b", "assistant", "thought for 3 s", kind="reasoning_recap"),
    )
    said = chatgpt_messages(record)
    for one in said:
        one["content"] = list(one["content"])
    assert conversation(said) == ("Ask", "Say")


def test_a_picture_in_the_question_is_named() -> None:
    picture = {"content_type": "image_asset_pointer", "asset_pointer": "file-service://x"}
    record = tree(node("a", "root", "user", "See", kind="multimodal_text"))
    record["mapping"]["a"]["message"]["content"]["parts"] = [picture, "What is it?"]
    with pytest.raises(NotATask, match="image_asset_pointer"):
        conversation(chatgpt_messages(record))


@pytest.mark.parametrize(
    "change",
    [
        {"b": {"parent": "b"}},
        {"b": {"parent": "gone"}},
        {"b": {"parent": ["a"]}},
        {"b": {"message": {"author": "me", "content": "x"}}},
        {"b": {"message": {"author": {"role": "user"}, "content": {"content_type": "text"}}}},
        {"a": {"parent": "b"}},
    ],
)
def test_a_tree_that_is_none_ends(change: dict[str, Any]) -> None:
    record = tree(*TALK, current_node="b")
    for name, fields in change.items():
        record["mapping"][name] |= fields
    assert len(chatgpt_messages(record)) <= 2


@pytest.mark.parametrize("mapping", [None, [], {"a": None}, {"a": []}, "x"])
def test_other_records(mapping: Any) -> None:
    assert not is_chatgpt({"mapping": mapping})
