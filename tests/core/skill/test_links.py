"""Links between a skill's files."""

from __future__ import annotations

import pytest

from skillopt.core.skill.document import Document
from skillopt.core.skill.left_out import Surroundings
from skillopt.core.skill.links import broken_link, dead_links, link_targets, new_dead_link
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


@pytest.mark.parametrize(
    ("link", "dead"),
    [
        ("[a](references/no.md)", "references/no.md"),
        ("[a](references/no.md#part)", "references/no.md"),
        ('[a](references/no.md "A title")', "references/no.md"),
        ("[a](<references/no such.md>)", "references/no such.md"),
        ("![a](assets/no.png)", "assets/no.png"),
        ("[a](references/n%6f.md)", "references/no.md"),
        ("[a][1]\n\n[1]: references/no.md 'A title'", "references/no.md"),
        ("[a](no-such-folder/)", "no-such-folder"),
        ("[a](references/A.md)", "references/A.md"),
        ("[a](references/a.md) ![b](./references/a.md#x) [c](references/)", None),
        ("[a](references/gr%C3%B6%C3%9Fe.md) [b](references/größe.md)", None),
        ("[a](#part) [b](https://x.org/no.md) [c](/etc/no.md) [d](mailto:a@b.c)", None),
        ("[a](../no.md) [b](../../other/SKILL.md)", None),
        ("[a](url) [b](link)", None),
        ("[a](references/{topic}.md) [b](<references/<name>.md>) [c](notes/*.md)", None),
        ("`[a](references/no.md)`", None),
        ("```\n[a](references/no.md)\n```", None),
        ("[a](evals/evals.json) [b](.hidden/x.md) [c](run.log)", None),
    ],
)
def test_links_to_no_file(link: str, dead: str | None) -> None:
    skill = folder(link, references__a="A", references__größe="G", notes__n="n")
    around = Surroundings(folder="s")
    found = [one.target for one in dead_links(skill, around=around)]
    assert found == ([dead] if dead else [])
    told = new_dead_link(folder("x", references__a="A"), skill, around=around)
    assert told is None if dead is None else f"SKILL.md links to {dead}," in (told or "")


def test_a_reference_may_name_files_as_the_skill_does() -> None:
    skill = folder("x", references__a="[b](references/b.md) [c](b.md)", references__b="b")
    assert not dead_links(skill)
    lost = folder("x", references__a="[b](references/b.md)")
    assert dead_links(lost) == (("references/a.md", "references/references/b.md"),)
    assert new_dead_link(skill, lost) is not None


def test_a_link_that_was_dead_before_is_not_new_wherever_it_stands() -> None:
    before = folder("[a](references/no.md)", references__a="a")
    assert dead_links(before)
    assert new_dead_link(before, before) is None
    moved = folder("x", references__b="[a](no.md)")
    assert new_dead_link(before, moved) is None
    more = new_dead_link(before, folder("[a](references/no.md) [b](references/nor.md)"))
    assert (more or "").startswith("SKILL.md links to references/nor.md, and the skill has no")


def test_beside_a_skill_in_a_repository_there_may_be_what_is_not_read() -> None:
    alone = folder("[a](guide.md) [b](src/a.py) [c](references/no.md)")
    assert [link.target for link in dead_links(alone)] == ["references/no.md"]
    in_repository = Surroundings(folder="s", repository=True)
    assert [link.target for link in dead_links(alone, around=in_repository)] == ["references/no.md"]
    in_folder = folder(alone.text, notes__n="n")
    targets = ["guide.md", "src/a.py", "references/no.md"]
    assert [link.target for link in dead_links(in_folder)] == targets
    assert [link.target for link in dead_links(alone, around=Surroundings(folder="s"))] == targets
