"""A rejection is a fact about one version: what it costs to try again, and what comes of it."""

from __future__ import annotations

import re
from pathlib import Path

import skillopt
from skillopt.core.history.run import AcceptedRound, RefusedRound
from tests.scripted import SKILL, agent, draft, insert, tasks

FIRST = draft(
    insert("- lawn: garden\n- soil: garden\n- saw: tools\n"), idea="desks", criteria=["desk"]
)
ONLY_AFTER = draft(
    insert("- roses, hedge as lawn\n- drill, hammer, screws as saw\n"),
    idea="words like others",
    criteria=["desk"],
)
NOTHING = draft(idea="nothing", criteria=["desk"])


def reader(skill: str, letter: str) -> str:
    """As the agent; a line `a, b as c` sends a and b where c goes, if the skill knows c."""
    desks = dict(re.findall(r"^- (\w+): (\w+)$", skill, re.MULTILINE))
    more = "".join(
        f"- {word}: {desks[known]}\n"
        for words, known in re.findall(r"^- ([\w, ]+) as (\w+)$", skill, re.MULTILINE)
        for word in words.split(", ")
        if known in desks
    )
    return agent(f"{skill}\n{more}", letter)


class InTurn:
    """Replies in turn, a critique aside; the last one for ever."""

    def __init__(self, *drafts: str) -> None:
        self._left = list(drafts)

    def __call__(self, messages: list[dict[str, str]]) -> str:
        if "<<<limits" not in messages[1]["content"]:
            return '{"critiques": []}'
        return self._left.pop(0) if len(self._left) > 1 else self._left[0]


def tuned(path: Path, *drafts: str, rounds: int = 3, **more: object) -> skillopt.Run:
    return skillopt.tune(
        SKILL,
        validation_set=tasks(),
        target=reader,
        optimizer=InTurn(*drafts),
        ledger=path / "ledger.db",
        rounds=rounds,
        deterministic=True,
        **more,  # type: ignore[arg-type]
    )


def test_a_rule_that_works_only_after_another_gets_in(tmp_path: Path) -> None:
    run = tuned(tmp_path, ONLY_AFTER, FIRST, ONLY_AFTER)
    first, second, third = run.rounds
    assert isinstance(first.decision, RefusedRound)
    assert first.decision.verdict
    assert isinstance(second.decision, AcceptedRound)
    assert isinstance(third.decision, AcceptedRound)
    assert third.retests == (first.id,)
    assert "after 1 earlier rejection" in third.decision.verdict.reason
    assert "hedge as lawn" in run.skill.text
    assert run.shipped == "improved"


def test_an_exact_repeat_on_the_same_version_costs_no_rollout(tmp_path: Path) -> None:
    run = tuned(tmp_path, ONLY_AFTER, ONLY_AFTER, rounds=2)
    again = run.rounds[1].decision
    assert isinstance(again, RefusedRound)
    assert (again.code, again.known, again.verdict) == ("known", run.rounds[0].id, None)


def test_a_later_run_tests_again_what_an_earlier_one_rejected(tmp_path: Path) -> None:
    first = tuned(tmp_path, ONLY_AFTER, FIRST, NOTHING)
    assert [round_.decision.kind for round_ in first.rounds] == ["refused", "accepted", "refused"]
    later = skillopt.tune(
        first.skill,
        validation_set=tasks(),
        target=reader,
        optimizer=InTurn(ONLY_AFTER),
        ledger=tmp_path / "ledger.db",
        rounds=1,
        deterministic=True,
    )
    assert later.rounds[0].retests == (first.rounds[0].id,)


def test_reopening_is_a_setting(tmp_path: Path) -> None:
    run = tuned(tmp_path, ONLY_AFTER, FIRST, ONLY_AFTER, reopen=False)
    last = run.rounds[2].decision
    assert isinstance(last, RefusedRound)
    assert (last.code, last.known) == ("known", run.rounds[0].id)


def test_a_line_is_not_added_twice(tmp_path: Path) -> None:
    run = tuned(tmp_path, FIRST, draft(insert("- extra: tools\n- lawn: garden\n")), rounds=2)
    accepted, again = (round_.decision for round_ in run.rounds)
    assert isinstance(accepted, AcceptedRound)
    assert isinstance(again, RefusedRound)
    assert (again.stage, again.code) == ("screen", "repeated")
    assert "the skill already has the line “lawn: garden”" in again.reason
    assert again.verdict is None
