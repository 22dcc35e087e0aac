"""The steps of a pattern: how its work grows with a text, without a clock; and texts that attack it.

The tree that `re` makes of a pattern is walked as `re` walks it, with its backtracking. `re` is
faster by a constant and skips some starts, so what is linear here is linear there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import islice
from re import (
    _compiler,  # type: ignore[attr-defined]
    _parser,  # type: ignore[attr-defined]
)
from re import _constants as c  # type: ignore[attr-defined]
from typing import Any

Node = Callable[[int], int]
"""Takes a position; returns where the match ends, or -1."""

_ONE = (c.LITERAL, c.NOT_LITERAL, c.IN, c.ANY)
_REPEATS = (c.MAX_REPEAT, c.MIN_REPEAT, c.POSSESSIVE_REPEAT)
_PALETTE = " a\n0-\"'_.:=<[({/\\A,*`#|>\u201c\u00e9)"
_VARIANTS = 3
"""Characters of a class that are tried."""
_PASSED = 2
"""Steps to a branch or a place, and to its first character, which is another."""


class TooManySteps(Exception):  # noqa: N818 - it names what was found
    """The bound was passed."""


class Steps:
    """A pattern that counts its steps: those of the last call are in ``count``."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self._pattern = pattern
        self._tree = _parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)
        self._groups: dict[int, tuple[int, int]] = {}
        self._openings: dict[Node, re.Pattern[str]] = {}
        self._text = ""
        self._whole = False
        self._most = 0
        self.count = 0
        self._start = self._sequence(list(self._tree), self._end)
        self._begin = self._first()

    def match(self, text: str, *, most: int, whole: bool = False) -> int:
        """Where a match that begins with the text ends; -1 for none.

        Args:
            text: to match.
            most: steps after which it gives up.
            whole: it has to end with the text, too.

        Raises:
            TooManySteps: there are more than ``most``.
        """
        self._set(text, most, whole=whole)
        return self._at(0)

    def find_all(self, text: str, *, most: int) -> list[tuple[int, int]]:
        """Where the pattern is, as `finditer` says for matches that are not empty.

        Raises:
            TooManySteps: there are more than ``most``.
        """
        self._set(text, most, whole=False)
        found, at = [], 0
        while at <= len(text):
            begin = self._begin.search(text, at) if self._begin else None
            if self._begin and begin is None:
                break
            at = begin.start() if begin else at
            end = self._at(at)
            if end > at:
                found.append((at, end))
            at = max(end, at + 1)
        self._step(len(text))
        return found

    def _set(self, text: str, most: int, *, whole: bool) -> None:
        self._text, self._most, self._whole, self.count = text, most, whole, 0

    def _at(self, at: int) -> int:
        self._groups = {}
        self._step(0)
        return self._start(at)

    def _end(self, at: int) -> int:
        return at if not self._whole or at == len(self._text) else -1

    def _first(self) -> re.Pattern[str] | None:
        """What a match begins with, where `re` looks for that first, too."""
        items = list(self._tree)
        while items and items[0][0] is c.AT:
            del items[0]
        rest = _parser.SubPattern(self._tree.state, items)
        chars = _compiler._get_charset_prefix(rest, self._pattern.flags)
        return self._compiled((c.IN, chars), (1, 1)) if chars else None

    def _step(self, steps: int = 1) -> None:
        """Count, and give up; repeats do that, and single characters and branches only count."""
        self.count += steps
        if self.count > self._most:
            raise TooManySteps

    def _sequence(self, items: Sequence[Any], then: Node) -> Node:
        for op, what in reversed(items):
            then = self._node(op, what, then)
        return then

    def _node(self, op: Any, what: Any, then: Node) -> Node:  # noqa: C901, PLR0911 - one a kind
        if op in _ONE:
            return self._character(op, what, then)
        if op is c.AT:
            return self._anchor(what, then)
        if op is c.BRANCH:
            return self._branch([list(tree) for tree in what[1]], then)
        if op is c.SUBPATTERN:
            return self._group(what, then)
        if op is c.ATOMIC_GROUP:
            return self._atomic(self._sequence(list(what), lambda at: at), then)
        if op in (c.ASSERT, c.ASSERT_NOT):
            return self._looked(what, then, wanted=op is c.ASSERT)
        if op is c.GROUPREF:
            return self._reference(what, then)
        if op is c.GROUPREF_EXISTS:
            return self._if_group(what, then)
        assert op in _REPEATS, op
        least, most, tree = what
        items = list(tree)
        if len(items) == 1 and items[0][0] in _ONE:
            return self._run(op, (least, most), items[0], then)
        if op is c.POSSESSIVE_REPEAT:
            return self._possessive((least, most), items, then)
        return self._loop(op, (least, most), items, then)

    def _compiled(self, item: Any, times: tuple[int, Any]) -> re.Pattern[str]:
        """``item``, repeated without giving back, as `re` compiles it: runs are walked there."""
        tree = _parser.SubPattern(self._tree.state)
        body = _parser.SubPattern(self._tree.state, [item])
        tree.append((c.POSSESSIVE_REPEAT, (*times, body)))
        compiled: re.Pattern[str] = _compiler.compile(tree, self._pattern.flags)
        return compiled

    def _character(self, op: Any, what: Any, then: Node) -> Node:
        one = self._compiled((op, what), (1, 1))
        fits = cache(lambda char: one.match(char) is not None)

        def node(at: int) -> int:
            self.count += 1
            return then(at + 1) if at < len(self._text) and fits(self._text[at]) else -1

        self._openings[node] = one
        return node

    def _anchor(self, what: Any, then: Node) -> Node:
        tree = _parser.SubPattern(self._tree.state, [(c.AT, what)])
        anchor = _compiler.compile(tree, self._pattern.flags)

        def node(at: int) -> int:
            self.count += 1
            return then(at) if anchor.match(self._text, at) else -1

        return node

    def _branch(self, trees: list[list[Any]], then: Node) -> Node:
        branches = [(_opening(tree), self._sequence(tree, then)) for tree in trees]
        starts = [self._compiled(one, (1, 1)) if one else None for one, _ in branches]

        @cache
        def fitting(char: str) -> tuple[list[tuple[int, Node]], int]:
            """Branches that may begin with the character, each with the steps that lead to it."""
            found, steps = [], 0
            for start, (_, branch) in zip(starts, branches, strict=True):
                if start is None or start.match(char):
                    found.append((steps + 1, branch))
                    steps = 0
                else:
                    steps += _PASSED
            return found, steps

        def node(at: int) -> int:
            found, rest = fitting(self._text[at : at + 1])
            for steps, branch in found:
                self.count += steps
                end = branch(at)
                if end >= 0:
                    return end
            self.count += rest
            return -1

        return node

    def _group(self, what: Any, then: Node) -> Node:
        number, _, _, tree = what
        starts: list[int] = []

        def close(at: int) -> int:
            if number is not None:
                self._groups[number] = (starts[-1], at)
            return then(at)

        body = self._sequence(list(tree), close)

        def node(at: int) -> int:
            starts.append(at)
            end = body(at)
            starts.pop()
            return end

        return node

    def _atomic(self, body: Node, then: Node) -> Node:
        def node(at: int) -> int:
            end = body(at)
            return then(end) if end >= 0 else -1

        return node

    def _looked(self, what: Any, then: Node, *, wanted: bool) -> Node:
        direction, tree = what
        body = self._sequence(list(tree), lambda at: at)
        back = 0 if direction > 0 else tree.getwidth()[0]

        def node(at: int) -> int:
            self._step()
            holds = at >= back and body(at - back) >= 0
            return then(at) if holds is wanted else -1

        return node

    def _reference(self, number: int, then: Node) -> Node:
        def node(at: int) -> int:
            start, end = self._groups.get(number, (0, -1))
            self._step(max(1, end - start))
            same = end >= start and self._text.startswith(self._text[start:end], at)
            return then(at + end - start) if same else -1

        return node

    def _if_group(self, what: Any, then: Node) -> Node:
        number, yes, no = what
        branches = [self._sequence(list(tree or []), then) for tree in (yes, no)]

        def node(at: int) -> int:
            self._step()
            return branches[number not in self._groups](at)

        return node

    def _run(self, op: Any, times: tuple[int, Any], item: Any, then: Node) -> Node:
        least = times[0]
        run = self._compiled(item, times)
        opening = self._openings.get(then)

        def node(at: int) -> int:
            found = run.match(self._text, at)
            if found is None:
                self._step()
                return -1
            furthest = found.end()
            if op is c.MIN_REPEAT:
                places = range(at + least, furthest + 1)
            else:
                self._step(furthest - at + 1)
                lowest = furthest if op is c.POSSESSIVE_REPEAT else at + least
                places = range(furthest, lowest - 1, -1)
            for place in places:
                if opening and not opening.match(self._text, place):
                    self.count += _PASSED
                    continue
                self._step()
                end = then(place)
                if end >= 0:
                    return end
            return -1

        return node

    def _possessive(self, times: tuple[int, Any], items: list[Any], then: Node) -> Node:
        least, most = times
        body = self._sequence(items, lambda at: at)

        def node(at: int) -> int:
            done = 0
            while done < most:
                self._step()
                end = body(at)
                if end < 0 or (end == at and done >= least):
                    break
                at, done = end, done + 1
            return then(at) if done >= least else -1

        return node

    def _loop(self, op: Any, times: tuple[int, Any], items: list[Any], then: Node) -> Node:
        least, most = times
        state = [(0, -1)]

        def leave(at: int) -> int:
            inner = state.pop()
            end = then(at)
            state.append(inner)
            return end

        def again(at: int) -> int:
            done, last = state[-1]
            self._step()
            if op is c.MIN_REPEAT and done >= least and (end := leave(at)) >= 0:
                return end
            if done < most and (at != last or done < least):
                state[-1] = (done + 1, at)
                end = body(at)
                state[-1] = (done, last)
                if end >= 0:
                    return end
            return leave(at) if done >= least and op is c.MAX_REPEAT else -1

        body = self._sequence(items, again)

        def node(at: int) -> int:
            state.append((0, -1))
            end = again(at)
            state.pop()
            return end

        return node


