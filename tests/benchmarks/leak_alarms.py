"""How often the leak screen refuses a good proposal, and how often it finds a bad one.

    python -m tests.benchmarks.leak_alarms [--seeds 20] [--data DIRECTORY] [--texts DIRECTORY]

*False alarms*, by policy: proposals that the practice mentor makes on the three samples (the screen
is off there, so that nothing is filtered), and with `--data` (Banking77's `train.csv` and `test.csv`)
on draws of eight intents; rules made of the most telling phrases of each intent's train tasks, and
rules written by hand (:mod:`tests.benchmarks.leak_rules`); and lines of public skills: with `--texts`
every Markdown file below DIRECTORY, a paragraph at a time, against each validation set.

With `--data`, also what another number of words of a copy would do: the typical phrases refused, and
the attacks found.

*True alarms*: every attack of :mod:`tests.benchmarks.leak_attacks` on tasks drawn from each split.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import skillopt
from skillopt.adapters.files.skill_file import read_skill
from skillopt.adapters.files.validation_file import read_validation_set
from skillopt.core.evaluation.plain_words import plain_words
from skillopt.core.evaluation.task import SPLITS
from skillopt.core.evaluation.validation_set import ValidationSet
from skillopt.core.proposals import leak
from skillopt.core.proposals.leak import Leak, LeakPolicy, leaks
from skillopt.core.proposals.proposal import Proposal
from skillopt.core.skill.edit import Edit, Insert, Misfit, apply
from skillopt.core.skill.skill import Skill
from tests.benchmarks import banking77
from tests.benchmarks.leak_attacks import ATTACKS, Victim
from tests.benchmarks.leak_rules import RULES

ROOT = Path(__file__).parent.parent.parent
SAMPLES = ("triage-support-tickets", "changelog-lines", "schedule-to-cron")
POLICIES: tuple[LeakPolicy, ...] = ("strict", "heldout")
PHRASES = 6
"""Phrases that a rule made from an intent's train tasks names."""
LONG_INPUT = 9
"""Words from which on an input counts as long."""
TRIED = 12
"""Tasks of each split that every attack is tried on."""


class Case(NamedTuple):
    """Edits to a skill, beside the set that it is tuned on."""

    skill: Skill
    edits: tuple[Edit, ...]
    tasks: ValidationSet


def main() -> int:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--seeds", type=int, default=20)
    options.add_argument("--data", type=Path, help="holds Banking77's train.csv and test.csv")
    options.add_argument("--texts", type=Path, help="holds Markdown files of public skills")
    options.add_argument("--show", action="store_true", help="print every false alarm")
    chosen = options.parse_args()
    worlds = {name: sample(name) for name in SAMPLES}
    print("false alarms: refused of all, by policy")
    for name in SAMPLES:
        report(f"mentor, {name}", mentor_on_sample(name, chosen.seeds), show=chosen.show)
    if chosen.data:
        drawn = [draw(chosen.data, seed) for seed in range(chosen.seeds)]
        report("mentor, banking77", mentor_on_draws(drawn), show=chosen.show)
        report("typical phrases, banking77", typical_rules(drawn), show=chosen.show)
        report("hand-written rules, banking77", written_rules(drawn), show=chosen.show)
        worlds["banking77"] = drawn[0]
    if chosen.texts:
        for name, (skill, tasks) in worlds.items():
            cases = public_texts(chosen.texts, skill, tasks)
            report(f"public skills, {name}", cases, show=chosen.show)
    if chosen.data:
        by_shortest_copy(drawn, worlds)
    print(
        "\ntrue alarms: found of all, inputs of nine words or more and shorter ones (policy strict)"
    )
    for name, (skill, tasks) in worlds.items():
        attacked(name, skill, tasks)
    return 0


def sample(name: str) -> tuple[Skill, ValidationSet]:
    """A sample skill and its set."""
    skill = read_skill(ROOT / "skills" / name / "SKILL.md")
    return skill, read_validation_set(ROOT / "validation_sets" / f"{name}.yaml")


def draw(data: Path, seed: int) -> tuple[Skill, ValidationSet]:
    """Eight intents of Banking77 and the skill that lists them."""
    tasks = banking77.validation_set(
        seed, argparse.Namespace(data=data, intents=8, train=10, validation=18)
    )
    return banking77.hurried_skill(sorted({str(task.expected) for task in tasks.tasks})), tasks


def mentor_on_sample(name: str, seeds: int) -> Iterator[Case]:
    """What the practice mentor proposes on a sample."""
    skill, tasks = sample(name)
    for seed in range(seeds):
        yield from proposals(skill, tasks, seed)


def mentor_on_draws(drawn: Sequence[tuple[Skill, ValidationSet]]) -> Iterator[Case]:
    """What the practice mentor proposes on draws of intents."""
    for seed, (skill, tasks) in enumerate(drawn):
        yield from proposals(skill, tasks, seed)


