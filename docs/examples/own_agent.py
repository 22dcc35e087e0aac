"""An agent of your own, in plain Python, that skillopt tunes without any model string.

The agent is a function of the skill's text and the input. The optimizer is a function of chat
messages: here a small program, in your case a call to whatever model you use.

Run it: python docs/examples/own_agent.py
"""

from __future__ import annotations

import asyncio
import json
import re
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

import skillopt
from skillopt.core.evaluation.checks import Exact
from skillopt.core.quoting import blocks

SKILL = skillopt.Skill(
    text="""\
# Which desk

One line per word: the word, and the desk that takes the letter.

- bread: bakery
"""
)

LETTERS = {
    "bakery": ["bread", "rolls", "cake", "pretzel"],
    "garden": ["roses", "lawn", "hedge", "soil"],
    "tools": ["hammer", "drill", "saw", "screws"],
}
SENTENCES = [
    "Do you have {} in stock?",
    "The {} I bought yesterday was not what I wanted.",
    "How much is {} this week?",
    "Please put some {} aside for me.",
    "My neighbour praised your {}.",
]


def agent(skill: str, letter: str) -> str:
    """Follows the skill: the first word it knows decides the desk."""
    desks = dict(re.findall(r"^- (\w+): (\w+)$", skill, re.MULTILINE))
    return next((desk for word, desk in desks.items() if word in letter.split()), "reception")


def optimizer(messages: list[dict[str, str]]) -> str:
    """Proposes four lines: the most frequent words that only one desk's letters have."""
    data = blocks(messages[1]["content"])
    if "limits" not in data:
        return json.dumps({"critiques": []})
    desks: dict[str, Counter[str]] = defaultdict(Counter)
    for seen in json.loads(data["evidence"]):
        for word in re.findall(r"[a-z]{3,}", seen["input"]):
            desks[word][seen["expected"]] += 1
    known = data["skill"] + data["refused"]
    telling = [
        (found.total(), word, desk)
        for word, found in desks.items()
        for desk in found
        if len(found) == 1 and f"- {word}: {desk}" not in known
    ]
    if not telling:
        return json.dumps({"idea": "nothing left to propose", "edits": []})
    best = sorted(telling, reverse=True)[:4]
    lines = "".join(f"- {word}: {desk}\n" for _, word, desk in best)
    idea = "; ".join(f"{word} is for the {desk}" for _, word, desk in best)
    edit = {"kind": "insert", "anchor": "", "where": "after", "text": lines}
    return json.dumps({"idea": idea, "edits": [edit]})


def tasks() -> tuple[skillopt.Task, ...]:
    """Every sentence with every word; a stable hash of the id decides the split."""
    from skillopt.core.evaluation.validation_set import split_of

    named = {
        f"{word}-{number}": (sentence.format(word), desk)
        for desk, words in LETTERS.items()
        for word in words
        for number, sentence in enumerate(SENTENCES)
    }
    return tuple(
        skillopt.Task(
            id=name,
            split=split_of(name),
            input=letter,
            expected=desk,
            checks=(Exact(type="exact", criterion="desk"),),
        )
        for name, (letter, desk) in named.items()
    )


async def main() -> skillopt.Run:
    """Tune the skill with a ledger in a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        run = await skillopt.atune(
            SKILL,
            validation_set=skillopt.ValidationSet(name="which-desk", tasks=tasks()),
            target=agent,
            optimizer=optimizer,
            ledger=Path(folder) / "ledger.db",
            rounds=20,
            deterministic=True,
        )
    for round_ in run.rounds:
        idea = round_.proposal.draft.idea if round_.proposal else "nothing"
        print(f"{round_.number}. {idea}: {round_.decision.kind}")
    if run.sealed:
        print(f"sealed test: {run.sealed.first_score:.2f} -> {run.sealed.last_score:.2f}")
    print(run.skill.text)
    return run


if __name__ == "__main__":
    asyncio.run(main())
