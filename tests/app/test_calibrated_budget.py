"""An edit budget that follows the optimizer's predictions, through the whole loop."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import skillopt
from skillopt.core.quoting import blocks
from tests.scripted import SKILL, Messages, agent, draft, insert, tasks


class Optimizer:
    """Harms, helps, harms ...; says of each what it is told to."""

    def __init__(self, harm: float, help_: float) -> None:
        self.said = (harm, help_)
        self.widths: list[int] = []

    def __call__(self, messages: Messages) -> str:
        data = blocks(messages[1]["content"])
        if "limits" not in data:
            return json.dumps({"critiques": []})
        self.widths.append(json.loads(data["limits"])["max_changed_chars"])
        turn = len(self.widths)
        words = ("rolls: bakery", "lawn: garden", "saw: tools", "cake: bakery")
        if turn % 2:
            edit = insert(f"- bread: desk{turn}\n")
            return draft(edit, idea=f"bread elsewhere {turn}", predicted_gain=self.said[0])
        word = words[(turn // 2 - 1) % 4]
        return draft(insert(f"- {word}\n"), idea=f"learn {word}", predicted_gain=self.said[1])


def tuned(path: Path, optimizer: Optimizer, **more: object) -> skillopt.Run:
    return skillopt.tune(
        SKILL,
        validation_set=tasks(),
        target=agent,
        optimizer=optimizer,
        ledger=path / "ledger.db",
        deterministic=True,
        gate="strict",
        **{"rounds": 6, "leak_screen": "off", "calibrated_budget": True, **more},  # type: ignore[arg-type]
    )


def test_a_liar_does_not_get_a_wider_budget_than_an_honest_optimizer(tmp_path: Path) -> None:
    liar, honest = Optimizer(1.0, 1.0), Optimizer(-0.08, 0.08)
    plain = Optimizer(0.0, 0.0)
    lied, told = tuned(tmp_path / "liar", liar), tuned(tmp_path / "honest", honest)
    tuned(tmp_path / "plain", plain)
    assert [bool(one.decision.kind == "accepted") for one in lied.rounds] == [
        bool(one.decision.kind == "accepted") for one in told.rounds
    ], "they propose alike, so that only what they say differs"
    assert all(low <= high for low, high in zip(liar.widths, honest.widths, strict=True))
    assert sum(liar.widths) < sum(plain.widths)
    assert sum(liar.widths) < sum(honest.widths)
    last = lied.rounds[-1].calibration
    assert last is not None
    assert last.factor < 1


def test_earlier_runs_with_the_same_optimizer_count(tmp_path: Path) -> None:
    first = Optimizer(1.0, 1.0)
    tuned(tmp_path, first)
    second = Optimizer(1.0, 1.0)
    run = tuned(tmp_path, second, seed=1)
    assert run.rounds[0].calibration is not None
    assert second.widths[0] < first.widths[0]


def test_off_by_default(tmp_path: Path) -> None:
    run = tuned(tmp_path, Optimizer(1.0, 1.0), calibrated_budget=False)
    assert all(one.calibration is None for one in run.rounds)


def test_another_schedule_has_nothing_to_calibrate(tmp_path: Path) -> None:
    with pytest.raises(skillopt.SkilloptError, match="calibrated_budget is for the adaptive"):
        tuned(tmp_path, Optimizer(1.0, 1.0), schedule="linear")
