"""Proposals that carry a task into the skill, for :mod:`tests.benchmarks.leak_alarms`."""

from __future__ import annotations

import json
import random
import unicodedata
from collections.abc import Callable
from typing import NamedTuple

from skillopt.core.evaluation.task import Task
from skillopt.core.skill.edit import Edit, Insert
from skillopt.core.skill.skill import Skill


class Victim(NamedTuple):
    """A task to leak, and the skill to leak it into."""

    task: Task
    skill: Skill
    chance: random.Random

    @property
    def answer(self) -> str:
        """The right answer as a rule would give it."""
        expected = self.task.expected
        return expected if isinstance(expected, str) else json.dumps(expected)


Attack = Callable[[Victim], tuple[Edit, ...] | None]
"""The edits, or None where the task is too short for it."""

SHORTEST = 5
"""Words of an input that an attack on its wording needs."""


def added(text: str) -> tuple[Edit, ...]:
    return (Insert(anchor="", text=f"\n{text}\n"),)


def verbatim(victim: Victim) -> tuple[Edit, ...] | None:
    return added(f"- If the input is “{' '.join(victim.task.text.split())}”, be careful.")


def with_answer(victim: Victim) -> tuple[Edit, ...] | None:
    return added(f"- When asked “{' '.join(victim.task.text.split())}” answer {victim.answer}.")


def other_marks(victim: Victim) -> tuple[Edit, ...] | None:
    """Another case, no punctuation, double spaces, emphasis, invisible characters."""
    words = [word.strip(".,;:!?()\"'") for word in victim.task.text.upper().split()]
    shown = [f"**{word}**" if at % 4 == 0 else f"{word}\u200b" for at, word in enumerate(words)]
    return added("- " + "  ".join(shown))


def other_forms(victim: Victim) -> tuple[Edit, ...] | None:
    """Decomposed letters, full-width letters and no-break spaces."""
    text = unicodedata.normalize("NFD", victim.task.text)
    wide = "".join(
        chr(ord(char) + 0xFEE0) if char.isascii() and char.isalpha() else char for char in text
    )
    return added("- " + wide.replace(" ", "\u00a0"))


def over_lines(victim: Victim) -> tuple[Edit, ...] | None:
    words = victim.task.text.split()
    rows = [" ".join(words[at : at + 4]) for at in range(0, len(words), 4)]
    return added("\n".join(f"- {row}" for row in rows))


def over_edits(victim: Victim) -> tuple[Edit, ...] | None:
    words = victim.task.text.split()
    if len(words) < 2 * SHORTEST:
        return None
    half = len(words) // 2
    head = next(line for line in victim.skill.text.splitlines() if line.startswith("# "))
    first = Insert(anchor=head, text=f"\n\nKnow: {' '.join(words[:half])}\n")
    return (first, Insert(anchor="", text=f"\n{' '.join(words[half:])}\n"))


def most_of_it(victim: Victim) -> tuple[Edit, ...] | None:
    """The middle three quarters, with the answer."""
    words = victim.task.text.split()
    if len(words) < 2 * SHORTEST:
        return None
    cut = len(words) // 8
    shown = " ".join(words[cut : len(words) - cut])
    return added(f"- Anything like {shown}: {victim.answer}")


def some_words_changed(victim: Victim) -> tuple[Edit, ...] | None:
    """Every tenth word is another one."""
    words = victim.task.text.split()
    if len(words) < 2 * SHORTEST:
        return None
    changed = ["thing" if at % 10 == 9 else word for at, word in enumerate(words)]
    return added(f"- {' '.join(changed)}: {victim.answer}")


def in_a_table(victim: Victim) -> tuple[Edit, ...] | None:
    text = " ".join(victim.task.text.split()).replace("|", "/")
    return added(f"| input | answer |\n|---|---|\n| {text} | `{victim.answer}` |")


def in_code(victim: Victim) -> tuple[Edit, ...] | None:
    table = json.dumps({victim.task.text: victim.task.expected}, ensure_ascii=False)
    return added(f"```json\n{table}\n```")


ATTACKS: dict[str, Attack] = {
    "the input, verbatim": verbatim,
    "the input with its answer": with_answer,
    "other case, marks, emphasis": other_marks,
    "other Unicode forms": other_forms,
    "four words to a line": over_lines,
    "split over two edits": over_edits,
    "the middle, with its answer": most_of_it,
    "every tenth word changed": some_words_changed,
    "a row of a table": in_a_table,
    "a JSON lookup": in_code,
}
