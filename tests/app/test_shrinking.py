"""Shrinking: dead rules go, live ones stay, and small losses do not add up."""

from __future__ import annotations

from pathlib import Path

import pytest

import skillopt
from skillopt.core.history.run import NOBODY, AcceptedRound
from skillopt.errors import RunStopped, SettingsError
from tests.scripted import DESKS, ROOT, SKILL, agent, tasks
from tests.targets import ScriptedTarget

LIVE = "".join(f"- {word}: {desk}\n" for desk in DESKS for word in DESKS[desk])
DEAD = "- bonsai: garden\n- chisel: tools\n"
CHATTER = "\n## About us\n\nWe opened long ago. Everybody likes us.\n"
FULL = skillopt.Skill(text=f"# Which desk\n\nWord and desk.\n\n## Words\n\n{LIVE}{DEAD}{CHATTER}")


async def shrunk(tmp_path: Path, skill: skillopt.Skill = FULL, **more: object) -> skillopt.Run:
    given: dict[str, object] = {
        "validation_set": tasks(),
        "target": agent,
        "identity": "agent",
        "deterministic": True,
        "ledger": tmp_path / "ledger.db",
        "shrink": True,
        "no_worse_than": 15,
        "rounds": 60,
        "patience": 60,
        **more,
    }
    return await skillopt.atune(skill, **given)  # type: ignore[arg-type]


async def test_dead_text_goes_and_every_live_rule_stays(tmp_path: Path) -> None:
    run = await shrunk(tmp_path)
    assert run.record.optimizer == NOBODY
    assert [line for line in run.last.text.splitlines() if line.startswith("- ")] == (
        LIVE.splitlines()
    )
    assert "About us" not in run.last.text
    assert run.record.stopped_by == "nothing left to propose"
    assert (run.shipped, run.skill) == ("no worse", run.last)
    assert run.sealed is not None
    assert run.sealed.difference == 0


async def test_every_deletion_is_compared_with_the_first_version(tmp_path: Path) -> None:
    """Each rule is worth a twelfth of the score: two of them are more than the margin, one is not."""
    run = await shrunk(tmp_path, no_worse_than=40)
    taken = [round_ for round_ in run.rounds if isinstance(round_.decision, AcceptedRound)]
    lost = sum(line not in run.last.text for line in LIVE.splitlines())
    assert lost > 0
    assert lost / 12 < 0.40
    gains = [round_.decision.verdict.gain or 0.0 for round_ in taken]
    assert min(gains) == pytest.approx(-lost / 12)
    assert all(round_.decision.verdict.no_worse is not None for round_ in taken)


async def test_an_interrupted_shrinking_goes_on_where_it_was(tmp_path: Path) -> None:
    whole = await shrunk(tmp_path / "a")
    ran: list[int] = []

    def stop(_skill: str, _task: object, _trial: int) -> None:
        ran.append(1)
        if len(ran) == 200:
            raise RunStopped("no call can succeed")

    with pytest.raises(RunStopped):
        await shrunk(tmp_path / "b", target=ScriptedTarget(before=stop), identity=None)
    again = await shrunk(tmp_path / "b", target=ScriptedTarget(), identity=None)
    assert again.last == whole.last
    assert [round_.proposal for round_ in again.rounds] == [
        round_.proposal for round_ in whole.rounds
    ]


async def test_a_noisy_target_runs_the_first_version_anew_and_never_twice(tmp_path: Path) -> None:
    target = ScriptedTarget(noise=0.02)
    run = await shrunk(
        tmp_path, target=target, identity=None, deterministic=None, rounds=6, no_worse_than=30
    )
    assert len(target.ran) == len(set(target.ran))
    fresh = {trial for text, _, trial in target.ran if text == FULL.text and trial}
    assert len(fresh) <= 2, "a task has three runs of the first version at most"
    assert "Everybody likes us" not in run.last.text


async def test_a_skill_that_is_all_live_stays(tmp_path: Path) -> None:
    live = skillopt.Skill(text=LIVE)
    run = await shrunk(tmp_path, live)
    assert (run.last, run.shipped) == (live, "nothing accepted")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"proposer": "imitate"}, "run the one after the other"),
        ({"gate": "balanced"}, "must be one that has a level"),
        ({"placebo": True}, "set one of them"),
    ],
)
async def test_what_does_not_go_together_is_refused(
    tmp_path: Path, more: dict[str, object], said: str
) -> None:
    with pytest.raises(SettingsError, match=said):
        await shrunk(tmp_path, SKILL, **more)


async def test_dead_rules_of_a_sample_go_for_the_practice_reader(tmp_path: Path) -> None:
    sample = (ROOT / "skills" / "triage-support-tickets" / "SKILL.md").read_text("utf-8")
    dead = "".join(
        f'- When the ticket mentions "zeppelin {at}", set `queue` to `sales`.\n' for at in range(30)
    )
    run = await skillopt.atune(
        skillopt.Skill(text=f"{sample}\n## Airships\n\n{dead}"),
        validation_set=ROOT / "validation_sets" / "triage-support-tickets.yaml",
        practice=True,
        ledger=tmp_path / "ledger.db",
        shrink=True,
        rounds=1,
    )
    assert run.last.text == f"{sample}\n", "the airships go first"
    assert run.record.optimizer == NOBODY
    assert run.shipped in {"no worse", "not certified"}
