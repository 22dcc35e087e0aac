"""Faults: rules of the skill that the evidence speaks against."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from skillopt.adapters.practice.drafting import default_line
from skillopt.adapters.practice.hints import Hint
from skillopt.adapters.practice.induction import TWICE, Atom, is_supported
from skillopt.adapters.practice.language import Rule
from skillopt.adapters.practice.reader import decide
from skillopt.adapters.practice.scene import Scene, is_locked, sentence_of

LEAST_FALLEN = 3
"""Rollouts that must contradict a default."""


def default_hints(scene: Scene, ranked: Sequence[Atom]) -> list[Hint]:
    """Defaults that most of what falls through to them, and no phrase explains, contradicts."""
    explained = {(at, a.field) for a in ranked if is_supported(a) for at in a.covers}
    found = []
    for field in scene.book.fields:
        through: Counter[str] = Counter()
        rule: Rule | None = None
        given = ""
        for at, one in enumerate(scene.seen):
            made = one.read.get(field)
            if field not in one.expected or made is None or (at, field) in explained:
                continue
            decider = None if made.rule is None else scene.book.rules[made.rule]
            if decider is None or decider.default:
                through[one.expected[field]] += 1
                rule, given = decider, made.text
        if not through:
            continue
        value, times = through.most_common(1)[0]
        if value == given or times < LEAST_FALLEN or times < 2 * through[given] + 1:
            continue
        if 2 * times < sum(through.values()):
            continue
        line = default_line(field, value)
        if line not in scene.refused:
            own = rule if rule and _is_simple(scene, rule) else None
            found.append(Hint(field, line, times / len(scene.seen), own))
    return found


def _is_simple(scene: Scene, rule: Rule) -> bool:
    return len(rule.settings) == 1 and not is_locked(scene.skill, rule)


def removal_hints(scene: Scene) -> list[Hint]:
    """Rules that misled at least twice and helped nobody who is shown."""
    wrong = Counter(need.rule for need in scene.needs if need.rule is not None)
    right = Counter(
        one.read[field].rule
        for one in scene.seen
        for field, value in one.expected.items()
        if field in one.read and one.read[field].text == value
    )
    found = []
    for number, times in wrong.items():
        rule = scene.book.rules[number]
        if rule.default or times < TWICE or right[number] or is_locked(scene.skill, rule):
            continue
        if sentence_of(scene.skill, rule) in scene.refused:
            continue
        mended = sum(
            decide(scene.book, scene.seen[n.at].observation.input, overlooked=frozenset({number}))[
                n.field
            ].text
            == n.value
            for n in scene.needs
            if n.rule == number
        )
        if mended:
            found.append(Hint(rule.settings[0].field, "", mended / len(scene.seen), rule))
    return found