def _opening(items: list[Any]) -> Any:
    """The character that a branch begins with; None where it may begin in several ways."""
    while items and items[0][0] is c.SUBPATTERN:
        items = list(items[0][1][3])
    return items[0] if items and items[0][0] in _ONE else None


def attacks(pattern: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """Beginnings, and what is to be repeated after them, made of the pattern's own parts.

    For each repetition in it: what stands before, and characters that it takes.
    """
    tree = _parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)
    for before, pumps in _repeats(list(tree), pattern, ""):
        yield "", before
        for pump in pumps:
            yield before, pump
            yield "", before + pump


def _repeats(
    items: Sequence[Any], pattern: re.Pattern[str], before: str
) -> Iterator[tuple[str, list[str]]]:
    for op, what in items:
        if op in _REPEATS:
            yield before, list(islice(_examples(list(what[2]), pattern), _VARIANTS))
            yield from _repeats(list(what[2]), pattern, before)
        elif op is c.BRANCH:
            for tree in what[1]:
                yield from _repeats(list(tree), pattern, before)
        elif op is c.SUBPATTERN:
            yield from _repeats(list(what[3]), pattern, before)
        elif op is c.ATOMIC_GROUP:
            yield from _repeats(list(what), pattern, before)
        elif op in (c.ASSERT, c.ASSERT_NOT):
            yield from _repeats(list(what[1]), pattern, before)
        before += next(_examples([(op, what)], pattern), "")


