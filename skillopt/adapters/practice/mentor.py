"""The mentor: a practice optimizer that learns from what is in its prompt and nothing else."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Mapping, Sequence

from pydantic import ValidationError

from skillopt.adapters.practice.describing import new_description
from skillopt.adapters.practice.evidence import Need, Seen, needs, observations, seen
from skillopt.adapters.practice.faults import default_hints, removal_hints
from skillopt.adapters.practice.folder import in_files, shown_skill
from skillopt.adapters.practice.hints import Hint, form_hint, shape_hints, source_hints
from skillopt.adapters.practice.induction import Atom, atoms
from skillopt.adapters.practice.language import Rule, RuleBook
from skillopt.adapters.practice.planning import (
    Plan,
    gain,
    planned,
)
from skillopt.adapters.practice.proven import proven_hints
from skillopt.adapters.practice.refused import (
    accepted_texts,
    blame,
    broken,
    edit_texts,
    refused_alone,
)
from skillopt.adapters.practice.rules import read_rules
from skillopt.adapters.practice.scene import Scene, noun_of, sentence_of
from skillopt.adapters.practice.sides import side_of
from skillopt.core.evaluation.loading import described
from skillopt.core.proposals.critique import CauseKind, Critique, Critiques
from skillopt.core.proposals.proposal import Draft
from skillopt.core.skill.changes import statements
from skillopt.core.skill.edit_budget import EditBudget
from skillopt.core.skill.skill import Skill

MOST_CRITIQUES = 20
GENERALISED = 0.3
"""What is left on unseen tasks of a gain on what is shown, which is mostly failures; measured."""

NARROWER = 0.5
"""What a refused try does to the room of the next one."""


def reply(data: Mapping[str, str], *, seed: int = 0, may_describe: bool = False) -> str:
    """The mentor's reply to a prompt's blocks: a draft where `limits` are given, else critiques.

    Args:
        data: the blocks.
        seed: orders what is as good.
        may_describe: the prompt asks for edits of the description as well.
    """
    if "limits" in data:
        new = _describing(data) if may_describe else None
        return (new or propose(data, seed=seed)).model_dump_json()
    return criticize(data).model_dump_json()


def criticize(data: Mapping[str, str]) -> Critiques:
    """One critique for each failure: what it violates, the words that show it, and the cause."""
    skill = shown_skill(data).whole
    book = read_rules(skill.text)
    shown = seen(book, observations(data.get("evidence", "")))
    wanted = needs(shown)
    found: list[Critique] = []
    for at, one in enumerate(shown):
        if one.observation.passed or len(found) >= MOST_CRITIQUES:
            continue
        need = next((need for need in wanted if need.at == at), None)
        quote = _quote(one, book, need)
        if not quote:
            continue
        found.append(
            Critique(
                rollout=one.observation.rollout,
                criterion=_criterion(one, need, data.get("criteria", "")),
                quote=quote,
                cause=_cause(skill, book, need),
                kind=_kind(need),
            )
        )
    return Critiques(critiques=tuple(found))


def propose(data: Mapping[str, str], *, seed: int = 0) -> Draft:
    """A draft within the limits; one without edits where nothing is left to try."""
    folder, skill = shown_skill(data)
    book = read_rules(skill.text)
    shown = seen(book, observations(data.get("evidence", "")))
    if not shown:
        return Draft(idea="There is nothing to learn from.", edits=())
    side = side_of(data)
    refused = data.get("refused", "") + side.proposed
    form = form_hint(book, shown)
    if form is not None and not refused_alone(refused, form.text):
        stated = read_rules(form.text)
        book = book.model_copy(
            update={"form": stated.form, "values": {**book.values, **stated.values}}
        )
        shown = seen(book, [one.observation for one in shown])
    else:
        form = None
    budget = _budget(data.get("limits", ""), narrower="refusal" in data)
    names = [one.observation.rollout for one in shown]
    told = (*broken(refused), *side.broke)
    harmed = frozenset(names.index(name) for name in told if name in names)
    scene = Scene(skill, book, shown, needs(shown), edit_texts(refused), budget, harmed)
    inputs = {name: one.low for name, one in zip(names, shown, strict=True)}
    ranked = atoms(book, shown, scene.needs, blame(refused, inputs))
    hints = [*([form] if form else []), *_hints(scene, ranked, accepted=accepted_texts(refused))]
    plan = planned(scene, [], removal_hints(scene)) if side.deletion else Plan()
    if plan.after is None and not side.bound:
        plan = planned(scene, _jittered(ranked, seed), hints)
    if plan.after is None:
        return Draft(idea="The evidence suggests nothing that was not refused.", edits=())
    placed = in_files(plan.edits, folder)
    if placed is None:
        return Draft(idea="The change has no place in a single file.", edits=())
    return _draft(scene, plan._replace(edits=placed), critiques=data.get("critiques", ""))


def _describing(data: Mapping[str, str]) -> Draft | None:
    """A draft of a new description; None where the one there is loads what it should."""
    skill, shown = shown_skill(data).folder, observations(data.get("evidence", ""))
    edit = new_description(skill, shown)
    budget = _budget(data.get("limits", ""), narrower="refusal" in data)
    side = side_of(data)
    refused = edit_texts(data.get("refused", "") + side.proposed)
    if edit is None or side.deletion or edit.text in refused:
        return None
    if len(edit.text) + len(described(skill).description) > budget.max_changed_chars:
        return None
    return Draft(
        idea="The description names what requests for this skill say.",
        rollouts=tuple(one.rollout for one in shown if not one.passed)[:50],
        fixes=tuple(dict.fromkeys(one.task for one in shown if not one.passed))[:50],
        edits=(edit,),
    )


def _budget(limits: str, *, narrower: bool) -> EditBudget:
    """The limits, or the narrowest plausible ones where they cannot be read."""
    try:
        content = json.loads(limits)
        bounds = {name: content[name] for name in EditBudget.model_fields if name in content}
        budget = EditBudget.model_validate(bounds)
    except (ValueError, KeyError, TypeError, RecursionError, ValidationError):
        budget = EditBudget(max_edits=1, max_changed_chars=300, max_skill_chars=20_000)
    if not narrower:
        return budget
    return budget.model_copy(
        update={
            "max_edits": max(1, int(budget.max_edits * NARROWER)),
            "max_changed_chars": max(1, int(budget.max_changed_chars * NARROWER)),
        }
    )


def _hints(scene: Scene, ranked: Sequence[Atom], *, accepted: str) -> list[Hint]:
    """What is not about phrases, dearest first; only what was not refused and is not said yet."""
    noun = noun_of(scene.skill.text)
    found = [
        *shape_hints(scene.book, scene.seen, scene.refused),
        *source_hints(scene.book, scene.seen, scene.needs, noun),
        *default_hints(scene, ranked),
        *removal_hints(scene),
        *proven_hints(scene, accepted),
    ]
    said = set(statements(scene.skill.text))
    fresh = [
        hint
        for hint in found
        if not hint.text or (hint.text not in scene.refused and hint.text not in said)
    ]
    return sorted(fresh, key=lambda hint: -hint.gain)


def _jittered(ranked: Sequence[Atom], seed: int) -> list[Atom]:
    """The candidates with ties and near ties in an order of the seed's own."""
    if not seed:
        return list(ranked)
    draw = random.Random(f"mentor {seed}")
    weighed = [(atom.score * (1 + 0.05 * draw.random()), atom) for atom in ranked]
    return [atom for _, atom in sorted(weighed, key=lambda pair: -pair[0])]


