"""Nothing is quadratic in what others write: steps are counted, no clock is read."""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from itertools import islice
from pkgutil import walk_packages
from types import ModuleType
from typing import Any, NamedTuple

import pytest

import skillopt
from tests.regex_steps import Steps, TooManySteps, attacks

SHORTEST = 60


DOUBLINGS, MOST_STEPS = 6, 2_000_000
"""As far as that, for what grows on short texts may still have a bound: a repeat of at most 400, say."""
GROWTH, SLACK = 2.6, 500
"""What is linear doubles when the text does; what is quadratic takes four times as long."""

UNITS = (" ", "\n", "a", "A", "0", "-", '"', "'", "`", "\\", "{", "[", "(", "<", "#", "*", "/",
         "1.", "a, ", "a. ", "- a\n", "a=1;", "//", "/*", "[]", "{}", "()", "'\"", "```\n", "<think>",
         '{"a": ', "\u201c", "\u3000", "\u200b", "\t\r\n", "\\u0041", "\u2014")  # fmt: skip
ENDS = ("\x00", "a!")

MATCHED_ONCE = {
    "core.json_text._STRING_END": "a string's start is passed once, and its end is gone to",
    "core.skill.front_matter._LEAD": "at the start of a text",
    "core.skill.front_matter._GAP": "after a block of front matter, of which there are two at most",
    "core.lenient_json._AFTER_VALUE": "after a quote, up to the next word",
    "adapters.files.yaml_spelling._PLAIN": "on one text, of 200 characters at most",
    "adapters.files.yaml_spelling._FLOW_PLAIN": "on one text, of 200 characters at most",
}
"""Patterns handed to another function, which matches them at given places and searches for none."""


class Found(NamedTuple):
    """A pattern of the package."""

    pattern: re.Pattern[str]
    how: str
    """``match`` and ``fullmatch`` begin at a place that is given; all else looks for one."""


def _modules() -> Iterator[tuple[str, ModuleType, list[ast.Call]]]:
    for each in walk_packages(skillopt.__path__, "skillopt."):
        if not each.name.endswith("__main__"):
            module = import_module(each.name)
            name = each.name.removeprefix("skillopt.")
            tree = ast.parse(inspect.getsource(module))
            yield name, module, [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


def _compiled(value: Any) -> Iterator[re.Pattern[str]]:
    """The patterns in a module's value, however deep they stand in tuples and mappings."""
    if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _compiled(inner)
    elif isinstance(value, tuple | list):
        for inner in value:
            yield from _compiled(inner)


def _methods(calls: list[ast.Call]) -> dict[str, set[str]]:
    """The methods that are called on each name: `x.search(...)`."""
    called: dict[str, set[str]] = {}
    for call in calls:
        match call:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)):
                called.setdefault(name, set()).add(method)
    return called


def _written(calls: list[ast.Call]) -> Iterator[tuple[str, re.Pattern[str]]]:
    """Patterns that stand in the call: `re.sub(r"...", ...)`, with the call's name."""
    for call in calls:
        match call:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="re"), attr=how),
                args=[ast.Constant(value=str(pattern)), *_],
            ) if how not in ("compile", "escape"):
                yield how, re.compile(pattern)


@cache
def patterns() -> dict[str, Found]:
    """Every pattern in the package by its name: one that is added is attacked the same day."""
    found: dict[str, Found] = {}
    modules = list(_modules())
    methods_of = {module: _methods(calls) for module, _, calls in modules}
    for module, content, calls in modules:
        for name, value in vars(content).items():
            full = f"{module}.{name}"
            compiled = list(_compiled(value))
            if not compiled:
                continue
            methods = methods_of[module].get(name) or ({"match"} if full in MATCHED_ONCE else set())
            if not name.startswith("_"):  # other modules may use it
                methods = methods.union(*(called.get(name, ()) for called in methods_of.values()))
            how = "match" if methods and methods <= {"match", "fullmatch"} else "search"
            how = "fullmatch" if methods == {"fullmatch"} else how
            for number, pattern in enumerate(compiled):
                found[f"{full}[{number}]"] = Found(pattern, how)
        for number, (how, pattern) in enumerate(_written(calls)):
            found[f"{module}: call {number}"] = Found(pattern, how)
    return found


def counted(steps: Steps, how: str, text: str, most: int) -> int:
    """The steps of a pattern on ``text``.

    Raises:
        TooManySteps: there are more than ``most``.
    """
    if how in ("match", "fullmatch"):
        steps.match(text, most=most, whole=how == "fullmatch")
    else:
        steps.find_all(text, most=most)
    return steps.count


def grows(steps: Steps, how: str, parts: tuple[str, str, str]) -> bool:
    """Whether no doubling is found that only doubles the steps: bounded repeats come to one."""
    before, unit, end = parts
    shortest = max(SHORTEST, 4 * len(unit))

    @cache
    def count(doublings: int) -> int:
        times = (shortest << doublings) // len(unit)
        return counted(steps, how, before + unit * times + end, MOST_STEPS)

    try:
        return not any(
            count(n) <= SLACK or count(n) <= GROWTH * count(n - 1) + SLACK
            for n in range(1, DOUBLINGS)
        )
    except (TooManySteps, RecursionError):
        return True


@pytest.fixture(autouse=True)
def _deep_stack() -> Iterator[None]:
    """The matcher recurses for each round of a repetition."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(50_000)
    yield
    sys.setrecursionlimit(before)


def _growing(found: Found) -> Iterator[tuple[str, str, str]]:
    """The texts on which a pattern is quadratic."""
    steps = Steps(found.pattern)
    texts = dict.fromkeys([*attacks(found.pattern), *(("", unit) for unit in UNITS)])
    for before, unit in texts:
        for end in ENDS:
            if unit and grows(steps, found.how, (before, unit, end)):
                yield before, unit, end


def test_no_pattern_of_the_package_is_quadratic() -> None:
    growing, seen = {}, set[tuple[re.Pattern[str], str]]()
    for name, found in patterns().items():
        if (found.pattern, found.how) not in seen:
            seen.add((found.pattern, found.how))
            if texts := list(islice(_growing(found), 2)):
                growing[name] = texts
    assert growing == {}


@pytest.mark.parametrize(
    ("pattern", "how"),
    [
        (r"a+b", "search"), (r"\s*x", "search"), (r"/\*.*?\*/", "search"), (r"\[[^\]]*\]", "search"),
        (r"\d+\.?\d*(?!\w)", "match"), (r"(?:a|aa)+\Z", "match"), (r"(x+x+)+y", "fullmatch"),
    ],
)  # fmt: skip
def test_a_quadratic_pattern_is_found(pattern: str, how: str) -> None:
    assert any(_growing(Found(re.compile(pattern, re.DOTALL), how)))


@pytest.mark.parametrize("bound", [r"a{1,50}b", r"<[^<>]*>", r"(?<!\s)\s*+x"])
def test_a_linear_pattern_passes(bound: str) -> None:
    assert not any(_growing(Found(re.compile(bound), "search")))


def test_the_counting_matcher_finds_what_re_finds() -> None:
    for name, (pattern, _) in patterns().items():
        steps = Steps(pattern)
        for before, unit in dict.fromkeys(attacks(pattern)):
            text = f"{before}{unit * 3} {unit}a!"
            expected = [m.span() for m in pattern.finditer(text) if m.end() > m.start()]
            assert steps.find_all(text, most=MOST_STEPS) == expected, (name, text)
