"""The difference between two versions of a skill, as a unified diff; of folders, as git has it."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping

from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SKILL_MD, SkillFile

LARGEST_COMPARED = 1_000_000
"""Bytes of a file that is compared line by line; of a larger one it is said that it differs."""

_NO_NEWLINE = "\\ No newline at end of file"


def skill_diff(
    before: Skill, after: Skill, *, names: tuple[str, str] = ("", ""), context: int = 1
) -> tuple[str, ...]:
    """The lines of a unified diff; nothing where the versions are equal.

    Where one of them has other files beside its SKILL.md, it is a diff in git's format, which
    `git apply` takes, with a part for each file.

    Args:
        before: the older version.
        after: the newer version.
        names: what the two file lines call the versions of a lone text; two empty ones leave the
            lines out.
        context: unchanged lines around each change.
    """
    if before.files or after.files:
        return tuple(_tree_diff(before, after, context))
    lines = difflib.unified_diff(
        before.text.splitlines(), after.text.splitlines(), *names, lineterm="", n=context
    )
    found = tuple(lines)
    return found if any(names) else found[2:]


def changed_lines(before: Skill, after: Skill) -> Iterator[str]:
    """The lines that only one of two versions has, of every text file."""
    for old, new in changed_files(before, after):
        sides = _text(old).splitlines(), _text(new).splitlines()
        lines = difflib.unified_diff(sides[0], sides[1], n=0, lineterm="")
        yield from (line[1:] for line in [*lines][2:] if not line.startswith("@@"))


def changed_files(
    before: Skill, after: Skill
) -> Iterator[tuple[SkillFile | None, SkillFile | None]]:
    """Each file that differs, the SKILL.md first; None on the side where there is none."""
    old, new = _by_path(before), _by_path(after)
    for path in sorted(old.keys() | new.keys(), key=lambda path: (path != SKILL_MD, path)):
        if old.get(path) != new.get(path):
            yield old.get(path), new.get(path)


def _by_path(skill: Skill) -> Mapping[str, SkillFile]:
    own = SkillFile(path=SKILL_MD, data=skill.text.encode("utf-8", "surrogatepass"))
    return {file.path: file for file in (own, *skill.files)}


def _text(file: SkillFile | None) -> str:
    return (file.text or "") if file and len(file.data) <= LARGEST_COMPARED else ""


def _tree_diff(before: Skill, after: Skill, context: int) -> Iterator[str]:
    for old, new in changed_files(before, after):
        either = old or new
        assert either is not None
        yield f"diff --git {_quoted('a/', either.path)} {_quoted('b/', either.path)}"
        yield from _modes(old, new)
        if (old.data if old else b"") == (new.data if new else b""):
            continue
        sides = (
            _quoted("a/", either.path) if old else "/dev/null",
            _quoted("b/", either.path) if new else "/dev/null",
        )
        if any(
            file and (file.text is None or len(file.data) > LARGEST_COMPARED) for file in (old, new)
        ):
            yield f"Binary files {sides[0]} and {sides[1]} differ"
            continue
        yield from _hunks(_lines(_text(old)), _lines(_text(new)), sides, context)


def _modes(old: SkillFile | None, new: SkillFile | None) -> Iterator[str]:
    if old is None:
        yield f"new file mode {_mode(new)}"
    elif new is None:
        yield f"deleted file mode {_mode(old)}"
    elif old.executable != new.executable:
        yield f"old mode {_mode(old)}"
        yield f"new mode {_mode(new)}"


def _mode(file: SkillFile | None) -> str:
    return "100755" if file and file.executable else "100644"


def _lines(text: str) -> list[str]:
    """Lines as git counts them, which end at a line feed alone; the last may lack it."""
    *lines, last = text.split("\n")
    return [*lines, f"{last}\n{_NO_NEWLINE}"] if last else lines


def _hunks(old: list[str], new: list[str], sides: tuple[str, str], context: int) -> Iterator[str]:
    for line in difflib.unified_diff(old, new, *sides, lineterm="", n=context):
        yield from line.split("\n")


def _quoted(side: str, path: str) -> str:
    """A path as git writes it: in quotes where it holds one, or a control character."""
    name = side + path
    if name.isprintable() and '"' not in name:
        return name
    return '"' + "".join(map(_escaped, name)) + '"'


def _escaped(char: str) -> str:
    if char == '"':
        return '\\"'
    return f"\\{ord(char):03o}" if char < " " or char == "\x7f" else char
