"""A placebo: the same edit without its content, word for word of the same length, in its place.

Models that are trained on corrupted reasoning traces do about as well as on right ones (Stechly et
al. 2025, "Beyond Semantics", arXiv 2505.13775): more text can help whatever it says. What an edit
says is worth something only where it does better than its placebo.
"""

from __future__ import annotations

import difflib
import random
import re
from collections.abc import Sequence

from skillopt.core.skill.changes import REWORDED
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SKILL_MD

WORDS: dict[int, tuple[str, ...]] = {
    1: ("a",),
    2: ("as", "of", "so", "in"),
    3: ("the", "and", "for", "its"),
    4: ("this", "that", "with", "here"),
    5: ("there", "where", "which", "these"),
    6: ("rather", "indeed", "itself"),
    7: ("perhaps", "whereas", "further"),
    8: ("somewhat", "likewise", "together"),
    9: ("therewith", "regarding"),
    10: ("thereafter", "themselves"),
    11: ("nonetheless", "accordingly", "furthermore"),
    12: ("nevertheless",),
}
"""Words that say nothing by themselves, by their length."""

_WORD = re.compile(r"\w+")
_TOKEN = re.compile(r"\w+|\s|[^\w\s]")


def placebo(before: Skill, after: Skill, *, seed: int) -> Skill:
    """``after`` with every word that it adds to ``before`` replaced by one that says nothing.

    White space, punctuation and the length of each word stay, so do lines that only moved; in a
    line that was reworded the words that were there stay. What ``after`` deletes is deleted: where
    nothing was added the placebo is ``after`` itself.
    """
    rng = random.Random(f"placebo {seed}")
    was, now = before.documents, after.documents
    said = {path: was[path].text if path in was else "" for path in now}
    empty = {path: _without_words(said[path], now[path].text, rng) for path in now}
    files = (
        file.model_copy(update={"data": empty[file.path].encode()}) if file.path in now else file
        for file in after.files
    )
    return Skill(text=empty[SKILL_MD], files=tuple(files))


def _without_words(before: str, after: str, rng: random.Random) -> str:
    """One text of the placebo."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    parts: list[str] = []
    known = set(old)
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for _, start, end, first, last in matcher.get_opcodes():
        were = old[start:end]
        parts += [line if line in known else _emptied(line, were, rng) for line in new[first:last]]
    return "".join(parts)


def _emptied(line: str, were: Sequence[str], rng: random.Random) -> str:
    """``line`` without the words it adds to the one of ``were`` that it rewords, if any."""
    from rapidfuzz import fuzz

    alike = max(were, key=lambda was: fuzz.ratio(was, line), default="")
    if not alike or fuzz.ratio(alike, line) < REWORDED:
        return _without_content(line, rng)
    old, new = _TOKEN.findall(alike), _TOKEN.findall(line)
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    return "".join(
        "".join(new[first:last])
        if step == "equal"
        else _without_content("".join(new[first:last]), rng)
        for step, _, _, first, last in matcher.get_opcodes()
    )


def _without_content(text: str, rng: random.Random) -> str:
    return _WORD.sub(lambda found: _filler(len(found[0]), rng), text)


def _filler(length: int, rng: random.Random) -> str:
    longest = max(WORDS)
    whole, rest = divmod(length, longest)
    return WORDS[longest][0] * whole + (rng.choice(WORDS[rest]) if rest else "")
