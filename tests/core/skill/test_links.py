"""Links between a skill's files."""

from __future__ import annotations

import pytest

from skillopt.core.skill.document import Document
from skillopt.core.skill.links import broken_link, link_targets
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SkillFile


def folder(text: str, **files: str) -> Skill:
    """A folder; in the names of its files `__` is a slash."""
    made = (
        SkillFile(path=f"{name.replace('__', '/')}.md", data=content.encode())
        for name, content in files.items()
    )
    return Skill(text=text, files=tuple(made))


@pytest.mark.parametrize(
    ("text", "path", "targets"),
    [
        ("[a](references/a.md)", "SKILL.md", ["references/a.md"]),
        ("[a](./references/a.md#part?x)", "SKILL.md", ["references/a.md"]),
        ("[a](b.md) [c](../SKILL.md)", "references/a.md", ["references/b.md", "SKILL.md"]),
        ("![p](assets/a%20b.png)", "SKILL.md", ["assets/a b.png"]),
        ("[a][1]\n\n[1]: x.md", "SKILL.md", ["x.md"]),
        ("[a](https://x.org/a.md) [b](mailto:a@b.c) [c](#here) [d](/etc/x) [e](//x/y)", "a.md", []),
        ("[a](../../x.md)", "references/a.md", []),
        ("`references/a.md` and references/a.md", "SKILL.md", []),
        ("```\n[a](x.md)\n```\n", "SKILL.md", []),
        ("---\nname: '[a](x.md)'\n---\nb", "SKILL.md", []),
    ],
)
def test_where_links_lead(text: str, path: str, targets: list[str]) -> None:
    assert list(link_targets(Document(text=text), path)) == targets


def test_a_script_has_no_links() -> None:
    assert not list(link_targets(Document(text="[a](x.md)", markdown=False), "x.py"))


def test_only_a_link_that_was_whole_can_break() -> None:
    before = folder("[a](a.md) [gone](gone.md) [deep](deep/)", a="[d](deep/d.md)", deep__d="d")
    assert broken_link(before, before) is None
    told = broken_link(before, folder(before.text, deep__d="d"))
    assert told is not None
    assert told.startswith("SKILL.md links to a.md, which would be gone; remove the link")
    without = folder("[deep](deep/)", a="[d](deep/d.md)")
    assert (broken_link(before, without) or "").startswith("SKILL.md links to deep,")
    assert (broken_link(before, folder("x", a="[d](deep/d.md)")) or "").startswith(
        "a.md links to deep/d.md,"
    )
    assert broken_link(before, folder("x", a="y")) is None
