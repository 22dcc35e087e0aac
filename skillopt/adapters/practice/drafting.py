"""Drafting: what the mentor wants, as edits that fit the skill.

Text surgery only. Rules of one stretch of the skill are rewritten in one `replace`, new rules for
one place arrive in one `insert`; anchors are taken long enough to occur once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from skillopt.adapters.practice.language import ANSWER, Rule, RuleBook
from skillopt.core.skill.document import Span
from skillopt.core.skill.edit import Delete, Edit, Insert, Replace
from skillopt.core.skill.skill import Skill

_QUOTED = re.compile(r'"[^"]*"|\u201c[^\u201c\u201d]*\u201d')
_VERB = re.compile(r"\b(?:set|answer|reply)\b(?=[^\"`]{0,100}`)", re.IGNORECASE)
_MARKER = re.compile(r"([ \t]*(?:>[ \t]?)*)(?:([-*+])|(\d{1,9})([.)]))([ \t]+)")
_FURTHEST = 600
"""Characters an anchor may grow to."""


class NewLine(NamedTuple):
    """A rule to be added."""

    field: str
    text: str


class Rewrite(NamedTuple):
    """A rule to be reworded."""

    rule: Rule
    text: str
    """"" removes it."""


def rule_line(field: str, value: str, phrases: Sequence[str], *, noun: str) -> str:
    """A new rule in the rule language."""
    return f"When the {noun} mentions {_any_of(phrases)}, {_setting(field, value)}."


def default_line(field: str, value: str) -> str:
    """A new default."""
    return f"By default, {_setting(field, value)}."


def widened(sentence: str, phrases: Sequence[str]) -> str | None:
    """A simple rule (one list joined by `or`) with more phrases; None where it is none."""
    verb = _VERB.search(sentence)
    quoted = list(_QUOTED.finditer(sentence, 0, verb.start() if verb else 0))
    if not quoted:
        return None
    both = [match.group()[1:-1] for match in quoted] + list(phrases)
    head, tail = sentence[: quoted[0].start()], sentence[quoted[-1].end() :]
    return f"{head}{_any_of(both)}{tail}"


def excepted(sentence: str, phrases: Sequence[str]) -> str | None:
    """A rule with `but not`; None where its condition cannot be found."""
    verb = _VERB.search(sentence)
    quoted = list(_QUOTED.finditer(sentence, 0, verb.start() if verb else 0))
    if not quoted:
        return None
    at = quoted[-1].end()
    has_exception = "but not" in sentence[:at]
    joined = " or ".join(f'"{phrase}"' for phrase in phrases)
    added = f" or {joined}" if has_exception else f", but not {joined}"
    return sentence[:at] + added + sentence[at:]


def edits(
    skill: Skill,
    book: RuleBook,
    *,
    lines: Sequence[NewLine],
    rewrites: Sequence[Rewrite],
    one_place: bool,
) -> tuple[Edit, ...] | None:
    """All of it as edits, or None where a place cannot be named by an anchor.

    Args:
        skill: the skill.
        book: its rules.
        lines: rules to add, in the order in which they shall stand.
        rewrites: rules to reword or remove.
        one_place: put every new rule in one place, to save edits.
    """
    found: list[Edit | None] = _rewriting(skill, rewrites)
    removed = {each.rule.span for each in rewrites if not each.text}
    kept = [rule for rule in book.rules if rule.span not in removed]
    own = [_place(skill, kept, line.field) for line in lines]
    places: dict[int, list[str]] = {}
    for line, at in zip(lines, own, strict=True):
        places.setdefault(max(own) if one_place else at, []).append(line.text)
    for at, texts in places.items():
        found.append(_inserted(skill, at, texts))
    if any(edit is None for edit in found):
        return None
    return tuple(edit for edit in found if edit is not None)


def _rewriting(skill: Skill, rewrites: Sequence[Rewrite]) -> list[Edit | None]:
    """One replace for every run of neighbouring rules, one delete for every rule removed."""
    found: list[Edit | None] = []
    removed = [each for each in rewrites if not each.text]
    found += [_deletion(skill, each.rule.span) for each in removed]
    ordered = sorted((each for each in rewrites if each.text), key=lambda each: each.rule.span)
    runs: list[list[Rewrite]] = []
    for each in ordered:
        if runs and _neighbours(skill, runs[-1][-1].rule.span, each.rule.span, removed):
            runs[-1].append(each)
        else:
            runs.append([each])
    for run in runs:
        span = Span(run[0].rule.span.start, run[-1].rule.span.end)
        text, at = "", span.start
        for each in run:
            text += skill.text[at : each.rule.span.start] + each.text
            at = each.rule.span.end
        found.append(_replacement(skill, span, text))
    return found


def _neighbours(skill: Skill, left: Span, right: Span, removed: Sequence[Rewrite]) -> bool:
    """Whether one replace may span both: near, in no locked region, over nothing removed."""
    text = skill.text[left.end : right.start]
    return (
        len(text) <= _FURTHEST * 3
        and not re.search(r"^#|```|~~~", text, re.MULTILINE)
        and not any(region.start < right.end and left.start < region.end for region in skill.locked)
        and not any(left.start <= each.rule.span.start < right.end for each in removed)
    )


def _replacement(skill: Skill, span: Span, text: str) -> Edit | None:
    grown = _grown(skill, span)
    if grown is None:
        return None
    before = skill.text[grown.start : span.start]
    after = skill.text[span.end : grown.end]
    return Replace(anchor=skill.text[grown.start : grown.end], text=before + text + after)


def _deletion(skill: Skill, span: Span) -> Edit | None:
    """The rule goes, and its line with it where nothing else stands there."""
    start = _line_start(skill, span.start)
    end = _line_end(skill, span.end)
    alone = (
        not skill.text[span.end : end].strip()
        and _MARKER.fullmatch(skill.text, start, span.start) is not None
    )
    whole = Span(start, min(end + 1, len(skill.text))) if alone else span
    if _occurs_once(skill, whole):
        return Delete(anchor=skill.text[whole.start : whole.end])
    grown = _grown(skill, whole)
    if grown is None:
        return None
    kept = skill.text[grown.start : whole.start] + skill.text[whole.end : grown.end]
    return Replace(anchor=skill.text[grown.start : grown.end], text=kept)


def _place(skill: Skill, rules: Sequence[Rule], field: str) -> int:
    """Where a new rule for the field goes: behind the last one that sets it, else the last rule.

    Never inside a locked region: behind it, or before it where it has no end.
    """
    ends = [rule.span.end for rule in rules if any(s.field == field for s in rule.settings)]
    ends = ends or [rule.span.end for rule in rules if not rule.default]
    at = _paragraph_end(skill, max(ends)) if ends else len(skill.text)
    for region in skill.locked:
        if region.start < at <= region.end:
            at = region.start if region.end == len(skill.text) else _line_end(skill, region.end)
    return at


def _inserted(skill: Skill, at: int, texts: Sequence[str]) -> Edit | None:
    text = skill.text
    start = _line_start(skill, at)
    marker = _MARKER.match(text, start)
    if at >= len(text.rstrip()) and marker is None:
        lead = "" if text.endswith("\n") or at < len(text) else "\n"
        heading = "\n## Rules\n\n" if skill.sections else "\n"
        body = lead + heading + "".join(f"- {line}\n" for line in texts)
        return Insert(anchor="", where="after", text=body)
    if marker and marker.end() <= at:
        numbers = range(int(marker[3]) + 1, int(marker[3]) + 1 + len(texts)) if marker[3] else ()
        bullets = [f"{marker[1]}{number}{marker[4]}{marker[5]}" for number in numbers] or [
            f"{marker[1]}{marker[2]}{marker[5]}"
        ] * len(texts)
        new = "".join(f"\n{bullet}{line}" for bullet, line in zip(bullets, texts, strict=True))
    else:
        new = "\n" + "".join(f"\n- {line}" for line in texts)
        new += "\n" if text[at:].lstrip(" \t\r\n")[:1] not in {"", "#"} else ""
    return _behind(skill, at, new)


def _behind(skill: Skill, at: int, new: str) -> Edit | None:
    """An insert at ``at``, whose anchor ends there."""
    start = _line_start(skill, at)
    while start >= skill.body.start and at - start <= _FURTHEST:
        if start < at and _occurs_once(skill, Span(start, at)):
            return Insert(anchor=skill.text[start:at], where="after", text=new)
        if start == skill.body.start:
            break
        start = max(_line_start(skill, start - 1), skill.body.start)
    if at == len(skill.text):
        return Insert(anchor="", where="after", text=new)
    return None


def _grown(skill: Skill, span: Span) -> Span | None:
    """The span, with as many lines before it as make it unique."""
    start = span.start
    while True:
        grown = Span(start, span.end)
        if _occurs_once(skill, grown):
            return grown
        if start <= skill.body.start or span.start - start > _FURTHEST:
            return None
        start = max(_line_start(skill, start - 1), skill.body.start)
        if any(region.touches(Span(start, span.end)) for region in skill.locked):
            return None


def _occurs_once(skill: Skill, span: Span) -> bool:
    anchor = skill.with_own_newlines(skill.text[span.start : span.end])
    first = skill.text.find(anchor, skill.body.start)
    return first == span.start and skill.text.find(anchor, first + 1) < 0


def _line_start(skill: Skill, at: int) -> int:
    return skill.text.rfind("\n", 0, at) + 1


def _line_end(skill: Skill, at: int) -> int:
    end = skill.text.find("\n", at)
    end = len(skill.text) if end < 0 else end
    return end - 1 if end > at and skill.text[end - 1] == "\r" else end


def _paragraph_end(skill: Skill, at: int) -> int:
    """The end of the line, and of the lines that go on with its paragraph."""
    end = _line_end(skill, at)
    while True:
        follow = re.compile(
            r"\r?\n(?![ \t]*(?:\r?\n|#|[-*+][ \t]|\d{1,9}[.)][ \t]|```|~~~|<!--|>|\|))"
        )
        match = follow.match(skill.text, end)
        if match is None or match.end() >= len(skill.text):
            return end
        end = _line_end(skill, match.end())


def _any_of(phrases: Iterable[str]) -> str:
    quoted = [f'"{phrase}"' for phrase in dict.fromkeys(phrases)]
    return " or ".join(filter(None, [", ".join(quoted[:-1]), quoted[-1]]))


def _setting(field: str, value: str) -> str:
    return f"answer `{value}`" if field == ANSWER else f"set `{field}` to `{value}`"
