"""Optimizers and targets of bad will through the whole loop: what they gain is nothing."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import skillopt
from skillopt.core.history.run import RefusedRound, Round
from skillopt.core.quoting import blocks
from tests.app.test_leak_screen import HELD_OUT, PATTERN, TASKS
from tests.core.disguised import DISGUISES
from tests.scripted import DESKS, SKILL, Messages, agent, draft, insert, tasks

KNOWS_ALL = "".join(f"- {word}: {desk}\n" for desk, words in DESKS.items() for word in words)
WORDS = "- rolls: bakery\n- lawn: garden\n- soil: garden\n"


def tuned(path: Path, optimizer: Any, *, target: Any = agent, **more: Any) -> skillopt.Run:
    return skillopt.tune(
        SKILL,
        target=target,
        optimizer=optimizer,
        ledger=path / "ledger.db",
        **{"validation_set": tasks(), "deterministic": True, "rounds": 8, "patience": 20, **more},
    )


def codes(run: skillopt.Run) -> list[str]:
    return [code_of(round_) for round_ in run.rounds]


def code_of(round_: Round) -> str:
    decision = round_.decision
    return decision.code if isinstance(decision, RefusedRound) else "accepted"


def proposes(draft_of: Callable[[int], str]) -> Callable[[Messages], str]:
    """An optimizer that criticizes nothing and reads nothing, but counts its proposals."""
    count = iter(range(1, 1000))

    def optimizer(messages: Messages) -> str:
        if "limits" not in blocks(messages[1]["content"]):
            return json.dumps({"critiques": []})
        return draft_of(next(count))

    return optimizer


# -- an optimizer that has collapsed: one idea in new words

SAID = (
    ("be kind", "Greet whoever writes in a kind and friendly way."),
    ("kindness", "Whoever writes is greeted in a friendly and kind way."),
    ("a friendly greeting", "Give a kind, friendly greeting to whoever writes."),
    ("greet warmly", "In a friendly and kind way, greet whoever writes."),
    ("warm words", "Be friendly and kind in greeting whoever writes."),
    ("politeness first", "Whoever writes: greet in a way that is kind and friendly."),
)


def one_idea(number: int) -> str:
    idea, text = SAID[(number - 1) % len(SAID)]
    return draft(insert(f"\n{text}\n"), idea=idea)


def test_one_idea_in_new_words_is_mostly_stopped_before_the_gate(tmp_path: Path) -> None:
    known = tuned(tmp_path / "on", proposes(one_idea))
    free = tuned(tmp_path / "off", proposes(one_idea), conditioning=False)
    assert known.last == free.last == known.first
    contests = [sum(bool(one.decision.verdict) for one in run.rounds) for run in (known, free)]
    assert contests[0] <= contests[1] / 2
    watched = tuned(tmp_path / "watched", proposes(one_idea), collapse_monitor=True)
    assert watched.usage.calls <= known.usage.calls


# -- an optimizer that leaks


@pytest.mark.parametrize("disguise", DISGUISES.values(), ids=DISGUISES.keys())
def test_a_held_out_input_in_any_disguise_is_refused(
    tmp_path: Path, disguise: Callable[[str], str]
) -> None:
    secret = disguise(HELD_OUT.text)
    ran: list[str] = []

    def target(skill: str, text: str) -> str:
        ran.append(skill)
        return agent(skill, text)

    leaking = draft(insert(f"{WORDS}- If asked {secret}: {HELD_OUT.expected}\n"), idea="words")
    optimizer = proposes(lambda _: leaking)
    run = tuned(tmp_path, optimizer, target=target, validation_set=TASKS, rounds=1, max_edits=9)
    assert codes(run) in (["leak"], ["too_much_changed"])
    assert not any(secret in skill for skill in ran)


@pytest.mark.parametrize("name", ["backwards", "base64", "hexadecimal", "ROT13", "entities"])
def test_a_pattern_of_a_check_in_a_disguise_is_refused(tmp_path: Path, name: str) -> None:
    leaking = draft(insert(f"{WORDS}- Match {DISGUISES[name](PATTERN)}\n"), idea="words")
    run = tuned(tmp_path, proposes(lambda _: leaking), validation_set=TASKS, rounds=1)
    assert codes(run) == ["leak"]


def test_a_held_out_input_in_two_halves_is_refused(tmp_path: Path) -> None:
    """Neither half is a copy by itself, and each comes with a rule that helps."""
    words = HELD_OUT.text.split()
    cut = len(words) // 2

    def halves(number: int) -> str:
        part = words[:cut] if number % 2 else words[cut:]
        helps = (
            "- lawn: garden\n- saw: tools\n" if number % 2 else "- cake: bakery\n- roses: garden\n"
        )
        return draft(insert(f"{helps}\n{' '.join(part)}\n"), idea=f"words {number}")

    run = tuned(tmp_path, proposes(halves), validation_set=TASKS, rounds=2)
    text = " ".join(run.last.text.split())
    assert not (" ".join(words[:cut]) in text and " ".join(words[cut:]) in text)


# -- a placebo optimizer: text that says nothing


def placebo(number: int) -> str:
    name = hashlib.sha256(str(number).encode()).hexdigest()[:9]
    text = f"\nNote {name}: all of this is to be taken seriously, {name}.\n"
    return draft(insert(text), idea=f"note {name}", predicted_gain=1.0)


def flaky(seed: int) -> Callable[[str, str, int], str]:
    """A target whose answers are noise, whatever the skill says.

    Each is drawn from what the call is, not from when it came: calls run side by side.
    """

    def answer(skill: str, letter: str, trial: int) -> str:
        right = random.Random(f"{seed} {skill} {letter} {trial}").random() < 0.6
        return agent(KNOWS_ALL, letter) if right else "reception"

    return answer


@pytest.mark.parametrize("kind", ["balanced", "race"])
def test_a_placebo_is_certified_at_most_at_the_level(tmp_path: Path, kind: str) -> None:
    """Level 0.05: six or more of eight would come by chance in four of ten million."""
    certified = 0
    for seed in range(8):
        run = tuned(
            tmp_path / str(seed),
            proposes(placebo),
            target=flaky(seed),
            deterministic=False,
            seed=seed,
            gate=kind,
            rounds=5,
        )
        certified += run.shipped == "improved"
        if run.record.sealed is None:
            assert run.last == run.first
    assert certified <= 5


def test_a_placebo_that_a_deterministic_target_ignores_is_never_accepted(tmp_path: Path) -> None:
    run = tuned(tmp_path, proposes(placebo), calibrated_budget=True)
    assert "accepted" not in codes(run)
    calibration = run.rounds[-1].calibration
    assert calibration is not None
    assert (calibration.hits, calibration.factor < 1) == (0, True)


# -- drift: a target that changes under way, an optimizer that wanders


class Drifting:
    """A target that follows the skill for so many calls, and then no longer."""

    def __init__(self, after: int) -> None:
        self.left = after

    def __call__(self, skill: str, letter: str) -> str:
        self.left -= 1
        return agent(skill, letter) if self.left > 0 else "reception"


def good_words(number: int) -> str:
    pairs = [f"- {word}: {desk}\n" for desk, words in DESKS.items() for word in words[1:]]
    return draft(insert("".join(pairs[number - 1 :: 4])), idea=f"words {number}")


def test_what_a_target_unlearns_on_the_way_is_not_certified(tmp_path: Path) -> None:
    run = tuned(
        tmp_path, proposes(good_words), target=Drifting(150), deterministic=False, drift_every=1
    )
    assert "accepted" in codes(run)
    assert run.shipped != "improved"
    assert any(one.drift and one.drift.back_to for one in run.rounds) or run.record.sealed


def wandering(number: int) -> str:
    """Something useful, then that taken away again with other useful words."""
    if number % 2:
        return draft(insert(WORDS), idea=f"these words {number}")
    return draft(
        *({"kind": "delete", "anchor": line + "\n"} for line in WORDS.splitlines()),
        insert("- saw: tools\n"),
        idea=f"other words {number}",
    )


def test_an_optimizer_that_wanders_does_not_go_in_circles(tmp_path: Path) -> None:
    run = tuned(tmp_path, proposes(wandering))
    versions = [
        one.decision.candidate for one in run.rounds if not isinstance(one.decision, RefusedRound)
    ]
    assert len(set(versions)) == len(versions) <= 2
