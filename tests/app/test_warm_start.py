"""A second run on a skill starts from what the first one learned, accepted and refused."""

from __future__ import annotations

from pathlib import Path

import skillopt
from skillopt.core.history.run import AcceptedRound
from skillopt.core.skill.skill import Skill
from tests.scripted import SKILL, agent, draft, insert, tasks

GARDEN = draft(insert("- lawn: garden\n- roses: garden\n"), idea="the garden", criteria=["desk"])
TOOLS = draft(insert("- saw: tools\n- drill: tools\n"), idea="the tools", criteria=["desk"])
NOTHING = draft(idea="nothing", criteria=["desk"])


class InTurn:
    """Replies in turn, a critique aside; the last one for ever. Counts what it is asked."""

    def __init__(self, *drafts: str) -> None:
        self._left = list(drafts)
        self.asked: list[str] = []

    def __call__(self, messages: list[dict[str, str]]) -> str:
        self.asked.append(messages[1]["content"])
        if "<<<limits" not in messages[1]["content"]:
            return '{"critiques": []}'
        return self._left.pop(0) if len(self._left) > 1 else self._left[0]


def tuned(
    path: Path, optimizer: InTurn, *, skill: Skill | Path = SKILL, **more: object
) -> skillopt.Run:
    return skillopt.tune(
        skill,
        validation_set=tasks(),
        target=agent,
        optimizer=optimizer,
        ledger=path / "ledger.db",
        deterministic=True,
        **more,  # type: ignore[arg-type]
    )


def test_it_takes_up_the_accepted_line_without_asking_or_paying(tmp_path: Path) -> None:
    first = tuned(tmp_path, InTurn(GARDEN, TOOLS), rounds=2)
    assert first.last.text.count("tools") == 2
    idle = InTurn(NOTHING)
    second = tuned(tmp_path, idle, rounds=2, seed=7)
    assert second.last == first.last
    assert [one.taken_from for one in second.rounds] == [one.id for one in first.rounds]
    assert all(isinstance(one.decision, AcceptedRound) for one in second.rounds)
    assert idle.asked == []
    assert second.rounds[-1].spent.calls == 0


def test_it_goes_on_from_there(tmp_path: Path) -> None:
    tuned(tmp_path, InTurn(GARDEN, NOTHING), rounds=1)
    second = tuned(tmp_path, InTurn(TOOLS), rounds=2, seed=7)
    assert [one.taken_from is None for one in second.rounds] == [False, True]
    assert second.last.text.count("tools") == 2
    assert second.last.text.count("garden") == 2


def test_where_it_is_switched_off_the_optimizer_is_asked(tmp_path: Path) -> None:
    tuned(tmp_path, InTurn(GARDEN, NOTHING), rounds=1)
    for setting in ("warm_start", "conditioning"):
        second = tuned(tmp_path, InTurn(NOTHING), rounds=1, **{setting: False})
        assert [one.taken_from for one in second.rounds] == [None]
        assert second.last == SKILL


def test_under_another_gate_nothing_is_taken_up(tmp_path: Path) -> None:
    tuned(tmp_path, InTurn(GARDEN, NOTHING), rounds=1)
    second = tuned(tmp_path, InTurn(NOTHING), rounds=1, gate="strict")
    assert second.rounds[0].taken_from is None


def test_an_optimizer_is_told_what_a_sibling_accepted(tmp_path: Path) -> None:
    kin, other = tmp_path / "kin" / "SKILL.md", tmp_path / "other" / "SKILL.md"
    for file in (kin, other):
        file.parent.mkdir()
        file.write_bytes(SKILL.to_bytes())
    tuned(tmp_path, InTurn(GARDEN, NOTHING), skill=kin, rounds=1, write=False)
    asked = InTurn(NOTHING)
    tuned(tmp_path, asked, skill=other, rounds=1, siblings=(str(kin),))
    told = "accepted in an earlier run or for a sibling: the garden"
    assert told in asked.asked[-1]
    alone = InTurn(NOTHING)
    tuned(tmp_path, alone, skill=other, rounds=1, seed=1)
    assert told not in alone.asked[-1]
