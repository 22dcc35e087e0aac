"""Planning: which changes to the rules the evidence calls for, and how many of them fit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from skillopt.adapters.practice.drafting import (
    NewLine,
    Rewrite,
    edits,
    excepted,
    rule_line,
    widened,
)
from skillopt.adapters.practice.evidence import Seen
from skillopt.adapters.practice.hints import Hint
from skillopt.adapters.practice.induction import TWICE, Atom, is_supported, phrases_of
from skillopt.adapters.practice.language import Literally, Rule, RuleBook
from skillopt.adapters.practice.phrases import folded, mentions
from skillopt.adapters.practice.reader import decide
from skillopt.adapters.practice.rules import read_rules
from skillopt.adapters.practice.scene import Scene, is_locked, noun_of, sentence_of
from skillopt.core.skill.edit import Edit, Misfit, apply
from skillopt.core.skill.edit_budget import within
from skillopt.core.skill.skill import Skill

PHRASES_PER_FAILURE = 2
"""Phrases that are sought for each failure, as long as more than one rollout speaks for them."""

GUESSES_PER_FAILURE = 1
"""Phrases seen in one rollout only: a guess, and often a wrong one."""

LEAST_GUESS = 0.3
MOST_MISSES = 8
"""Changes that did not fit, after which the room counts as full."""


class Plan(NamedTuple):
    """Changes that belong together, and the edits that make them."""

    atoms: tuple[Atom, ...] = ()
    hints: tuple[Hint, ...] = ()
    edits: tuple[Edit, ...] = ()
    after: Skill | None = None
    exceptions: tuple[tuple[Atom, str], ...] = ()
    """What a phrase must not come with, where a refused proposal broke something by it."""

    def barred(self, atom: Atom) -> tuple[str, ...]:
        """The exceptions of a phrase."""
        return tuple(word for other, word in self.exceptions if other == atom)


def planned(scene: Scene, ranked: Sequence[Atom], hints: Sequence[Hint]) -> Plan:
    """The best changes that fit the budget together, taken one after the other."""
    plan = Plan()
    for hint in hints:
        plan = _with(scene, plan._replace(hints=(*plan.hints, hint))) or plan
    plan = _grown(scene, plan, [atom for atom in ranked if is_supported(atom)])
    plan = _grown(scene, plan, [atom for atom in ranked if not is_supported(atom)])
    return _harmless(scene, plan)


def _grown(scene: Scene, plan: Plan, ranked: Sequence[Atom]) -> Plan:
    """The plan with as many of the phrases as add to it and fit."""
    covered = Counter((at, atom.field) for atom in plan.atoms for at in atom.covers)
    misses = 0
    for atom in ranked:
        if misses >= MOST_MISSES:
            break
        if not _adds(atom, plan.atoms, covered):
            continue
        wider = _with(scene, plan._replace(atoms=(*plan.atoms, atom)))
        if wider is None:
            misses += 1
            continue
        plan = wider
        covered.update((at, atom.field) for at in atom.covers)
    return plan


def _adds(atom: Atom, chosen: Sequence[Atom], covered: Mapping[tuple[int, str], int]) -> bool:
    """Whether the phrase adds to those chosen: some for every failure, one guess."""
    if atom.precision < LEAST_GUESS or _redundant(atom, chosen):
        return False
    elsewhere = any(o.phrase == atom.phrase and o.field != atom.field for o in chosen)
    if elsewhere and atom.support < TWICE:
        return False
    least = min(covered.get((at, atom.field), 0) for at in atom.covers)
    return least < (PHRASES_PER_FAILURE if is_supported(atom) else GUESSES_PER_FAILURE)


def right_fields(book: RuleBook, seen: Sequence[Seen]) -> list[dict[str, bool]]:
    """For every rollout, which fields a literal reading gets right."""
    found = []
    for one in seen:
        read = decide(book, one.observation.input)
        found.append({f: f in read and read[f].text == v for f, v in one.expected.items()})
    return found


def gain(scene: Scene, after: Skill) -> float:
    """The mean change in the share of right fields over what is shown."""
    if not scene.seen:
        return 0.0
    before, later = (right_fields(b, scene.seen) for b in (scene.book, read_rules(after.text)))
    shares = [
        (sum(new.values()) - sum(old.values())) / len(old)
        for old, new in zip(before, later, strict=True)
        if old and len(old) == len(new)
    ]
    return sum(shares) / len(scene.seen)


def _with(scene: Scene, plan: Plan) -> Plan | None:
    """The plan with its edits, or None where they do not fit."""
    for one_place in (False, True):
        made = _edits(scene, plan, one_place=one_place)
        if not made or len(made) > scene.budget.max_edits:
            continue
        after = apply(scene.skill, made)
        if isinstance(after, Misfit):
            continue
        if within(scene.budget, before=scene.skill, after=after, edits=len(made)) is None:
            return plan._replace(edits=made, after=after)
    return None


def _edits(scene: Scene, plan: Plan, *, one_place: bool) -> tuple[Edit, ...] | None:
    groups: dict[tuple[str, str, tuple[str, ...]], list[Atom]] = {}
    for atom in plan.atoms:
        groups.setdefault((atom.field, atom.value, plan.barred(atom)), []).append(atom)
    lines: list[NewLine] = [
        NewLine(hint.field, hint.text) for hint in plan.hints if hint.replaces is None
    ]
    rewrites = {
        hint.replaces.span: Rewrite(hint.replaces, hint.text)
        for hint in plan.hints
        if hint.replaces is not None
    }
    ordered = sorted(groups.items(), key=lambda item: (_mean_precision(item[1]), item[0]))
    noun = noun_of(scene.skill.text)
    for (field, value, barred), group in ordered:
        phrases = [atom.phrase for atom in sorted(group, key=lambda a: (-a.score, a.phrase))]
        rewrite = None if one_place or barred else _rewrite(scene, (field, value), group, phrases)
        if rewrite is not None and rewrite.rule.span not in rewrites:
            rewrites[rewrite.rule.span] = rewrite
        else:
            line = rule_line(field, value, phrases, noun=noun)
            lines.append(NewLine(field, (excepted(line, barred) if barred else None) or line))
    if any(line.text in scene.refused for line in lines):
        return None
    return edits(
        scene.skill, scene.book, lines=lines, rewrites=list(rewrites.values()), one_place=one_place
    )


def _mean_precision(group: Sequence[Atom]) -> float:
    return sum(atom.precision for atom in group) / len(group)


def _rewrite(
    scene: Scene, target: tuple[str, str], group: Sequence[Atom], phrases: Sequence[str]
) -> Rewrite | None:
    """An existing rule that can carry the phrases: as an exception, or as more of the same."""
    field, value = target
    rules = scene.book.rules
    needs = [n for n in scene.needs if (n.field, n.value) == target]
    needs = [n for n in needs if any(n.at in atom.covers for atom in group)]
    deciders = {need.rule for need in needs}
    misfit = (
        rules[next(iter(deciders)) or 0] if len(deciders) == 1 and None not in deciders else None
    )
    if misfit is not None and misfit.condition is not None and len(misfit.settings) == 1:
        overlooked = frozenset(n for n in deciders if n is not None)
        back = [
            decide(scene.book, scene.seen[n.at].observation.input, overlooked=overlooked)
            for n in needs
        ]
        own = [phrase for some in misfit.condition.every for phrase in some]
        void = any(mentions(folded(mine), phrase) for mine in own for phrase in phrases)
        mended = all(read[field].text == value for read in back)
        if mended and not void and not is_locked(scene.skill, misfit):
            text = excepted(sentence_of(scene.skill, misfit), phrases)
            return Rewrite(misfit, text) if text else None
    for number in range(len(rules) - 1, -1, -1):
        rule = rules[number]
        if not _simple(rule, field, value) or is_locked(scene.skill, rule):
            continue
        last = max((d for d in deciders if d is not None and not rules[d].default), default=-1)
        if last < number:
            text = widened(sentence_of(scene.skill, rule), phrases)
            return Rewrite(rule, text) if text else None
    return None


def _simple(rule: Rule, field: str, value: str) -> bool:
    """One list of phrases, one setting, and it is this one."""
    return (
        rule.condition is not None
        and len(rule.condition.every) == 1
        and not rule.condition.none
        and len(rule.settings) == 1
        and rule.settings[0].field == field
        and rule.settings[0].value == Literally(text=value)
    )


def _redundant(atom: Atom, chosen: Sequence[Atom]) -> bool:
    """A phrase that a chosen one of the same value is part of, or that speaks for two values."""
    padded = f" {atom.phrase} "
    for other in chosen:
        if other.field != atom.field:
            continue
        if other.value == atom.value and f" {other.phrase} " in padded:
            return True
        if other.value != atom.value and other.phrase == atom.phrase:
            return True
    return False


def _harmless(scene: Scene, plan: Plan) -> Plan:
    """The plan without the phrases that would break what passes now."""
    before = right_fields(scene.book, scene.seen)
    for _ in range(10):
        if plan.after is None:
            return plan
        later = right_fields(read_rules(plan.after.text), scene.seen)
        broken = [
            (at, field)
            for at, (old, new) in enumerate(zip(before, later, strict=True))
            for field, right in old.items()
            if right and not new.get(field, False)
        ]
        guilty = _guilty(scene, plan, broken)
        if guilty is None:
            return plan
        plan = _repaired(scene, plan, guilty, [at for at, _ in broken]) or _without(
            scene, plan, guilty
        )
    return plan


def _without(scene: Scene, plan: Plan, guilty: Atom) -> Plan:
    rest = tuple(atom for atom in plan.atoms if atom != guilty)
    kept = plan._replace(atoms=rest)
    return (_with(scene, kept) if rest or kept.hints else None) or Plan()


def _repaired(scene: Scene, plan: Plan, guilty: Atom, harmed: Sequence[int]) -> Plan | None:
    """The plan with an exception to the phrase for what a refused proposal broke, if it pays.

    A lesson is needed for it, and more than one rollout that the phrase is right for.
    """
    own = [at for at in harmed if mentions(scene.seen[at].low, guilty.phrase)]
    if guilty.support < TWICE or not scene.broken.issuperset(own):
        return None
    bars = [_exception(scene, guilty, at) for at in own]
    found = tuple((guilty, bar) for bar in dict.fromkeys(bars) if bar)
    if not found or None in bars or set(found) <= set(plan.exceptions):
        return None
    return _with(scene, plan._replace(exceptions=(*plan.exceptions, *found)))


def _exception(scene: Scene, guilty: Atom, at: int) -> str | None:
    """Words of the broken input that none of those has for which the phrase is right."""
    right = [
        one.low
        for one in scene.seen
        if one.expected.get(guilty.field) == guilty.value and mentions(one.low, guilty.phrase)
    ]
    free = [
        phrase
        for phrase in dict.fromkeys(phrases_of(scene.seen[at].low))
        if phrase != guilty.phrase and not any(mentions(low, phrase) for low in right)
    ]
    padded = f" {guilty.phrase} "
    return max(free, key=lambda phrase: (padded in f" {phrase} ", len(phrase)), default=None)


def _guilty(scene: Scene, plan: Plan, broken: Sequence[tuple[int, str]]) -> Atom | None:
    for at, field in broken:
        suspects = [
            atom
            for atom in plan.atoms
            if atom.field == field and mentions(scene.seen[at].low, atom.phrase)
        ]
        if suspects:
            return min(suspects, key=lambda atom: atom.score)
    return None
