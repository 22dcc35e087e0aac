"""The mechanics of checks: patterns, commands and code, which stay with the grader.

What a check *wants* may be told to anybody, in its `says`; how it finds out is not, since a skill
that is written to the pattern passes the check and not the task.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, assert_never

from skillopt.core.evaluation.checks import (
    Check,
    Command,
    File,
    Json,
    Python,
    Regex,
    ToolArguments,
)

WINDOW, SHORTEST_PATTERN = 8, 5
"""Characters of a pattern, without white space, that give it away; a shorter pattern does not."""

LEAST_LITERAL = 4
MANY_WORDS, MANY_CHARS = 3, 12
"""A literal of so many words and characters is no ordinary phrase."""

SYNTAX = re.compile(r"\\[dDwWsSbBAZ]|\(\?|[\])}][?*+{]|\.[*+]|\{\d+(?:,\d*)?\}")
"""What occurs in regular expressions and hardly in prose."""

_GROUP = re.compile(r"\((?:\?(?:P?<\w*>|[aiLmsux-]*[:)]|[=!>|]|<[=!]))?")
_CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\]\\]){0,100}+\]")
_QUANTIFIER = re.compile(r"[*+?]|\{\d*(?:,\d*)?\}")
_BEGINS = re.compile(r"(?:\(\?[a-zA-Z]+\)|\^|\\[Ab])+")
_ENDS = ("$", r"\Z", r"\z", r"\b")
_FILE = re.compile(r"[\w-]+\.\w{1,4}")
_PREFIX = re.compile(r"[A-Z]{3}[-_#/]|[-_#/][A-Z]{3}")
_INNER_SYMBOL = re.compile(r"\w[^\w\s]+\w|\d|[a-z][A-Z]|[^\W_]_[^\W_]")


class Mechanics(NamedTuple):
    """What gives a check away."""

    literals: frozenset[str] = frozenset()
    """Distinctive literal texts: of a pattern's parts, names of files and functions, commands."""
    windows: frozenset[str] = frozenset()
    """Stretches of patterns with some of their syntax, without white space."""


def mechanics_of(check: Check) -> Mechanics:
    """What gives ``check`` away; nothing for checks that only compare with an answer."""
    match check:
        case Regex() | Json() | ToolArguments():
            return _joined([_of_pattern(pattern) for pattern in _patterns_of(check)])
        case Python():
            return Mechanics(literals=frozenset(_of_call(check.call)))
        case Command():
            return _of_command(check.argv)
        case File(content=content) if content is not None:
            return mechanics_of(content)
        case _:
            return Mechanics()


def _patterns_of(check: Regex | Json | ToolArguments) -> list[str]:
    match check:
        case Regex():
            return [check.pattern]
        case Json():
            return list(_schema_patterns(check.value)) if check.mode == "schema" else []
        case ToolArguments():
            by_pattern = check.match == "regex"
            return [one for one in check.arguments.values() if by_pattern and isinstance(one, str)]
        case _:
            assert_never(check)


def without_mechanics(check: Check, text: str) -> str:
    """``text``, such as what a command has printed, without the names of the check's files."""
    for literal in sorted(mechanics_of(check).literals, key=len, reverse=True):
        text = text.replace(literal, "the check")
    return text


def pattern_key(text: str) -> str:
    """``text`` as windows are looked up in it: escapes of escapes and white space do not count."""
    return re.sub(r"[\s`]+", "", re.sub(r"\\+", lambda _: "\\", text)).casefold()


def literal_parts(pattern: str) -> list[str]:
    """The texts that ``pattern`` finds literally, in order; what may be absent is left out."""
    parts: list[str] = []
    run = ""
    at = 0
    while at < len(pattern):
        step, literal = _token(pattern, at)
        if literal is not None:
            run += literal
        else:
            if _QUANTIFIER.match(pattern, at) and pattern[at] != "+":
                run = run[:-1]
            parts.append(run)
            run = ""
        at += step
    return [part for part in (*parts, run) if part]


def is_distinctive(literal: str) -> bool:
    """Whether ``literal`` is no ordinary word or phrase: a code, or several words."""
    bare = literal.strip()
    if _PREFIX.search(bare):
        return True
    if len(bare) < LEAST_LITERAL:
        return False
    if len(bare.split()) >= MANY_WORDS and len(bare) >= MANY_CHARS:
        return True
    inner = _INNER_SYMBOL.search(
        bare.replace("'", "").replace("\N{RIGHT SINGLE QUOTATION MARK}", "")
    )
    letters = sum(map(str.isalnum, bare))
    return bool(inner) and letters >= LEAST_LITERAL


def _token(pattern: str, at: int) -> tuple[int, str | None]:
    """How many characters the next token takes, and the literal that it stands for."""
    char = pattern[at]
    if char == "\\":
        follow = pattern[at + 1 : at + 2]
        return 2, None if follow.isalnum() or not follow else follow
    for syntax in (_CLASS, _GROUP, _QUANTIFIER):
        found = syntax.match(pattern, at)
        if found:
            return len(found.group()), None
    return 1, None if char in ".^$|()" else char


def _of_pattern(pattern: str) -> Mechanics:
    key = pattern_key(_without_anchors(pattern))
    windows = {key[at : at + WINDOW] for at in range(max(1, len(key) - WINDOW + 1))}
    telling = {
        window for window in windows if len(window) >= SHORTEST_PATTERN and SYNTAX.search(window)
    }
    literals = {part.strip() for part in literal_parts(pattern) if is_distinctive(part)}
    return Mechanics(frozenset(literals), frozenset(telling))


def _without_anchors(pattern: str) -> str:
    begins = _BEGINS.match(pattern)
    start, end = begins.end() if begins else 0, len(pattern.rstrip())
    while found := [mark for mark in _ENDS if pattern.endswith(mark, start, end)]:
        end -= len(found[0])
    return pattern[start:end]


def _schema_patterns(schema: Any) -> Iterator[str]:
    match schema:
        case dict():
            named = schema.get("patternProperties")
            own = schema.get("pattern")
            yield from named if isinstance(named, dict) else ()
            yield from (own,) if isinstance(own, str) else ()
            for part in schema.values():
                yield from _schema_patterns(part)
        case list() | tuple():
            for part in schema:
                yield from _schema_patterns(part)
        case _:
            return


def _of_call(call: str) -> Iterator[str]:
    module, _, function = call.partition(":")
    yield from (call, f"{module}.{function}", f"{module.rpartition('.')[2]}.py")
    yield from (name for name in (module, function) if is_distinctive(name))


def _of_command(argv: Sequence[str]) -> Mechanics:
    literals: set[str] = set()
    found = [_of_pattern(part) for part in argv if SYNTAX.search(part)]
    if len(argv) > 1:
        literals.add(" ".join(argv))
    for part in argv:
        name = part.replace("\\", "/").rpartition("/")[2]
        if _FILE.fullmatch(name):
            literals |= {name, part}
            literals |= {stem for stem in (name.rpartition(".")[0],) if is_distinctive(stem)}
    return _joined([*found, Mechanics(frozenset(literals))])


def _joined(parts: Sequence[Mechanics]) -> Mechanics:
    return Mechanics(
        frozenset().union(*(part.literals for part in parts)),
        frozenset().union(*(part.windows for part in parts)),
    )