def _examples(items: Sequence[Any], pattern: re.Pattern[str]) -> Iterator[str]:
    """Short texts that ``items`` take, one for each kind of character in turn."""
    for turn in range(_VARIANTS):
        yield "".join(_example(op, what, pattern, turn) for op, what in items)


def _example(op: Any, what: Any, pattern: re.Pattern[str], turn: int) -> str:  # noqa: PLR0911
    def joined(tree: Any) -> str:
        return "".join(_example(*item, pattern, turn) for item in tree)

    if op is c.LITERAL:
        return chr(what)
    if op in (c.NOT_LITERAL, c.IN, c.ANY):
        return _character_of(op, what, pattern, turn)
    if op is c.BRANCH:
        return joined(what[1][turn % len(what[1])])
    if op is c.SUBPATTERN:
        return joined(what[3])
    if op is c.ATOMIC_GROUP:
        return joined(what)
    if op in _REPEATS:
        return joined(what[2]) * min(max(what[0], 1), 40)
    return ""


def _character_of(op: Any, what: Any, pattern: re.Pattern[str], turn: int) -> str:
    fitting = _fitting(op, tuple(what) if op is c.IN else what, pattern.flags)
    return fitting[turn % len(fitting)] if fitting else ""


@cache
def _fitting(op: Any, what: Any, flags: int) -> list[str]:
    """Characters that a part of a pattern takes."""
    state = _parser.State()
    state.flags = flags
    one = _compiler.compile(
        _parser.SubPattern(state, [(op, list(what) if op is c.IN else what)]), flags
    )
    own = [chr(arg if kind is c.LITERAL else arg[0]) for kind, arg in (what if op is c.IN else ())
           if kind in (c.LITERAL, c.RANGE)]  # fmt: skip
    return [char for char in dict.fromkeys((*_PALETTE, *own)) if one.match(char)]