def _draft(scene: Scene, plan: Plan, *, critiques: str) -> Draft:
    assert plan.after is not None
    at = sorted({place for atom in plan.atoms for place in atom.covers})
    rollouts = [scene.seen[place].observation.rollout for place in at] or [
        one.observation.rollout for one in scene.seen if not one.observation.passed
    ]
    tasks = {one.observation.rollout: one.observation.task for one in scene.seen}
    measured = gain(scene, plan.after) * GENERALISED
    worth = measured + sum(hint.gain for hint in plan.hints) * 0.2
    fields = dict.fromkeys([atom.field for atom in plan.atoms] + [h.field for h in plan.hints])
    return Draft(
        idea=_idea(plan)[:500],
        criteria=tuple(field[:200] for field in fields)[:20],
        rollouts=tuple(rollouts[:50]),
        critiques=tuple(_answered(critiques, rollouts)[:50]),
        fixes=tuple(dict.fromkeys(tasks[name] for name in rollouts))[:50],
        predicted_gain=round(max(-1.0, min(1.0, worth)), 3),
        edits=plan.edits,
    )


def _idea(plan: Plan) -> str:
    parts = [
        hint.text.rstrip(".") if hint.text else f"remove a rule for `{hint.field}` that misleads"
        for hint in plan.hints
    ]
    groups: dict[tuple[str, str], list[str]] = {}
    for atom in plan.atoms:
        groups.setdefault((atom.field, atom.value), []).append(atom.phrase)
    parts += [f"`{value}` goes with {', '.join(words[:3])}" for (_, value), words in groups.items()]
    return "; ".join(parts) + "."


def _quote(one: Seen, book: RuleBook, need: Need | None) -> str:
    """Words of the input that go with the failure, else the answer's or the input's beginning."""
    text = one.observation.input
    if need is not None and need.rule is not None:
        condition = book.rules[need.rule].condition
        for phrase in (p for group in (condition.every if condition else ()) for p in group):
            match = re.search(rf"\b{re.escape(phrase)}\w*", text, re.IGNORECASE)
            if match:
                return match.group()[:2000]
    return " ".join(text.split()[:12])[:2000] or one.observation.answer[:200].strip()


def _criterion(one: Seen, need: Need | None, criteria: str) -> str:
    """The criterion that the checks name, else the field that came out wrong."""
    for line in one.observation.feedback:
        name = line.partition(":")[0].strip()
        if name and (not criteria or f'"{name}"' in criteria):
            return name[:200]
    return (need.field if need else "answer")[:200]


def _kind(need: Need | None) -> CauseKind:
    """What is the matter with the skill, by its literal reading."""
    if need is None:
        return CauseKind.IGNORED
    return CauseKind.MISSING if need.rule is None else CauseKind.WRONG


def _answered(critiques: str, rollouts: Sequence[str]) -> list[str]:
    """The ids of the critiques in a block that speak of these rollouts."""
    try:
        listed = json.loads(critiques)
    except (ValueError, RecursionError):
        return []
    found = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    return [str(one["id"]) for one in found if "id" in one and one.get("rollout") in rollouts]


def _cause(skill: Skill, book: RuleBook, need: Need | None) -> str:
    if need is None:
        return "The skill says the right thing; it was not followed, or the wording is at fault."
    if need.rule is None:
        return f"No rule speaks of `{need.field}` here; `{need.value}` was expected."[:2000]
    rule: Rule = book.rules[need.rule]
    line = sentence_of(skill, rule)
    what = "default" if rule.default else "rule"
    return f"The {what} “{line[:1500]}” decided; `{need.value}` was expected."[:2000]
