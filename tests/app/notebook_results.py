"""Results of a small skill whose texts are hostile, for tests of how they are shown."""

from __future__ import annotations

from pathlib import Path

import skillopt
from skillopt.app.evaluate import Evaluation
from skillopt.app.single_edit import GatedEdit
from tests.scripted import SKILL, agent, draft, insert, proposing, tasks

HOSTILE = "<img src=x onerror=alert(1)>"
BETTER = "- roses: garden\n- lawn: garden\n- drill: tools\n"


def tuned(ledger: Path) -> skillopt.Run:
    """Three rounds: one refused before the gate, one accepted, one rejected."""
    good = draft(insert(BETTER), idea=HOSTILE)
    bad = draft(insert("- cake: tools\n- saw: <b>bakery</b>\n"), idea="worse")
    return skillopt.tune(
        SKILL,
        validation_set=tasks(),
        target=agent,
        optimizer=proposing("no JSON", "no JSON", good, bad),
        ledger=ledger,
        deterministic=True,
        rounds=3,
    )


def evaluated(ledger: Path) -> Evaluation:
    return skillopt.evaluate(
        SKILL,
        against="none",
        validation_set=tasks(),
        target=_hostile,
        ledger=ledger,
        deterministic=True,
    )


def gated(ledger: Path) -> GatedEdit:
    new = skillopt.Skill(text=SKILL.text + BETTER)
    return skillopt.gate(
        SKILL, new, validation_set=tasks(), target=agent, ledger=ledger, deterministic=True
    )


def _hostile(skill: str, letter: str) -> str:
    return agent(skill, letter).replace("reception", HOSTILE)