def proposals(skill: Skill, tasks: ValidationSet, seed: int) -> Iterator[Case]:
    """Every proposal of a run, with the version that it edits."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "SKILL.md"
        path.write_bytes(skill.to_bytes())
        run = skillopt.tune(
            path,
            validation_set=tasks,
            target="practice/reader",
            optimizer="practice/mentor",
            optimizer_params={"seed": seed},
            seed=seed,
            leak_screen="off",
            write=False,
            ledger=Path(folder) / "ledger.db",
        )
    versions: dict[str, Skill] = {skill.digest: skill}
    for round_ in run.rounds:
        first = round_.first_try.proposal if round_.first_try else None
        for proposal in filter(None, (first, round_.proposal)):
            yield from fitting(versions, proposal, tasks)
        if round_.decision.kind == "accepted" and round_.proposal:
            after = apply(versions[round_.parent], round_.proposal.edits)
            assert isinstance(after, Skill)
            versions[after.digest] = after


def fitting(versions: dict[str, Skill], proposal: Proposal, tasks: ValidationSet) -> Iterator[Case]:
    """The proposal, where its edits fit the version it was written for."""
    parent = versions[proposal.parent]
    if proposal.edits and not isinstance(apply(parent, proposal.edits), Misfit):
        yield Case(parent, proposal.edits, tasks)


def typical_rules(drawn: Sequence[tuple[Skill, ValidationSet]]) -> Iterator[Case]:
    """For each intent a rule that names the phrases which tell its train tasks best."""
    for skill, tasks in drawn:
        by_intent: dict[str, Counter[str]] = {}
        for task in tasks.split("train"):
            words = plain_words(task.text)
            grams = {
                " ".join(words[at : at + size]) for size in (1, 2, 3) for at in range(len(words))
            }
            by_intent.setdefault(str(task.expected), Counter()).update(grams)
        overall = sum(by_intent.values(), Counter())
        for intent, counts in by_intent.items():
            telling = sorted(counts, key=lambda gram: (-(counts[gram] ** 2) / overall[gram], gram))
            phrases = ", ".join(f'"{gram}"' for gram in telling[:PHRASES])
            rule = f"\n- When the message mentions {phrases}, answer `{intent}`.\n"
            yield Case(skill, (Insert(anchor="", text=rule),), tasks)


def written_rules(drawn: Sequence[tuple[Skill, ValidationSet]]) -> Iterator[Case]:
    """The rules of :mod:`tests.benchmarks.leak_rules` for the intents drawn, each by itself."""
    for skill, tasks in drawn:
        for intent in sorted({str(task.expected) for task in tasks.tasks} & RULES.keys()):
            yield Case(skill, (Insert(anchor="", text=f"\n- {RULES[intent]}\n"),), tasks)


def by_shortest_copy(
    drawn: Sequence[tuple[Skill, ValidationSet]],
    worlds: Mapping[str, tuple[Skill, ValidationSet]],
) -> None:
    """Print what another number of words that a copy has at least would do."""
    typical = list(typical_rules(drawn))
    attacks = [case for skill, tasks in worlds.values() for case in attacked_cases(skill, tasks)]
    chosen = leak.LEAST_WORDS
    print("\nwords of a copy: typical phrases refused (strict, heldout), attacks found")
    for least in range(chosen - 3, chosen + 2):
        leak.LEAST_WORDS = least
        refused = [sum(bool(alarms_of(case, policy)) for case in typical) for policy in POLICIES]
        found = sum(bool(alarms_of(case, "strict")) for case in attacks)
        print(f"  {least}: {refused} of {len(typical)}, {found} of {len(attacks)}", flush=True)
    leak.LEAST_WORDS = chosen


def attacked_cases(skill: Skill, tasks: ValidationSet) -> Iterator[Case]:
    """Every attack on some tasks of each split."""
    draw_from = random.Random("attacks")
    for split in SPLITS:
        own = list(tasks.split(split))
        draw_from.shuffle(own)
        for task in own[:TRIED]:
            made = (attack(Victim(task, skill, draw_from)) for attack in ATTACKS.values())
            yield from (Case(skill, edits, tasks) for edits in made if edits is not None)


def public_texts(folder: Path, skill: Skill, tasks: ValidationSet) -> Iterator[Case]:
    """Each paragraph of each Markdown file as an insert."""
    for path in sorted(folder.rglob("*.md")):
        text = path.read_text(encoding="utf-8", errors="replace")
        for paragraph in re.split(r"\n\s*\n", text):
            if paragraph.strip() and "skillopt:" not in paragraph:
                yield Case(skill, (Insert(anchor="", text=f"\n{paragraph}\n"),), tasks)


def report(name: str, cases: Iterable[Case], *, show: bool) -> None:
    """Print how many cases are refused under each policy, and by which rule."""
    every = list(cases)
    cells = []
    for policy in POLICIES:
        found = [alarms for case in every if (alarms := alarms_of(case, policy))]
        rules = Counter(alarms[0].rule for alarms in found)
        told = ", ".join(f"{count} {rule}" for rule, count in rules.items())
        cells.append(f"{policy} {len(found)} of {len(every)}" + (f" ({told})" if told else ""))
        for alarms in found if show else ():
            print(f"    {policy}: {alarms[0].text}")
    print(f"  {name:42} {'; '.join(cells)}", flush=True)


def alarms_of(case: Case, policy: LeakPolicy) -> tuple[Leak, ...]:
    """The leaks that are found in a case."""
    after = apply(case.skill, case.edits)
    if isinstance(after, Misfit):
        return ()
    index = case.tasks.leak_index
    return leaks(case.skill, after, index=index, policy=policy, edits=case.edits)


def attacked(name: str, skill: Skill, tasks: ValidationSet) -> None:
    """Print how many of each attack are found, by the length of the input."""
    print(f"  {name}")
    draw_from = random.Random(f"attacks {name}")
    drawn = [task for split in SPLITS for task in draw_from.sample(tasks.split(split), TRIED)]
    for title, attack in ATTACKS.items():
        tally: dict[str, list[bool]] = {"long": [], "short": []}
        for task in drawn:
            edits = attack(Victim(task, skill, draw_from))
            if edits is not None:
                length = "long" if len(plain_words(task.text)) >= LONG_INPUT else "short"
                found = alarms_of(Case(skill, edits, tasks), "strict")
                tally[length].append(bool(found))
        cells = [f"{length} {sum(found)}/{len(found)}" for length, found in tally.items()]
        print(f"    {title:34} {'  '.join(cells)}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
