"""The description: only its bytes change, and it reads as exactly what was written."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.skill.description import (
    DescriptionChange,
    description_change,
    flaw_of_description,
)
from skillopt.core.skill.document import Document
from skillopt.core.skill.skill import Skill

HEADS = {
    "plain": "name: s\ndescription: Sorts tickets. # kept\nx-own: {a: 1}\n",
    "plain over lines": "description: Sorts\n  tickets\n  well\nname: s\n",
    "single quotes": "name: s\ndescription: 'Sorts ''tickets'''   # kept\nx: 1\n",
    "double quotes": 'description: "Sorts: \\"tickets\\""\nname: s\n',
    "folded": "name: s\ndescription: >\n    Sorts tickets\n    and more.\n\n\nx: 1\n",
    "literal": "name: s\ndescription: |+\n  Sorts tickets\n  and more.\n\n# kept\nx: 1\n",
    "empty": "name: s\ndescription:\nx: 1\n",
    "twice": "description: a\nname: s\ndescription: b\n",
    "flow": "{name: s, description: d, x: [1, 2]}\n",
    "broken": "name: s\ndescription: Use this: always\nx-own: [\nend: 1\n",
    "a quoted key": '"description": d\nname: s\n',
}
BODY = "# Top\n\n- one\n"


def changed(head: str, text: str, *, newline: str = "\n") -> str:
    document = Document(text=f"---\n{head}---\n{BODY}".replace("\n", newline))
    change = description_change(document, text)
    assert isinstance(change, DescriptionChange), change
    span = change.span
    return document.text[: span.start] + change.text + document.text[span.end :]


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS.keys())
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "text", ["Files tickets.", "Use: 'this' # not \"that\"", "yes", "12", "ü\nsecond line", "- a"]
)
def test_it_reads_as_written_and_all_else_stays(head: str, newline: str, text: str) -> None:
    before = Skill(text=f"---\n{head}---\n{BODY}".replace("\n", newline))
    after = Skill(text=changed(head, text, newline=newline))
    assert after.fields == {**before.fields, "description": text}
    assert after.text.endswith(before.text[before.body.start :])
    kept = [line for line in head.splitlines() if line.startswith(("name", "x", "end", "# kept"))]
    assert all(line in after.text for line in kept)


def test_the_form_stays_where_it_can() -> None:
    assert "description: Files. # kept\n" in changed(HEADS["plain"], "Files.")
    assert "description: 'It''s'   # kept\n" in changed(HEADS["single quotes"], "It's")
    assert 'description: "a \\"b\\""\n' in changed(HEADS["double quotes"], 'a "b"')
    long = "word " * 30 + "end"
    folded = changed(HEADS["folded"], long)
    assert "description: >-\n    word" in folded
    assert max(map(len, folded.splitlines())) < 100
    assert "description: |-\n  a\n  b\n\n# kept\nx: 1\n" in changed(HEADS["literal"], "a\nb")
    assert 'description: "Say: it" # kept\n' in changed(HEADS["plain"], "Say: it")


@pytest.mark.parametrize(
    ("head", "why"),
    [
        ("name: s\n", "no `description` to change"),
        ("name: s\ndescription: [a, b]\n", "no `description` to change"),
        ("a: &x text\ndescription: *x\n", "without changing more"),
        ("description: &x text\na: *x\n", "without changing more"),
    ],
)
def test_what_cannot_be_changed(head: str, why: str) -> None:
    found = description_change(Document(text=f"---\n{head}---\n{BODY}"), "new")
    assert isinstance(found, str)
    assert why in found


def test_without_front_matter_there_is_none() -> None:
    assert description_change(Document(text=BODY), "new") == (
        "the front matter has no `description` to change"
    )


@pytest.mark.parametrize("text", ["", " ", " a", "a\n", "x" * 1025, "a < b", "a > b"])
def test_what_is_no_description(text: str) -> None:
    assert flaw_of_description(text)
    assert isinstance(description_change(Document(text=f"---\n{HEADS['plain']}---\n"), text), str)


@given(
    head=st.sampled_from(sorted(HEADS.values())),
    text=st.text(st.sampled_from("ab :#'\"-|>&*!%@`{}[],\\?\té\n"), min_size=1, max_size=40),
)
def test_any_text_reads_back_or_is_refused(head: str, text: str) -> None:
    document = Document(text=f"---\n{head}---\n{BODY}")
    change = description_change(document, text)
    if isinstance(change, str):
        return
    after = document.text[: change.span.start] + change.text + document.text[change.span.end :]
    assert Skill(text=after).fields["description"] == text
    if head != HEADS["broken"]:
        assert yaml.safe_load(Document(text=after).front_matter_found.content)


PARTS = ("description: ", "description:", "name: s\n", "x: [1,\n", ">\n  a\n", "|\n", "'", '"', "a", "\n",
         "\r\n", " ", "---\n", "# c\n", "&x ", "*x", "!!str ", "{", "}", "<<: ", "- ", "\ufeff")  # fmt: skip


@given(
    head=st.lists(st.sampled_from(PARTS), max_size=12).map("".join),
    text=st.sampled_from(["new", "a: b"]),
)
def test_whatever_the_front_matter_is_all_else_stays(head: str, text: str) -> None:
    before = Skill(text=f"---\n{head}\n---\n{BODY}")
    change = description_change(before.document, text)
    if isinstance(change, str):
        return
    start, end = change.span
    after = Skill(text=before.text[:start] + change.text + before.text[end:])
    assert after.fields == {**before.fields, "description": text}
    assert after.text[after.body.start :] == before.text[before.body.start :]
    assert after.front_matter_found.flaws == before.front_matter_found.flaws
